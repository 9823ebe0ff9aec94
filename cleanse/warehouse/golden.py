"""The published copy: made beside, renamed into place, then told in the manifest."""

from __future__ import annotations

from contextlib import suppress

import duckdb

from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.files import move_into_place, remove, unfinished
from cleanse.warehouse.manifest import Manifest, write_manifest
from cleanse.warehouse.paths import StorePaths
from cleanse.warehouse.tables import (
    WORKING_ONLY,
    literal,
    quoted,
)

_STORAGE = "v1.2.0"
"""Oldest DuckDB that can open the published copy."""


def finish_publish(
    db: Connection, paths: StorePaths, manifest: Manifest | None
) -> None:
    """Bring golden.duckdb and manifest.json to the newest run, if they are not there yet.

    It may be repeated after a kill at any point of it.
    """
    newest = first_row(
        db,
        "select run_number, run_id, root from run join audit_root using (run_id, run_number) "
        "order by run_number desc limit 1",
    )
    if newest is not None:
        number, run_id, root = newest
        if golden_run(db, paths) != number:
            write_golden_copy(db, paths)
            manifest = None
        if manifest is None or manifest.run_number != number:
            counts = _counts(db)
            write_manifest(
                paths.manifest,
                Manifest(
                    run_number=number, run_id=run_id, counts=counts, audit_head=root
                ),
            )
    if paths.publishing.exists():
        remove(paths.publishing)


def golden_run(db: Connection, paths: StorePaths) -> int | None:
    """Return the run that the published copy shows; None when there is no sound copy."""
    if not paths.golden.exists():
        return None
    try:
        db.execute(f"attach {literal(str(paths.golden))} as published (read_only)")
    except duckdb.Error:
        return None
    try:
        rows = db.execute("select max(run_number) from published.run").fetchall()
        return int(rows[0][0])
    except (duckdb.Error, TypeError):
        return None
    finally:
        db.execute("detach published")


def write_golden_copy(db: Connection, paths: StorePaths) -> None:
    """Copy the published tables, comments and macros, and rename the copy into place."""
    made = unfinished(paths.golden)
    made.unlink(missing_ok=True)
    home = str(db.execute("select current_database()").fetchall()[0][0])
    db.execute(
        f"attach {literal(str(made))} as golden (storage_version {literal(_STORAGE)})"
    )
    try:
        db.begin()
        # Tables, columns and macros with their comments; hundreds of statements cost more.
        db.execute(f"copy from database {quoted(home)} to golden (schema)")
        for table in WORKING_ONLY:
            db.execute(f"drop table golden.{table}")
        for table in published_tables(db, "golden"):
            db.execute(f"insert into golden.{table} from {quoted(home)}.{table}")
        db.commit()
        db.execute("checkpoint golden")
    except BaseException:
        with suppress(duckdb.Error):
            db.rollback()
        raise
    finally:
        db.execute("detach golden")
    move_into_place(paths.golden)


def published_tables(db: Connection, database: str) -> list[str]:
    """Return the names of the tables that are published, sorted."""
    rows = db.execute(
        "select table_name from duckdb_tables() where database_name = ? and not temporary order by 1",
        [database],
    ).fetchall()
    return [name for (name,) in rows if name not in WORKING_ONLY]


def _counts(db: Connection) -> dict[str, int]:
    home = str(db.execute("select current_database()").fetchall()[0][0])
    return {
        table: int(db.execute(f"select count(*) from {table}").fetchall()[0][0])
        for table in published_tables(db, home)
    }
