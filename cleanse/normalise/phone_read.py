"""Read numbers in the ways in which they may be meant."""

from __future__ import annotations

import polars as pl

from cleanse.normalise.phone_plan import read_numbers

_KEY = ["number", "region"]
_NOWHERE = pl.lit(None, pl.String)
_GREATER_CHINA = ("CN", "HK", "MO")


def _ways() -> tuple[tuple[str, pl.Expr, pl.Expr, pl.Expr], ...]:
    """Rule, condition, number and region of each way to read what was not valid as typed."""
    digits, region = pl.col("number"), pl.col("region")
    with_plus = pl.lit("+") + digits.str.strip_prefix("00")
    return (
        (
            "phone.country_code",  # a plus or 00 was left out
            digits.str.contains(r"^00|^[1-9]\d{10,}$"),
            with_plus,
            _NOWHERE,
        ),
        (
            "phone.mainland_mobile",  # in a foreign list
            digits.str.contains(r"^1[3-9]\d{9}$"),
            digits,
            pl.lit("CN"),
        ),
        (
            "phone.taiwan_mobile",  # no number in China begins so and is so short
            digits.str.contains(r"^09\d{8}$") & region.is_in(_GREATER_CHINA),
            digits,
            pl.lit("TW"),
        ),
    )


def read_as_meant(numbers: pl.DataFrame) -> pl.DataFrame:
    """Add the columns of phone_plan.READ to numbers, and ``way``: the rule that made one valid.

    Args:
        numbers: ``number`` (digits, with ``+`` before them when typed so) and
            ``region`` (or null) among others; each distinct pair is read once.
    """
    distinct = numbers.select(_KEY).unique()
    read = _attempt(distinct, pl.col("number"), pl.col("region"))
    read = read.with_columns(_NOWHERE.alias("way"))
    for rule, may_be, number, region in _ways():
        is_open = (pl.col("e164").is_null() & may_be).fill_null(value=False)
        tried, done = read.filter(is_open), read.filter(~is_open)
        better = _attempt(tried.select(_KEY), number, region).drop_nulls("e164")
        better = better.with_columns(pl.lit(rule).alias("way"))
        left = tried.join(better, on=_KEY, how="anti", nulls_equal=True)
        read = pl.concat([done, left, better])
    return numbers.join(read, on=_KEY, how="left", nulls_equal=True)


def _attempt(keys: pl.DataFrame, number: pl.Expr, region: pl.Expr) -> pl.DataFrame:
    """Read keys (number, region) as `number` in `region`."""
    tried = keys.with_columns(number.alias("tried"), region.alias("tried_in"))
    ways = tried.select(
        pl.col("tried").alias("number"), pl.col("tried_in").alias("region")
    )
    read = read_numbers(ways.unique()).rename({"number": "tried", "region": "tried_in"})
    both = ["tried", "tried_in"]
    return tried.join(read, on=both, how="left", nulls_equal=True).drop(both)
