"""Hysteresis: borderline pairs of known records stay what they were."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from pipeline_builders import ask, make_run, write_list

from cleanse.pipeline.grouping import steadied
from cleanse.rulebook.matching import MatchRules

AT = MatchRules().decide.match_at
BITS = 0.5
SCHEMA = {
    "record_id_l": pl.Int64,
    "record_id_r": pl.Int64,
    "match_weight": pl.Float64,
}


def pairs_of(*rows: tuple[int, int, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def links(*customers: str | None) -> pl.DataFrame:
    """Make the crosswalk of records 1, 2, …; None: a record that nobody knows."""
    rows = [(at, who, True) for at, who in enumerate(customers, 1) if who]
    schema = {"record_id": pl.Int64, "customer_id": pl.String, "is_active": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def is_strong(weight: float, *customers: str | None) -> bool:
    found = steadied(pairs_of((1, 2, weight)), links(*customers), MatchRules(), BITS)
    return bool(found["match_weight"][0] >= AT)


def test_one_customer_parts_only_well_below_the_threshold():
    assert is_strong(AT - 0.4, "A", "A")
    assert not is_strong(AT - 0.6, "A", "A")


def test_two_customers_join_only_well_above_the_threshold():
    assert not is_strong(AT + 0.4, "A", "B")
    assert is_strong(AT + 0.6, "A", "B")


def test_new_records_are_judged_by_their_pair_alone():
    assert is_strong(AT + 0.1, "A", None)
    assert not is_strong(AT - 0.1, None, "B")


@given(st.lists(st.floats(-3, 4), min_size=1), st.randoms())
def test_only_the_border_moves_and_only_to_the_threshold(weights, random):
    ids = range(1, len(weights) + 2)
    who = [random.choice(["A", "B", None]) for _ in ids]
    pairs = pairs_of(*((1, at, w) for at, w in enumerate(weights, 2)))
    found = steadied(pairs, links(*who), MatchRules(), BITS)
    once = found["match_weight"].to_list()
    for before, after in zip(weights, once, strict=True):
        assert after == before or abs(before - AT) <= BITS >= abs(after - AT)
    again = steadied(found, links(*who), MatchRules(), BITS)
    assert again["match_weight"].to_list() == once


HEADS = ("id", "first name", "last name", "phone", "city")


def test_customers_do_not_flip_with_the_threshold(tmp_path):
    """The same two records, joined or parted before, under a threshold just beyond them."""
    rows = [
        (f"A{at}", first, last, f"+44 20 7946 00{at:02d}", "Leeds")
        for at, (first, last) in enumerate(
            (f, n) for f in ("Anna", "Otto", "Rosa") for n in ("Vance", "Oakes", "Moss")
        )
    ]
    rows += [("B1", "Cedric", "Plumtree", "", "York")]
    rows += [("B2", "Cedric", "Plumtree", "", "York")]
    path = write_list(tmp_path / "crm.csv", rows, HEADS)

    def rules(name: str, match_at: float) -> object:
        folder = tmp_path / name
        folder.mkdir()
        text = f"[decide]\nmatch_at = {match_at}\nreview_at = {match_at - 4}\n"
        (folder / "matching.toml").write_text(text)
        return folder

    make_run(tmp_path / "probe", path)
    pair = (
        "select match_weight from match_pair join record l on record_id_l = l.record_id"
    )
    weight = ask(tmp_path / "probe", f"{pair} where l.source_key = 'B1'")[0][0]

    def number(store: object) -> int:
        found = "select count(distinct customer_id) from crosswalk where is_active and source_key like 'B%'"
        return ask(store, found)[0][0]

    for name, first, then in (("one", -0.2, 0.3), ("two", 0.2, -0.3)):
        store = tmp_path / name
        make_run(store, path, rules=rules(f"{name}-1", weight + first))
        before = number(store)
        make_run(store, path, number=2, rules=rules(f"{name}-2", weight + then))
        assert number(store) == before == (1 if name == "one" else 2)
    make_run(store, path, number=3, rules=rules("two-3", weight - 0.6))
    assert number(store) == 1
