"""What normalising changed: one row per record and field, for people who ask why."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cleanse.normalise.placeholder import typed
from cleanse.rulebook import Rulebook
from cleanse.schema import (
    CELL_CHANGE,
    FIELDS,
    FieldKind,
    present,
    raw,
    replaced,
    rule,
)

_RULES = {
    FieldKind.PERSON: "name.person",
    FieldKind.COMPANY: "name.company",
    FieldKind.PHONE: "phone.e164",
    FieldKind.EMAIL: "email.mailbox",
    FieldKind.HANDLE: "handle.plain",
    FieldKind.ADDRESS: "address.parts",
    FieldKind.DATE: "date.iso",
    FieldKind.TIME: "time.utc",
    FieldKind.ID: "id.plain",
    FieldKind.AMOUNT: "amount.decimal",
    FieldKind.COUNT: "count.whole",
    FieldKind.CATEGORY: "category.word",
    FieldKind.TAGS: "tags.order",
    FieldKind.TEXT: "text.tidy",
}
"""Name of the rule that changes a field of a kind."""

_FIELD_RULES = {"country": "country.iso3166", "postcode": "postcode.form"}
"""Fields whose rule is another than that of their kind."""

_NUMBERS = (FieldKind.AMOUNT, FieldKind.COUNT)

PLACEHOLDER = "placeholder"
"""The cell was filled in for form's sake; it counts as missing."""

UNREADABLE = "unreadable"
"""The cell is kept as typed, but gives no clean value."""

MOVED = "kind.moved"
"""A birth date of a company is its founding date; a contact without company or name is the customer."""

SET = "source.set"
"""Nothing was typed; the source's rule says what to read there."""

TAGGED = "source.tag"
"""The same, by a rule that tags rows."""

_MOVING = {"birth_on": "person", "founded_on": "company", "contact": "company"}
"""Fields that move, and the kind in which they stay."""


def cell_changes(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """List the cells whose clean value is not what was typed, or that were filled in.

    Args:
        records: Normalised records, with record_id.
        rulebook: Tells placeholders from what could not be read.

    Returns:
        Schema CELL_CHANGE, by record_id and field; one row per changed cell; raw is
        null where nothing was typed and the value follows from other cells.
        A Date is written as ISO 8601, an amount in plain digits.
    """
    parts = [
        _of_field(records, field, rulebook)
        for field in FIELDS
        if raw(field) in records.columns
    ]
    filled = [
        _filled(records, field)
        for field in FIELDS
        if present(records, (rule(field), replaced(field)))
    ]
    return pl.concat([CELL_CHANGE.to_frame(), *parts, *filled]).sort(
        "record_id", "field"
    )


def _of_field(records: pl.DataFrame, field: str, rulebook: Rulebook) -> pl.DataFrame:
    typed_in = raw(field)
    columns = present(records, (typed_in, replaced(field), rule(field)))
    frame = records.select("record_id", "kind", *columns, _clean(records, field))
    is_other = pl.col(typed_in).ne_missing(pl.col("clean"))
    if FIELDS[field] in _NUMBERS:
        number = pl.col(typed_in).cast(pl.Float64, strict=False)
        is_other &= number.ne_missing(pl.col("clean").cast(pl.Float64))
    frame = frame.filter(pl.col(typed_in).is_not_null() & is_other)
    frame = frame.with_columns(typed(frame, field, rulebook).alias("typed"))
    return frame.select(
        pl.col("record_id"),
        pl.lit(field).alias("field"),
        pl.col(typed_in).alias("raw"),
        pl.col("clean"),
        _rule(field, columns).alias("rule"),
    )


def _filled(records: pl.DataFrame, field: str) -> pl.DataFrame:
    """List the cells of a field in which nothing was typed, and that have a value by some rule."""
    names = present(records, (raw(field),))
    rules = [pl.col(name) for name in present(records, (rule(field),))]
    if replaced(field) in records.columns:
        # Nothing was typed and there is something to read: a constant, or a tag.
        said = pl.lit(TAGGED if field == "tags" else SET)
        rules.append(pl.when(pl.col(replaced(field)) != "").then(said))
    by = pl.coalesce(rules).alias("rule")
    frame = records.select("record_id", *names, _clean(records, field), by)
    is_empty = [pl.col(name).is_null() for name in names]
    is_filled = pl.col("clean").is_not_null() | pl.lit(rule(field) in records.columns)
    return frame.filter(pl.col("rule").is_not_null(), is_filled, *is_empty).select(
        pl.col("record_id"),
        pl.lit(field).alias("field"),
        pl.lit(None, pl.String).alias("raw"),
        pl.col("clean"),
        pl.col("rule"),
    )


def _clean(records: pl.DataFrame, field: str) -> pl.Expr:
    """Write the clean value as text; a moment at midnight as its day."""
    if field not in records.columns:
        return pl.lit(None, pl.String).alias("clean")
    if FIELDS[field] is not FieldKind.TIME:
        return pl.col(field).cast(pl.String).alias("clean")
    text = pl.col(field).dt.to_string("%Y-%m-%d %H:%M:%S")
    return text.str.strip_suffix(" 00:00:00").alias("clean")


def _rule(field: str, columns: Sequence[str]) -> pl.Expr:
    """Name the rule that made the change; `columns`: those of the field that there are."""
    usual = pl.lit(_FIELD_RULES.get(field, _RULES[FIELDS[field]]))
    if field == "name":
        usual = pl.lit("name.") + pl.col("kind")
    if rule(field) in columns:
        usual = pl.coalesce(rule(field), usual)
    lost = pl.lit(UNREADABLE)
    if field in _MOVING:
        mine = pl.col("kind") == _MOVING[field]
        lost = pl.when(mine).then(lost).otherwise(pl.lit(MOVED))
    made = (
        pl.when(pl.col("clean").is_not_null())
        .then(usual)
        .when(pl.col("typed").is_null())
        .then(pl.lit(PLACEHOLDER))
        .otherwise(lost)
    )
    if replaced(field) not in columns:
        return made
    by_source = pl.col(replaced(field)) != pl.col(raw(field))
    if rule(field) in columns:
        by_source &= pl.col(rule(field)).is_null()
    return pl.when(by_source).then(pl.lit("source.replace")).otherwise(made)
