"""Money and counts: total_amount, currency and purchase_count survive as one group.

Within a source the largest total stands (a list repeats a customer's total, it does
not share it out). Sources that are ``additive`` report their own sales, so theirs
are added; of that sum and the other sources' totals the largest survives. Amounts
of different currencies are neither added nor compared: the currency on most
records wins, one that is named before one that is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from cleanse.merge.fields import field_type
from cleanse.merge.survive import stands_alone
from cleanse.schema import with_columns_present

TOTAL_FIELDS: Final = ("total_amount", "currency", "purchase_count")

_RULE: Final = {True: "sum_of_additive", False: "largest"}


def choose_totals(members: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Choose the totals of each customer.

    Yields:
        Each of TOTAL_FIELDS that some record has, and its cells: customer_id, value,
        origin, rule, record_ids, source, record_id, runner_up, runner_id, confidence.
    """
    present = [field for field in TOTAL_FIELDS if field in members.columns]
    if not present:
        return
    totals = _with_totals(members)
    # Most customers have their total from one record: there is nothing to choose.
    is_alone = totals.select(stands_alone("customer_id")).to_series()
    several, runner = _contested(totals.filter(~is_alone))
    chosen = pl.concat([_alone(totals.filter(is_alone)), several]).sort("customer_id")
    for field in present:
        yield field, _cells(chosen, runner, field)


def _contested(totals: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the best option of each customer, and the next best."""
    best = _per_source(totals)
    options = _options(best, _currencies(totals))
    ranked = options.sort(
        "customer_id",
        "total_amount",
        "purchase_count",
        "is_sum",
        "source",
        descending=[False, True, True, True, False],
        nulls_last=True,
    )
    chosen = ranked.group_by("customer_id", maintain_order=True).first()
    others = ranked.join(chosen, on=["customer_id", "source", "is_sum"], how="anti")
    runner = others.group_by("customer_id", maintain_order=True).first()
    return chosen, runner


def _with_totals(members: pl.DataFrame) -> pl.DataFrame:
    types = {field: field_type(field) for field in TOTAL_FIELDS}
    totals = with_columns_present(members, types).with_columns(
        pl.col(field).cast(kind) for field, kind in types.items()
    )
    any_total = pl.any_horizontal(pl.col(f).is_not_null() for f in TOTAL_FIELDS)
    return totals.filter(any_total).select(
        "customer_id", "record_id", "source", "is_additive", "trust", *TOTAL_FIELDS
    )


def _currencies(totals: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id, currency: the one in which this customer's total is given."""
    with_amount = pl.col("total_amount").is_not_null()
    return (
        totals.group_by("customer_id", "currency")
        .agg(
            with_amount.sum().alias("amounts"),
            pl.len().alias("records"),
            pl.col("trust").min(),
        )
        .sort(
            pl.col("customer_id"),
            pl.col("amounts") == 0,
            pl.col("currency").is_null(),
            -pl.col("amounts").cast(pl.Int64),
            -pl.col("records").cast(pl.Int64),
            pl.col("trust"),
            pl.col("currency"),
        )
        .unique("customer_id", keep="first")
        .select("customer_id", "currency")
    )


def _per_source(totals: pl.DataFrame) -> pl.DataFrame:
    """Return the record with the largest total of each customer, source and currency."""
    return (
        totals.sort(
            "total_amount",
            "purchase_count",
            "record_id",
            descending=[True, True, False],
            nulls_last=True,
        )
        .group_by("customer_id", "source", "currency", maintain_order=True)
        .first()
    )


def _options(best: pl.DataFrame, currencies: pl.DataFrame) -> pl.DataFrame:
    """Return what the total could be: each source's, or the sum of the additive ones."""
    same = best.join(currencies, on=["customer_id", "currency"], nulls_equal=True)
    some = pl.col("total_amount", "purchase_count")
    added = (
        same.filter("is_additive")
        .sort("customer_id", "trust", "source")
        .group_by("customer_id", "currency", maintain_order=True)
        .agg(
            pl.when(some.count() > 0).then(some.sum()),
            pl.col("source").first(),
            pl.col("record_id").first(),
            pl.col("record_id").sort().alias("record_ids"),
        )
        .filter(pl.col("record_ids").list.len() > 1)
        .with_columns(pl.lit(value=True).alias("is_sum"))
    )
    types = pl.Schema({field: field_type(field) for field in TOTAL_FIELDS})
    return pl.concat([_alone(same), added.select(_OPTION).cast(types)])


_OPTION: Final = (
    *("customer_id", "source", "record_id", "record_ids", "is_sum"),
    *TOTAL_FIELDS,
)


def _alone(totals: pl.DataFrame) -> pl.DataFrame:
    """Lay out the totals that stand as one record has them."""
    return totals.with_columns(
        is_sum=pl.lit(value=False), record_ids=pl.concat_list("record_id")
    ).select(_OPTION)


def _cells(chosen: pl.DataFrame, runner: pl.DataFrame, field: str) -> pl.DataFrame:
    is_sum = pl.col("is_sum") & (field != "currency")
    second = runner.select(
        "customer_id",
        pl.col(field).alias("runner_up"),
        pl.col("record_id").alias("runner_id"),
    )
    differs = pl.when(pl.col("runner_up") != pl.col("value")).then("runner_up")
    return (
        chosen.with_columns(pl.col(field).alias("value"))
        .drop_nulls("value")
        .join(second, on="customer_id", how="left", maintain_order="left")
        .select(
            "customer_id",
            "value",
            pl.when(is_sum)
            .then(pl.lit("aggregate"))
            .otherwise(pl.lit("record"))
            .alias("origin"),
            pl.col("is_sum").replace_strict(_RULE).alias("rule"),
            "record_ids",
            "source",
            "record_id",
            differs.alias("runner_up"),
            "runner_id",
            pl.lit(None, pl.Float32).alias("confidence"),
        )
    )
