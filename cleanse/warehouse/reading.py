"""Records out of the database as frames: a column in which every value is missing is absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from cleanse.places import by_number
from cleanse.schema import EXTRA, EXTRA_PREFIX
from cleanse.shelf import filled
from cleanse.warehouse.connection import Connection
from cleanse.warehouse.tables import quoted

_LINEAGE = ("source", "source_key", "file", "sheet", "row_number", "line_number")
ALWAYS = frozenset(("record_id", "is_active", *_LINEAGE, "extra"))
"""Columns of a record that are there even when nothing is in them."""


def read_records(
    db: Connection,
    names: Sequence[str],
    rows: str,
    given: Mapping[str, Any] | None = None,
) -> pl.DataFrame:
    """Read some columns of some records, sorted by record_id.

    Args:
        db: The working database.
        names: The columns.
        rows: What follows ``from``.
        given: Parameters of `rows`.
    """
    sql = f"select {listed_sql(names)} from {rows}"
    # The order of the table is mostly that of the numbers: see `cleanse.warehouse.versions`.
    db.execute("set preserve_insertion_order = true")
    frame: pl.DataFrame = db.sql(sql, params=dict(given) if given else None).pl()
    db.execute("set preserve_insertion_order = false")
    if "extra" in frame.columns:
        frame = frame.with_columns(pl.col("extra").cast(EXTRA))
    kept = ALWAYS | filled(frame)
    # The database would carry every text through its sort: half of the time.
    return by_number(frame.select(name for name in frame.columns if name in kept))


def is_content(name: str) -> bool:
    """Tell whether a column of a record holds what was typed: when it changes, the record has changed."""
    return (
        name in ("source_key", "region", "customer", "extra")
        or name.endswith(("_raw", "_replaced"))
        or name.startswith(EXTRA_PREFIX)
    )


def is_as_typed(name: str) -> bool:
    """Tell whether a column of a record holds what was typed, or where it stood."""
    return name in _LINEAGE or is_content(name)


def listed_sql(names: Sequence[str]) -> str:
    """Write columns as a select has them, ``extra`` as entries."""
    return ", ".join(
        "map_entries(extra) as extra" if name == "extra" else quoted(name)
        for name in names
    )
