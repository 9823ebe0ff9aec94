"""Match: the laws that hold whatever the list."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from match_builders import FAMILY, GIVEN, company, crowd, frame, person

from cleanse.cluster import cluster
from cleanse.compare import compare
from cleanse.encoded import encode
from cleanse.match import drop_shared_contacts, match
from cleanse.rulebook.matching import MatchRules
from cleanse.score import score


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


def household(number: int) -> list[dict[str, object]]:
    """Make two people of one address, telephone and family name."""
    home = {
        "phone": f"+44113496{number:04}",
        "house_number": str(number),
        "street_compare": "alder lane",
        "postcode_compare": f"{20_000 + number}",
    }
    one, two, family = GIVEN[number % 20], GIVEN[(number + 7) % 20], FAMILY[number % 19]
    born = date.fromordinal(700_000 + number * 613).isoformat()
    return [person(one, family, born=born, **home), person(two, family, **home)]


def test_many_households_do_not_teach_that_a_match_may_have_any_name(rules):
    homes = [one for number in range(1, 26) for one in household(number)]
    records = frame(*crowd(150), *crowd(20), *homes)
    result = match(records, rules)
    assert result.model.kinds["person"].evidence["given"].m[0] < 0.08
    assert grouped(records, rules) == [[at, 150 + at] for at in range(1, 21)]


def test_companies_of_one_office_are_two(rules):
    names = "曜瑞食品 启祥五金制品 亿鼎包装 睿宇精密机械 宇恒物流 艾格森建材".split()
    rows = [
        company(
            name,
            "有限公司",
            phone=f"+8659155509{at // 2:03}",
            house_number=str(at // 2),
            street_compare="兴业东路",
            city_compare="福州",
            name_script="han",
        )
        for at, name in enumerate(names)
    ]
    assert grouped(frame(*rows, *rows[:1]), rules) == [[1, 7]]


def test_a_stored_model_learns_a_kind_that_it_does_not_know(rules):
    people = frame(*crowd(60), *crowd(10))
    first = match(people, rules).model
    both = frame(
        *crowd(60),
        *crowd(10),
        *[company(f"{name} trading", "ltd") for name in ("abel", "grant", "abel")],
    )
    result = match(both, rules, first)
    assert result.model.kinds["person"] == first.kinds["person"]
    assert result.pairs.filter(band="match", record_id_l=71, record_id_r=73).height == 1
    again = match(both, rules, result.model)
    assert again.model == result.model
    assert again.pairs.equals(result.pairs)


def test_a_stored_model_learns_a_column_that_it_does_not_know(rules):
    rows = [*crowd(60), *crowd(10)]
    first = match(frame(*rows), rules).model
    teamed = [one | {"x_team": f"team {at % 6}"} for at, one in enumerate(rows)]
    model = match(frame(*teamed), rules, first).model
    known, new = first.kinds["person"], model.kinds["person"]
    assert new.evidence["x_team"].m
    assert {**new.evidence, "x_team": None} == {**known.evidence, "x_team": None}
    assert new.blocking == known.blocking


@pytest.mark.parametrize("parts", [1, 3])
def test_shuffled_partitions_give_the_same_clusters(parts, rules):
    """Kernels map over partitions of the candidate pairs; components do not care."""
    records = frame(*crowd(90), *crowd(30))
    result = match(records, rules)
    pairs = result.pairs.select("record_id_l", "record_id_r", "blocking_rule")
    shuffled = pairs.sample(fraction=1, shuffle=True, seed=7).with_row_index()
    alone = drop_shared_contacts([encode(records)], rules.limit.shared)[0].frame()
    scored = pl.concat(
        score(compare(alone, part.drop("index")), result.model, "person")
        for at in range(parts)
        if (part := shuffled.filter(pl.col("index") % parts == at)).height
    )
    expected = cluster(result.pairs, records, rules)
    assert cluster(scored, records, rules).equals(expected)
