"""The records among which two are weighed: those that bear a value of theirs, not all.

How much an agreed value counts depends on how many bear it. The model knows that for
what is common; what is rarer is counted, and for this only its bearers are needed.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from cleanse.compare.prepare import columns_of_interest
from cleanse.schema import present

COMMON = 0.02
"""Share of the records from which the bearers of a value (a city, a gender) are left out."""
FEW = 10_000
"""Records up to which all are taken."""
_NAMES = ("name_compare", "company_core")


def relatives(records: pl.DataFrame, pair: Collection[int]) -> pl.DataFrame:
    """Keep two records and those that bear a value of either, in their order.

    Args:
        records: The records of one kind, with what matching looks at.
        pair: The record_ids of the two.
    """
    if records.height <= FEW:
        return records
    ours = pl.col("record_id").is_in(list(pair))
    two = records.filter(ours)
    names = present(records, ("alias_compare", *columns_of_interest(records.columns)))
    shares = [
        share
        for name in names
        if name != "record_id"
        for share in _shares(name, records.schema[name], two)
    ]
    if "alias_compare" in names:
        told = [one for name in present(two, _NAMES) for one in two[name].drop_nulls()]
        shares += [pl.col("alias_compare").is_in(told)]
    marks = records.select(
        mark.fill_null(value=False).alias(str(n)) for n, mark in enumerate(shares)
    )
    rare = [c for c in marks if (c.sum() or 0) <= COMMON * records.height]
    keep = records.select(ours).to_series()
    for mark in rare:
        keep |= mark
    return records.filter(keep)


def _shares(name: str, dtype: pl.DataType, two: pl.DataFrame) -> list[pl.Expr]:
    """Say of each value of the two which records bear it."""
    if dtype == pl.List(pl.String):
        values = two[name].explode(empty_as_null=True).drop_nulls().unique()
        return [pl.col(name).list.contains(value) for value in values]
    if dtype == pl.Boolean or dtype.is_nested():
        return []
    return [pl.col(name) == value for value in two[name].drop_nulls().unique()]
