"""What is wrong with a store: one sentence each, with ids and never a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cleanse.warehouse.connection import Connection

NAMED = 20
"""Findings of one kind that are named one by one; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong."""

    table: str
    """The table, or the file, that it was found in."""
    sentence: str
    """What is wrong, where; ids, never values."""
    event_id: int | None = None
    """Audit event that tells otherwise."""
    run_number: int | None = None
    row: Mapping[str, Any] = field(default_factory=dict)
    """Ids of the row."""
    file: str | None = None
    """The database it was found in, where there are several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A query for rows that should not be there, and how to say so."""

    table: str
    says: str
    """Sentence with the query's columns in braces; null shows as ``?``."""
    sql: str
    """One row per thing that is wrong: event_id and run_number where known, and the ids of the row."""

    def run(
        self, db: Connection, parameters: Mapping[str, Any] | None = None
    ) -> Iterator[Finding]:
        """Yield what the query finds, the first `NAMED` of it in order."""
        sql = f"select *, count(*) over () from ({self.sql}) order by all limit {NAMED}"
        result = db.execute(sql, parameters)
        names = [column[0] for column in result.description][:-1]
        rows = result.fetchall()
        for *values, _ in rows:
            yield self._finding(dict(zip(names, values, strict=True)))
        yield from more(self.table, rows[0][-1] - len(rows) if rows else 0)

    def _finding(self, row: dict[str, Any]) -> Finding:
        shown = {k: "?" if v is None else v for k, v in row.items()}
        return Finding(
            table=self.table,
            sentence=self.says.format(**shown),
            event_id=row.pop("event_id", None),
            run_number=row.pop("run_number", None),
            row={k: v for k, v in row.items() if v is not None and k != "what"},
        )


def more(table: str, count: int) -> Iterator[Finding]:
    """Say how many findings of a kind are not named."""
    if count > 0:
        yield Finding(table=table, sentence=f"{table}: {count:,} more of this kind")


def run_checks(
    db: Connection,
    checks: Sequence[Check],
    parameters: Mapping[str, Any] | None = None,
) -> Iterator[Finding]:
    """Run checks one after the other."""
    for check in checks:
        yield from check.run(db, parameters)
