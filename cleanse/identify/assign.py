"""Give each cluster of this run its customer ID: the old one where there is one.

First the numbers in use: see `bipartite`. Then numbers merged away or retired
earlier come back to the cluster that holds most of their records, if it has got no
number yet (`restored`); then, in the same way, numbers that an undo has withdrawn. Only clusters
left without one get a new number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count, islice
from typing import Final

import polars as pl

from cleanse.identify.bipartite import keep_numbers
from cleanse.identify.events import tell_events, update_customers
from cleanse.identify.number import format_customer_ids
from cleanse.places import is_among
from cleanse.rulebook.identity import IdentityRules, NumberRule
from cleanse.schema import CROSSWALK, with_columns_present

HISTORY: Final = pl.Schema(
    {
        "record_id": pl.Int64,
        "customer_id": pl.String,
        "is_active": pl.Boolean,
        "valid_from_run": pl.Int64,
        "valid_to_run": pl.Int64,
    }
)
"""The crosswalk with its past: one row per record and period, at most one active per record."""

CUSTOMER: Final = pl.Schema(
    {
        "customer_id": pl.String,
        "number": pl.Int64,
        "kind": pl.String,
        "first_run": pl.Int64,
        "status": pl.String,
        "successor": pl.String,
    }
)
"""Every customer ever: number is the running number behind the ID (age); kind is that
of the day it was issued; status is active, merged, retired, withdrawn or erased; successor is set for merged ones."""

_NEVER: Final = 2**62
"""Stands for the run in which a membership ends that has not ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmoved:
    """Customers who consist of the same records as before."""

    record_ids: pl.Series = field(
        default_factory=lambda: pl.Series("record_id", dtype=pl.Int64)
    )
    """Those of their records, ascending."""
    customers: int = 0
    """How many they are."""

    def others(self, records: pl.DataFrame) -> pl.DataFrame:
        """Leave their records out."""
        return records.filter(~is_among(records["record_id"], self.record_ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who is which customer after this run."""

    crosswalk: pl.DataFrame
    """Schema CROSSWALK, one row per record of the clusters, sorted by record_id."""
    customers: pl.DataFrame
    """Schema CUSTOMER, every customer ever with its status after this run, by number."""
    events: pl.DataFrame
    """Schema EVENT; a run that changes nothing has none."""
    next_number: int
    """First customer number never used."""
    unmoved: Unmoved = field(default_factory=Unmoved)
    """Whom nobody has to look at again; it need not name all of them."""

    def moves(self, history: pl.DataFrame) -> pl.DataFrame:
        """Return record_id, customer_id, was: of the records that are another's than they were.

        Args:
            history: Schema HISTORY, as it stood before.
        """
        now = self.crosswalk.select("record_id", "customer_id")
        was = history.filter("is_active").select("record_id", was="customer_id")
        after, before = map(self.unmoved.others, (now, was))
        both = after.join(before, on="record_id", how="full", coalesce=True)
        return both.filter(pl.col("customer_id").ne_missing(pl.col("was")))


def assign_customer_ids(
    clusters: pl.DataFrame,
    history: pl.DataFrame,
    customers: pl.DataFrame,
    next_number: int,
    *,
    run_number: int,
    rules: IdentityRules | None = None,
    evidence: pl.DataFrame | None = None,
) -> Assignment:
    """Match this run's clusters to the customers already known.

    Maximises, in this order, the numbers kept, the records that keep theirs, and
    the age of the numbers kept. The answer does not depend on row order.
    Records that left and stay as evidence have no say in that; but a number that nobody
    keeps may come back, or lead, to the cluster that they are in.

    Args:
        clusters: record_id, cluster_id, and kind if known: one row per active record
            of the whole store, standing sources too.
        history: Schema HISTORY, as the previous run left it.
        customers: Schema CUSTOMER, as the previous run left it.
        next_number: First customer number never used.
        run_number: Of this run; becomes first_run of new customers.
        rules: How customer IDs look.
        evidence: record_id, cluster_id: records that left, in the clusters of those that
            are active; None: there are none.
    """
    rules = rules or IdentityRules()
    clusters = with_columns_present(clusters, {"kind": pl.String})
    history = with_columns_present(history, HISTORY).select(HISTORY.names())
    customers = with_columns_present(customers, CUSTOMER).select(CUSTOMER.names())
    members = history.filter("is_active")
    shared = shared_records(members, clusters, customers)
    kept = keep_numbers(shared)
    withdrawn = customers.filter(pl.col("status") == "withdrawn")
    past = history.join(withdrawn, on="customer_id", how="anti")
    spoken = clusters.select("record_id", "cluster_id")
    if evidence is not None:
        spoken = pl.concat([spoken, evidence.select(spoken.columns)])
    last = _last_members(past)
    former = shared_records(last, spoken, customers)
    kept = _with_restored(kept, former, customers)
    # Of what an undo has withdrawn nobody knows while there is another number.
    undone = history.join(withdrawn, on="customer_id", how="semi")
    lost = _last_members(undone)
    kept = _with_restored(kept, shared_records(lost, clusters, customers), customers)
    back = lost.join(members, on="record_id", how="anti")
    here = shared_records(pl.concat([last, back]), clusters, customers)
    former = pl.concat([former, shared_records(back, clusters, customers)])
    known = kept.join(customers, on="number")
    fresh, next_number = _fresh(clusters, known, customers, next_number, rules.number)
    given = pl.concat(
        frame.select("cluster_id", "customer_id", "number") for frame in (known, fresh)
    )
    fresh = fresh.with_columns(pl.lit(run_number, pl.Int64).alias("first_run"))
    change = update_customers(customers, given, fresh, former, here)
    crosswalk = clusters.join(given, on="cluster_id").select(CROSSWALK.names())
    return Assignment(
        crosswalk=crosswalk.sort("record_id"),
        customers=change.after,
        events=tell_events(change, given, shared, history, clusters),
        next_number=next_number,
    )


def shared_records(
    members: pl.DataFrame, clusters: pl.DataFrame, customers: pl.DataFrame
) -> pl.DataFrame:
    """Count the records that a customer and a cluster share; see `bipartite.Edge`.

    Args:
        members: Schema HISTORY: periods of which each counts.
        clusters: record_id, cluster_id.
        customers: customer_id, number.
    """
    standing = members.join(customers.select("customer_id", "number"), on="customer_id")
    ranked = standing.sort("valid_from_run", "record_id").with_row_index("rank")
    return (
        ranked.join(clusters, on="record_id")
        .group_by("number", "cluster_id")
        .agg(
            pl.len().cast(pl.Int64).alias("shared"),
            pl.col("rank").min().cast(pl.Int64).alias("seniority"),
        )
        .sort("number", "cluster_id")
    )


def _last_members(history: pl.DataFrame) -> pl.DataFrame:
    """Return whom each customer consisted of last.

    Those who were members when it ended, and those who had left it but were nobody else's
    until then. What becomes of them afterwards changes nothing, so a run that brings
    nothing new finds the same.
    """
    until = pl.col("valid_to_run").fill_null(_NEVER)
    next_from = pl.col("valid_from_run").shift(-1).over("record_id").fill_null(_NEVER)
    periods = (
        history.sort("record_id", "valid_from_run")
        .with_columns(until=until, next_from=next_from)
        .unique(["record_id", "customer_id"], keep="last", maintain_order=True)
    )
    ended = pl.col("until").max().over("customer_id")
    was_last = (pl.col("until") == ended) | (pl.col("next_from") >= ended)
    return periods.filter(was_last).select(HISTORY.names())


def _with_restored(
    kept: pl.DataFrame, former: pl.DataFrame, customers: pl.DataFrame
) -> pl.DataFrame:
    """Add to the numbers given so far those that come back."""
    back = keep_numbers(_restorable(former, kept, customers))
    return pl.concat([kept, back])


def _restorable(
    former: pl.DataFrame, kept: pl.DataFrame, customers: pl.DataFrame
) -> pl.DataFrame:
    """Return the edges by which a number not in use may come back.

    To a cluster without a number that holds most of its former records still there,
    or any of them if no other customer holds one.
    """
    erased = customers.filter(pl.col("status") == "erased")
    edges = former.join(kept, on="number", how="anti").join(
        erased, on="number", how="anti"
    )
    edges = edges.with_columns(
        pl.col("cluster_id").is_in(kept["cluster_id"].implode()).alias("is_taken")
    )
    has_most = 2 * pl.col("shared") > pl.col("shared").sum().over("number")
    nobody_else = ~pl.col("is_taken").any().over("number")
    return edges.filter(~pl.col("is_taken") & (has_most | nobody_else))


def _fresh(
    clusters: pl.DataFrame,
    known: pl.DataFrame,
    customers: pl.DataFrame,
    next_number: int,
    rule: NumberRule,
) -> tuple[pl.DataFrame, int]:
    """Give new numbers to the clusters without one, in the order of their first record."""
    first = pl.col("record_id").min().alias("first")
    company = (pl.col("kind") == "company").fill_null(value=False).mean() > 0.5  # noqa: PLR2004 - the majority
    unnamed = (
        clusters.join(known, on="cluster_id", how="anti")
        .group_by("cluster_id")
        .agg(
            first,
            pl.when(company)
            .then(pl.lit("company"))
            .otherwise(pl.lit("person"))
            .alias("kind"),
        )
        .sort("first")
    )
    issued = set(customers["customer_id"])
    clash: set[int] = set()
    while True:
        # Only after a change of prefix or length can a new ID equal an issued one.
        free = (number for number in count(next_number) if number not in clash)
        numbers = pl.Series("number", list(islice(free, unnamed.height)), pl.Int64)
        ids = format_customer_ids(numbers, unnamed["kind"], rule)
        taken = [n for n, text in zip(numbers, ids, strict=True) if text in issued]
        if not taken:
            break
        clash.update(taken)
    fresh = unnamed.with_columns(numbers, pl.Series("customer_id", ids, pl.String))
    last = numbers.max()
    return fresh, next_number if last is None else int(str(last)) + 1
