"""Rows that a rule leaves out: told apart here, rejects afterwards."""

from __future__ import annotations

import polars as pl

from cleanse.map.predicate import rows_where
from cleanse.rulebook import SourceRule
from cleanse.schema import REJECT

DROPPED = "dropped"
"""Column of the record frame: why a rule leaves the row out; null for all others."""


def with_dropped(
    records: pl.DataFrame, rows: pl.DataFrame, rule: SourceRule, source: str
) -> pl.DataFrame:
    """Say of the rows for which a [drop] predicate is true why they are left out."""
    if not rule.drop:
        return records
    place = f"rules/sources/{source}.toml: [drop] where"
    reasons = [
        pl.when(rows_where(records, rows, each.where, place)).then(
            pl.lit(f"dropped by rule: {each.reason or each.where}")
        )
        for each in rule.drop
    ]
    return records.with_columns(pl.coalesce(reasons).alias(DROPPED))


def without_dropped(records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows that a rule leaves out from the others.

    Returns:
        The others, without the column; and the rejects, schema REJECT.
    """
    if DROPPED not in records.columns:
        return records, REJECT.to_frame()
    is_dropped = pl.col(DROPPED).is_not_null()
    typed = [name for name in records.columns if name.endswith("_raw")]
    extra = (
        pl.col("extra").list.eval(pl.element().struct.field("value")).list.join(" | ")
    )
    text = pl.concat_str([*typed, extra], separator=" | ", ignore_nulls=True)
    rejects = records.filter(is_dropped).select(
        "file",
        "sheet",
        "row_number",
        "line_number",
        pl.col(DROPPED).alias("reason"),
        text.alias("raw"),
    )
    return records.filter(~is_dropped).drop(DROPPED), rejects.cast(REJECT)
