"""Lay a run's frames beside the tables that will take them in."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Sequence

import polars as pl

from cleanse.schema import EXTRA_PREFIX
from cleanse.shelf import Frame, Shelved, filled
from cleanse.warehouse.connection import Connection
from cleanse.warehouse.tables import (
    Column,
    add_column_sql,
    literal,
    make_real_sql,
    quoted,
    tables,
)

_HISTORY = {"record": "record_history", "golden_record": "golden_record_past"}


def stage(db: Connection, table: str, frame: Frame) -> None:
    """Make ``new_<table>``: `frame` with exactly the columns of `table`.

    Columns that the frame lacks are null; columns that the table lacks are added
    to it, and to its history; virtual ones (see `unfilled`) that it fills become real.
    ``frame_<table>`` holds the columns that some row fills.
    """
    described = _described(db, table)
    source, there = f"frame_{table}", {name: kind for name, kind, _ in described}
    rows = frame if frame.columns else _no_rows(db, table)
    names = _filled(rows, there)
    if any(default and name in names for name, _, default in described):
        for each in filter(None, (table, _HISTORY.get(table))):
            _make_real(db, each, names)
    _show(db, source, rows, names)
    given = dict(column_types(db, source))
    for name, kind in given.items():
        if name not in there:
            there[name] = kind
            for each in filter(None, (table, _HISTORY.get(table))):
                for statement in add_column_sql(each, new_column(name, kind)):
                    db.execute(statement)
    columns = ",\n".join(
        f"    cast({_value(name, kind, given)} as {kind}) as {quoted(name)}"
        for name, kind in there.items()
    )
    db.execute(
        f"create or replace temp view new_{table} as select\n{columns}\nfrom {source}"
    )


def _make_real(db: Connection, table: str, filled: Collection[str]) -> None:
    """Let virtual columns of a table that are filled now hold values."""
    real = {name for name, _ in column_types(db, table)}
    for column in tables()[table].columns:
        if column.name in filled and column.name not in real:
            for statement in make_real_sql(table, column):
                db.execute(statement)


def column_types(db: Connection, table: str) -> list[tuple[str, str]]:
    """Return name and DuckDB type of each column that can hold a value, in order."""
    # Of our columns only virtual ones have a default: the null that they always are.
    return [
        (name, kind) for name, kind, default in _described(db, table) if not default
    ]


def all_columns(db: Connection, table: str) -> list[tuple[str, str]]:
    """Return name and DuckDB type of each column, also of the virtual ones, in order."""
    return [(name, kind) for name, kind, _ in _described(db, table)]


def _described(db: Connection, table: str) -> list[tuple[str, str, str | None]]:
    rows = db.execute(
        f"select name, type, dflt_value from pragma_table_info({literal(table)})"
    )
    return rows.fetchall()


def differs_sql(columns: Sequence[str], left: str = "old", right: str = "new") -> str:
    """Write the condition that some column differs, null being a value like any other.

    >>> differs_sql(["a"])
    '(old."a" is distinct from new."a")'
    """
    parts = [
        f"{left}.{quoted(name)} is distinct from {right}.{quoted(name)}"
        for name in columns
    ]
    return f"({' or '.join(parts)})" if parts else "false"


def _filled(frame: Frame, there: Container[str]) -> list[str]:
    """Leave out the columns of a table that no row fills: a null is written quicker than read."""
    first, *others = frame.columns
    some = filled(frame)
    return [first, *(name for name in others if name in some or name not in there)]


def _show(db: Connection, source: str, frame: Frame, names: Sequence[str]) -> None:
    """Let the database read some columns of a frame under a name."""
    if isinstance(frame, Shelved):
        paths = ", ".join(literal(str(path)) for path in frame.paths)
        there = dict(zip(frame.columns, frame.schema.names(), strict=True))
        columns = ", ".join(f"{quoted(there[n])} as {quoted(n)}" for n in names)
        db.execute(
            f"create or replace temp view {source} as select {columns} from read_parquet([{paths}])"
        )
    else:
        # As polars holds them: the texts of the oldest level would be a copy of them all.
        rows = frame.select(names)
        db.register(source, rows.to_arrow(compat_level=pl.CompatLevel.newest()))


def _value(name: str, kind: str, given: dict[str, str]) -> str:
    if name not in given:
        return "null"
    is_map = kind.startswith("MAP") and not given[name].startswith("MAP")
    return f"map_from_entries({quoted(name)})" if is_map else quoted(name)


def _no_rows(db: Connection, table: str) -> pl.DataFrame:
    first = column_types(db, table)[0][0]
    return pl.DataFrame(schema={first: pl.String})


def new_column(name: str, kind: str) -> Column:
    """Describe a column that only some stores have."""
    return Column(name, kind, " ".join(_say(name)))


def _say(name: str) -> Iterator[str]:
    """Say what a column holds that only some stores have."""
    endings = {"_raw": "as typed", "_replaced": "as the source's rule replaces it"}
    if name.startswith(EXTRA_PREFIX):
        yield f"A column of the user's own that takes part in matching: {name.removeprefix(EXTRA_PREFIX)}, folded."
    elif name.startswith("level_"):
        yield f"Level of the comparison {name.removeprefix('level_')}; -1: missing."
    elif name.startswith("weight_"):
        yield f"Match weight of the comparison {name.removeprefix('weight_')}, log2 Bayes factor."
    elif any(name.endswith(ending) for ending in endings):
        stem, _, ending = name.rpartition("_")
        yield f"{stem}, {endings[f'_{ending}']}."
    else:
        yield f"{name.replace('_', ' ')}, found by normalising."
