"""Whether two lists say the same of a customer, field by field."""

from __future__ import annotations

from typing import Final

import polars as pl

from cleanse.merge.fields import COMPARED_AS, folded
from cleanse.schema import ADDRESS_FIELDS, FIELDS, SOURCE_FIELDS, FieldKind

SAID: Final = pl.Schema(
    {"record_id": pl.Int64(), "field": pl.String(), "key": pl.String()}
)
"""One row per record and different value: the key is the same for all spellings of a value."""

VERDICT: Final = ("agree", "differ", "we_lack", "they_lack")
"""agree: a value of theirs is one of ours; differ: both have values, none the same;
we_lack: only theirs has one, and would fill ours; they_lack: only ours has one."""

_MANY: Final = {"phone": "phones", "email": "emails"}
"""Columns that list all values of a field; a mobile is a phone."""
_OWN: Final = frozenset(
    {FieldKind.AMOUNT, FieldKind.COUNT, FieldKind.TEXT, FieldKind.TAGS}
)
"""Kinds that each list has of its own, or that are united: a difference contradicts nothing."""
_PARTS: Final = frozenset(
    "kind given_name middle_name family_name alias mobile last_purchase_on".split()
) | frozenset((*SOURCE_FIELDS, *ADDRESS_FIELDS)) - {"address"}
"""Fields that another one tells of as well, names that are united, and what speaks of the record alone."""

FIELDS_COMPARED: Final = tuple(
    name for name, kind in FIELDS.items() if kind not in _OWN and name not in _PARTS
)
"""Fields in which two lists may contradict each other."""


def said(records: pl.DataFrame) -> pl.DataFrame:
    """Lay out what records say: the frame `SAID`, without repeats."""
    parts = [
        records.select("record_id", field=pl.lit(field), key=_key(records, field))
        for field in FIELDS_COMPARED
        if {field, _MANY.get(field, field)} & set(records.columns)
    ]
    exploded = [
        part.explode("key", empty_as_null=True)
        if part.schema["key"] == pl.List(pl.String)
        else part
        for part in parts
    ]
    told = pl.concat([SAID.to_frame(), *exploded])
    return told.drop_nulls("key").unique()


def weigh(theirs: pl.DataFrame, ours: pl.DataFrame, group: str) -> pl.DataFrame:
    """Set what two sides say of the same ones beside each other.

    Args:
        theirs: `group`, field, key.
        ours: The same.
        group: Column that names of whom they speak.

    Returns:
        `group`, field, verdict: one row per field of which either side has a value.
    """
    on = [group, "field"]
    same = theirs.join(ours, on=[*on, "key"], how="semi").select(on).unique()
    has, had = (side.select(on).unique() for side in (theirs, ours))
    both = has.with_columns(has=pl.lit(value=True)).join(
        had.with_columns(had=pl.lit(value=True)), on=on, how="full", coalesce=True
    )
    marked = both.join(same.with_columns(same=pl.lit(value=True)), on=on, how="left")
    verdict = (
        pl.when("same")
        .then(pl.lit("agree"))
        .when(pl.col("has").is_null())
        .then(pl.lit("they_lack"))
        .when(pl.col("had").is_null())
        .then(pl.lit("we_lack"))
        .otherwise(pl.lit("differ"))
    )
    return marked.select(*on, verdict=verdict).sort(on)


def _key(records: pl.DataFrame, field: str) -> pl.Expr:
    many = _MANY.get(field, "")
    if many in records.columns:
        return pl.col(many)
    value = pl.col(field).cast(pl.String)
    if field == "company" and "kind" in records.columns:
        # Of a company it is the name once more.
        value = pl.when(pl.col("kind") != "company").then(value)
        return folded(value)
    compared = COMPARED_AS.get(field, "")
    spelt = [pl.col(compared)] if compared in records.columns else []
    return pl.coalesce(*spelt, folded(value))
