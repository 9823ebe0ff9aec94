"""Leave the customers alone whose records are a cluster of their own, as they were.

All but a few customers of a store are what they were. They keep their number whatever
becomes of the others: nothing else in the assignment touches them, so it is made for
the rest only, and is the same.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from cleanse.identify.assign import (
    CUSTOMER,
    HISTORY,
    Assignment,
    assign_customer_ids,
)
from cleanse.rulebook.identity import IdentityRules
from cleanse.schema import CROSSWALK, with_columns_present


def assign_moved(
    clusters: pl.DataFrame,
    history: pl.DataFrame,
    customers: pl.DataFrame,
    next_number: int,
    *,
    run_number: int,
    rules: IdentityRules | None = None,
    evidence: pl.DataFrame | None = None,
) -> Assignment:
    """Do what `assign_customer_ids` does, with work only for the customers that moved.

    Args, and what is returned: see there.
    """
    history = with_columns_present(history, HISTORY).select(HISTORY.names())
    customers = with_columns_present(customers, CUSTOMER).select(CUSTOMER.names())
    still = _unmoved(clusters, history, customers, evidence)
    moved = clusters.join(still, on="record_id", how="anti", maintain_order="left")
    standing = still.select("customer_id").unique()
    others = customers.join(standing, on="customer_id", how="anti")
    told = _history_of(moved, others, history)
    found = assign_customer_ids(
        moved,
        told,
        others,
        next_number,
        run_number=run_number,
        rules=rules,
        evidence=_of_clusters(evidence, moved),
    )
    fresh = found.customers.join(others, on="customer_id", how="anti")
    if fresh.join(standing, on="customer_id", how="semi").height:
        # A new prefix or length gave an ID that one of those has.
        return assign_customer_ids(
            clusters,
            history,
            customers,
            next_number,
            run_number=run_number,
            rules=rules,
            evidence=evidence,
        )
    kept = customers.join(standing, on="customer_id", how="semi")
    crosswalk = [found.crosswalk, still.select(CROSSWALK.names())]
    return replace(
        found,
        crosswalk=pl.concat(crosswalk).sort("record_id"),
        customers=pl.concat([found.customers, kept]).sort("number"),
    )


def _of_clusters(
    evidence: pl.DataFrame | None, clusters: pl.DataFrame
) -> pl.DataFrame | None:
    if evidence is None:
        return None
    return evidence.join(clusters, on="cluster_id", how="semi")


def _unmoved(
    clusters: pl.DataFrame,
    history: pl.DataFrame,
    customers: pl.DataFrame,
    evidence: pl.DataFrame | None,
) -> pl.DataFrame:
    """Return record_id, customer_id of the customers that are a cluster, exactly.

    Not of those that hold a record of a customer who is gone: that one might come back.
    Nor of those of whose evidence some belonged to a customer who is gone, or may go.
    """
    was = history.filter("is_active").select("record_id", "customer_id")
    code = pl.col("customer_id").cast(pl.Categorical).to_physical().alias("code")
    both = was.with_columns(code).join(
        clusters.select("record_id", "cluster_id"), on="record_id", how="left"
    )
    inside = both.drop_nulls("cluster_id").group_by("cluster_id")
    whole = inside.agg(
        count=pl.len(), code=pl.col("code").min(), last=pl.col("code").max()
    )
    sizes = clusters.group_by("cluster_id").agg(size=pl.len())
    had = both.group_by("code").agg(had=pl.len())
    exact = whole.join(sizes, on="cluster_id").join(had, on="code")
    size = pl.col("count")
    exact = exact.filter(
        (pl.col("code") == pl.col("last"))
        & (size == pl.col("size"))
        & (size == pl.col("had"))
    )
    gone = customers.filter(pl.col("status").ne_missing("active"))
    formerly = history.join(gone, on="customer_id", how="semi").select("record_id")
    shaken = both.join(formerly, on="record_id", how="semi").select("cluster_id")
    if evidence is not None and not evidence.is_empty():
        sure = both.join(exact, on="cluster_id", how="semi").select("customer_id")
        theirs = history.join(evidence, on="record_id", how="semi")
        theirs = theirs.join(sure, on="customer_id", how="anti")
        held = evidence.join(theirs, on="record_id", how="semi").select("cluster_id")
        shaken = pl.concat([shaken, held])
    exact = exact.join(shaken, on="cluster_id", how="anti")
    found = both.join(exact, on="cluster_id", how="semi", maintain_order="left")
    return found.select("record_id", "customer_id")


def _history_of(
    clusters: pl.DataFrame, customers: pl.DataFrame, history: pl.DataFrame
) -> pl.DataFrame:
    """Return all that is told of the records of some clusters, and of those of some customers."""
    theirs = history.join(customers, on="customer_id", how="semi").select("record_id")
    records = pl.concat([clusters.select("record_id"), theirs]).unique()
    return history.join(records, on="record_id", how="semi", maintain_order="left")
