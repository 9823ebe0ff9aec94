"""The published copy: made beside, renamed into place, then told in the manifest."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path

import duckdb

from cleanse.errors import StoreError
from cleanse.threads import later
from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.files import (
    copied,
    move_into_place,
    remove,
    sha256_of,
    unfinished,
)
from cleanse.warehouse.manifest import Manifest, write_manifest
from cleanse.warehouse.paths import StorePaths
from cleanse.warehouse.tables import literal


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
        (number, run_id, root), digest = newest, None
        if golden_run(db, paths.golden) != number:
            digest = write_golden_copy(db, paths, number)
            manifest = None
        if manifest is None or manifest.run_number != number:
            made = Manifest(
                run_number=number,
                run_id=run_id,
                counts=row_counts(db),
                audit_head=root,
                golden_sha256=digest or sha256_of(paths.golden),
            )
            key = paths.audit_key.read_text(encoding="utf-8").strip()
            write_manifest(paths.manifest, made.sealed(key))
    if paths.publishing.exists():
        remove(paths.publishing)


def golden_run(db: Connection, copy: Path) -> int | None:
    """Return the run that a published copy shows; None when there is no sound copy."""
    if not copy.exists():
        return None
    try:
        db.execute(f"attach {literal(str(copy))} as published (read_only)")
    except duckdb.Error:
        return None
    try:
        rows = db.execute("select max(run_number) from published.run").fetchall()
        return int(rows[0][0])
    except (duckdb.Error, TypeError):
        return None
    finally:
        db.execute("detach published")


def write_golden_copy(db: Connection, paths: StorePaths, number: int) -> str:
    """Copy the working database as it stands after a checkpoint, and rename the copy into place.

    A checkpointed file that nobody writes to is whole; the copy is looked at before it
    counts. Copying rows into a new file took forty times as long.

    Returns:
        SHA-256 of what is copied, hex.

    Raises:
        StoreError: The copy does not show run `number`; the old one stays.
    """
    db.execute("checkpoint")
    made = unfinished(paths.golden)
    digest = copied(paths.warehouse, made)
    if golden_run(db, made) != number:
        raise StoreError(
            f"{made}: the copy does not show run {number}; the one before stays.\n"
            "Is the disk full or failing? Run any command again to finish the publish."
        )
    with ExitStack() as held:
        with suppress(OSError):
            held.enter_context(paths.golden.open("rb"))
        move_into_place(paths.golden)
        # A file that is open goes when it is closed: of a gigabyte that takes a while.
        later(held.pop_all().close)
    return digest


def row_counts(db: Connection) -> dict[str, int]:
    """Count the rows of every table."""
    names = "select table_name from duckdb_tables() where not internal and not temporary order by 1"
    return {
        name: int(db.execute(f"select count(*) from {name}").fetchall()[0][0])
        for (name,) in db.execute(names).fetchall()
    }
