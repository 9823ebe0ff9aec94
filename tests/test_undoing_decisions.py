"""Undo of a decision: numbers are those that would be there without it."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pipeline_builders import (
    NOW,
    assert_equal,
    customers,
    make_run,
    published,
    take_back,
    together,
    write_list,
)

from cleanse.pipeline import order, undoing
from cleanse.review import Decision, DecisionKind, add_decision
from cleanse.rulebook import load_rulebook
from cleanse.warehouse.verify import verify_store

RULES = load_rulebook()
STRANGERS = [
    (
        f"A{n}",
        *name.split(),
        f"+44 20 7946 0{n}{n}{n}",
        f"{name.split()[1].lower()}@{n}.example",
        town,
        "",
    )
    for n, (name, town) in enumerate(
        zip(
            "Donna Plumtree,Kevin Oakes,Linda Fairbairn,Kurt Vance,Ottoline Moss".split(
                ","
            ),
            "Leeds Hull Bath Rye Deal".split(),
            strict=True,
        ),
        1,
    )
]
Judged = tuple[str, int, int]
"""Kind and both records."""


class Shop:
    """A store of strangers, of whom a steward decides one thing after the other."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        self._run = count(2)
        make_run(self.store, write_list(folder / "crm.csv", STRANGERS))

    def decide(self, kind: str, one: int, other: int) -> int:
        said = Decision(
            kind=DecisionKind(kind),
            record_id=one,
            other_record_id=other,
            reason="seen",
            actor="steward:li",
            decided_at=NOW,
        )
        number = add_decision(self.store / "steward.sqlite", said)
        make_run(self.store, number=next(self._run), accept=True)
        return number

    def undo(self, number: int) -> None:
        take_back(self.store, f"D{number}", next(self._run))


@pytest.fixture(autouse=True, scope="module")
def _read_once():
    with (
        patch.object(order, "load_rulebook", lambda _: RULES),
        patch.object(undoing, "load_rulebook", lambda _: RULES),
    ):
        yield


def test_a_number_that_went_over_to_others_goes_back(tmp_path):
    shop = Shop(tmp_path)
    before = customers(shop.store)
    first = shop.decide("match", 1, 2)
    second = shop.decide("match", 2, 3)
    shop.undo(first)
    found = customers(shop.store)
    assert found["A1"] == before["A1"]
    assert found["A2"] == found["A3"] == before["A2"]
    shop.undo(second)
    assert customers(shop.store) == before
    assert not list(verify_store(shop.store).findings)


PAIRS = st.lists(st.integers(1, 5), min_size=2, max_size=2, unique=True)
JUDGED = st.builds(
    lambda kind, pair: (kind, *sorted(pair)),
    st.sampled_from(["match", "match", "no_match"]),
    PAIRS,
)


@settings(max_examples=4)
@given(
    decisions=st.lists(JUDGED, min_size=2, max_size=3),
    place=st.integers(0, 2),
    then=st.none() | JUDGED,
)
@example(
    decisions=[("match", 1, 2), ("match", 2, 3), ("no_match", 1, 2)],
    place=0,
    then=("match", 1, 5),
)
def test_what_is_published_is_what_would_be_without_it(
    decisions: list[Judged], place: int, then: Judged | None
):
    place %= len(decisions)
    with TemporaryDirectory() as folder:
        shop, other = Shop(Path(folder) / "a"), Shop(Path(folder) / "b")
        numbers = [shop.decide(*each) for each in decisions]
        for at, each in enumerate(decisions):
            if at != place:
                other.decide(*each)
        shop.undo(numbers[place])
        if then:
            shop.decide(*then)
            other.decide(*then)
        assert together(customers(shop.store)) == together(customers(other.store))
        assert_equal(published(shop.store), published(other.store))
