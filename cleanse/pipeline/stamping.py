"""Stamp: customer IDs beside the rows of any other list, of which none is lost or moved.

Who a row is, is told by a customer ID of ours that it bears (also an old one), else by
the key of a source, else by match. What is not sure is marked and never filled in.
Everything is read from the published copy, so a run may be at work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl

from cleanse.errors import InputError
from cleanse.map.heading import heading_index
from cleanse.pipeline.intake import map as map_columns
from cleanse.pipeline.intake import read
from cleanse.pipeline.request import Step, plainly
from cleanse.pipeline.stamp_key import (
    KeyColumn,
    Numbers,
    id_column,
    key_column,
    mistyped,
    named_column,
)
from cleanse.pipeline.stamp_match import TELLING_FIELDS, by_match
from cleanse.read import read_file
from cleanse.rulebook import Rulebook, load_rulebook
from cleanse.schema import RawTable, raw
from cleanse.warehouse import Known, open_published

STAMPS: Final = (
    "customer_id",
    "customer_id_how",
    "customer_id_probability",
    "customer_id_candidate",
)
"""Columns that are added, in this order."""

HOW: Final = {
    "id": "a customer ID of ours stands in the row",
    "key": "the key of a source of ours stands in the row",
    "match": "what the row says of the customer is surely one of ours",
    "review": "it may be the candidate: a person should look",
    "none": "nobody of ours",
}
"""What customer_id_how may say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampRequest:
    """What is asked of a stamping."""

    file: Path
    store: Path
    rules: Path | None = None
    source: str | None = None
    """Source by whose rule the list is read, and whose keys it may hold."""
    keys: tuple[str, ...] = ()
    """COLUMN=SOURCE, where a person says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A list with its customers."""

    sheets: tuple[tuple[str, pl.DataFrame], ...]
    """Per table its name (empty for a text file) and its rows as typed, with `STAMPS`."""
    prefix: str
    """What the names of `STAMPS` begin with: nothing, unless the list has such columns."""
    rejects: pl.DataFrame
    """Schema REJECT: rows that could not be read, or are none of the list."""
    notes: tuple[str, ...]
    """By which columns customers were found, and what a person should know."""

    def counts(self) -> dict[str, int]:
        """Return how many rows there are, and how many by each of `HOW`."""
        how = pl.concat([f.get_column(self.prefix + STAMPS[1]) for _, f in self.sheets])
        return {"rows": len(how), **{name: int((how == name).sum()) for name in HOW}}

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        reasons = self.rejects.group_by("sheet", "reason", maintain_order=True)
        told = reasons.agg(rows=pl.len(), first_row=pl.col("row_number").min())
        return {
            **self.counts(),
            "rejects": self.rejects.height,
            "reject_reasons": told.to_dicts(),
            "notes": list(self.notes),
        }


def stamp(request: StampRequest, *, step: Step = plainly) -> Stamped:
    """Add customer IDs to the rows of a list; the store is only looked at.

    Raises:
        InputError: There is no store, no table in the file, or nothing in it that tells
            of customers.
        UsageError: A column or source named for keys is not there.
    """
    rulebook = load_rulebook(request.rules)
    # What is stamped need not be a list of customers.
    reader = partial(read_file, any_list=True)
    raws = step(read, (request.file,), rulebook, reader)
    if len(raws) != 1:
        raise InputError(f"{request.file}: name one file; a list is stamped by itself.")
    (given,) = raws
    if not given.tables:
        raise InputError(f"{given.file}: no table found. Is it a list with headings?")
    notes = list(given.notes)
    with open_published(request.store) as db:
        known = Known(db)
        numbers = Numbers(known, request.source)
        found = [
            _by_number(table, numbers, rulebook, request.keys) for table in given.tables
        ]
        notes += [note for _, _, said in found for note in said]
        parts = [part for part, _, _ in found]
        rest = _unstamped(raws, parts, rulebook, request.source)
        is_keyed = any(columns for _, columns, _ in found)
        if not is_keyed:
            doubts = [note for _, _, said in found for note in said]
            _require_customers(rest, given.file, given.tables, doubts)
        matched = by_match(_telling(rest), known, rulebook, step)
        places = rest.select("row_id", "sheet", "row_number")
        others = matched.join(places, on="row_id")
    prefix = _prefix(given.tables)
    retired = numbers.customers.filter(pl.col("status") != "active")["customer_id"]
    sheets = tuple(
        (table.sheet or "", _laid_out(table, part, others, prefix))
        for table, part in zip(given.tables, parts, strict=True)
    )
    gone = sum(int(p["customer_id"].is_in(retired.implode()).sum()) for p in parts)
    if gone:
        notes.append(
            f"{gone:,} row(s) bear the number of a customer that is no longer active (retired): filled in as it stands."
        )
    if prefix:
        notes.append(f"The list has such columns already: ours begin with {prefix}")
    return Stamped(
        sheets=sheets,
        prefix=prefix,
        rejects=pl.concat(table.rejects for table in given.tables),
        notes=tuple(notes),
    )


