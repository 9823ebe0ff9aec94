"""Incremental: what a run takes from the one before is what weighing all anew gives."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import polars as pl
import polars.selectors as cs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from match_builders import FAMILY, GIVEN, company, crowd, frame, person
from polars.testing import assert_frame_equal

from cleanse import cluster as clustering
from cleanse.block import blocking_of, entries
from cleanse.compare.frequency import Frequencies
from cleanse.encoded import encode
from cleanse.judgement import DECISION, Judgement, Parting, judge
from cleanse.match import Before, MatchResult, match, pair_difference
from cleanse.match import weigh as weighing
from cleanse.pipeline import grouping
from cleanse.rulebook.matching import MatchRules
from cleanse.schema import IS_EVIDENCE
from cleanse.score import Model


@pytest.fixture(scope="module")
def rules(rulebook) -> MatchRules:
    return rulebook.matching


Row = dict[str, object]


@pytest.fixture
def weighed(monkeypatch) -> list[int]:
    """How many pairs are weighed, call by call."""
    counts: list[int] = []
    whole = weighing.compare_table
    monkeypatch.setattr(
        weighing,
        "compare_table",
        lambda pairs, kind: counts.append(len(pairs)) or whole(pairs, kind),
    )
    return counts


def limited(rules: MatchRules, block: int) -> MatchRules:
    """Return the rules with another limit on the records of a block."""
    limit = rules.limit.model_copy(update={"block": block})
    return rules.model_copy(update={"limit": limit})


def left_by(found: MatchResult, *, only_added: bool = False) -> Before:
    """What a run leaves for the next."""
    return Before(
        frequencies=found.frequencies,
        inputs=found.inputs,
        pairs=found.pairs,
        only_added=only_added,
    )


def assert_equal_to_full(
    records: pl.DataFrame,
    rules: MatchRules,
    last: MatchResult,
    *,
    only_added: bool = False,
) -> MatchResult:
    """Assert that a run after `last` finds what weighing every pair anew would."""
    before = left_by(last, only_added=only_added)
    anew = replace(left_by(last), inputs=last.inputs.clear())
    step = match(records, rules, last.model, before)
    full = match(records, rules, last.model, anew)
    assert_frame_equal(step.pairs, full.pairs, check_exact=True)
    assert step.inputs.equals(full.inputs)
    assert step.frequencies.equals(full.frequencies)
    assert step.model == full.model == last.model
    assert_written(last, step)
    return step


def assert_written(last: MatchResult, step: MatchResult) -> None:
    """Assert that a store that takes the difference in holds the pairs of the run."""
    new, gone = pair_difference(step.pairs, step.inputs, last.pairs, last.inputs)
    kept = last.pairs
    if gone is None:
        kept = kept.clear()
    else:
        kept = kept.join(gone, on=gone.columns, how="anti")
    written = pl.concat([kept, new], how="diagonal_relaxed")
    written = written.select(step.pairs.columns).sort("record_id_l", "record_id_r")
    assert_frame_equal(written, step.pairs, check_exact=True)


def firms(count: int) -> list[dict[str, object]]:
    """Companies whose cores share words and signs, some with a branch."""
    words = "blue red summit global harbor metro nova orion".split()
    chosen = random.Random(count)
    return [
        company(
            " ".join(chosen.sample(words, 1 + number % 3)),
            "ltd" if number % 2 else None,
            branch="york" if number % 7 == 0 else None,
            phone=f"+1555{number % 40:07d}",
            email=f"info@{chosen.choice(words)}.test" if number % 3 else None,
            house_number=str(number % 30),
            street_compare="mill lane",
            city_compare="york",
            postcode_compare=f"yo{number % 5}",
        )
        for number in range(count)
    ]


EVERYBODY = [*crowd(90), *crowd(30), *firms(60)]


def changed(row: dict[str, object], chosen: random.Random) -> dict[str, object]:
    """Give a record other contacts, or another name."""
    other = chosen.choice(EVERYBODY)
    fields = [f for f in row if f != "kind" and f in other]
    return row | {f: other[f] for f in chosen.sample(fields, min(2, len(fields)))}


def stepped(
    rows: dict[int, dict[str, object]], chosen: random.Random, share: float
) -> dict[int, dict[str, object]]:
    """Add, change and take away some records."""
    number = max(rows) + 1
    out = {}
    for key, row in rows.items():
        fate = chosen.random()
        if fate > share / 3:
            out[key] = changed(row, chosen) if fate > 1 - share / 3 else row
    for _ in range(int(share * len(rows)) or 1):
        out[number] = changed(chosen.choice(EVERYBODY), chosen)
        number += 1
    return out


def numbered(rows: dict[int, dict[str, object]]) -> pl.DataFrame:
    """Lay records out under their numbers."""
    return frame(*rows.values()).with_columns(
        record_id=pl.Series(list(rows), dtype=pl.Int64)
    )


NOBODY = pl.DataFrame(schema={"record_id": pl.Int64})


def with_members(groups: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """Return the groups in which somebody is who has not left."""
    members = groups.join(left, on="record_id", how="anti")
    return groups.join(members, on="cluster_id", how="semi", maintain_order="left")


def grouped_again(
    last: MatchResult,
    step: MatchResult,
    records: pl.DataFrame,
    rules: MatchRules,
    was_judged: Judgement,
    judged: Judgement,
    had_left: pl.DataFrame = NOBODY,
    left: pl.DataFrame = NOBODY,
) -> pl.DataFrame:
    """Group only where something changed since `last`, whose groups are known."""
    was = pl.DataFrame({"record_id": last.inputs["record_id"]})
    groups = grouping.cluster(
        last.pairs, was, rules, None, None, was_judged, had_left
    ).with_columns(customer_id=pl.format("C{}", "cluster_id"))
    members = groups.join(had_left, on="record_id", how="anti")
    spoken = groups.join(members, on="cluster_id", how="semi")
    known = SimpleNamespace(
        match_inputs=last.inputs,
        pairs=last.pairs,
        crosswalk=members.with_columns(is_active=pl.lit(value=True)),
        evidence=had_left.join(spoken, on="record_id", how="left"),
    )
    shaken = grouping.shaken_records(step, records, rules, known, judged, left)
    return grouping.cluster(step.pairs, records, rules, shaken, known, judged, left)


def decided(decisions: list[Row], chosen: random.Random) -> list[Row]:
    """Decide a few things more, or take one back; some of the records are not there."""
    new = list(decisions)
    for _ in range(chosen.randrange(1, 6)):
        number = len(new) + 1
        kind = chosen.choice(["match", "match", "no_match", "split", "withdraw"])
        one, two, *others = chosen.sample(range(1, len(EVERYBODY) + 4), 4)
        row = {"decision_id": number, "kind": kind, "record_id": one}
        if kind == "withdraw" and decisions:
            taken_back = chosen.choice(decisions)["decision_id"]
            new.append(row | {"record_id": None, "value": str(taken_back)})
        elif kind == "split":
            new.append(row | {"value": Parting((one, two), tuple(others)).as_value()})
        elif kind != "withdraw":
            new.append(row | {"other_record_id": two})
    return new


def judged(decisions: list[Row]) -> Judgement:
    frame = pl.DataFrame(decisions, schema=DECISION)
    return judge(frame, date(2026, 5, 1))


@settings(max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    shares=st.lists(st.sampled_from([0.0, 0.01, 0.1, 0.6]), min_size=1, max_size=3),
    decides=st.booleans(),
    leaves=st.sampled_from([0.0, 0.05, 0.3]),
)
def test_groups_after_groups_are_those_of_all_pairs(
    rules, seed, shares, decides, leaves
):
    chosen = random.Random(seed)
    rows = dict(enumerate(EVERYBODY, 1))
    last, decisions, left = match(numbered(rows), rules), [], NOBODY
    for share in shares:
        rows = stepped(rows, chosen, share)
        records = numbered(rows)
        step = match(records, rules, last.model, left_by(last))
        was, decisions = decisions, decided(decisions, chosen) if decides else []
        now = judged(decisions)
        had_left, left = (
            left,
            records.select("record_id").filter(
                pl.Series(chosen.random() < leaves for _ in rows)
            ),
        )
        known = (rules, judged(was), now, had_left, left)
        found = grouped_again(last, step, records, *known)
        whole = grouping.cluster(step.pairs, records, rules, None, None, now, left)
        assert with_members(found, left).equals(with_members(whole, left))
        if left.is_empty():
            bonds = now.bonds(records)
            assert found.equals(clustering.cluster(step.pairs, records, rules, bonds))
        last = step


def test_groups_of_unchanged_pairs_are_not_made_again(rules, monkeypatch):
    people = crowd(150)
    last = match(frame(*people), rules)
    records = frame(*people, people[3])
    step = match(records, rules, last.model, left_by(last))
    looked_at = []
    whole = clustering.cluster
    monkeypatch.setattr(
        clustering,
        "cluster",
        lambda pairs, some, *others: (
            looked_at.append(some.height) or whole(pairs, some, *others)
        ),
    )
    grouped_again(last, step, records, rules, Judgement(), Judgement())
    assert 1 < looked_at[-1] < records.height / 3


@settings(max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    shares=st.lists(st.sampled_from([0.01, 0.1, 0.6]), min_size=1, max_size=3),
)
def test_runs_after_runs_find_what_one_full_run_finds(rules, seed, shares):
    chosen = random.Random(seed)
    rows = dict(enumerate(EVERYBODY, 1))
    last = match(numbered(rows), rules)
    for share in shares:
        rows = stepped(rows, chosen, share)
        last = assert_equal_to_full(numbered(rows), rules, last)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    leaves=st.sampled_from([0.05, 0.3, 0.9]),
    limit=st.sampled_from([3, 6, 80]),
)
@example(seed=2914, leaves=0.9, limit=3)
def test_who_has_left_changes_nothing_between_those_who_are_there(
    rules, seed, leaves, limit
):
    tight = limited(rules, limit)
    chosen = random.Random(seed)
    rows = stepped(dict(enumerate(EVERYBODY, 1)), chosen, 0.6)
    everybody = numbered(rows).with_columns(
        pl.Series(IS_EVIDENCE, [chosen.random() < leaves for _ in rows])
    )
    there = everybody.filter(~pl.col(IS_EVIDENCE))
    model = match(numbered(dict(enumerate(EVERYBODY, 1))), tight)
    before = replace(left_by(model), inputs=model.inputs.clear())
    with_them, without = (
        match(records, tight, model.model, before).pairs
        for records in (everybody, there)
    )
    # A comparison of which nobody there has anything is missing without them, wholly or of a kind.
    with_them = grouping.pairs_among(with_them, there).select(without.columns)
    with_them, without = (
        pairs.with_columns(
            cs.starts_with("level_").fill_null(-1),
            cs.starts_with("weight_").fill_null(0.0),
        )
        for pairs in (with_them, without)
    )
    for pairs, others in ((with_them, without), (without, with_them)):
        # A chain over somebody who left may ask for pairs that no block holds.
        found = pairs.filter(pl.col("blocking_rule") != weighing.CLOSURE)
        held = others.join(found, on=["record_id_l", "record_id_r"], how="semi")
        assert_frame_equal(found, held, check_exact=True)


def test_a_small_block_limit_does_not_break_it(rules):
    """Blocks cross the limit as records come and go, so pairs come and go that nobody touched."""
    tight = limited(rules, 4)
    chosen = random.Random(3)
    rows = dict(enumerate(EVERYBODY, 1))
    last = match(numbered(rows), tight)
    for _ in range(4):
        rows = stepped(rows, chosen, 0.1)
        last = assert_equal_to_full(numbered(rows), tight, last)


@settings(max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    limit=st.sampled_from([3, 4, 6]),
    counts=st.lists(st.sampled_from([1, 5, 30]), min_size=1, max_size=3),
)
def test_records_that_are_only_added_split_blocks_and_nothing_else(
    rules, seed, limit, counts
):
    """Known records whose blocks were split are not weighed again, and end as if they were."""
    tight = limited(rules, limit)
    chosen = random.Random(seed)
    rows = dict(enumerate(EVERYBODY, 1))
    last = match(numbered(rows), tight)
    for count in counts:
        for _ in range(count):
            rows[max(rows) + 1] = changed(chosen.choice(EVERYBODY), chosen)
        last = assert_equal_to_full(numbered(rows), tight, last, only_added=True)


def test_pairs_of_split_blocks_are_not_weighed_again(rules, weighed):
    tight = limited(rules, 6)
    namesakes = [
        person(
            "anna",
            "abel",
            postcode_compare=f"yo{number // 3}",
            house_number=str(number // 3),
            street_compare="mill lane",
            phone=f"+1555100{number:04d}",
        )
        for number in range(7)
    ]
    people = [*crowd(100), *namesakes]
    last = match(frame(*people[:-1]), tight)
    counts, found = [], []
    for only_added in (False, True):
        weighed.clear()
        before = left_by(last, only_added=only_added)
        found.append(match(frame(*people), tight, last.model, before).pairs)
        counts.append(sum(weighed))
    assert counts[1] < counts[0]
    assert found[0].equals(found[1])
    assert found[0].height > 0


def test_known_pairs_are_not_weighed_again(rules, weighed):
    people = crowd(150)
    last = match(frame(*people), rules)
    weighed.clear()
    match(frame(*people), rules, last.model)
    everything = sum(weighed)
    weighed.clear()
    again = match(frame(*people), rules, last.model, left_by(last))
    assert sum(weighed) == 0
    assert again.pairs.equals(last.pairs)
    match(frame(*people, people[3]), rules, last.model, left_by(last))
    assert 0 < sum(weighed) < everything / 10


def test_pairs_that_are_what_they_were_are_not_written_again(rules):
    people = [*crowd(80), *crowd(60)]
    last = match(frame(*people), rules)
    again = match(frame(*people), rules, last.model, left_by(last))
    new, gone = pair_difference(again.pairs, again.inputs, last.pairs, last.inputs)
    assert new.is_empty()
    assert gone is not None
    assert gone.is_empty()
    more = match(frame(*people, people[3]), rules, last.model, left_by(last))
    new, gone = pair_difference(more.pairs, more.inputs, last.pairs, last.inputs)
    assert 0 < new.height < more.pairs.height / 4
    new, gone = pair_difference(
        last.pairs, last.inputs, last.pairs, last.inputs.clear()
    )
    assert gone is None
    assert new.equals(last.pairs)


def test_a_rule_does_not_ask_for_second_keys_as_soon_as_a_list_grows(
    rules, monkeypatch
):
    """Else some records more would bring all others together otherwise."""
    people = [*crowd(150), *crowd(40)]
    monkeypatch.setattr(entries, "FEW", 0)
    blocks = blocking_of(encode(frame(*people)), rules, "person").blocks(["name"])
    some = blocks.pair_count() / len(people)
    limit = rules.limit.model_copy(update={"each": some})
    rules = rules.model_copy(update={"limit": limit})
    last = match(frame(*people), rules)
    assert last.model.kinds["person"].narrowed["name"] is False
    assert Model.from_json(last.model.to_json()) == last.model
    more = assert_equal_to_full(frame(*people, *[people[3]] * 3), rules, last)
    was = last.inputs.join(more.inputs, on=last.inputs.columns, how="semi")
    assert was.height > last.inputs.height / 2
    anew = match(frame(*people, *[people[3]] * 3), rules)
    assert anew.model.kinds["person"].narrowed["name"] is True


def test_another_model_version_or_rule_weighs_everything_anew(rules, weighed):
    people = crowd(60)
    last = match(frame(*people), rules, version="1")
    weighed.clear()
    match(frame(*people), rules, last.model, left_by(last), version="1")
    assert sum(weighed) == 0
    match(frame(*people), rules, last.model, left_by(last), version="2")
    assert sum(weighed) > 0
    weighed.clear()
    other = limited(rules, 50)
    match(frame(*people), other, last.model, left_by(last), version="1")
    assert sum(weighed) > 0


def test_evidence_that_no_longer_holds_splits(rules):
    one = person("anna", "abel", phone="+15550000001", email="anna@one.test")
    two = person("anna", "abel", phone="+15550000001", email="anna@one.test")
    people = crowd(80)
    last = match(frame(*people, one, two), rules)
    assert last.pairs.filter(record_id_l=81, record_id_r=82)["band"][0] == "match"
    moved = person("zoe", "quill", phone="+15550000777", email="zoe@two.test")
    records = frame(*people, one, moved)
    step = assert_equal_to_full(records, rules, last)
    assert step.pairs.filter(record_id_l=81, record_id_r=82, band="match").is_empty()


def test_a_contact_that_becomes_shared_counts_for_nothing_between_known_records(rules):
    phone = "+15550009999"
    pair = [person("lena", "moss", phone=phone), person("lena", "mosk", phone=phone)]
    people = crowd(60)
    last = match(frame(*people, *pair), rules)
    others = [
        person(given, family, phone=phone)
        for given, family in zip(GIVEN[:6], FAMILY[:6], strict=True)
    ]
    step = assert_equal_to_full(frame(*people, *pair, *others), rules, last)
    both = pl.col("record_id_l") == 61, pl.col("record_id_r") == 62
    was, now = last.pairs.filter(*both), step.pairs.filter(*both)
    assert was["level_phone"][0] >= 0
    assert now.is_empty() or now["level_phone"][0] == -1


def test_the_model_keeps_its_frequencies(rules):
    people = crowd(80)
    last = match(frame(*people), rules)
    one_more = match(frame(*people, people[0]), rules, last.model, left_by(last))
    assert one_more.frequencies.equals(last.frequencies)
    held = last.frequencies.filter(kind="person", column="family_compare")
    assert held.drop_nulls("value")["bearers"].min() >= 3


def test_a_value_counts_by_whole_doublings_of_what_the_model_holds():
    known = Frequencies(
        pl.DataFrame(
            {"column": ["city"] * 2, "value": [None, "york"], "bearers": [100, 10]}
        )
    )
    values = ["york", "new"]
    for york, new, counted in ((1, 1, [10, 2]), (19, 3, [10, 2]), (45, 4, [40, 4])):
        found = known.in_force(
            "city", values, pl.Series([york, new]).to_numpy(), total=9
        )
        assert found.tolist() == counted
