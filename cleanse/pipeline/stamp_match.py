"""Customers of a list's rows by what they say: each different customer matched once."""

from __future__ import annotations

from typing import Final

import polars as pl

from cleanse import __version__
from cleanse.cluster import worth_to_groups
from cleanse.match import columns_needed, match
from cleanse.normalise import normalise
from cleanse.pipeline.before import before_of
from cleanse.pipeline.request import Step
from cleanse.rulebook import Rulebook
from cleanse.schema import EXTRA, FIELDS, FieldKind, present, raw, replaced
from cleanse.score import Model
from cleanse.validate import validate
from cleanse.warehouse import Known

FOUND: Final = pl.Schema(
    {
        "row_id": pl.Int64(),
        "customer_id": pl.String(),
        "how": pl.String(),
        "probability": pl.Float64(),
        "candidate": pl.String(),
    }
)
"""One row per row that is like somebody: how is match (customer_id is filled) or review
(candidate is); probability of its best pair with a record of that customer."""

_TELLING: Final = frozenset(
    {
        FieldKind.PERSON,
        FieldKind.COMPANY,
        FieldKind.PHONE,
        FieldKind.EMAIL,
        FieldKind.HANDLE,
        FieldKind.ADDRESS,
        FieldKind.ID,
    }
)
_ALSO: Final = ("kind", "salutation", "gender", "birth_on", "founded_on")
TELLING_FIELDS: Final = tuple(
    name for name, kind in FIELDS.items() if kind in _TELLING or name in _ALSO
)
"""Fields that tell who a customer is; an order's amounts and dates do not."""
_PLACE: Final = {
    "source": "(the list)",
    "source_key": None,
    "file": None,
    "sheet": None,
}


def by_match(
    rows: pl.DataFrame, known: Known, rulebook: Rulebook, step: Step
) -> pl.DataFrame:
    """Find the customers of rows by match with the records of the store.

    Rows that say the same of who they are matched once. A row is given a customer
    only if it would join that one as a record, and no other; where it might be one, the
    likeliest is a candidate.

    Args:
        rows: Records as typed, with row_id.
        known: The store; nothing is written to it.
        rulebook: The rules.
        step: How a stage is called.

    Returns:
        The frame `FOUND`.
    """
    if known.model is None or rows.is_empty():
        return FOUND.to_frame()
    asked, of_row = _distinct(rows, known.next_record_id)
    clean, _ = step(normalise, asked, rulebook)
    somebody, _, _ = step(validate, clean, rulebook)
    standing = known.active(columns_needed(known.record_columns, rulebook.matching))
    names = columns_needed(somebody.columns, rulebook.matching)
    new = somebody.select(present(somebody, sorted(names)))
    matched = step(
        match,
        pl.concat([standing, new], how="diagonal_relaxed"),
        rulebook.matching,
        Model.from_json(known.model),
        before_of(known),
        __version__,
    )
    asked_ids = new["record_id"].implode()
    across = matched.pairs.filter(
        pl.col("record_id_r").is_in(asked_ids) & ~pl.col("record_id_l").is_in(asked_ids)
    )
    owners = known.crosswalk.filter("is_active").select("record_id", "customer_id")
    found = decide(across, owners, rulebook.matching.decide.match_at)
    return of_row.join(found, on="record_id").select(FOUND.names())


def decide(pairs: pl.DataFrame, owners: pl.DataFrame, match_at: float) -> pl.DataFrame:
    """Say for each record which customer it is, or may be.

    Args:
        pairs: The scored_pair frame; record_id_r is one that is asked for.
        owners: record_id, customer_id of the records of the store.
        match_at: Bits from which a record joins a customer.

    Returns:
        record_id, customer_id, how, probability, candidate.
    """
    groups = owners.rename({"customer_id": "group"})
    worth = worth_to_groups(pairs, groups)
    best = (
        pairs.join(groups, left_on="record_id_l", right_on="record_id")
        .group_by("record_id_r", "group")
        .agg(
            probability=pl.col("match_probability").max(),
            is_near=(pl.col("band") != "no_match").any(),
        )
        .rename({"record_id_r": "record_id"})
    )
    ranked = best.join(worth, on=["record_id", "group"]).sort(
        "record_id", "worth", "group", descending=[False, True, False]
    )
    fits = pl.col("worth") >= match_at
    is_sure = fits & (fits.sum().over("record_id") == 1)
    first = (
        ranked.with_columns(is_sure=is_sure)
        .filter("is_near")
        .unique("record_id", keep="first", maintain_order=True)
    )
    return first.select(
        "record_id",
        customer_id=pl.when("is_sure").then("group"),
        how=pl.when("is_sure").then(pl.lit("match")).otherwise(pl.lit("review")),
        probability="probability",
        candidate=pl.when(~pl.col("is_sure")).then("group"),
    )


def _distinct(rows: pl.DataFrame, first: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep one row of those that say the same of who they are.

    Returns:
        The rows, with record_id from `first` on, in the order of what they say, so that
        the order of the list changes nothing; and row_id, record_id of all of them.
    """
    columns = [
        name
        for field in TELLING_FIELDS
        for name in (raw(field), replaced(field))
        if name in rows.columns
    ]
    columns += present(rows, ("region", "customer"))
    told = rows.select("row_id", *columns)
    said = told.select(columns).unique().sort(columns, nulls_last=True)
    number = pl.int_range(pl.len(), dtype=pl.Int64) + first
    said = said.with_columns(record_id=number)
    numbered = told.join(
        said, on=columns, how="left", nulls_equal=True, maintain_order="left"
    )
    asked = said.with_columns(
        *(pl.lit(v, pl.String).alias(name) for name, v in _PLACE.items()),
        row_number=pl.lit(None, pl.Int64),
        line_number=pl.lit(None, pl.Int64),
        extra=pl.lit(None, EXTRA),
    )
    return asked, numbered.select("row_id", "record_id")
