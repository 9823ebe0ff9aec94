"""What a column holds: how much of it is filled, how it varies, what its cells look like.

Nothing here depends on the order of rows: of a long column those distinct
values are looked at whose hashes are smallest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cleanse.rulebook.fields import FieldRules
from cleanse.threads import in_threads

SAMPLE_SIZE = 400
"""Distinct values looked at per column."""

_WEIGHT_CAP = 20
"""A frequent value counts at most so often, or one placeholder would speak for a column."""

_LOOKED = {"value": pl.String, "weight": pl.UInt32, "look": pl.String}
_MISSING = "missing"
_ELSE = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one column holds."""

    rows: int
    filled: int
    """Cells with any text."""
    distinct: int
    """Different texts, trimmed."""
    bits: float
    """Entropy of the filled cells, in bits: what agreeing on it can tell at most."""
    mean_length: float
    """Mean characters of a sampled value."""
    looks: Mapping[str, float]
    """Look → share of the sampled values that are not placeholders; sums to 1, empty without any."""
    sampled: int
    """Distinct values looked at that are not placeholders."""
    sample: pl.DataFrame
    """Those values, sorted: value, weight (how often, capped)."""

    @property
    def fill(self) -> float:
        """Share of cells with any text, 0 to 1."""
        return self.filled / self.rows if self.rows else 0.0

    @property
    def uniqueness(self) -> float:
        """Different texts by filled cells, 0 to 1."""
        return self.distinct / self.filled if self.filled else 0.0

    def share(self, looks: Sequence[str]) -> float:
        """Return how much of the column has one of `looks`, 0 to 1."""
        return sum(self.looks.get(look, 0.0) for look in looks)


def column_contents(
    rows: pl.DataFrame, headings: Sequence[str], rules: FieldRules
) -> dict[str, Content]:
    """Look at columns of a table.

    Args:
        rows: The table, every cell a String.
        headings: The columns to look at.
        rules: For its looks.

    Returns:
        One Content per heading.
    """
    columns = (rows[heading] for heading in headings)
    counts = dict(zip(headings, in_threads(_value_counts, columns), strict=True))
    samples = [
        _sample(count).with_columns(pl.lit(heading).alias("heading"))
        for heading, count in counts.items()
    ]
    looked = with_look(pl.concat(samples), rules) if samples else pl.DataFrame()
    by_heading = {
        str(key[0]): part for key, part in looked.group_by("heading") if len(looked)
    }
    return {
        heading: _content(count, rows.height, by_heading.get(heading))
        for heading, count in counts.items()
    }


def with_look(values: pl.DataFrame, rules: FieldRules) -> pl.DataFrame:
    """Add ``look``: the first look of fields.toml that `value` fits, else ``word``."""
    value = pl.col("value")
    names = list(rules.looks)
    fits = pl.coalesce(
        *(
            pl.when(value.str.contains(rules.looks[name].pattern)).then(pl.lit(name))
            for name in names
        ),
        pl.lit(_ELSE),
    )
    return values.with_columns(fits.alias("look"))


def _value_counts(column: pl.Series) -> pl.DataFrame:
    """Return value, count of the filled cells, trimmed."""
    trimmed = column.alias("value").str.strip_chars()
    return trimmed.filter(trimmed.is_not_null() & (trimmed != "")).value_counts()


def _sample(counts: pl.DataFrame) -> pl.DataFrame:
    if counts.height > SAMPLE_SIZE:
        hashed = counts.with_columns(pl.col("value").hash().alias("hash"))
        counts = hashed.bottom_k(SAMPLE_SIZE, by="hash").drop("hash")
    return counts.select(
        "value", pl.col("count").clip(upper_bound=_WEIGHT_CAP).alias("weight")
    )


def _content(counts: pl.DataFrame, rows: int, looked: pl.DataFrame | None) -> Content:
    filled = int(counts["count"].sum() or 0)
    empty = pl.DataFrame(schema=_LOOKED) if looked is None else looked
    told = empty.filter(pl.col("look") != _MISSING).sort("value")
    return Content(
        rows=rows,
        filled=filled,
        distinct=counts.height,
        bits=_bits(counts["count"], filled),
        mean_length=float(told["value"].str.len_chars().mean() or 0.0),  # type: ignore[arg-type]
        looks=_shares(told) if told.height else {},
        sampled=told.height,
        sample=told.select("value", "weight"),
    )


def _shares(told: pl.DataFrame) -> dict[str, float]:
    weights = told.group_by("look").agg(pl.col("weight").sum()).sort("look")
    total = weights["weight"].sum()
    return {look: weight / total for look, weight in weights.iter_rows()}


def _bits(counts: pl.Series, filled: int) -> float:
    if not filled:
        return 0.0
    share = counts / filled
    # Rounded: the order of the counts, which is not fixed, shows in the last digits.
    return max(0.0, round(float(-(share * share.log(2)).sum()), 6))
