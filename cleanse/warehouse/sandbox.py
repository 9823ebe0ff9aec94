"""The child process of `query_sql`: copy what the query names, shut every door, run it.

The task as JSON on stdin, the rows as an Arrow file on stdout; a message and exit
code 1 where the query is refused. It runs as a file of its own and imports nothing
of ours, so that it starts quickly.

Decided 2026-05: not read-only on the attached file with external access off;
``COPY … TO`` its own path overwrote the file even then.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Collection, Mapping
from typing import Any

import duckdb

_WORD = re.compile(r"\w+")
_PLAIN = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.PermissionException,
)
"""Errors whose text speaks of the query, never of the values it met."""


_OUR_OWN = "run_as_of: neither"
"""How the error of a macro of ours begins; it holds no value."""


class RefusedError(Exception):
    """The query is not exactly one SELECT."""


class NotOpenedError(Exception):
    """The published copy cannot be opened; who asked finds out why."""


def answer(
    golden: str, sql: str, limit: int, macros: Mapping[str, Mapping[str, Any]]
) -> bytes:
    """Run one SELECT over copies of the published tables.

    Args:
        golden: Path of the published copy.
        sql: The query.
        limit: Rows returned at the most.
        macros: By name of a macro: ``sql`` of those that bear it, and the tables it ``reads``.

    Returns:
        The rows as an Arrow file.

    Raises:
        RefusedError: It is not one SELECT.
        NotOpenedError: The copy is damaged.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": "",
    }
    db = duckdb.connect(":memory:", config=config)
    statement = _one_select(db, sql)
    words = set(_WORD.findall(sql.lower()))
    called = {name: macro for name, macro in macros.items() if name in words}
    wanted = words.union(*(macro["reads"] for macro in called.values()))
    _copy_tables(db, golden, wanted)
    for macro in called.values():
        for text in macro["sql"]:
            db.execute(text)
    db.execute("set timezone = 'UTC'")
    db.execute("set enable_external_access = false")
    db.execute("set lock_configuration = true")
    return _first_rows(db.execute(statement), limit)


def _one_select(db: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    statements = db.extract_statements(sql)
    kinds = [statement.type.name for statement in statements]
    if kinds != ["SELECT"]:
        told = ", ".join(kinds) or "nothing"
        raise RefusedError(f"exactly one SELECT is accepted; this is {told}.")
    return statements[0]


def _copy_tables(
    db: duckdb.DuckDBPyConnection, golden: str, wanted: Collection[str]
) -> None:
    path = golden.replace("'", "''")
    try:
        db.execute(f"attach '{path}' as published (read_only)")
    except duckdb.Error:
        raise NotOpenedError from None
    names = db.execute(
        "select table_name from duckdb_tables() where database_name = 'published' "
        "union all select view_name from duckdb_views() where database_name = 'published' and not internal"
    ).fetchall()
    for (name,) in names:
        if name in wanted:
            db.execute(f'create table "{name}" as from published."{name}"')
    db.execute("detach published")


def _first_rows(result: duckdb.DuckDBPyConnection, limit: int) -> bytes:
    import pyarrow as pa  # noqa: PLC0415 - not for a query that is refused

    reader: Any = result.to_arrow_reader(max(limit, 1))
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, reader.schema) as writer:
        left = limit
        for batch in reader:
            writer.write_batch(batch.slice(0, left))
            left -= min(left, batch.num_rows)
            if not left:
                break
    return sink.getvalue()


def main() -> int:
    """Serve one query."""
    try:
        rows = answer(**json.load(sys.stdin))
    except NotOpenedError:
        return 3
    except (RefusedError, *_PLAIN) as error:
        sys.stderr.write(f"SQL: {error}\n")
        return 1
    except duckdb.Error as error:
        if _OUR_OWN in str(error):
            sys.stderr.write(f"SQL: {error}\n")
            return 1
        kind = type(error).__name__
        message = (
            f"SQL: {kind} in a value that the query met; try_cast skips such values.\n"
        )
        sys.stderr.write(message)
        return 1
    sys.stdout.buffer.write(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
