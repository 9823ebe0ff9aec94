"""Open a store, mend what a kill left half done, and refuse what cannot be trusted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cleanse.errors import StoreError
from cleanse.shelf import Shelf
from cleanse.warehouse.connection import Connection, connect, create, first_row
from cleanse.warehouse.files import (
    UNFINISHED,
    move_into_place,
    private_files,
    unfinished,
    write_text,
)
from cleanse.warehouse.golden import finish_publish
from cleanse.warehouse.known import Known
from cleanse.warehouse.lock import hold_lock
from cleanse.warehouse.manifest import Manifest, read_manifest
from cleanse.warehouse.paths import StorePaths
from cleanse.warehouse.tables import (
    add_column_sql,
    create_sql,
    create_table_sql,
    definitions,
    tables,
)

WAIT_S = 10.0
"""How long a second run waits for the first, in seconds."""

_NOW_VIEWS = {
    "golden_cell": (
        "golden_choice",
        [
            """
delete from golden_choice where origin != 'pinned'
    and customer_id in (select customer_id from golden_record where record_count = 1)
""",
        ],
    ),
    "golden_record_history": (
        "golden_record_past",
        [
            """
update golden_record set valid_from_run = past.valid_from_run from golden_record_past as past
where past.customer_id = golden_record.customer_id and past.valid_to_run is null
""",
            "delete from golden_record_past where valid_to_run is null",
        ],
    ),
}
"""Tables of earlier versions that are views now → the table that holds what does not follow from others, and what leaves only that in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open store, held by this process alone."""

    paths: StorePaths
    db: Connection
    """The working database."""
    audit_key: str
    """Secret of this store, hex: the key of the audit digests."""

    @property
    def shelf(self) -> Shelf:
        """Where large frames lie while the store is open."""
        return Shelf(self.paths.spill)

    def known(self) -> Known:
        """Return what earlier runs left, read piece by piece as it is asked for."""
        return Known(self.db, self.paths)


@contextmanager
def open_store(
    path: Path, *, actor: str, wait_s: float = WAIT_S, threads: int | None = None
) -> Iterator[Store]:
    """Open the store at `path` for one run; make it when it is not there.

    A store in which nothing has been published when it is closed again is taken
    away, so a first run that fails leaves nothing behind.

    Args:
        path: Folder of the store.
        actor: Who runs; another process that has to wait is told.
        wait_s: Seconds to wait for another process that holds the store.
        threads: Threads for DuckDB; None: as many as there are cores.

    Raises:
        StoreError: The store is in use, damaged, or older than its manifest.
    """
    paths = StorePaths(path)
    with private_files():
        _make_folder(path)
        with hold_lock(paths.lock, actor=actor, wait_s=wait_s):
            yield from _opened(paths, threads)


def _opened(paths: StorePaths, threads: int | None) -> Iterator[Store]:
    manifest = read_manifest(paths.manifest)
    _remove_unfinished(paths)
    if not paths.warehouse.exists():
        _make_warehouse(paths, manifest)
    db = connect(paths.warehouse, threads=threads)
    try:
        store = Store(paths=paths, db=db, audit_key=_audit_key(paths, db))
        _bring_up_to_date(db)
        _check_against(manifest, store)
        finish_publish(db, paths, manifest)
        yield store
    finally:
        is_unused = _is_unused(db)
        db.close()
        shutil.rmtree(paths.spill, ignore_errors=True)
        if is_unused:
            _take_away(paths)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(path, os.W_OK):
            return
    except OSError as error:
        message = f"{path}: cannot make the store here ({error.strerror})."
        raise StoreError(f"{message}\nChoose another folder with --store.") from None
    raise StoreError(f"{path}: no right to write here.\nMend its mode or owner.")


def _remove_unfinished(paths: StorePaths) -> None:
    """Take away what a killed process has left."""
    for left in paths.folder.glob(f"*{UNFINISHED}*"):
        left.unlink()
    shutil.rmtree(paths.spill, ignore_errors=True)


def _make_warehouse(paths: StorePaths, manifest: Manifest | None) -> None:
    """Create the working database under another name: a kill in its first writes would leave a file that never opens again."""
    if manifest is not None:
        raise StoreError(
            f"{paths.warehouse}: gone, although manifest.json speaks of run {manifest.run_number}.\n"
            "Restore the store from a backup."
        )
    write_text(paths.audit_key, os.urandom(32).hex())
    db = create(unfinished(paths.warehouse))
    _bring_up_to_date(db)
    db.execute("checkpoint")
    db.close()
    move_into_place(paths.warehouse)


def _bring_up_to_date(db: Connection) -> None:
    """Create the tables, columns, macros and views that this version has and the store lacks."""
    db.begin()
    renamed = _rename_tables(db)
    found = db.execute(
        "select table_name, column_name from duckdb_columns() where not internal"
    ).fetchall()
    known = set(found)
    there = {table for table, _ in known}
    for table in tables().values():
        if table.name not in there:
            for statement in create_table_sql(table):
                db.execute(statement)
            continue
        for column in table.columns:
            if (table.name, column.name) not in known:
                for statement in add_column_sql(table.name, column):
                    db.execute(statement)
    for name in renamed:
        for statement in _NOW_VIEWS[name][1]:
            db.execute(statement)
    _renew_definitions(db)
    db.commit()


def _rename_tables(db: Connection) -> list[str]:
    """Rename tables that were kept whole before, so that what they leave over can be left out."""
    rows = db.execute("select table_name from duckdb_tables() where not internal")
    there = {name for (name,) in rows.fetchall()}
    renamed = [name for name in _NOW_VIEWS if name in there]
    for name in renamed:
        db.execute(f"alter table {name} rename to {_NOW_VIEWS[name][0]}")
    return renamed


def _renew_definitions(db: Connection) -> None:
    """Create the macros and views anew if some are not there, or say something else than this version's."""
    rows = db.execute("""
select function_name, comment from duckdb_functions() where not internal
union all select view_name, comment from duckdb_views() where not internal
""")
    found = rows.fetchall()
    if all((made.name, made.comment) in found for made in definitions()):
        return
    for made in definitions():
        for statement in create_sql(made):
            db.execute(statement)


