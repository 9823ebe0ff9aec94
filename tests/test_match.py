"""Match: the laws that hold whatever the list."""

from __future__ import annotations

import polars as pl
import pytest
from match_builders import company, crowd, frame, person

from cleanse.cluster import cluster
from cleanse.match import match
from cleanse.rulebook.matching import MatchRules


def grouped(records: pl.DataFrame, rules: MatchRules) -> list[list[int]]:
    """Match and cluster; return the clusters of more than one record."""
    found = cluster(match(records, rules).pairs, records, rules)
    groups = found.group_by("cluster_id").agg("record_id").sort("cluster_id")
    return [sorted(group) for group in groups["record_id"] if len(group) > 1]


@pytest.fixture
def rules(rulebook) -> MatchRules:
    return rulebook.matching


def test_duplicates_are_found_among_strangers(rules):
    people = crowd(120)
    slip = people[7] | {"given_compare": "lenna", "phones": ["+15559998888"]}
    records = frame(*people, people[3], slip, people[50] | {"emails": None})
    assert grouped(records, rules) == [[4, 121], [8, 122], [51, 123]]


def test_the_order_of_rows_changes_nothing(rules):
    records = frame(*crowd(150), *crowd(40))
    there, back = match(records, rules), match(records.reverse(), rules)
    assert there.pairs.equals(back.pairs)
    assert there.model == back.model


def test_the_size_of_chunks_changes_nothing(rules):
    records = frame(*crowd(150), *crowd(40))
    small = rules.model_copy(
        update={"limit": rules.limit.model_copy(update={"chunk": 1_000})}
    )
    assert match(records, small).pairs.equals(match(records, rules).pairs)


def test_a_stored_model_scores_as_it_did(rules):
    records = frame(*crowd(150), *crowd(40))
    first = match(records, rules)
    assert match(records, rules, first.model).pairs.equals(first.pairs)


def test_namesakes_stay_apart(rules):
    one = person(
        "anna", "abel", born="1950-02-03", phone="+15550000001", email="x@one.test"
    )
    two = person(
        "anna", "abel", born="1991-11-24", phone="+442078912345", email="y@two.test"
    )
    assert grouped(frame(*crowd(80), one, two), rules) == []


def test_a_widely_shared_contact_merges_nobody(rules):
    rows = [
        one | {"phones": ["+15550009999"], "emails": ["all@one.test"]}
        for one in crowd(60)
    ]
    assert grouped(frame(*rows), rules) == []


def test_a_person_never_merges_with_a_company(rules):
    contact = {"phone": "+15550001111", "email": "office@abel.test"}
    records = frame(person("anna", "abel", **contact), company("anna abel", **contact))
    assert grouped(records, rules) == []


def test_one_phone_is_not_enough_against_another_name_and_birth_date(rules):
    one = person("walter", "berg", born="1950-02-03", phone="+15550000001")
    two = person("sylvia", "dahl", born="1991-11-24", phone="+15550000001")
    assert grouped(frame(*crowd(80), one, two), rules) == []


def test_a_list_of_one_name_merges_nobody(rules):
    rows = [one | person("anna", "abel") for one in crowd(200)]
    assert grouped(frame(*rows), rules) == []


def test_columns_may_be_absent(rules):
    records = frame(*crowd(30), *crowd(5)).select(
        "record_id", "kind", "name_latin", "given_compare", "family_compare", "phones"
    )
    assert len(grouped(records, rules)) == 5


def test_every_candidate_pair_is_counted_once(rules):
    result = match(frame(*crowd(150), *crowd(40)), rules)
    kept = result.pairs.filter(pl.col("blocking_rule") != "closure")
    counted = result.counts.filter(pl.col("band") == "match")["pair_count"].sum()
    assert kept.filter(band="match").height == counted
