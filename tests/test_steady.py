"""Hysteresis: borderline pairs of known records stay what they were."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from pipeline_builders import customers, make_run, write_list

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


HEADS = ("id", "first name", "last name", "phone", "email", "city")
CROWD = [
    (f"A{at}", first, last, f"+44 20 7946 00{at:02d}", f"{first}@{last}.example", city)
    for at, (first, last, city) in enumerate(
        (f, n, c)
        for f in ("Anna", "Otto", "Rosa", "Kurt")
        for n, c in (("Vance", "Leeds"), ("Oakes", "York"), ("Moss", "Bath"))
    )
]
ALIKE = ("B2", "Cedric", "Plumtree", "+44 20 7946 0099", "c@plumtree.example", "York")
BELOW = ("B2", "Cedric", "Plumtree", "+44 20 7946 0555", "other@x.example", "Hull")
"""Beside B1 just below the threshold."""
APART = ("B2", "Cyril", "Plumtree", "+44 20 7946 0555", "", "York")
ABOVE = ("B2", "Cedrick", "Plumtre", "", "x@y.example", "")
"""Just above."""


def numbers(folder: Path, bits: float, *versions: tuple[str, ...]) -> list[int]:
    """Run over lists in which B2 stands beside B1 in several versions; count their customers."""
    rules = folder / "rules"
    rules.mkdir(parents=True)
    (rules / "identity.toml").write_text(f"[steady]\nbits = {bits}\n")
    found = []
    for number, row in enumerate(versions, 1):
        rows = [*CROWD, ("B1", *ALIKE[1:]), row]
        path = write_list(folder / str(number) / "crm.csv", rows, HEADS)
        make_run(folder / "store", path, number=number, rules=rules, accept=True)
        given = customers(folder / "store")
        found.append(len({given["B1"], given["B2"]}))
    return found


def test_customers_do_not_flip_at_the_border(tmp_path):
    assert numbers(tmp_path / "steady 1", 0.8, ALIKE, BELOW) == [1, 1]
    assert numbers(tmp_path / "shaky 1", 0, ALIKE, BELOW) == [1, 2]
    assert numbers(tmp_path / "steady 2", 0.8, APART, ABOVE) == [2, 2]
    assert numbers(tmp_path / "shaky 2", 0, APART, ABOVE) == [2, 1]