def _audit_key(paths: StorePaths, db: Connection) -> str:
    try:
        return paths.audit_key.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        db.close()
        message = f"{paths.audit_key}: gone; without it the audit chain cannot go on.\nRestore it from a backup."
        raise StoreError(message) from None


def _check_against(manifest: Manifest | None, store: Store) -> None:
    """Notice a database that lost commits, or is not the one the manifest speaks of."""
    if manifest is None:
        return
    try:
        row = first_row(
            store.db,
            "select root from audit_root where run_number = ?",
            [manifest.run_number],
        )
    except duckdb.Error as error:
        message = f"{store.paths.warehouse}: damaged ({type(error).__name__}).\nRestore the store from a backup."
        raise StoreError(message) from None
    if row is None:
        last = store.known().run_number
        raise StoreError(
            f"{store.paths.warehouse}: older than its manifest (run {last}, manifest run {manifest.run_number}).\n"
            "A backup of one file was put back, or a .wal file was lost. Restore the whole store from a backup."
        )
    if row[0] != manifest.audit_head:
        raise StoreError(
            f"{store.paths.warehouse}: not the database that manifest.json speaks of (audit head of run {manifest.run_number} differs).\n"
            "Restore the whole store from a backup."
        )


def _is_unused(db: Connection) -> bool:
    """Tell whether no run has ever been published; in doubt, some run has."""
    try:
        return not db.execute("select 1 from run limit 1").fetchall()
    except duckdb.Error:
        return False


def _take_away(paths: StorePaths) -> None:
    """Remove a store that holds nothing; a folder with anything of the user's stays."""
    for path in (paths.warehouse, paths.audit_key, paths.publishing):
        path.unlink(missing_ok=True)
    if {each.name for each in paths.folder.iterdir()} <= {paths.lock.name}:
        paths.lock.unlink(missing_ok=True)
        paths.folder.rmdir()
