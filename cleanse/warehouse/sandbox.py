"""The child process of `query_sql`: copy what the query names, shut every door, run it.

``{"golden", "sql", "limit"}`` as JSON on stdin; the rows as an Arrow file on stdout;
a message and exit code 1 where the query is refused.

Decided 2026-05: not read-only on the attached file with external access off;
``COPY … TO`` its own path overwrote the file even then.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Collection
from typing import Any

import duckdb

from cleanse.warehouse.tables import create_macro_sql, macros, quoted

_MACRO_TABLES = {
    "golden_as_of": ("golden_record_history", "run"),
    "resolve": ("customer",),
}
_SELECT = "SELECT"
_WORD = re.compile(r"\w+")
_PLAIN = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.PermissionException,
)
"""Errors whose text speaks of the query, never of the values it met."""


class RefusedError(Exception):
    """The query is not one SELECT over the published tables."""


def answer(golden: str, sql: str, limit: int) -> Any:
    """Run one SELECT over copies of the published tables; returns an arrow table.

    Raises:
        RefusedError: Says why.
    """
    db = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": "",
        },
    )
    _require_one_select(db, sql)
    db.execute(
        f"attach '{golden.replace(chr(39), chr(39) * 2)}' as published (read_only)"
    )
    there = [
        name
        for (name,) in db.execute(
            "select table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall()
    ]
    for name in _needed(sql, there):
        db.execute(f"create table {quoted(name)} as from published.{quoted(name)}")
    db.execute("detach published")
    for macro in macros():
        if set(_MACRO_TABLES[macro.name]) <= set(_own_tables(db)):
            for statement in create_macro_sql(macro):
                db.execute(statement)
    db.execute("set enable_external_access = false")
    db.execute("set timezone = 'UTC'")
    db.execute("set lock_configuration = true")
    return db.sql(
        f"select * from ({sql.strip().rstrip(';')}\n) limit {limit}"
    ).to_arrow_table()


def _require_one_select(db: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = db.extract_statements(sql)
    kinds = [statement.type.name for statement in statements]
    if kinds != [_SELECT]:
        told = ", ".join(kinds) or "nothing"
        raise RefusedError(f"exactly one SELECT is accepted; this is {told}.")


def _needed(sql: str, there: Collection[str]) -> list[str]:
    """Return the published tables whose names stand in a query, or that a macro in it reads."""
    words = set(_WORD.findall(sql.lower()))
    for macro, reads in _MACRO_TABLES.items():
        if macro in words:
            words.update(reads)
    return [name for name in there if name in words]


def _own_tables(db: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        name
        for (name,) in db.execute("select table_name from duckdb_tables()").fetchall()
    ]


def main() -> int:
    """Serve one query."""
    task = json.load(sys.stdin)
    try:
        table = answer(task["golden"], task["sql"], task["limit"])
    except (RefusedError, *_PLAIN) as error:
        sys.stderr.write(f"SQL: {error}\n")
        return 1
    except duckdb.Error as error:
        sys.stderr.write(
            f"SQL: {type(error).__name__} in a value that the query met; try_cast skips such values.\n"
        )
        return 1
    import pyarrow as pa  # noqa: PLC0415 - not for a query that is refused

    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    sys.stdout.buffer.write(sink.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
