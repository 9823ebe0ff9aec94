"""How sure it is that the records of a customer are one customer."""

from __future__ import annotations

import polars as pl


def weakest_link(crosswalk: pl.DataFrame, pairs: pl.DataFrame | None) -> pl.DataFrame:
    """Take, of each record, its best match probability with another member; of these the lowest.

    Args:
        crosswalk: record_id, customer_id.
        pairs: record_id_l, record_id_r, match_probability.

    Returns:
        customer_id, confidence: 1 for one record; null where no pair tells.
    """
    of = crosswalk.select("record_id", "customer_id")
    alone = of.group_by("customer_id").agg((pl.len() == 1).alias("is_alone"))
    if pairs is None or pairs.is_empty():
        links = pl.DataFrame(schema={"customer_id": pl.String, "weakest": pl.Float64})
    else:
        links = _links(of, pairs)
    confidence = pl.when("is_alone").then(1.0).otherwise("weakest")
    return alone.join(links, on="customer_id", how="left").select(
        "customer_id", confidence.alias("confidence")
    )


def _links(of: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    left = of.rename({"record_id": "record_id_l"})
    right = of.rename({"record_id": "record_id_r"})
    told = pairs.select("record_id_l", "record_id_r", "match_probability")
    inside = told.join(left, on="record_id_l").join(
        right, on=["record_id_r", "customer_id"]
    )
    sides = [
        inside.select(
            "customer_id", pl.col(side).alias("record_id"), "match_probability"
        )
        for side in ("record_id_l", "record_id_r")
    ]
    best = (
        pl.concat(sides)
        .group_by("customer_id", "record_id")
        .agg(pl.col("match_probability").max())
    )
    return best.group_by("customer_id").agg(
        pl.col("match_probability").min().alias("weakest")
    )
