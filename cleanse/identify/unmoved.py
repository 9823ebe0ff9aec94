"""Leave the customers alone whose records are a cluster of their own, as they were.

All but a few customers of a store are what they were. They keep their number whatever
becomes of the others: nothing else in the assignment touches them, so it is made for
the rest only, and is the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from cleanse.identify.assign import (
    CUSTOMER,
    HISTORY,
    Assignment,
    Unmoved,
    assign_customer_ids,
)
from cleanse.places import coded, found
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
    unmoved = Unmoved(
        record_ids=still["record_id"],
        customers=coded(still["cluster_id"].to_numpy())[1],
    )
    moved = unmoved.others(clusters)
    theirs = unmoved.others(history.filter("is_active"))["customer_id"]
    may_move = pl.col("customer_id").is_in(theirs.implode())
    may_move |= pl.col("status").ne_missing("active")
    others = customers.filter(may_move)
    standing = customers.filter(~may_move)
    told = _history_of(moved, others, history)
    made = assign_customer_ids(
        moved,
        told,
        others,
        next_number,
        run_number=run_number,
        rules=rules,
        evidence=_of_clusters(evidence, moved),
    )
    fresh = made.customers.join(others, on="customer_id", how="anti")
    is_new = standing["customer_id"].is_in(fresh["customer_id"].implode())
    if is_new.any() or standing.height != unmoved.customers:
        # A new prefix or length gave an ID that one of those has; or of some no record stands.
        return assign_customer_ids(
            clusters,
            history,
            customers,
            next_number,
            run_number=run_number,
            rules=rules,
            evidence=evidence,
        )
    crosswalk = [made.crosswalk, still.select(CROSSWALK.names())]
    return replace(
        made,
        crosswalk=pl.concat(crosswalk).sort("record_id"),
        customers=pl.concat([made.customers, standing]).sort("number"),
        unmoved=unmoved,
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
    """Return record_id, customer_id, cluster_id of the customers that are a cluster, exactly; sorted by record_id.

    Not of those that hold a record of a customer who is gone: that one might come back.
    Nor of those of whose evidence some belonged to a customer who is gone, or may go.
    """
    now = clusters.select("record_id", "cluster_id").sort("record_id")
    was = history.filter("is_active").select("record_id", "customer_id")
    was = was.sort("record_id")
    exact = _exact(was, now)
    gone = customers.filter(pl.col("status").ne_missing("active"))["customer_id"]
    formerly = history.filter(pl.col("customer_id").is_in(gone.implode()))["record_id"]
    shaken = now.filter(pl.col("record_id").is_in(formerly.implode()))["cluster_id"]
    if evidence is not None and not evidence.is_empty():
        theirs = history.join(evidence, on="record_id", how="semi")
        sure = exact.filter(
            pl.col("customer_id").is_in(theirs["customer_id"].implode())
        )
        theirs = theirs.join(sure, on="customer_id", how="anti")
        held = evidence.join(theirs, on="record_id", how="semi")["cluster_id"]
        shaken = pl.concat([shaken, held])
    return exact.filter(~pl.col("cluster_id").is_in(shaken.unique().implode()))


def _exact(was: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Return record_id, customer_id, cluster_id of the customers that are a cluster, exactly.

    Texts of customers are only held against each other, number by number, and looked up
    among few: a join of all of them would cost more than the rest of the assignment.

    Args:
        was: record_id, customer_id before, sorted by record_id.
        now: record_id, cluster_id, sorted alike.
    """
    places, is_there = found(now["record_id"].to_numpy(), was["record_id"].to_numpy())
    known = pl.Series(is_there, dtype=pl.Boolean)
    both, lost = was.filter(known), was.filter(~known)["customer_id"]
    both = both.with_columns(now["cluster_id"].gather(places[is_there]))
    codes, count = coded(now["cluster_id"].to_numpy())
    codes, sizes = codes[places[is_there]], np.bincount(codes, minlength=count)
    first = np.zeros(count, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    whose = both["customer_id"]
    is_alike = (whose == whose.gather(first[codes])).to_numpy()
    alike = np.bincount(codes[is_alike], minlength=count)
    is_whole = pl.Series((alike == sizes)[codes], dtype=pl.Boolean)
    heads = pl.Series(first[codes] == np.arange(len(codes)), dtype=pl.Boolean)
    parted = _repeated(whose.filter(is_whole & heads))
    split = pl.concat([lost, whose.filter(~is_whole), parted]).unique()
    return both.filter(is_whole & ~whose.is_in(split.implode()))


def _repeated(texts: pl.Series) -> pl.Series:
    """Return the texts that are there more than once."""
    digests = texts.hash()
    ordered = digests.sort().to_numpy()
    twice = pl.Series(ordered[1:][ordered[1:] == ordered[:-1]], dtype=pl.UInt64)
    some = texts.filter(digests.is_in(twice.implode()))
    return some.filter(some.is_duplicated())


def _history_of(
    clusters: pl.DataFrame, customers: pl.DataFrame, history: pl.DataFrame
) -> pl.DataFrame:
    """Return all that is told of the records of some clusters, and of those of some customers."""
    theirs = history.join(customers, on="customer_id", how="semi").select("record_id")
    records = pl.concat([clusters.select("record_id"), theirs]).unique()
    return history.join(records, on="record_id", how="semi", maintain_order="left")
