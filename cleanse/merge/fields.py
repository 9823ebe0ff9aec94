"""Candidates per field: what counts as the same value, as valid and as complete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from cleanse.merge.survive import stands_alone
from cleanse.rulebook.survivorship import StrictestRule, SurvivorshipRules
from cleanse.schema import ADDRESS_FIELDS, FIELDS, FieldKind, present, valid

COMPARED_AS: Final = {
    "name": "name_compare",
    "company": "company_compare",
    "email": "email_key",
    "address": "address_compare",
}
"""Columns in which spellings of one value are equal."""

PRECISION: Final = {"birth_on": "birth_precision", "founded_on": "founded_precision"}
"""Columns that say how much of a date is known."""

_TYPE: Final = {
    FieldKind.DATE: pl.Date(),
    FieldKind.TIME: pl.Datetime("us", "UTC"),
    FieldKind.AMOUNT: pl.Decimal(18, 2),
    FieldKind.COUNT: pl.Int64(),
}
STANDING: Final = ("customer_id", "record_id", "source", "trust", "updated")
"""Whose a value is, and what it is worth beside others."""


def field_type(field: str) -> pl.DataType:
    """Return the type of a field in golden_record."""
    return _TYPE.get(FIELDS.get(field, FieldKind.TEXT), pl.String())


def candidates(
    members: pl.DataFrame, field: str, rules: SurvivorshipRules
) -> pl.DataFrame:
    """Return the records that have a value for a field, as `survive` wants them."""
    value = pl.col(field).cast(field_type(field))
    return (
        members.lazy()
        .drop_nulls(field)
        .select(
            *STANDING,
            value.alias("value"),
            key_of(members, field).alias("key"),
            _is_valid(members, field).alias("is_valid"),
            _completeness(members, field).alias("completeness"),
            _strictness(field, rules.strictest).alias("strictness"),
            place(field, rules).alias("place"),
        )
        .filter(pl.col("value").is_not_null())
        .collect()
    )


def address_candidates(members: pl.DataFrame, rules: SurvivorshipRules) -> pl.DataFrame:
    """Return the records that have an address, the parts of each as one value."""
    parts = present(members, ADDRESS_FIELDS)
    one_line = pl.concat_str(
        [pl.col(part) for part in parts], separator="\n", ignore_nulls=True
    )
    filled = pl.sum_horizontal(
        pl.col(part).is_not_null().cast(pl.Int64) for part in parts
    )
    named = present(parts_of(members), ("street", "building", "po_box"))
    names_a_place = pl.any_horizontal(
        pl.lit(value=False), *[pl.col(part).is_not_null() for part in named]
    )
    return (
        members.lazy()
        .with_columns(one_line.alias("value"))
        .filter(pl.col("value") != "")
        .select(
            *STANDING,
            "value",
            key_of(members, "address", "value").alias("key"),
            names_a_place.alias("is_valid"),
            filled.alias("completeness"),
            place("address", rules).alias("place"),
        )
        .collect()
    )


def parts_of(members: pl.DataFrame) -> pl.DataFrame:
    """Return the address parts that the members have."""
    return members.select(present(members, ADDRESS_FIELDS))


def folded(text: pl.Expr | str) -> pl.Expr:
    """Reduce text to its letters and digits, lower case; itself where it has none."""
    text = pl.col(text) if isinstance(text, str) else text
    bare = (
        text.str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"[^\p{L}\p{N}]", "")
    )
    return pl.when(bare != "").then(bare).otherwise(text)


def key_of(members: pl.DataFrame, field: str, column: str | None = None) -> pl.Expr:
    """Return what is equal for spellings of one value of a field; null where nobody asks."""
    value = pl.col(column or field)
    if field_type(field) != pl.String:
        return value
    compared = [pl.col(c) for c in present(members, (COMPARED_AS.get(field, ""),))]
    # Folding is dear, and nobody asks for the key of a value that stands alone.
    is_asked = ~stands_alone("customer_id")
    for each in compared:
        is_asked &= each.is_null()
    return pl.coalesce(*compared, folded(pl.when(is_asked).then(value.cast(pl.String))))


def _is_valid(members: pl.DataFrame, field: str) -> pl.Expr:
    if field == "name":
        return pl.col("kind") == pl.col("customer_kind")
    flag: Sequence[str] = present(members, (valid(field),))
    return pl.col(flag[0]) if flag else pl.lit(None, pl.Boolean)


def _completeness(members: pl.DataFrame, field: str) -> pl.Expr:
    if field in PRECISION and PRECISION[field] in members.columns:
        exact = {"year": 1, "month": 2, "day": 3}
        return pl.col(PRECISION[field]).replace_strict(exact, default=0)
    if field_type(field) == pl.String:
        return pl.col(field).cast(pl.String).str.len_chars().cast(pl.Int64)
    return pl.lit(0, pl.Int64)


def _strictness(field: str, rule: StrictestRule) -> pl.Expr:
    if field != "consent":
        return pl.lit(None, pl.Int64)
    return _place(pl.col(field), (*rule.refusals, "", *rule.consents), unlisted="")


def place(field: str, rules: SurvivorshipRules) -> pl.Expr:
    """Return where a record's value and source stand in the user's order, from 0; null without one."""
    order = rules.order.get(field)
    if order is None:
        return pl.lit(None, pl.Int64)
    by_source = _among(pl.col("source"), order.sources)
    if not order.values:
        return by_source
    # The source decides where the values leave a tie.
    return _place(pl.col(field), order.values) * (len(order.sources) + 1) + by_source


def _place(
    value: pl.Expr, words: Sequence[str], unlisted: str | None = None
) -> pl.Expr:
    """Return the place of a value among words; of a value not listed that of `unlisted`."""
    bare = pl.DataFrame({"word": words}, {"word": pl.String}).select(folded("word"))
    return _among(folded(value.cast(pl.String)), bare.to_series().to_list(), unlisted)


def _among(
    value: pl.Expr, words: Sequence[str], unlisted: str | None = None
) -> pl.Expr:
    places: dict[str, int] = {}
    for at, word in enumerate(words):
        places.setdefault(word, at)
    others = len(words) if unlisted is None else places[unlisted]
    return value.replace_strict(places, default=others, return_dtype=pl.Int64)
