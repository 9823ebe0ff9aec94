"""Small lists, runs over them, and what a store then says."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from cleanse.pipeline import RunRequest, RunSummary, run
from cleanse.pipeline.undoing import UndoRequest, UndoSummary, undo
from cleanse.warehouse import open_published

NOW = datetime(2026, 4, 1, 6, tzinfo=UTC)

HEADS = ("id", "first name", "last name", "phone", "email", "city", "updated")
PEOPLE = (
    (
        "A1",
        "Robert",
        "Hartwell",
        "+44 20 7946 0011",
        "rob.hartwell@example.com",
        "Leeds",
        "2026-01-05",
    ),
    (
        "A2",
        "Bob",
        "Hartwell",
        "020 7946 0011",
        "rob.hartwell@example.com",
        "Leeds",
        "2026-01-07",
    ),
    (
        "A3",
        "Miriam",
        "Oakes",
        "+44 20 7946 0022",
        "m.oakes@example.org",
        "York",
        "2026-01-03",
    ),
    ("A4", "Cedric", "Plumtree", "", "cedric@plumtree.example", "Bath", "2026-01-04"),
    ("A5", "Wilma", "Vance", "+44 20 7946 0055", "", "Hull", "2026-01-04"),
    (
        "A6",
        "Ottoline",
        "Fairbairn",
        "+44 20 7946 0066",
        "ottoline@fairbairn.example",
        "Ely",
        "2026-01-04",
    ),
)
"""Six records of five people: A1 and A2 are one."""


def write_list(
    path: Path, rows: Sequence[Sequence[str]] = PEOPLE, heads: Sequence[str] = HEADS
) -> Path:
    """Write a CSV list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *rows])
    return path


def make_run(store: Path, *inputs: Path, number: int = 1, **more: object) -> RunSummary:
    """Run the pipeline with a fixed run id and time."""
    request = RunRequest(
        inputs=inputs,
        store=store,
        run_id=f"run-{number}",
        now=NOW,
        actor="test",
        **more,
    )
    return run(request)


def take_back(store: Path, run: object, number: int, **more: object) -> UndoSummary:
    """Undo a run, or a decision, with a fixed run id and time."""
    request = UndoRequest(
        what=str(run),
        store=store,
        run_id=f"run-{number}",
        now=NOW,
        actor="test",
        **more,
    )
    return undo(request)


def ask(store: Path, sql: str) -> list[tuple[object, ...]]:
    """Ask the published copy."""
    with open_published(store) as db:
        return db.execute(sql).fetchall()


def customers(store: Path) -> dict[str, str]:
    """Return source key → customer ID of the active records."""
    return dict(
        ask(store, "select source_key, customer_id from crosswalk where is_active")
    )


def together(found: Mapping[str, str]) -> set[frozenset[str]]:
    """Return the groups of source keys that are one customer each."""
    groups: dict[str, set[str]] = {}
    for key, customer in found.items():
        groups.setdefault(customer, set()).add(key)
    return {frozenset(group) for group in groups.values()}


STATE = (
    "record golden_record golden_cell contact_point contact_person crosswalk customer customer_id_event "
    "match_pair cell_change issue reject review_case model golden_record_history golden_conflict household decision"
).split()
"""Tables that a repeat of the same input leaves as they are."""


def state(store: Path, tables: Sequence[str] = STATE) -> dict[str, pl.DataFrame]:
    """Return the tables of the published copy, rows sorted."""
    with open_published(store) as db:
        return {name: _sorted(db.sql(f"from {name}").pl()) for name in tables}


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    text = frame.select(pl.struct(pl.all()).map_elements(repr, pl.String).alias("text"))
    return frame[text["text"].arg_sort()] if frame.height else frame


def assert_same(
    before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]
) -> None:
    """Assert that the tables are equal, row by row."""
    for name, frame in before.items():
        assert frame.equals(after[name]), f"table {name} differs"


PUBLISHED = ("golden_record", "golden_cell", "crosswalk")


def published(store: Path) -> dict[str, pl.DataFrame]:
    """Return golden_record, golden_cell and the active crosswalk without runs and times."""
    found = state(store, PUBLISHED)
    found["crosswalk"] = found["crosswalk"].filter("is_active")
    return {
        name: frame.drop(
            c
            for c in frame.columns
            if c.endswith(("_at", "_run")) and "source_" not in c
        ).sort(
            "record_id" if name == "crosswalk" else "customer_id", maintain_order=True
        )
        for name, frame in found.items()
    }


def assert_equal(left: dict[str, pl.DataFrame], right: dict[str, pl.DataFrame]) -> None:
    """Assert that the same is published, in whatever order."""
    for name, frame in left.items():
        told = sorted(map(repr, frame.rows()))
        assert told == sorted(map(repr, right[name].select(frame.columns).rows())), name
