"""Assign as if some runs had never been: the numbers are those that would be there without them.

Not the customers as they are now are matched with the clusters, but as they were after
the last run that nothing withdrawn had touched. A record that came later is with the
customer that it is with now. A number that no run which counts has issued is nobody's:
it is `withdrawn`, and waits for its records to come back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import polars as pl

from cleanse.identify.assign import (
    CUSTOMER,
    HISTORY,
    Assignment,
    Unmoved,
    shared_records,
)
from cleanse.identify.events import Change, tell_events
from cleanse.identify.unmoved import assign_moved
from cleanse.identify.withdrawal import (
    customers_after,
    numbers_that_count,
    told_without,
)
from cleanse.rulebook.identity import IdentityRules
from cleanse.schema import with_columns_present


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The customers that an undo begins from."""

    history: pl.DataFrame
    """Schema HISTORY."""
    customers: pl.DataFrame
    """Schema CUSTOMER: every customer ever, as it would be."""


def go_back(
    history: pl.DataFrame,
    customers: pl.DataFrame,
    events: pl.DataFrame,
    *,
    to_run: int,
    counting: Collection[int],
    withdrawn: Collection[int],
    run_number: int,
) -> Beginning:
    """Lay the customers out as an undo begins from them.

    Args:
        history: Schema HISTORY, as the newest run left it.
        customers: Schema CUSTOMER, as the newest run left it.
        events: Schema TOLD: all that happened.
        to_run: See `withdrawal.run_to_go_back_to`.
        counting: Runs that count from now on.
        withdrawn: All others.
        run_number: Of the undo.
    """
    history = with_columns_present(history, HISTORY).select(HISTORY.names())
    customers = with_columns_present(customers, CUSTOMER).select(CUSTOMER.names())
    ours = numbers_that_count(events, counting)
    told = history.filter(pl.col("customer_id").is_in(ours.implode()))
    early = events.filter(pl.col("run_number") <= to_run)
    then = customers_after(customers, early)
    periods = _until(told, to_run)
    later = _since(told, periods, then, to_run, run_number)
    earlier = [run for run in withdrawn if run <= to_run]
    given = history.filter(pl.col("valid_from_run").is_in(list(withdrawn)))
    nobodys = _ended(given.join(told, on="customer_id", how="anti"), run_number)
    return Beginning(
        history=pl.concat([told_without(periods, then, earlier), later, nobodys]).sort(
            "record_id", "valid_from_run", "is_active"
        ),
        customers=_as_they_would_be(customers, then, ours),
    )


def _until(history: pl.DataFrame, run: int) -> pl.DataFrame:
    """Return the periods as they stood after a run."""
    ended = pl.col("valid_to_run") <= run
    return history.filter(pl.col("valid_from_run") <= run).with_columns(
        is_active=~ended.fill_null(value=False),
        valid_to_run=pl.when(ended).then("valid_to_run"),
    )


def _since(
    history: pl.DataFrame,
    periods: pl.DataFrame,
    then: pl.DataFrame,
    run: int,
    now: int,
) -> pl.DataFrame:
    """Return the later periods of records that came later, and of customers who did.

    A record known before is with its customer of then: what became of it later has ended.
    """
    later = history.filter(pl.col("valid_from_run") > run)
    known = periods.filter("is_active").select("record_id")
    came = later.join(known, on="record_id", how="anti")
    theirs = later.join(known, on="record_id", how="semi").join(
        then, on="customer_id", how="anti"
    )
    return pl.concat([came, _ended(theirs, now)])


def _ended(history: pl.DataFrame, now: int) -> pl.DataFrame:
    """Return periods as they are once they have ended, at the latest by the run `now`."""
    return history.with_columns(
        is_active=pl.lit(value=False),
        valid_to_run=pl.col("valid_to_run").fill_null(now),
    )


def _as_they_would_be(
    customers: pl.DataFrame, then: pl.DataFrame, ours: pl.Series
) -> pl.DataFrame:
    """Give each customer the status that it had then, or has had since."""
    was = then.select("customer_id", was="status", heir="successor")
    counts = pl.col("customer_id").is_in(ours.implode())
    # An heir that is nobody any more leaves nobody to resolve to until one is found.
    heir_counts = pl.col("successor").is_in(ours.implode()).fill_null(value=False)
    is_led = pl.col("status") == "merged"
    known = pl.col("was").is_not_null()
    status = (
        pl.when(pl.col("status") == "erased")
        .then(pl.col("status"))
        .when(~counts)
        .then(pl.lit("withdrawn"))
        .when(known)
        .then("was")
        .when(is_led & ~heir_counts)
        .then(pl.lit("retired"))
        .otherwise("status")
    )
    heir = pl.when(known).then("heir").otherwise("successor")
    joined = customers.join(was, on="customer_id", how="left", maintain_order="left")
    told = joined.with_columns(status=status, successor=heir)
    is_led = pl.col("status") == "merged"
    return told.with_columns(successor=pl.when(is_led).then("successor")).select(
        CUSTOMER.names()
    )


def assign_as_if(
    clusters: pl.DataFrame,
    beginning: Beginning,
    history: pl.DataFrame,
    customers: pl.DataFrame,
    next_number: int,
    *,
    run_number: int,
    rules: IdentityRules | None = None,
    evidence: pl.DataFrame | None = None,
) -> Assignment:
    """Do what `assign_customer_ids` does from another beginning; tell what changes from now on.

    Args:
        clusters: record_id, cluster_id, and kind if known: one row per active record.
        beginning: The customers to begin from.
        history: Schema HISTORY, as the newest run left it.
        customers: Schema CUSTOMER, as the newest run left it.
        next_number: First customer number never used.
        run_number: Of the undo.
        rules: How customer IDs look.
        evidence: See `assign_customer_ids`.
    """
    found = assign_moved(
        clusters,
        beginning.history,
        beginning.customers,
        next_number,
        run_number=run_number,
        rules=rules,
        evidence=evidence,
    )
    history = with_columns_present(history, HISTORY).select(HISTORY.names())
    customers = with_columns_present(customers, CUSTOMER).select(CUSTOMER.names())
    numbers = found.customers.select("customer_id", "number")
    given = (
        clusters.join(found.crosswalk, on="record_id")
        .select("cluster_id", "customer_id")
        .unique()
        .join(numbers, on="customer_id")
    )
    change = Change(before=customers, after=found.customers)
    shared = shared_records(history.filter("is_active"), clusters, customers)
    # Who stayed as they were at the beginning may have moved since.
    return replace(
        found,
        events=tell_events(change, given, shared, history, clusters),
        unmoved=Unmoved(),
    )
