"""Prove a store, stewards' decisions included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from cleanse.review import DECISION, read_decisions
from cleanse.warehouse.connection import Connection
from cleanse.warehouse.paths import StorePaths
from cleanse.warehouse.verify import Finding, Verdict, verify_store


def verify(store: Path, head: str | None = None) -> Verdict:
    """Look a store through, read-only: what `cleanse verify` does.

    Args:
        store: Folder of the store.
        head: An audit head kept elsewhere, hex.

    Raises:
        InputError: There is no store.
        StoreError: The audit key is gone.
    """

    def decided(db: Connection) -> Iterator[Finding]:
        return verify_decisions(db, read_decisions(StorePaths(store).steward))

    return verify_store(store, head, decided)


def verify_decisions(db: Connection, stewards: pl.DataFrame) -> Iterator[Finding]:
    """Check that every decision that a run took in still stands in steward.sqlite as it was.

    Args:
        db: A database of the store.
        stewards: Schema review.DECISION: what steward.sqlite has.
    """
    names = ", ".join(DECISION)
    taken = db.sql(f"select {names}, run_id from decision").pl()  # noqa: S608 - our own names
    taken = taken.cast(dict(DECISION))
    now = stewards.select(DECISION.names())
    standing = taken.join(now, on=DECISION.names(), how="anti", nulls_equal=True)
    there = set(now["decision_id"])
    for number, run_id in (
        standing.sort("decision_id").select("decision_id", "run_id").iter_rows()
    ):
        what = "was edited" if number in there else "is gone"
        yield Finding(
            table="steward.sqlite",
            sentence=f"decision {number}, taken in by run {run_id}, {what} in steward.sqlite",
            row={"decision_id": number},
        )
