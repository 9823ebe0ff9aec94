"""Connections to DuckDB, all with the same closed settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from cleanse.errors import StoreError

Connection = duckdb.DuckDBPyConnection

_CONFIG = {
    # Neither tries the network, and neither do extensions: a store is closed.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "false",
}


_MEMORY = "25%"
"""Share of the machine's memory that the database of a run may fill before it spills to disk: the
rest is for what the run itself holds. A million records take no longer within 2 GB than within
20; DuckDB's own limit, 80 %, is for a program by itself."""

_STORAGE = "v1.2.0"
"""Oldest DuckDB that can open a database of ours."""


def create(path: Path) -> Connection:
    """Make a database file that older DuckDB tools can open too."""
    db = duckdb.connect(":memory:", config=dict(_CONFIG))
    name = str(path).replace("'", "''")
    db.execute(f"attach '{name}' as made (storage_version '{_STORAGE}')")
    db.execute("use made")
    return db


def connect(
    path: Path, *, read_only: bool = False, threads: int | None = None
) -> Connection:
    """Open a database file of a store.

    Raises:
        StoreError: The file is damaged, of a newer DuckDB, or held by another process.
    """
    try:
        db = duckdb.connect(str(path), read_only=read_only, config=dict(_CONFIG))
    except duckdb.Error as error:
        raise _cannot_open(path, error) from None
    db.execute("set timezone = 'UTC'")
    db.execute("set enable_progress_bar = false")
    if not read_only:
        # Row groups are written as they fill up; DuckDB would hold five per thread and table.
        db.execute("set write_buffer_row_group_count = 1")
        db.execute("set memory_limit = ?", [_MEMORY])
    db.execute("set temp_directory = ?", [str(path.parent / "spill")])
    if threads is not None:
        db.execute("set threads = ?", [threads])
    return db


def use_all_memory(db: Connection) -> None:
    """Let a database fill most of the machine's memory: not all that it does can be spilled to disk."""
    db.execute("reset memory_limit")


def _cannot_open(path: Path, error: duckdb.Error) -> StoreError:
    held = isinstance(error, duckdb.IOException) and "lock" in str(error)
    why, what_to_do = (
        ("another program has it open", "Close that program; people open golden.duckdb")
        if held
        else (
            "damaged, or written by a newer DuckDB",
            "Restore the store from a backup",
        )
    )
    return StoreError(f"{path}: {why} ({type(error).__name__}).\n{what_to_do}.")


def first_row(
    db: Connection, sql: str, parameters: object = None
) -> tuple[Any, ...] | None:
    """Run a query and return its first row, or None.

    Not fetchone: a result that is not read to its end holds the connection.
    """
    rows = db.execute(sql, parameters).fetchall()
    return rows[0] if rows else None


def named_rows(
    db: Connection, sql: str, given: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Run a query and return its rows by column."""
    result = db.execute(sql, dict(given or {}))
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
