"""Hold the files of a store against each other: manifest, working database, published copy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cleanse.warehouse.connection import Connection
from cleanse.warehouse.files import sha256_of
from cleanse.warehouse.golden import row_counts
from cleanse.warehouse.manifest import Manifest
from cleanse.warehouse.paths import StorePaths
from cleanse.warehouse.staging import column_types
from cleanse.warehouse.tables import literal, quoted
from cleanse.warehouse.verify.finding import NAMED, Finding, more

_NAMES = frozenset(
    (
        "event_id run_id run_number customer_id record_id record_id_l record_id_r field check kind column "
        "model_version household_id decision_id valid_from_run row_number source band rule status"
    ).split()
)
"""Columns that name a row and hold no customer's value."""


def verify_manifest(
    manifest: Manifest | None, key: str, db: Connection, paths: StorePaths
) -> Iterator[Finding]:
    """Check the manifest's seal, and that it speaks of this database.

    Args:
        manifest: manifest.json; None: there is none.
        key: The store's audit key, hex.
        db: The published copy or, without one, the working database.
        paths: Files of the store.
    """
    newest = db.execute(
        "select run_number, run_id from run order by run_number desc limit 1"
    ).fetchall()
    number, run_id = newest[0] if newest else (0, None)
    if manifest is None:
        yield _manifest(
            "is missing: nothing outside the database tells which run was the last",
            number,
        )
        return
    if manifest.seal is not None and manifest.sealed(key) != manifest:
        yield _manifest("was edited: its seal does not fit", manifest.run_number)
    if manifest.run_number > number:
        yield _manifest(
            f"speaks of run {manifest.run_number}, but the database ends with run {number}: "
            "it is older than its manifest, or its end was cut off",
            manifest.run_number,
        )
    elif manifest.run_number < number:
        yield _manifest(
            f"speaks of run {manifest.run_number}, but the database goes on to run {number}",
            number,
        )
    elif manifest.run_id != run_id:
        yield _manifest(f"and table run name run {number} differently", number)
    else:
        yield from _counted(manifest, row_counts(db))
    golden = manifest.golden_sha256
    if golden and paths.golden.exists() and sha256_of(paths.golden) != golden:
        yield Finding(
            table=paths.golden.name,
            sentence=f"golden.duckdb is not, byte for byte, what run {manifest.run_number} published",
            run_number=manifest.run_number,
        )


def _manifest(what: str, number: int) -> Finding:
    return Finding(
        table="manifest.json", sentence=f"manifest.json {what}", run_number=number
    )


def _counted(manifest: Manifest, counts: dict[str, int]) -> Iterator[Finding]:
    for table in sorted({*manifest.counts, *counts}):
        told, there = manifest.counts.get(table, 0), counts.get(table, 0)
        if told != there:
            yield Finding(
                table=table,
                sentence=f"{table}: {there:,} rows, but run {manifest.run_number} left {told:,}",
                run_number=manifest.run_number,
            )


def verify_copy(db: Connection, golden: Path) -> Iterator[Finding]:
    """Compare the working database with the published copy, table by table.

    Tables and columns that only one has must be empty: a newer version added them.

    Args:
        db: The working database.
        golden: The published copy.
    """
    db.execute(f"attach if not exists {literal(str(golden))} as published (read_only)")
    here = set(row_counts(db))
    there = {
        name
        for (name,) in db.execute(
            "select table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall()
    }
    for table in sorted(here | there):
        yield from _compared(db, table, in_here=table in here, in_there=table in there)


def _compared(
    db: Connection, table: str, *, in_here: bool, in_there: bool
) -> Iterator[Finding]:
    ours, theirs = quoted(table), f"published.{quoted(table)}"
    mine = dict(column_types(db, ours)) if in_here else {}
    other = dict(column_types(db, theirs)) if in_there else {}
    shared = [name for name in mine if name in other]
    sides = [(ours, mine, other), (theirs, other, mine)]
    for side, columns, others in sides:
        extra = [quoted(n) for n in columns if n not in others]
        if extra and _filled(db, side, extra):
            yield Finding(
                table=table,
                sentence=f"{table}: warehouse.duckdb and golden.duckdb have different columns",
            )
    if shared and _digest(db, ours, shared) != _digest(db, theirs, shared):
        yield from _rows(db, table, shared)


def _filled(db: Connection, table: str, columns: list[str]) -> bool:
    some = f"select 1 from {table} where coalesce({', '.join(f'{c}::varchar' for c in columns)}) is not null limit 1"
    return bool(db.execute(some).fetchall())


def _digest(db: Connection, table: str, columns: list[str]) -> object:
    """Add the hashes of all rows: equal for equal rows, in any order."""
    names = ", ".join(map(quoted, columns))
    return db.execute(
        f"select count(*), sum(hash({names})::hugeint) from {table}"
    ).fetchall()


def _rows(db: Connection, table: str, columns: list[str]) -> Iterator[Finding]:
    names = ", ".join(map(quoted, columns))
    named = [name for name in columns if name in _NAMES] or ["rowid"]
    ids = ", ".join(map(quoted, named)) if named != ["rowid"] else "null as row"
    ours, theirs = (
        f"select {names} from {prefix}{quoted(table)}" for prefix in ("", "published.")
    )
    rows = db.execute(f"""
with differing as (
    select * from ({ours} except all {theirs}) union all select * from ({theirs} except all {ours})
)
select {ids}, count(*) over () from (select distinct {ids} from differing) order by all limit {NAMED}
""").fetchall()
    for *values, _ in rows:
        row = dict(zip(named, values, strict=True))
        where = ", ".join(f"{k} {v}" for k, v in row.items() if v is not None)
        yield Finding(
            table=table,
            sentence=f"{table}: warehouse.duckdb and golden.duckdb differ at {where or 'a row without a number'}",
            event_id=row.get("event_id"),
            run_number=row.get("run_number"),
            row=row,
        )
    yield from more(table, rows[0][-1] - len(rows) if rows else 0)
