"""What became of each customer in a run: its status, its successor, and the events that tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

EVENT: Final = pl.Schema(
    {
        "customer_id": pl.String,
        "event": pl.String,
        "other_id": pl.String,
        "reason": pl.String,
    }
)
"""One row per customer and event. new: a number nobody had. split: a new number for a
part of `other_id`. restored: a number back from `other_id`, or from being retired.
merged: its records are `other_id`'s now. retired: none of its records is left. withdrawn:
no run that counts has issued it. kept: the number stays while its records changed
(customers that did not change have no row)."""

_ENDS: Final = ("retired", "withdrawn")
"""Statuses of a tombstone that a run can give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The customers before and after a run."""

    before: pl.DataFrame
    after: pl.DataFrame
    """Both of schema CUSTOMER."""


def update_customers(
    customers: pl.DataFrame,
    given: pl.DataFrame,
    fresh: pl.DataFrame,
    former: pl.DataFrame,
    here: pl.DataFrame,
) -> Change:
    """Bring status and successor up to date.

    A customer without a cluster is merged into the one that holds most of its last
    records, or retired if none is left. Who ends in this run is treated as who ended
    before, so a run that brings nothing new changes nothing.

    Args:
        customers: Schema CUSTOMER, before the run.
        given: cluster_id, customer_id, number after the run.
        fresh: customer_id, number, kind, first_run of the new ones.
        former: number, cluster_id, shared, seniority of each customer's last members; of a
            withdrawn one, of those who are back.
        here: The same without those who left and stay as evidence.
    """
    new = fresh.select(
        "customer_id",
        "number",
        "kind",
        "first_run",
        pl.lit(None, pl.String).alias("status"),
        pl.lit(None, pl.String).alias("successor"),
    )
    heir = _heirs(given, former, here)
    everyone = pl.concat([customers, new]).join(heir, on="number", how="left")
    is_active = pl.col("customer_id").is_in(given["customer_id"].implode())
    is_erased = (pl.col("status") == "erased").fill_null(value=False)
    has_heir = pl.col("heir").is_not_null()
    was_active = pl.col("status") == "active"
    status = (
        pl.when(is_erased)
        .then(pl.col("status"))
        .when(is_active)
        .then(pl.lit("active"))
        .when(has_heir)
        .then(pl.lit("merged"))
        .when(was_active)
        .then(pl.lit("retired"))
        .otherwise(pl.col("status"))
    )
    successor = (
        pl.when(is_active | is_erased)
        .then(None)
        .otherwise(pl.coalesce("heir", "successor"))
    )
    after = everyone.with_columns(
        status.alias("status"), successor.alias("successor")
    ).drop("heir")
    return Change(before=customers, after=_unbent(customers, after))


def _heirs(
    given: pl.DataFrame, former: pl.DataFrame, here: pl.DataFrame
) -> pl.DataFrame:
    """Return number, heir: the customer that holds most of its records.

    Those who are there count before those who left; ties to the oldest.
    """
    on = ["number", "cluster_id"]
    return (
        former.join(here.select(*on, pl.col("shared").alias("here")), on=on, how="left")
        .with_columns(pl.col("here").fill_null(0))
        .join(
            given.rename({"number": "heir_number", "customer_id": "heir"}),
            on="cluster_id",
        )
        .sort(
            *("number", "here", "shared", "heir_number"),
            descending=[False, True, True, False],
        )
        .unique("number", keep="first")
        .select("number", "heir")
    )


def _unbent(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Leave a successor as it was where it still leads to the same customer.

    Otherwise each later merge would rewrite all earlier ones.
    """
    old = before.select("customer_id", pl.col("successor").alias("old"))
    links = after.select("customer_id", pl.col("successor").alias("next"))
    walk = old.drop_nulls("old").with_columns(pl.col("old").alias("end"))
    for _ in range(after.height):
        step = walk.join(links, left_on="end", right_on="customer_id", how="left")
        if step["next"].null_count() == step.height:
            break
        walk = step.with_columns(pl.coalesce("next", "end").alias("end")).drop("next")
    kept = after.join(walk, on="customer_id", how="left").with_columns(
        pl.when(pl.col("end") == pl.col("successor"))
        .then("old")
        .otherwise("successor")
        .alias("successor")
    )
    return kept.drop("old", "end").sort("number")


