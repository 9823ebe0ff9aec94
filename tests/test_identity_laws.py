"""The laws of numbers and history, held against a store that anything may happen to.

A machine of hypothesis adds, changes, removes and reorders rows of two lists (one with
a key, one without), makes rows alike and unlike (so that customers merge and split),
lets a steward decide, takes decisions and runs back, and runs. After every run the
laws are looked through; what a run or its undoing must leave alone is compared with
tables kept from before.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pipeline_builders import NOW, assert_same, make_run, write_list

from cleanse.pipeline import order, undoing
from cleanse.pipeline.undoing import UndoRequest
from cleanse.pipeline.undoing import undo as withdraw_run
from cleanse.review import Decision, DecisionKind, add_decision, withdraw
from cleanse.rulebook import load_rulebook
from cleanse.warehouse import open_published
from cleanse.warehouse.connection import Connection

HEADS = "first name,last name,company,phone,email,address,city,birth date".split(",")
FIRST = "Anna Robert Lena Carl Miriam Otto Rosa Kurt Ida Emil".split()
LAST = "Hartwell Oakes Plumtree Vance Fairbairn Grant Moss".split()
CITIES = ("Leeds", "York", "Bath", "Hull")
LISTS = ("crm", "shop")
RULES = load_rulebook()
"""Read once; a run here takes longer to read the rules than to match the rows."""
CONTENTS = """
select record_id, concat_ws('|', *columns('.*_raw')) from record
"""
Rows = dict[str, dict[str, list[str]]]
"""By list and key of ours."""
Judged = tuple[str, int, int, tuple[str, str]]
"""Kind, both records, and how they were typed then."""
PLACES = st.integers(0, 1_000_000)
SEEDS = st.none() | PLACES
"""Orders of rows; None: not to run yet."""


def person(number: int) -> list[str]:
    """Make a row; rows of numbers that lie apart by 70 differ in birth date and contacts only."""
    first, last = FIRST[number % 10], LAST[number % 7]
    return [
        first,
        last,
        "",
        f"+44 20 7946 {number % 10_000:04d}",
        f"{first}.{last}{number}@example.com".lower(),
        f"{1 + number % 97} Mill Lane",
        CITIES[number % 4],
        f"19{50 + number % 50}-{1 + number % 12:02d}-{1 + number % 28:02d}",
    ]


class Lists(RuleBasedStateMachine):
    """Two lists, the store they are read into, and what must hold between them."""

    runs = 0
    """Published by all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = self.folder / "store"
        self.rows: Rows = {name: {} for name in LISTS}
        self.issued = 0
        self.number = 0
        self.published: Rows = {name: {} for name in LISTS}
        self.judged: dict[int, Judged] = {}
        self.past: list[
            tuple[int, Rows, dict[int, Judged], dict[str, pl.DataFrame]]
        ] = []
        self.holders: dict[str, set[int]] = defaultdict(set)
        self.records: dict[str, int] = {}
        self.contents: dict[int, str] = {}
        self.decisions: dict[int, Judged] = {}
        self.events = 0
        self.is_changed = True
        self.tables: dict[str, pl.DataFrame] = {}
        """Golden table, cells and crosswalk as the newest run left them."""

    @initialize(count=st.integers(6, 12))
    def begin(self, count: int) -> None:
        for _ in range(count):
            self._add("crm", self.issued)
            self._add("shop", self.issued if self.issued % 3 else self.issued - 1)
        self.run()

    def _add(self, name: str, number: int) -> None:
        self.issued += 1
        self.rows[name][f"{name[0]}{self.issued}"] = person(number)
        self.is_changed = True

    def _pick(self, name: str, place: int) -> str:
        return sorted(self.rows[name])[place % len(self.rows[name])]

    def _changed(self, seed: int | None) -> None:
        """Go on to a run, or to the next change."""
        self.is_changed = True
        if seed is not None:
            self.run(seed)

    @rule(name=st.sampled_from(LISTS), seed=SEEDS)
    def add(self, name: str, seed: int | None) -> None:
        self._add(name, self.issued)
        self._changed(seed)

    @rule(
        name=st.sampled_from(LISTS),
        place=PLACES,
        column=st.sampled_from([3, 4, 5]),
        seed=SEEDS,
    )
    def change(self, name: str, place: int, column: int, seed: int | None) -> None:
        key = self._pick(name, place)
        self.issued += 1
        row = list(self.rows[name][key])
        row[column] = person(self.issued + 70)[column]
        self.rows[name][key] = row
        self._changed(seed)

    @precondition(lambda self: min(map(len, self.rows.values())) > 3)
    @rule(name=st.sampled_from(LISTS), place=PLACES, seed=SEEDS)
    def remove(self, name: str, place: int, seed: int | None) -> None:
        del self.rows[name][self._pick(name, place)]
        self._changed(seed)

    @rule(place=PLACES, other=PLACES, seed=SEEDS)
    def make_alike(self, place: int, other: int, seed: int | None) -> None:
        """Let a row of the list without a key be what a row of the other is."""
        row = self.rows["crm"][self._pick("crm", place)]
        self.rows["shop"][self._pick("shop", other)] = list(row)
        self._changed(seed)

    @rule(place=PLACES, seed=SEEDS)
    def make_unlike(self, place: int, seed: int | None) -> None:
        self.issued += 1
        self.rows["shop"][self._pick("shop", place)] = person(self.issued)
        self._changed(seed)

    @rule(place=PLACES, other=PLACES, kind=st.sampled_from(["match", "no_match"]))
    def decide(self, place: int, other: int, kind: str) -> None:
        """A steward judges two records."""
        there = sorted(self.contents)
        one, two = there[place % len(there)], there[other % len(there)]
        if one != two:
            given = Decision(
                kind=DecisionKind(kind),
                record_id=one,
                other_record_id=two,
                reason="seen",
                actor="steward:test",
                decided_at=NOW,
            )
            number = add_decision(self.store / "steward.sqlite", given)
            known = (self.contents[one], self.contents[two])
            self.decisions[number] = (kind, one, two, known)
            self.is_changed = True

    @precondition(lambda self: self.decisions)
    @rule(place=PLACES)
    def take_back(self, place: int) -> None:
        number = sorted(self.decisions)[place % len(self.decisions)]
        path = self.store / "steward.sqlite"
        withdraw(path, number, reason="an error", actor="steward:test", now=NOW)
        del self.decisions[number]
        self.is_changed = True

    @rule(seed=PLACES)
    def run(self, seed: int = 0) -> None:
        """Read both lists, rows in any order."""
        self._publish(seed)
        self.is_changed = False
        self._look_through()

    @precondition(lambda self: not self.is_changed)
    @rule(seed=PLACES)
    def run_again(self, seed: int) -> None:
        """The same rows again, in any order, change nothing but where they stand."""
        before = self.tables
        self._publish(seed)
        self._look_through()
        assert_same(before, self.tables)

    @precondition(lambda self: len(self.past) > 1)
    @rule(seed=PLACES, redo=st.booleans())
    def undo(self, seed: int, redo: bool) -> None:
        """Without the newest run all is as before it; the same rows again bring it back."""
        number, rows, decided, before = self.past.pop()
        undone, after = self.published, self.tables
        was_judged = decided == self.decisions
        is_judged = self.judged == self.decisions
        self._withdraw(str(number))
        self._take(rows)
        self.is_changed = False
        self._look_through()
        if was_judged:
            assert_same(before, self.tables)
        if redo:
            self.rows = undone
            self.run(seed)
            if is_judged:
                assert_same(after, self.tables)

    @precondition(lambda self: self.decisions and not self.is_changed)
    @rule(place=PLACES)
    def undo_decision(self, place: int) -> None:
        """Without a decision that a run took in, all that holds still holds."""
        number = sorted(self.decisions)[place % len(self.decisions)]
        del self.decisions[number]
        self._withdraw(f"D{number}")
        self.judged = dict(self.decisions)
        self._look_through()

    def _withdraw(self, what: str) -> None:
        self.number += 1
        asked = UndoRequest(
            what=what,
            store=self.store,
            run_id=f"run-{self.number}",
            now=NOW,
            actor="test",
            accept=True,
        )
        with patch.object(undoing, "load_rulebook", lambda _: RULES):
            withdraw_run(asked)
        Lists.runs += 1

    def _take(self, rows: Rows) -> None:
        """Remember what was read, and who had decided what."""
        self.rows, self.published = (
            {name: dict(own) for name, own in rows.items()} for _ in range(2)
        )
        self.judged = dict(self.decisions)

    def _publish(self, seed: int) -> None:
        self.number += 1
        self.past.append((self.number, self.published, self.judged, self.tables))
        self._take(self.rows)
        files = []
        for name in LISTS:
            rows = [
                [key, *row] if name == "crm" else row
                for key, row in sorted(self.rows[name].items())
            ]
            Random(seed).shuffle(rows)
            heads = ("id", *HEADS) if name == "crm" else HEADS
            path = self.folder / str(self.number) / f"{name}.csv"
            files.append(write_list(path, rows, heads))
        with patch.object(order, "load_rulebook", lambda _: RULES):
            make_run(self.store, *files, number=self.number, accept=True)
        Lists.runs += 1

    def _look_through(self) -> None:
        """Hold the store against the laws; remember what people look at."""
        with open_published(self.store) as db:
            self._hold(db)
            self.tables = looked_at(db)

    def _hold(self, db: Connection) -> None:
        links = asked(
            db,
            "select record_id, customer_id, source, source_key from crosswalk where is_active",
        )
        assert len(links) == sum(map(len, self.rows.values()))
        members = defaultdict(set)
        for record, customer, _, _ in links:
            members[customer].add(record)
        counts = dict(asked(db, "select customer_id, record_count from golden_record"))
        assert counts == {who: len(records) for who, records in members.items()}
        self._numbers_last(db, members)
        found = {key: record for record, _, _, key in links if key is not None}
        assert all(self.records.get(key, one) == one for key, one in found.items())
        self.records |= found
        self._history_holds(db, members)
        self.contents = dict(asked(db, CONTENTS))
        self._decisions_bind(members)

    def _decisions_bind(self, members: dict[str, set[int]]) -> None:
        """What a steward says holds; of what contradicts itself, the newest."""
        customer = {
            record: who for who, records in members.items() for record in records
        }
        together: dict[int, int] = {}
        apart: list[tuple[int, int]] = []

        def end(record: int) -> int:
            while together.setdefault(record, record) != record:
                record = together[record]
            return record

        for _, (kind, one, two, known) in sorted(self.decisions.items(), reverse=True):
            if not {one, two} <= set(customer):
                return  # one of them left: what follows for others is not told here
            if kind == "no_match" and known != (self.contents[one], self.contents[two]):
                return  # it lapsed
            sides = {end(one), end(two)}
            if kind == "no_match" and len(sides) > 1:
                apart.append((one, two))
            elif kind == "match" and not any(
                {end(a), end(b)} == sides for a, b in apart
            ):
                together[end(one)] = end(two)
        assert all(customer[one] == customer[end(one)] for one in together)
        assert all(customer[one] != customer[two] for one, two in apart)

    def _numbers_last(self, db: Connection, members: dict[str, set[int]]) -> None:
        """A number always resolves, and never to somebody else altogether.

        Who has it holds a record that had it before, or is like one that left not long ago.
        """
        spoken = defaultdict(set)
        spoke = "select record_id, customer_id from evidence"
        for record, customer in asked(db, spoke):
            spoken[customer].add(record)
        active = {record for records in members.values() for record in records}
        assert not active & {record for left in spoken.values() for record in left}
        issued = dict(asked(db, "select customer_id, status from customer"))
        assert set(self.holders) <= set(issued)
        assert set(members) == {c for c, status in issued.items() if status == "active"}
        for customer, records in members.items():
            known = self.holders.get(customer, records)
            assert (records | spoken[customer]) & known
            self.holders[customer] |= records
        ends = dict(asked(db, "select customer_id, resolve(customer_id) from customer"))
        assert all(
            issued[end] in ("active", "retired", "withdrawn") for end in ends.values()
        )

    def _history_holds(self, db: Connection, members: dict[str, set[int]]) -> None:
        """Every cell has its lineage; as of today is today; events are only added."""
        cells = asked(db, "select customer_id, record_ids from golden_cell")
        assert all(
            set(records) and set(records) <= members[who] for who, records in cells
        )
        today = asked(
            db,
            "select count(*) from (from golden_as_of((select max(run_number) from run)) "
            "except all from golden_record)",
        )
        assert today == [(0,)]
        told = asked(db, "select count(*) from customer_id_event")[0][0]
        assert told >= self.events
        self.events = told

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def asked(db: Connection, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql).fetchall()


def looked_at(db: Connection) -> dict[str, pl.DataFrame]:
    """Return what people look at, without runs, times and places in files, sorted."""
    aside = ["file", "row_number", "line_number", "valid_from_run", "valid_to_run"]
    whole = ("golden_record", "golden_cell", "crosswalk where is_active")
    return {
        name: db.sql(f"from {name}")
        .pl()
        .drop(*aside, pl.selectors.ends_with("_at"), strict=False)
        .sort(pl.selectors.by_dtype(pl.String, pl.Int64))
        for name in whole
    }


def held(examples: int, steps: int, start: int = 0) -> int:
    """Let things happen to `examples` stores, `steps` each; return how many runs were published."""
    Lists.runs = 0
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seeded(start)(Lists), settings=chosen)
    return Lists.runs


def test_the_laws_hold_whatever_happens():
    assert held(3, 10) > 10


@pytest.mark.long
@pytest.mark.parametrize("part", range(1, 11))
def test_the_laws_hold_over_two_thousand_runs(part):
    """In ten parts, so that several cores may share them."""
    assert held(12, 50, part) >= 200, "too few runs"