def _by_number(
    table: RawTable, numbers: Numbers, rulebook: Rulebook, given: Sequence[str]
) -> tuple[pl.DataFrame, list[KeyColumn], list[str]]:
    """Find customers by the numbers that rows bear.

    Returns:
        row_number, customer_id, how, one row per row of the table; the columns that
        were used; what is to be told.
    """
    rows, where = table.rows, f"sheet {table.sheet}: " if table.sheet else ""
    notes: list[str] = []
    columns = []
    if by_id := id_column(rows, numbers):
        columns.append(by_id)
        if said := mistyped(rows, by_id, numbers):
            notes.append(where + said)
    if given:
        columns += [named_column(rows, numbers, each) for each in given]
    else:
        index = heading_index(rulebook.fields)
        by_key, doubts = key_column(rows, numbers, index)
        notes += [where + doubt for doubt in doubts]
        columns += [by_key] if by_key else []
    part = rows.select(
        "row_number",
        customer_id=pl.lit(None, pl.String),
        how=pl.lit(None, pl.String),
    )
    for column in columns:
        source = column.source
        values = (
            numbers.by_key(rows, column.heading, source, is_given=column.given)
            if source
            else numbers.by_id(rows, column.heading)
        )
        told = rows.select(
            value=rows.get_column(column.heading).str.strip_chars()
        ).join(
            values.select("value", now="customer_id"),
            on="value",
            how="left",
            maintain_order="left",
        )["now"]
        is_new = part["customer_id"].is_null() & told.is_not_null()
        part = part.with_columns(told, is_new.alias("is_new")).with_columns(
            customer_id=pl.coalesce("customer_id", "now"),
            how=pl.when("is_new")
            .then(pl.lit("key" if source else "id"))
            .otherwise("how"),
        )
        part = part.select("row_number", "customer_id", "how")
        notes.append(f"{where}{column.said}")
    return part, columns, notes


def _unstamped(
    raws: Sequence[Any],
    parts: Sequence[pl.DataFrame],
    rulebook: Rulebook,
    source: str | None,
) -> pl.DataFrame:
    """Return the rows that bear no known number, with our columns as typed."""
    mapped = map_columns(raws, None, rulebook, source, must_be_sure=False).records
    done = [
        part.filter(pl.col("customer_id").is_not_null()).select(
            "row_number", sheet=pl.lit(table.sheet, pl.String)
        )
        for part, table in zip(parts, raws[0].tables, strict=True)
    ]
    return mapped.join(
        pl.concat(done), on=["sheet", "row_number"], how="anti", nulls_equal=True
    )


def _telling(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that say anything of who they are."""
    names = [raw(field) for field in TELLING_FIELDS if raw(field) in rows.columns]
    return rows.filter(
        pl.any_horizontal(
            [pl.lit(value=False), *(pl.col(n).is_not_null() for n in names)]
        )
    )


def _require_customers(
    rows: pl.DataFrame, file: str, tables: Sequence[RawTable], doubts: Sequence[str]
) -> None:
    names = [raw(field) for field in TELLING_FIELDS if raw(field) in rows.columns]
    if names:
        return
    headings = ", ".join(h for table in tables for h in table.headings)
    lines = [
        f"{file}: no column tells of customers: none holds our customer IDs or keys of a known source,",
        "and none was taken for a name, phone, mail, address or identifier.",
        f"Columns: {headings}",
        *doubts,
        "Name the column of keys with --key COLUMN=SOURCE, or see what each was taken for: cleanse inspect FILE",
    ]
    raise InputError("\n".join(lines))


def _laid_out(
    table: RawTable, part: pl.DataFrame, others: pl.DataFrame, prefix: str
) -> pl.DataFrame:
    """Put the stamps beside the rows as typed."""
    same_sheet = pl.col("sheet").eq_missing(pl.lit(table.sheet, pl.String))
    here = others.filter(same_sheet).drop("row_id", "sheet")
    here = here.rename({"customer_id": "matched", "how": "matched_how"})
    told = part.join(here, on="row_number", how="left", maintain_order="left").select(
        pl.coalesce("customer_id", "matched"),
        pl.coalesce("how", "matched_how", pl.lit("none")),
        pl.when(pl.col("how").is_null()).then("probability").round(4),
        "candidate",
    )
    rows = table.rows.drop("row_number", "line_number")
    told.columns = [prefix + name for name in STAMPS]
    return rows.hstack(told)


def _prefix(tables: Sequence[RawTable]) -> str:
    """Return what the stamps begin with, where the list has columns of these names already."""
    headings = {heading for table in tables for heading in table.headings}
    prefix = ""
    while any(prefix + name in headings for name in STAMPS):
        prefix += "stamped_"
    return prefix
