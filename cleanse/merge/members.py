"""The records of each customer, the most trusted and most recent first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from cleanse.merge.survive import survive
from cleanse.merge.vote import Weighing
from cleanse.rulebook import Rulebook
from cleanse.schema import with_columns_present

_NEEDED: Final = pl.Schema(
    {
        "record_id": pl.Int64(),
        "source": pl.String(),
        "kind": pl.String(),
        "name": pl.String(),
        "source_updated_at": pl.Datetime("us", "UTC"),
    }
)


def gather_members(
    records: pl.DataFrame, crosswalk: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """Put each record beside its customer.

    Returns:
        The records of the crosswalk with customer_id, ``trust``, ``is_additive``,
        ``updated`` (microseconds; null without a date) and ``customer_kind``;
        sorted by customer, trust, newest, record_id, so that the first of any
        group of equals is the one to be taken.
    """
    parts = member_parts(records, crosswalk, rulebook, max(records.height, 1))
    return next(parts)


def member_parts(
    records: pl.DataFrame, crosswalk: pl.DataFrame, rulebook: Rulebook, size: int
) -> Iterator[pl.DataFrame]:
    """Yield what `gather_members` returns in parts of about `size` records.

    A customer is whole in one part. There is always a first part, be it without rows.
    """
    records = with_columns_present(records, _NEEDED)
    members = records.drop("customer_id", strict=False)
    standing = _standing(records, crosswalk, rulebook)
    for part in _whole_customers(standing, size):
        taken = members.select(pl.all().gather(part["place"]))
        yield taken.hstack(part.drop("place"))


def _whole_customers(standing: pl.DataFrame, size: int) -> Iterator[pl.DataFrame]:
    """Cut rows that are sorted by customer where a customer begins."""
    if standing.height <= size:
        yield standing
        return
    customer = standing["customer_id"].rle_id()
    begins = 0
    while begins < standing.height:
        last = customer[min(begins + size, standing.height) - 1]
        ends = customer.search_sorted(last, side="right")
        yield standing.slice(begins, ends - begins)
        begins = ends


def _standing(
    records: pl.DataFrame, crosswalk: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """Return the place of each record beside what is added to it, in the order of members.

    Whole rows are then copied once.
    """
    rules = {
        name: rulebook.source(name).file
        for name in records["source"].unique().drop_nulls().to_list()
    }
    per_source = pl.DataFrame(
        {
            "source": list(rules),
            "trust": [rule.trust for rule in rules.values()],
            "is_additive": [rule.additive for rule in rules.values()],
        },
        {"source": pl.String, "trust": pl.Int64, "is_additive": pl.Boolean},
    )
    default = rulebook.source("").file
    standing = (
        records.select("record_id", "source", "kind", "source_updated_at")
        .with_row_index("place")
        .join(crosswalk.select("record_id", "customer_id"), on="record_id")
        .join(per_source, on="source", how="left")
        .with_columns(
            pl.col("trust").fill_null(default.trust),
            pl.col("is_additive").fill_null(default.additive),
            pl.col("source_updated_at").dt.epoch("us").alias("updated"),
        )
        .sort(
            "customer_id",
            "trust",
            "updated",
            "record_id",
            descending=[False, False, True, False],
            nulls_last=True,
        )
    )
    kinds = survive(
        standing.drop_nulls("kind").with_columns(
            pl.col("kind").alias("value"), pl.col("kind").alias("key")
        ),
        rulebook.survivorship.chain("kind"),
        weighing=Weighing.of("kind", rulebook.survivorship),
    )
    return standing.join(
        kinds.select("customer_id", pl.col("value").alias("customer_kind")),
        on="customer_id",
        how="left",
        maintain_order="left",
    ).select("place", "customer_id", "trust", "is_additive", "updated", "customer_kind")
