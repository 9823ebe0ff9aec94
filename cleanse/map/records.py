"""Turn the tables of a file into records of standard fields, as typed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from cleanse.map.drop import with_dropped
from cleanse.map.expect import check_expectations
from cleanse.map.flag import with_kind_flags
from cleanse.map.mapping import Mapping, Use, text
from cleanse.map.money import currency_column
from cleanse.map.rewrite import replacements, with_constants, with_tags
from cleanse.map.source import SourceChoice
from cleanse.map.split import with_joint
from cleanse.rulebook import SourceRule
from cleanse.schema import (
    EXTRA,
    LINEAGE,
    MANY_VALUED,
    VALUE_SEPARATOR,
    RawFile,
    RawTable,
    raw,
)

_ROW, _KEY, _VALUE = "\x00row", "\x00key", "\x00value"
"""Names that no heading has."""


def map_file(
    file: RawFile, mappings: Sequence[Mapping], choice: SourceChoice, rule: SourceRule
) -> pl.DataFrame:
    """Map all tables of a file and hold them against [expect].

    Args:
        file: As read.
        mappings: One per table, from `propose_mappings`.
        choice: The source it is.
        rule: What the user says of that source.

    Returns:
        The record frame: one row per row of the tables, in their order; no row_id yet.

    Raises:
        GateError: The records are outside what [expect] says.
    """
    tables = [
        map_table(file, table, mapping, choice, rule)
        for table, mapping in zip(file.tables, mappings, strict=True)
    ]
    if not tables:
        return pl.DataFrame(schema=LINEAGE)
    records = pl.concat(tables, how="diagonal")
    check_expectations(records, rule, choice.name)
    return records


def map_table(
    file: RawFile,
    table: RawTable,
    mapping: Mapping,
    choice: SourceChoice,
    rule: SourceRule,
) -> pl.DataFrame:
    """Map one table to the record frame.

    Nothing is cleaned here. Where a rule or the unit in a heading says what a value
    should be read as, the value to read stands in ``<field>_replaced`` and
    ``<field>_raw`` stays as typed. ``currency_raw`` is what the heading of the
    amounts names, where no column of the list does. A rule's [drop] only marks rows
    (column ``dropped``): see `without_dropped`.

    Returns:
        Columns of schema.LINEAGE, region, customer, ``<field>_raw``,
        ``<field>_replaced``, ``x_…`` and extra; one row per row of the table.
    """
    records = table.rows.select(
        *_lineage(file, table, mapping, choice),
        pl.lit(mapping.region, pl.String).alias("region"),
        pl.lit(mapping.customer, pl.String).alias("customer"),
        *(
            _field(mapping, field).alias(raw(field))
            for field in mapping.fields
            if field != "source"
        ),
        *currency_column(mapping),
        *replacements(mapping, rule, partial(_field, mapping)),
        *(
            text(column.heading).alias(str(column.field))
            for column in mapping.used(Use.MATCHED)
        ),
    )
    records = with_kind_flags(records, mapping)
    records = with_joint(records, mapping, table.rows)
    records = records.with_columns(_extra(table.rows, mapping, choice))
    records = with_constants(records, rule)
    records = with_tags(records, table.rows, rule, choice.name)
    return with_dropped(records, table.rows, rule, choice.name)


def _lineage(
    file: RawFile, table: RawTable, mapping: Mapping, choice: SourceChoice
) -> list[pl.Expr]:
    key = text(mapping.key) if mapping.key else pl.lit(None, pl.String)
    source = pl.lit(choice.name, pl.String)
    if choice.is_by_row and (headings := mapping.headings("source")):
        source = pl.coalesce(text(headings[0]).str.strip_chars(), source)
    return [
        source.alias("source"),
        key.alias("source_key"),
        pl.lit(file.file, pl.String).alias("file"),
        pl.lit(table.sheet, pl.String).alias("sheet"),
        pl.col("row_number"),
        pl.col("line_number"),
    ]


def _field(mapping: Mapping, field: str) -> pl.Expr:
    """Join the columns of a field, and fall back where they are all empty."""
    headings = mapping.headings(field)
    parts = [text(heading) for heading in headings]
    if len(parts) > 1:
        separator = VALUE_SEPARATOR if field in MANY_VALUED else " "
        joined = pl.concat_str(parts, separator=separator, ignore_nulls=True)
        parts = [pl.when(joined != "").then(joined)]
    return pl.coalesce(*parts, *(text(h) for h in mapping.fallbacks(field)))


def _extra(rows: pl.DataFrame, mapping: Mapping, choice: SourceChoice) -> pl.Series:
    """Gather what fills no standard field, as typed, by heading."""
    columns: dict[str, pl.Expr] = {}
    for column in mapping.columns:
        if column.use in (Use.EXTRA, Use.MATCHED):
            columns[column.heading] = text(column.heading)
        elif column.use is Use.FALLBACK:
            columns[column.heading] = _unused(
                mapping, str(column.field), column.heading
            )
    if not choice.is_by_row:
        columns |= {h: text(h) for h in mapping.headings("source")}
    return _as_pairs(rows.select(e.alias(h) for h, e in sorted(columns.items())), rows)


def _unused(mapping: Mapping, field: str, heading: str) -> pl.Expr:
    """Return a fallback where a better column filled the field."""
    fallbacks = mapping.fallbacks(field)
    better = [*mapping.headings(field), *fallbacks[: fallbacks.index(heading)]]
    is_used = pl.coalesce(text(h) for h in better).is_null()
    return pl.when(~is_used).then(text(heading))


def _as_pairs(columns: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Turn columns into one list of key and value per row, without the empty ones."""
    if not columns.width:
        return pl.Series("extra", [None], EXTRA).new_from_index(0, rows.height)
    # By way of a long frame: concat_list of structs takes 20 times as long.
    number = pl.int_range(rows.height, dtype=pl.UInt32, eager=True).alias(_ROW)
    pairs = (
        columns.insert_column(0, number)
        .unpivot(index=_ROW, variable_name=_KEY, value_name=_VALUE)
        .filter(pl.col(_VALUE).is_not_null())
        .group_by(_ROW)
        .agg(
            pl.struct(
                pl.col(_KEY).str.strip_chars().alias("key"),
                pl.col(_VALUE).alias("value"),
            ).alias("extra")
        )
    )
    joined = number.to_frame().join(pairs, on=_ROW, how="left", maintain_order="left")
    return joined["extra"].cast(EXTRA)
