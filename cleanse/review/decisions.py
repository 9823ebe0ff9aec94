"""steward.sqlite: append-only decisions, in WAL mode so that nobody waits for a run.

A decision speaks of records, never of customers: record numbers last, and what a
customer is follows from them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from cleanse.errors import StoreError, UsageError
from cleanse.judgement import DECISION, DecisionKind

_SCHEMA = Path(__file__).parent / "decision.sql"
_WAIT_S = 10.0

_AS_STORED = pl.Schema({**DECISION, "decided_at": pl.String(), "until_on": pl.String()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One judgement of a steward."""

    kind: DecisionKind
    record_id: int | None = None
    other_record_id: int | None = None
    """For match and no_match."""
    field: str | None = None
    """For pin."""
    value: str | None = None
    """For pin and kind; for split, see `Parting`; for withdraw, the decision_id."""
    reason: str
    actor: str
    """``steward:<login>``."""
    decided_at: datetime
    """UTC."""
    until_on: date | None = None
    """Last day it binds; None: always."""


def add_decision(path: Path, decision: Decision) -> int:
    """Append a decision: see `add_decisions`.

    Returns:
        Its decision_id.
    """
    return add_decisions(path, [decision])[0]


def add_decisions(path: Path, decisions: Sequence[Decision]) -> list[int]:
    """Append decisions, all of them or none.

    Args:
        path: steward.sqlite; made when it is not there.
        decisions: In their order; the two records of each may come in either.

    Returns:
        Their decision_ids.

    Raises:
        UsageError: One says too little, or the same record twice.
        StoreError: The file is damaged or cannot be written.
    """
    with _opened(path) as db, db:
        try:
            return [_append(db, decision) for decision in decisions]
        except sqlite3.IntegrityError as error:
            message = f"the decision cannot be taken: {error}.\nName the records, why, and who decides."
            raise UsageError(message) from None


def _append(db: sqlite3.Connection, decision: Decision) -> int:
    row = asdict(decision)
    pair = [row["record_id"], row["other_record_id"]]
    if None not in pair:
        row["record_id"], row["other_record_id"] = sorted(pair)
    row["decided_at"] = decision.decided_at.isoformat()
    row["until_on"] = decision.until_on and decision.until_on.isoformat()
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    cursor = db.execute(f"insert into decision ({names}) values ({marks})", row)  # noqa: S608 - our own names
    return int(cursor.lastrowid or 0)


def withdraw(
    path: Path, decision_id: int, reason: str, actor: str, now: datetime
) -> int:
    """Take a decision back: from the next run on it does not hold, and those that it overruled hold again.

    Args:
        path: steward.sqlite.
        decision_id: The decision; one that is withdrawn already stays so.
        reason: Why.
        actor: Who: ``steward:<login>``.
        now: UTC.

    Returns:
        The decision_id of the withdrawal.

    Raises:
        UsageError: There is no such decision, or no reason.
        StoreError: The file is damaged or cannot be written.
    """
    taken_back = Decision(
        kind=DecisionKind.WITHDRAW,
        value=str(decision_id),
        reason=reason,
        actor=actor,
        decided_at=now,
    )
    return add_decision(path, taken_back)


def read_decisions(path: Path) -> pl.DataFrame:
    """Read all decisions, oldest first: schema DECISION; no rows when there is no file."""
    if not path.exists():
        return DECISION.to_frame()
    with _opened(path) as db:
        rows = db.execute(
            f"select {', '.join(DECISION)} from decision order by decision_id"  # noqa: S608
        ).fetchall()
    frame = pl.DataFrame(rows, schema=_AS_STORED, orient="row")
    return frame.with_columns(
        pl.col("decided_at").str.to_datetime(time_unit="us", time_zone="UTC"),
        pl.col("until_on").str.to_date(),
    )


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    before = os.umask(0o077)
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT_S)) as db:
            db.execute("pragma journal_mode = wal")
            db.executescript(_SCHEMA.read_text(encoding="utf-8"))
            yield db
    except sqlite3.DatabaseError as error:
        message = f"{path}: cannot be used ({type(error).__name__}).\nRestore it from a backup, or mend the folder's rights."
        raise StoreError(message) from None
    finally:
        os.umask(before)
