"""Columns that no row of a large table fills: they are virtual, and become real with their first value.

A null takes nearly as long to write as a short text, and of the many standard fields a list
has few: writing the empty columns of a million records took a quarter of the time that the
whole table took, and a quarter of its space.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cleanse.warehouse.connection import Connection
from cleanse.warehouse.staging import column_types, new_column
from cleanse.warehouse.tables import (
    add_column_sql,
    create_table_sql,
    quoted,
    tables,
)
from cleanse.warehouse.writer import Writer

WORTH_IT = 250_000
"""Rows from which on empty columns are left out: making the table anew takes a few tenths of a second."""


def write_first(write: Writer, table: str, own: Mapping[str, str]) -> None:
    """Write the first rows of a table, from ``new_<table>``.

    Args:
        write: Runs the statement.
        table: It has no rows yet.
        own: Column that no frame gives → its value as an expression.
    """
    if _count(write.db, f"frame_{table}") >= WORTH_IT:
        filled = {name for name, _ in column_types(write.db, f"frame_{table}")}
        _leave_out(write.db, table, filled | {*own})
    values = values_sql(write, table, own)
    write(f"insert into {table} by name select {values} from new_{table} as new")


def values_sql(write: Writer, table: str, own: Mapping[str, str]) -> str:
    """Write what goes into the columns of a table that can hold a value, from rows called new.

    Args:
        write: Knows the columns.
        table: The table.
        own: Column that no frame gives → its value as an expression.
    """
    return ", ".join(
        f"{own.get(name, f'new.{quoted(name)}')} as {quoted(name)}"
        for name in write.columns(table)
    )


def _leave_out(db: Connection, table: str, filled: Collection[str]) -> None:
    """Make an empty table anew, those of its columns virtual that are not filled."""
    made, columns = tables()[table], column_types(db, table)
    virtual = {each.name for each in made.columns if each.may_be_null} - {*filled}
    db.execute(f"drop table {table}")
    for statement in create_table_sql(made, virtual):
        db.execute(statement)
    for name, kind in columns:
        if name not in made.names:
            for statement in add_column_sql(table, new_column(name, kind)):
                db.execute(statement)


def _count(db: Connection, table: str) -> int:
    return int(db.execute(f"select count(*) from {table}").fetchall()[0][0])
