"""What a rule, or the unit in a heading, says that a value should be read as.

What was typed stays in ``<field>_raw``; the value to read stands beside it in
``<field>_replaced``: null where nothing was said, empty where it is to be read
as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Table

import polars as pl

from cleanse.map.mapping import Mapping
from cleanse.map.money import in_units
from cleanse.map.predicate import rows_where
from cleanse.rulebook import SourceRule
from cleanse.rulebook.source import DateColumn, PatternRule
from cleanse.schema import (
    MANY_VALUED,
    VALUE_SEPARATOR,
    present,
    raw,
    replaced,
    with_columns_present,
)

_TAGS = "; "


def replacements(
    mapping: Mapping, rule: SourceRule, typed: Callable[[str], pl.Expr]
) -> list[pl.Expr]:
    """Write what is to be read instead of the values typed.

    In this order: [replace] and [lookup] by the value as typed; [[pattern]]; the
    formats of a date column; the unit in a heading.

    Args:
        mapping: What the columns of a table are.
        rule: What the user says of this source.
        typed: Gives the value of a field as typed.
    """
    columns = []
    for field in mapping.fields:
        value = typed(field).str.strip_chars()
        read: list[pl.Expr] = []
        if known := rule.replace.get(field):
            read.append(_looked_up(field, value, known))
        if patterns := rule.pattern.get(field):
            read.append(_rewritten(field, value, patterns))
        said = rule.columns.get(field)
        if isinstance(said, DateColumn) and said.formats:
            read += [
                value.str.to_date(form, strict=False).cast(pl.String)
                for form in said.formats
            ]
        read += in_units(mapping, field)
        if read:
            columns.append(pl.coalesce(read).alias(replaced(field)))
    return columns


def with_constants(records: pl.DataFrame, rule: SourceRule) -> pl.DataFrame:
    """Read the constants of [set] where a row has nothing of its own."""
    for field, value in rule.set.items():
        read = _read(records, field)
        is_empty = read.str.strip_chars().fill_null("") == ""
        there = present(records, (replaced(field),))
        kept = pl.col(there[0]) if there else pl.lit(None, pl.String)
        said = pl.when(is_empty).then(pl.lit(value)).otherwise(kept)
        records = records.with_columns(said.alias(replaced(field)))
    return with_columns_present(records, {raw(f): pl.String for f in rule.set})


def with_tags(
    records: pl.DataFrame, rows: pl.DataFrame, rule: SourceRule, source: str
) -> pl.DataFrame:
    """Write the tags of [[tag]] behind those that a row has of its own."""
    if not rule.tag:
        return records
    place = f"rules/sources/{source}.toml: [[tag]] where"
    tags = [
        pl.when(rows_where(records, rows, each.where, place)).then(pl.lit(each.tag))
        for each in rule.tag
    ]
    is_tagged = pl.any_horizontal(tag.is_not_null() for tag in tags)
    joined = pl.concat_str(
        [_read(records, "tags"), *tags], separator=_TAGS, ignore_nulls=True
    )
    there = present(records, (replaced("tags"),))
    kept = pl.col(there[0]) if there else pl.lit(None, pl.String)
    said = pl.when(is_tagged).then(joined).otherwise(kept)
    records = records.with_columns(said.alias(replaced("tags")))
    return with_columns_present(records, {raw("tags"): pl.String})


def _read(records: pl.DataFrame, field: str) -> pl.Expr:
    """Return what a field is read as so far."""
    names = present(records, (replaced(field), raw(field)))
    return pl.coalesce(*names, pl.lit(None, pl.String))


def _looked_up(field: str, value: pl.Expr, known: Table[str, str]) -> pl.Expr:
    """Replace known values; of several in one cell each by itself."""
    if field not in MANY_VALUED:
        return value.replace_strict(known, default=None, return_dtype=pl.String)
    return _each(value, lambda one: one.replace(known))


def _rewritten(field: str, value: pl.Expr, patterns: Sequence[PatternRule]) -> pl.Expr:
    """Rewrite by regular expressions, one after the other; null where none fits."""

    def through(one: pl.Expr) -> pl.Expr:
        for pattern in patterns:
            one = one.str.replace_all(pattern.find, pattern.replace)
        return one.str.strip_chars()

    if field in MANY_VALUED:
        return _each(value, through)
    return pl.when(through(value) != value).then(through(value))


def _each(value: pl.Expr, change: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Change each of several values in a cell; null where all stay."""
    each = value.str.split(VALUE_SEPARATOR).list.eval(
        change(pl.element().str.strip_chars())
    )
    read = each.list.eval(pl.element().filter(pl.element() != "")).list.join(
        VALUE_SEPARATOR
    )
    return pl.when(read != value).then(read)
