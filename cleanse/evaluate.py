"""Evaluate: the quality of a list in figures, per source and field."""

from __future__ import annotations

import polars as pl

from cleanse.schema import FIELDS, SOURCE_FIELDS, raw, valid
from cleanse.shelf import Frame, filled

_COUNTS = "records filled valid changed repaired distinct unique".split()
_PATTERNS = pl.List(pl.Struct({"pattern": pl.String, "records": pl.Int64}))

SCORECARD = pl.Schema(
    {
        **dict.fromkeys(("source", "field"), pl.String()),
        **dict.fromkeys(_COUNTS, pl.Int64()),
        "patterns": _PATTERNS,
    }
)
"""One row per source and standard field that its lists have. filled: records with a usable
value; valid: those that obey their standard (null where that cannot be checked); changed:
cells that normalising changed; repaired: those of them that are usable now; distinct:
different values; unique: values that only one record has; patterns: the commonest shapes as
typed, with their records among those looked at (a sample when the source is large)."""

TREND = ("records", "filled", "valid", "repaired", "distinct")
"""Figures that are set beside those of the run before."""

PATTERN_COUNT = 3
_SAMPLE = 20_000
"""About as many records are looked at for patterns."""
_SIGNS = 60
"""Signs of a value that are looked at."""


def scorecard(records: Frame, changes: Frame) -> pl.DataFrame:
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
    changed = _changed(records.select(key, "source"), changes, key)
    told = {*filled(records), *changed["field"]}
    fields = [field for field in fields if field in told]
    if not fields:
        return SCORECARD.to_frame()
    counted = pl.concat(_count(records, field) for field in fields)
    order = pl.DataFrame({"field": fields}).with_row_index("place")
    return (
        counted.join(changed, on=["source", "field"], how="left")
        .with_columns(pl.col("changed", "repaired").fill_null(0))
        .filter(pl.col("filled") + pl.col("changed") > 0)
        .join(order, on="field")
        .sort("source", "place")
        .select(SCORECARD.names())
        .cast(SCORECARD)
    )


def with_trend(card: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Set the figures of the run before beside those of this one.

    Args:
        card: Schema SCORECARD.
        before: The same columns, of the newest run that read each source.

    Returns:
        The card with ``<figure>_before`` for each of TREND; null where the source
        or the field is new.
    """
    old = before.select(
        "source", "field", *(pl.col(name).alias(f"{name}_before") for name in TREND)
    )
    return card.join(old, on=["source", "field"], how="left", maintain_order="left")


def pattern(text: pl.Expr) -> pl.Expr:
    """Write the shape of a text: 9 a digit, A and a letters, 汉 a Chinese character.

    Runs of digits keep their length, as that is what tells numbers apart; runs of
    letters and of characters are one sign and a plus.

    >>> pl.select(pattern(pl.lit("021-6888 8888 转12 Ext Ab"))).item()
    '999-9999 9999 汉+99 A+ A+'
    """
    return (
        text.str.replace_all(r"\p{Han}+", "汉+")
        .str.replace_all(r"\p{Lu}[\p{L}&&[^\p{Han}]]*", "A+")
        .str.replace_all(r"\p{Ll}[\p{L}&&[^\p{Han}]]*", "a+")
        .str.replace_all(r"\p{Nd}", "9")
    )


def _count(records: Frame, field: str) -> pl.DataFrame:
    is_valid = valid(field)
    checked = (
        pl.col(is_valid) if is_valid in records.columns else pl.lit(None, pl.Boolean)
    )
    values = records.select("source", value=field, ok=checked)
    counted = values.group_by("source").agg(
        pl.lit(field).alias("field"),
        pl.len().alias("records"),
        pl.col("value").count().alias("filled"),
        pl.when(pl.col("ok").is_not_null().any())
        .then(pl.col("ok").fill_null(value=False).sum())
        .alias("valid"),
    )
    spread = (
        values.drop_nulls("value")
        .group_by("source", "value")
        .len("times")
        .group_by("source")
        .agg(distinct=pl.len(), unique=(pl.col("times") == 1).sum())
    )
    return (
        counted.join(spread, on="source", how="left")
        .with_columns(pl.col("distinct", "unique").fill_null(0))
        .join(_patterns(records, field), on="source", how="left")
    )


def _patterns(records: Frame, field: str) -> pl.DataFrame:
    """Count the shapes as typed; which records are looked at hangs on their values alone."""
    typed = records.select("source", value=raw(field)).drop_nulls()
    step = typed.height // _SAMPLE + 1
    return (
        typed.filter(pl.col("value").hash() % step == 0)
        .group_by("source", "value")
        .len("records")
        .with_columns(pattern=pattern(pl.col("value").str.head(_SIGNS)))
        .group_by("source", "pattern")
        .agg(pl.col("records").sum().cast(pl.Int64))
        .sort("records", "pattern", descending=[True, False])
        .group_by("source")
        .agg(patterns=pl.struct("pattern", "records").head(PATTERN_COUNT))
    )


def _changed(keys: pl.DataFrame, changes: Frame, key: str) -> pl.DataFrame:
    cells = changes.select("record_id", "field", "clean")
    return (
        cells.join(keys, left_on="record_id", right_on=key)
        .group_by("source", "field")
        .agg(pl.len().alias("changed"), pl.col("clean").count().alias("repaired"))
    )
