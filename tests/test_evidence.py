"""Records that left: evidence for a while, members never."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_builders import NOW, ask, assert_same, state, write_list

from cleanse.judgement import Judgement
from cleanse.pipeline import RunRequest, order, run, undoing
from cleanse.pipeline.explaining_customer import explain_customer
from cleanse.pipeline.grouping import cluster, pairs_among
from cleanse.pipeline.undoing import UndoRequest, undo
from cleanse.review import Decision, DecisionKind, add_decision
from cleanse.rulebook import Rulebook, load_rulebook
from cleanse.rulebook.identity import EvidenceRule

HEADS = "id,first name,last name,phone,email,city,birth date".split(",")
NAMES = (
    "Cedric Plumtree,Wilma Vance,Ottoline Fairbairn,Miriam Oakes,Kurt Grant,Ida Moss"
)
OTHERS = [
    [
        f"A{n}",
        *name.split(),
        f"+44 20 7946 01{n}",
        f"{name.replace(' ', '.').lower()}@example.com",
        "Leeds",
        f"19{40 + n}-03-1{n % 10}",
    ]
    for n, name in enumerate(NAMES.split(","), 10)
]
PHONE, MAIL = "+44 20 7946 0011", "r.hartwell@example.com"
BRIDGE = ["A1", "Robert", "Hartwell", PHONE, MAIL, "", ""]
BY_PHONE = ["B1", "R", "Hartwell", PHONE, "", "Hull", ""]
BY_MAIL = ["C1", "Bob", "Hartwell", "", MAIL, "Bath", ""]
"""Each is the customer of BRIDGE; between them there is but a family name."""


RULEBOOK = load_rulebook()
"""Read once; a run here takes longer to read the rules than to match the rows."""


def lasting(days: int) -> Rulebook:
    """Return the rules with another time for evidence."""
    identity = RULEBOOK.identity.model_copy(
        update={"evidence": EvidenceRule(days=days)}
    )
    return replace(RULEBOOK, identity=identity)


class Shop:
    """A store, and the lists read into it at some day after the first."""

    def __init__(self, folder: Path, days: int | None = None) -> None:
        self.folder, self.store, self.number = folder, folder / "store", 0
        self.rules = RULEBOOK if days is None else lasting(days)

    def run(self, after: int = 0, **lists):
        """Read lists; those whose rows have no key are without one."""
        request = self._request(after)
        files = []
        for name, rows in lists.items():
            first = 0 if rows[0][0] else 1
            path = self.folder / request["run_id"] / f"{name}.csv"
            cells = [row[first:] for row in rows]
            files.append(write_list(path, cells, HEADS[first:]))
        with patch.object(order, "load_rulebook", lambda _: self.rules):
            return run(RunRequest(inputs=tuple(files), **request))

    def undo(self, what: int, after: int = 0) -> None:
        with patch.object(undoing, "load_rulebook", lambda _: self.rules):
            undo(UndoRequest(what=str(what), **self._request(after)))

    def _request(self, after: int) -> dict[str, object]:
        self.number += 1
        return {
            "store": self.store,
            "run_id": f"run-{self.number}",
            "now": NOW + timedelta(days=after),
            "actor": "test",
            "accept": True,
        }

    def customer(self, name: str) -> list[str]:
        """Return the numbers of the customers of a family name, one per record."""
        sql = f"select customer_id from crosswalk join record using (record_id) where crosswalk.is_active and family_name = '{name}' order by record_id"
        return [row[0] for row in ask(self.store, sql)]

    def events(self) -> list[tuple[str, str | None]]:
        """Return what the newest run told."""
        sql = "select customer_id, event from customer_id_event where run_number = (select max(run_number) from run)"
        return ask(self.store, sql)

    def published(self) -> dict[str, pl.DataFrame]:
        tables = state(self.store, ("golden_record", "golden_cell", "crosswalk"))
        tables["crosswalk"] = tables["crosswalk"].filter("is_active")
        aside = pl.selectors.ends_with("_at", "_run")
        names = pl.selectors.by_dtype(pl.String, pl.Int64)
        return {n: t.drop(aside, strict=False).sort(names) for n, t in tables.items()}


def bridged(folder: Path, days: int | None = None) -> Shop:
    """Make a store whose customer consists of both ends and the bridge."""
    shop = Shop(folder, days)
    shop.run(crm=[*OTHERS, BRIDGE], old=[BY_PHONE], web=[BY_MAIL])
    assert len(set(shop.customer("Hartwell"))) == 1
    return shop


def test_a_customer_whom_a_record_that_left_holds_together_stays_one(tmp_path):
    shop = bridged(tmp_path)
    one = shop.customer("Hartwell")[0]
    shop.run(1, crm=OTHERS)
    assert shop.customer("Hartwell") == [one, one]
    assert ask(shop.store, "from evidence") == [(1, one, 2)]
    said = [one.english for one in explain_customer(shop.store, None, one).said]
    assert "Without them its records would not hold together." in said
    before = state(shop.store)
    shop.run(401, crm=OTHERS)
    assert_same(before, state(shop.store))
    shop.run(402, crm=OTHERS)
    assert len(set(shop.customer("Hartwell"))) == 2
    assert {event for _, event in shop.events()} == {"split", "kept"}
    assert ask(shop.store, "from evidence") == []


def test_without_a_time_a_record_that_left_says_nothing(tmp_path):
    shop = bridged(tmp_path, days=0)
    shop.run(1, crm=OTHERS)
    assert len(set(shop.customer("Hartwell"))) == 2


def test_who_comes_back_in_another_list_with_other_values_is_the_same_customer(
    tmp_path,
):
    shop = Shop(tmp_path)
    shop.run(crm=[*OTHERS, BRIDGE])
    (one,) = shop.customer("Hartwell")
    shop.run(1, crm=OTHERS)
    assert shop.customer("Hartwell") == []
    assert shop.events() == [(one, "retired")]
    moved = ["W1", "Rob", "Hartwell", "+44 20 7946 0999", MAIL, "Bath", ""]
    shop.run(90, web=[moved])
    assert shop.customer("Hartwell") == [one]
    assert shop.events() == [(one, "restored")]
    shop.undo(3, after=91)
    assert shop.customer("Hartwell") == []


def test_a_row_without_a_key_that_was_away_is_the_same_record(tmp_path):
    def keyless(*rows):
        return [["", *row[1:]] for row in rows]

    shop = Shop(tmp_path)
    shop.run(crm=keyless(*OTHERS, BRIDGE))
    before = ask(
        shop.store, "select record_id from record where family_name = 'Hartwell'"
    )
    shop.run(1, crm=keyless(*OTHERS))
    back = [*BRIDGE[:3], "+44 20 7946 0999", *BRIDGE[4:]]
    shop.run(2, crm=keyless(*OTHERS, back))
    after = ask(
        shop.store, "select record_id from record where family_name = 'Hartwell'"
    )
    assert before == after


def test_an_undo_is_as_if_the_run_had_never_been(tmp_path):
    """What a withdrawn run brought is no evidence, and what it took away had never left."""
    shop = bridged(tmp_path)
    before = shop.published()
    shop.run(1, crm=OTHERS)
    shop.undo(2, after=1)
    assert_same(before, shop.published())
    assert ask(shop.store, "from evidence") == []


def test_what_a_withdrawn_run_brought_is_no_evidence(tmp_path):
    shop = Shop(tmp_path)
    shop.run(crm=OTHERS, old=[BY_PHONE], web=[BY_MAIL])
    before = shop.published()
    assert len(set(shop.customer("Hartwell"))) == 2
    shop.run(1, crm=[*OTHERS, BRIDGE])
    assert len(set(shop.customer("Hartwell"))) == 1
    shop.undo(2, after=1)
    assert_same(before, shop.published())
    shop.run(2, crm=OTHERS)
    assert_same(before, shop.published())


def test_the_run_in_the_middle_that_took_a_record_away_is_withdrawn(tmp_path):
    """The record left all the same, with the next run of its source that counts."""
    shop = bridged(tmp_path)
    shop.run(10, crm=OTHERS)
    shop.run(20, crm=OTHERS)
    shop.undo(2, after=30)
    assert len(set(shop.customer("Hartwell"))) == 1
    assert ask(shop.store, "select left_run from evidence") == [(3,)]
    shop.run(415, crm=OTHERS)
    assert len(set(shop.customer("Hartwell"))) == 1
    shop.run(421, crm=OTHERS)
    assert len(set(shop.customer("Hartwell"))) == 2


def test_a_decision_binds_whatever_a_record_that_left_says(tmp_path):
    shop = bridged(tmp_path)
    ends = ask(
        shop.store,
        "select record_id from record where source_key in ('B1', 'C1') order by 1",
    )
    given = Decision(
        kind=DecisionKind.NO_MATCH,
        record_id=ends[0][0],
        other_record_id=ends[1][0],
        reason="seen",
        actor="steward:test",
        decided_at=NOW,
    )
    add_decision(shop.store / "steward.sqlite", given)
    shop.run(1, crm=OTHERS)
    assert len(set(shop.customer("Hartwell"))) == 2


@pytest.mark.parametrize("days", [0, 400])
def test_the_golden_table_knows_nothing_of_who_left(tmp_path, days):
    shop = Shop(tmp_path, days)
    shop.run(crm=[*OTHERS, BRIDGE], web=[["C1", *BRIDGE[1:3], "", *BRIDGE[4:]]])
    shop.run(1, crm=OTHERS)
    told = ask(
        shop.store,
        "select record_count, phone from golden_record where family_name = 'Hartwell'",
    )
    assert told == [(1, None)]
    assert ask(
        shop.store,
        "select count(*) from review_case join evidence on record_id in (record_id_l, record_id_r)",
    ) == [(0,)]


RULES = RULEBOOK.matching
RECORDS = pl.DataFrame({"record_id": range(1, 8)})
SIDES = [(a, b) for a in range(1, 8) for b in range(a + 1, 8)]
WEIGHTS = st.lists(
    st.sampled_from([None, -9.0, -2.0, 1.0, 4.0, 9.0, 15.0]),
    min_size=len(SIDES),
    max_size=len(SIDES),
)


def grouped(
    pairs: pl.DataFrame, records: pl.DataFrame, left: set[int]
) -> set[frozenset]:
    evidence = pl.DataFrame({"record_id": sorted(left)}, schema={"record_id": pl.Int64})
    found = cluster(pairs, records, RULES, None, None, Judgement(), evidence)
    groups = found.group_by("cluster_id").agg("record_id")["record_id"]
    return {frozenset(group) for group in groups}


@given(WEIGHTS, st.sets(st.integers(1, 7), max_size=4))
def test_who_left_holds_together_and_keeps_nobody_apart(weights, left):
    told = [
        (*sides, w) for sides, w in zip(SIDES, weights, strict=True) if w is not None
    ]
    schema = {
        "record_id_l": pl.Int64,
        "record_id_r": pl.Int64,
        "match_weight": pl.Float64,
    }
    pairs = pl.DataFrame(told, schema, orient="row")
    there = RECORDS.filter(~pl.col("record_id").is_in(left))
    alone = grouped(pairs_among(pairs, there), there, set())
    groups = grouped(pairs, RECORDS, left)
    assert {r for group in groups for r in group} == set(range(1, 8))
    assert all(any(one <= group for group in groups) for one in alone)
    strong = pairs.filter(pl.col("match_weight") >= RULES.decide.match_at)
    if (
        not set(strong["record_id_l"].to_list() + strong["record_id_r"].to_list())
        & left
    ):
        assert groups == alone | {frozenset({one}) for one in left}


def test_the_row_that_took_its_place_is_not_kept_from_its_customer():
    """A correction: the row before it contradicts the customer whom the row now is."""
    pairs = pl.DataFrame(
        {
            "record_id_l": [1, 1, 2],
            "record_id_r": [2, 3, 3],
            "match_weight": [15.0, -9.0, 4.0],
        }
    )
    three = RECORDS.head(3)
    assert grouped(pairs, three, set()) == {frozenset({1, 2}), frozenset({3})}
    assert grouped(pairs, three, {1}) == {frozenset({1, 2, 3})}
