"""Evaluate: the quality of a list in figures, per source and field."""

from __future__ import annotations

import polars as pl

from cleanse.schema import FIELDS, SOURCE_FIELDS, raw, valid

SCORECARD = pl.Schema(
    {
        "source": pl.String,
        "field": pl.String,
        "records": pl.Int64,
        "filled": pl.Int64,
        "valid": pl.Int64,
        "changed": pl.Int64,
        "distinct": pl.Int64,
    }
)
"""One row per source and standard field that its lists have. filled: records with a usable
value; valid: those that obey their standard (null where that cannot be checked); changed:
cells that normalising changed; distinct: different values."""


def scorecard(records: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Count what the lists hold.

    Args:
        records: Normalised records, ``row_id`` or ``record_id`` naming each.
        changes: Schema CELL_CHANGE of those records.

    Returns:
        Schema SCORECARD, in the order of sources and of schema.FIELDS.
    """
    key = "row_id" if "row_id" in records.columns else "record_id"
    fields = [
        field
        for field in FIELDS
        if field not in SOURCE_FIELDS and {field, raw(field)} <= set(records.columns)
    ]
    if not fields:
        return SCORECARD.to_frame()
    changed = _changed(records.select(key, "source"), changes, key)
    counted = pl.concat(_count(records, field) for field in fields)
    order = pl.DataFrame({"field": fields}).with_row_index("place")
    return (
        counted.join(changed, on=["source", "field"], how="left")
        .with_columns(pl.col("changed").fill_null(0))
        .filter(pl.col("filled") + pl.col("changed") > 0)
        .join(order, on="field")
        .sort("source", "place")
        .select(SCORECARD.names())
        .cast(SCORECARD)
    )


def _count(records: pl.DataFrame, field: str) -> pl.DataFrame:
    is_valid = valid(field)
    checked = (
        pl.col(is_valid) if is_valid in records.columns else pl.lit(None, pl.Boolean)
    )
    return (
        records.select("source", value=field, ok=checked)
        .group_by("source")
        .agg(
            pl.lit(field).alias("field"),
            pl.len().alias("records"),
            pl.col("value").count().alias("filled"),
            pl.when(pl.col("ok").is_not_null().any())
            .then(pl.col("ok").fill_null(value=False).sum())
            .alias("valid"),
            pl.col("value").drop_nulls().n_unique().alias("distinct"),
        )
    )


def _changed(keys: pl.DataFrame, changes: pl.DataFrame, key: str) -> pl.DataFrame:
    return (
        changes.join(keys, left_on="record_id", right_on=key)
        .group_by("source", "field")
        .agg(pl.len().alias("changed"))
    )
