"""Rows and records laid side by side: the cells that both sides have, folded for comparison.

Two texts stand for a row. Its *content* is every cell as typed, so that an
unchanged row is found whatever its place in the file. Its *folded cells* (letters
and digits only, lower case) compare what a person would call the same value; the
parts of a name, and those of an address, make one cell each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from cleanse.schema import (
    ADDRESS_FIELDS,
    ID_FIELDS,
    MANY_VALUED,
    VALUE_SEPARATOR,
    present,
    raw,
    with_columns_present,
)

NAME_FIELDS: Final = ("name", "given_name", "middle_name", "family_name")
"""Together one cell: a list has either the whole name or its parts."""

SPEAKING: Final = frozenset(
    (
        "name company alias contact address phone mobile fax email website wechat qq birth_on"
    ).split()
) | frozenset(ID_FIELDS)
"""Cells that tell customers apart, also in a list too short to show how rare they are."""

_NOT_OF_THE_CUSTOMER: Final = frozenset(
    raw(field) for field in ("source", "source_created_at", "source_updated_at", "note")
)
_GROUPS: Final[Mapping[str, Sequence[str]]] = {
    "name": NAME_FIELDS,
    "address": ADDRESS_FIELDS,
}


def raw_columns(*frames: pl.DataFrame) -> list[str]:
    """Return the names of the as-typed columns that any of the frames has, sorted."""
    names = {
        name
        for frame in frames
        for name, dtype in frame.schema.items()
        if name.endswith("_raw") and dtype == pl.String
    }
    return sorted(names - {raw("source")})


def shared_cells(
    rows: pl.DataFrame, known: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Empty the cells of columns that one side of a source does not fill at all.

    A column that appears or disappears says nothing about its rows.
    """
    columns = raw_columns(rows, known)
    kinds = dict.fromkeys(columns, pl.String)
    rows, known = with_columns_present(rows, kinds), with_columns_present(known, kinds)
    filled = [
        frame.group_by("source").agg(pl.col(columns).is_not_null().any())
        for frame in (rows, known)
    ]
    both = filled[0].join(filled[1], on="source", suffix="_known")
    flags = both.select(
        "source",
        *[(pl.col(c) & pl.col(f"{c}_known")).alias(f"has_{c}") for c in columns],
    )
    emptied = [pl.when(f"has_{c}").then(c).alias(c) for c in columns]
    drop = [f"has_{c}" for c in columns]
    return tuple(  # type: ignore[return-value]
        frame.join(flags, on="source", how="left", maintain_order="left")
        .with_columns(emptied)
        .drop(drop)
        for frame in (rows, known)
    )


def content(frame: pl.DataFrame, *, with_extra: bool) -> pl.Expr:
    """Build the expression for a row's cells as one text; an empty cell leaves no trace."""
    cells = [pl.lit(f"{name}=") + pl.col(name) for name in raw_columns(frame)]
    if with_extra and "extra" in frame.columns:
        pair = pl.element().struct.field
        named = pl.concat_str(pl.lit("+"), pair("key"), pl.lit("="), pair("value"))
        sorted_pairs = pl.col("extra").list.eval(named.drop_nulls()).list.sort()
        cells.append(sorted_pairs.list.join("\x1f"))
    if not cells:
        return pl.lit("")
    return pl.concat_str(cells, separator="\x1f", ignore_nulls=True)


def identity(cells: pl.DataFrame) -> pl.Expr:
    """Build the expression for the folded cells that tell customers apart, as one text.

    Null when fewer than two of them are filled: one alone proves little.
    """
    fields = [f for f in cell_names(cells) if f in SPEAKING]
    named = [pl.lit(f"{field}=") + pl.col(f"={field}") for field in fields]
    if len(named) < 2:  # noqa: PLR2004
        return pl.lit(None, pl.String)
    count = pl.sum_horizontal(
        pl.col(f"={f}").is_not_null().cast(pl.Int32) for f in fields
    )
    text = pl.concat_str(named, separator="\x1f", ignore_nulls=True)
    return pl.when(count > 1).then(text)


def cell_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ids, source and cells as typed, one column ``=<field>`` per cell."""
    fields = {
        column.removesuffix("_raw"): [column]
        for column in raw_columns(frame)
        if column not in _NOT_OF_THE_CUSTOMER
    }
    for group, members in _GROUPS.items():
        columns = [fields.pop(field)[0] for field in members if field in fields]
        if columns:
            fields[group] = columns
    ids = present(frame, ("place", "record_id", "source"))
    return frame.select(*ids, *[_text(f, columns) for f, columns in fields.items()])


def fold_cells(texts: pl.DataFrame) -> pl.DataFrame:
    """Reduce the cells to letters and digits, lower case; several values stay apart.

    A company that only repeats the name is emptied: it would count twice.
    """
    fields = cell_names(texts)
    folded = texts.with_columns(_folded(field) for field in fields)
    if not {"name", "company"} <= set(fields):
        return folded
    own = pl.col("=company").ne_missing(pl.col("=name"))
    return folded.with_columns(pl.when(own).then("=company").alias("=company"))


def cell_names(*frames: pl.DataFrame) -> list[str]:
    """Return the fields that all of the frames have a folded cell for, sorted."""
    shared = set.intersection(*(set(frame.columns) for frame in frames))
    return sorted(name[1:] for name in shared if name.startswith("="))


def _text(field: str, columns: Sequence[str]) -> pl.Expr:
    if len(columns) == 1:
        return pl.col(columns[0]).alias(f"={field}")
    text = pl.concat_str(columns, separator=" ", ignore_nulls=True)
    return pl.when(text != "").then(text).alias(f"={field}")


def _folded(field: str) -> pl.Expr:
    keep = VALUE_SEPARATOR if field in MANY_VALUED else ""
    folded = (
        pl.col(f"={field}")
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(rf"[^\p{{L}}\p{{N}}{keep}]", "")
    )
    if keep:
        folded = folded.str.replace_all(VALUE_SEPARATOR, " ", literal=True)
        folded = folded.str.strip_chars()
    return pl.when(folded != "").then(folded).alias(f"={field}")
