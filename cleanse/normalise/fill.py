"""Fill in (补充) what follows from another cell of the record without guessing.

Only an empty cell is filled, and the rule that filled it stands in
``<field>_rule``. What is typed and says something else is a matter for a check.
Filling an address from its own parts is the address's business.
"""

from __future__ import annotations

import polars as pl

from cleanse.rulebook import Rulebook
from cleanse.schema import raw, rule, valid, with_columns_present

BY_NATIONAL_ID = "fill.national_id"
"""Birth date and gender that a valid 身份证 tells (GB 11643-1999)."""

_LENGTH = 18


def normalise_fill(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:  # noqa: ARG001 - as every normaliser
    """Fill birth_on and gender of persons from their 身份证.

    Signs 7 to 14 are the day of birth; sign 17 is odd for a man and even for a
    woman. A number whose check sign is wrong tells nothing.

    Returns:
        `records` with ``birth_on``, ``birth_precision``, ``gender`` filled in where
        nothing was typed, and ``birth_on_rule``, ``gender_rule``.
    """
    if not {"national_id", valid("national_id")} <= set(records.columns):
        return records
    records = with_columns_present(
        records,
        {
            "birth_on": pl.Date,
            "birth_precision": pl.String,
            "gender": pl.String,
        },
    )
    code = pl.col("national_id")
    tells = (
        pl.col(valid("national_id")).fill_null(value=False)
        & (code.str.len_chars() == _LENGTH)
        & (pl.col("kind") == "person")
    )
    born = code.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    is_man = code.str.slice(16, 1).cast(pl.Int32, strict=False) % 2 == 1
    gender = pl.when(is_man).then(pl.lit("male")).otherwise(pl.lit("female"))
    fills_birth = tells & _is_empty(records, "birth_on")
    fills_gender = tells & _is_empty(records, "gender")
    by = pl.lit(BY_NATIONAL_ID)
    return records.with_columns(
        pl.when(fills_birth).then(born).otherwise("birth_on").alias("birth_on"),
        pl.when(fills_birth)
        .then(pl.lit("day"))
        .otherwise("birth_precision")
        .alias("birth_precision"),
        pl.when(fills_gender).then(gender).otherwise("gender").alias("gender"),
        pl.when(fills_birth).then(by).alias(rule("birth_on")),
        pl.when(fills_gender).then(by).alias(rule("gender")),
    )


def _is_empty(records: pl.DataFrame, field: str) -> pl.Expr:
    """Tell where nothing is typed, not even what could not be read."""
    if raw(field) not in records.columns:
        return pl.lit(value=True)
    return pl.col(raw(field)).is_null()
