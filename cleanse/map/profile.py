"""A column at a glance: how full it is, how it varies, what its values are made of."""

from __future__ import annotations

import polars as pl

from cleanse.map.mapping import Mapping
from cleanse.schema import RawTable

_PATTERNS = 3
_EXAMPLES = 3

PROFILE = pl.Schema(
    {
        "heading": pl.String(),
        "use": pl.String(),
        "field": pl.String(),
        "filled": pl.Float64(),
        "distinct": pl.Int64(),
        "min_length": pl.Int64(),
        "max_length": pl.Int64(),
        "patterns": pl.List(pl.String()),
        "examples": pl.List(pl.String()),
    }
)
"""One row per column: share of cells filled (0 to 1), different values, lengths in characters,
commonest shapes with their share, and the commonest values."""


def profile_columns(table: RawTable, mapping: Mapping) -> pl.DataFrame:
    """Profile every column of a table.

    Values are shown: it is for the steward whose file it is, never for a log.

    Args:
        table: As read.
        mapping: What its columns are.

    Returns:
        Schema PROFILE, one row per column in the order of the table.
    """
    rows = [
        {"heading": column.heading, "use": str(column.use), "field": column.field}
        | _profile(table.rows[column.heading])
        for column in mapping.columns
    ]
    return pl.DataFrame(rows, schema=PROFILE)


def _profile(column: pl.Series) -> dict[str, object]:
    trimmed = column.alias("value").str.strip_chars()
    counts = trimmed.filter(trimmed != "").value_counts()
    lengths = counts["value"].str.len_chars()
    filled = int(counts["count"].sum() or 0)
    shapes = counts.group_by(shape(pl.col("value")).alias("shape")).agg(
        pl.col("count").sum()
    )
    return {
        "filled": filled / len(column) if len(column) else 0.0,
        "distinct": counts.height,
        "min_length": lengths.min(),
        "max_length": lengths.max(),
        "patterns": [
            f"{text} {count / filled:.0%}"
            for text, count in _commonest(shapes, "shape", _PATTERNS)
        ],
        "examples": [text for text, _ in _commonest(counts, "value", _EXAMPLES)],
    }


def shape(value: pl.Expr) -> pl.Expr:
    """Write what values are made of: 9 a digit, A and a words, 汉 Chinese, 字 any other script.

    >>> values = pl.Series("v", ["+86 138-0013", "McDonald & Co", "上海路12号", "محمد علي"])
    >>> pl.select(shape(pl.lit(values))).to_series().to_list()
    ['+99 999-9999', 'Aa & Aa', '汉99汉', '字 字']
    """
    return (
        value.str.replace_all(r"[0-9０-９]", "9")
        .str.replace_all(r"\p{Lu}[\p{L}'’]*\p{Ll}[\p{L}'’]*", "\u0001")
        .str.replace_all(r"\p{Ll}+", "a")
        .str.replace_all(r"\p{Lu}+", "A")
        .str.replace_all("\u0001", "Aa", literal=True)
        .str.replace_all(r"\p{Han}+", "汉")
        .str.replace_all(r"[\p{Lo}--\p{Han}][\p{Lo}\p{M}--\p{Han}]*", "字")
    )


def _commonest(counts: pl.DataFrame, column: str, most: int) -> list[tuple[str, int]]:
    top = counts.sort(["count", column], descending=[True, False]).head(most)
    return [(str(text), int(count)) for text, count in top.iter_rows()]