def tell_events(
    change: Change,
    given: pl.DataFrame,
    shared: pl.DataFrame,
    history: pl.DataFrame,
    clusters: pl.DataFrame,
) -> pl.DataFrame:
    """Write the events of a run, sorted by customer_id.

    Args:
        change: Customers before and after.
        given: cluster_id, customer_id, number after the run.
        shared: number, cluster_id, shared, seniority of the members before the run.
        history: Schema HISTORY before the run.
        clusters: record_id, cluster_id.
    """
    before = change.before.select(
        "customer_id",
        pl.col("status").alias("status_before"),
        pl.col("successor").alias("successor_before"),
    )
    origin = _origins(given, shared, change)
    told = (
        change.after.join(before, on="customer_id", how="left")
        .join(origin, on="customer_id", how="left")
        .join(_turnover(given, history, clusters), on="customer_id", how="left")
    )
    is_new = pl.col("status_before").is_null()
    has_origin = pl.col("origin").is_not_null()
    is_active = pl.col("status") == "active"
    was_active = pl.col("status_before") == "active"
    went_on = (pl.col("status") == "merged") & ~(
        pl.col("status_before").eq("merged")
        & pl.col("successor").eq_missing(pl.col("successor_before"))
    )
    ended = pl.col("status") != pl.col("status_before")
    turned = (pl.col("joined") > 0) | (pl.col("left") > 0)
    event = (
        pl.when(is_new & has_origin)
        .then(pl.lit("split"))
        .when(is_new)
        .then(pl.lit("new"))
        .when(is_active & ~was_active)
        .then(pl.lit("restored"))
        .when(is_active & turned)
        .then(pl.lit("kept"))
        .when(went_on)
        .then(pl.lit("merged"))
        .when(pl.col("status").is_in(list(_ENDS)) & ended)
        .then("status")
    )
    other = (
        pl.when(pl.col("event").is_in(["split", "restored"]))
        .then("origin")
        .when(pl.col("event") == "merged")
        .then("successor")
    )
    return (
        told.with_columns(event.alias("event"))
        .filter(pl.col("event").is_not_null())
        .with_columns(other.alias("other_id"))
        .with_columns(_reason().alias("reason"))
        .select(EVENT.names())
        .sort("customer_id")
    )


def _origins(given: pl.DataFrame, shared: pl.DataFrame, change: Change) -> pl.DataFrame:
    """Return customer_id, origin: the other customer that most of its records came from."""
    names = change.before.select("number", pl.col("customer_id").alias("origin"))
    return (
        shared.join(given.select("cluster_id", "customer_id"), on="cluster_id")
        .join(names, on="number")
        .filter(pl.col("origin") != pl.col("customer_id"))
        .sort("customer_id", "shared", "number", descending=[False, True, False])
        .unique("customer_id", keep="first")
        .select("customer_id", "origin")
    )


def _turnover(
    given: pl.DataFrame, history: pl.DataFrame, clusters: pl.DataFrame
) -> pl.DataFrame:
    """Count the records that joined and left each customer: customer_id, joined, left."""
    before = history.filter("is_active").select("record_id", "customer_id")
    now = clusters.join(given, on="cluster_id").select("record_id", "customer_id")
    on = ["record_id", "customer_id"]
    joined = now.join(before, on=on, how="anti").group_by("customer_id").len("joined")
    left = before.join(now, on=on, how="anti").group_by("customer_id").len("left")
    both = joined.join(left, on="customer_id", how="full", coalesce=True)
    return both.with_columns(pl.col("joined", "left").fill_null(0))


def _reason() -> pl.Expr:
    """Say why, in words that stand without the values."""
    turnover = pl.format(
        "{} record(s) joined, {} left",
        pl.col("joined").fill_null(0),
        pl.col("left").fill_null(0),
    )
    reasons = {
        "new": pl.lit("no known customer has these records"),
        "split": pl.lit("these records were part of the other customer"),
        "merged": pl.lit("its records belong to the other customer now"),
        "retired": pl.lit("none of its records is left in its source"),
        "withdrawn": pl.lit("the run that issued it is withdrawn"),
        "kept": turnover,
        "restored": pl.when(pl.col("other_id").is_null())
        .then(pl.lit("its records are back, or one that is like them"))
        .otherwise(pl.lit("holds its former records again")),
    }
    branches = [
        pl.when(pl.col("event") == event).then(reason)
        for event, reason in reasons.items()
    ]
    return pl.coalesce(branches)
