"""Which runs count once some are withdrawn, and what has been told without the others.

A run is withdrawn by a later one, which may be withdrawn in turn: then it counts again.
Nothing is deleted; whoever reads the history leaves out what a withdrawn run wrote.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import polars as pl

from cleanse.identify.assign import HISTORY

TOLD: Final = pl.Schema(
    {
        "run_number": pl.Int64,
        "customer_id": pl.String,
        "event": pl.String,
        "other_id": pl.String,
    }
)
"""One row per customer event ever told; at most one per run and customer."""


def runs_that_count(undoes: Mapping[int, int | None]) -> frozenset[int]:
    """Return the runs that are not withdrawn.

    Args:
        undoes: The run that each run withdrew, an earlier one; None: it is no undo.

    >>> sorted(runs_that_count({1: None, 2: None, 3: 2}))
    [1, 3]
    >>> sorted(runs_that_count({1: None, 2: None, 3: 2, 4: 3}))
    [1, 2, 4]
    """
    gone: set[int] = set()
    for run in sorted(undoes, reverse=True):
        other = undoes[run]
        if run not in gone and other is not None:
            gone.add(other)
    return frozenset(undoes) - gone


def run_to_go_back_to(
    undoes: Mapping[int, int | None], but: Collection[int] = ()
) -> int:
    """Return the run after which the customers stood as the runs that count would have made them.

    It is the last of the longest beginning of these runs after which nothing else counted.

    Args:
        undoes: See `runs_that_count`; the newest run is the one that withdraws.
        but: Runs after which they stood otherwise for another reason: see `runs_under`.

    Returns:
        Its number; 0: there is none, nobody was a customer yet.

    >>> run_to_go_back_to({1: None, 2: None, 3: 2})
    1
    >>> run_to_go_back_to({1: None, 2: None, 3: None, 4: 2, 5: 4})
    3
    """
    wanted = _acting(undoes)
    best = (0, 0)
    for run in set(undoes) - {max(undoes), *but}:
        then = _acting({r: other for r, other in undoes.items() if r <= run})
        if then == wanted[: len(then)]:
            best = max(best, (len(then), run))
    return best[1] if best[0] else 0


def runs_under(
    taken: Mapping[int, int], withdrawn: Mapping[int, int], now: int
) -> frozenset[int]:
    """Return the runs that stood under a decision which is withdrawn by now.

    Args:
        taken: By decision, the run that took it in.
        withdrawn: By decision, the run from which on it is withdrawn.
        now: The run that is made.

    >>> sorted(runs_under({1: 2, 2: 3, 3: 4}, {1: 4, 3: 6}, 6))
    [2, 3, 4, 5]
    """
    return frozenset(
        run
        for decision, first in taken.items()
        if decision in withdrawn
        for run in range(first, min(now, withdrawn[decision]))
    )


def _acting(undoes: Mapping[int, int | None]) -> list[int]:
    """Return the runs that count and are no undo, in order."""
    return sorted(run for run in runs_that_count(undoes) if undoes[run] is None)


def told_without(
    history: pl.DataFrame, customers: pl.DataFrame, withdrawn: Collection[int]
) -> pl.DataFrame:
    """Leave out of a history what withdrawn runs did and their undoing put back.

    A period that a withdrawn run opened is gone, unless it stands; one that such a run
    ended goes on in the period that put its record back. Of a withdrawn number all is
    told: its records may return.

    Args:
        history: Schema HISTORY; more columns do no harm.
        customers: customer_id, status.
        withdrawn: Runs that do not count.

    Returns:
        Schema HISTORY.
    """
    history = history.select(HISTORY.names())
    if not withdrawn:
        return history
    nobody = customers.filter(pl.col("status") == "withdrawn")
    theirs = history.join(nobody, on="customer_id", how="semi")
    others = history.join(nobody, on="customer_id", how="anti")
    return pl.concat([_joined(others, list(withdrawn)), theirs])


def _joined(history: pl.DataFrame, runs: list[int]) -> pl.DataFrame:
    """Drop the periods that some runs opened, and join those that such a run parted."""
    is_left_out = pl.col("valid_from_run").is_in(runs) & ~pl.col("is_active")
    kept = history.filter(~is_left_out).sort("record_id", "valid_from_run")
    goes_on = (
        (pl.col("record_id") == pl.col("record_id").shift())
        & (pl.col("customer_id") == pl.col("customer_id").shift())
        & pl.col("valid_to_run").shift().is_in(runs)
    ).fill_null(value=False)
    periods = kept.with_columns(period=(~goes_on).cum_sum())
    return (
        periods.group_by("period", maintain_order=True)
        .agg(
            pl.col("record_id", "customer_id").first(),
            pl.col("is_active").last(),
            pl.col("valid_from_run").first(),
            pl.col("valid_to_run").last(),
        )
        .select(HISTORY.names())
    )


def numbers_that_count(events: pl.DataFrame, counting: Collection[int]) -> pl.Series:
    """Return the customer IDs that a run which counts issued, or brought back from being withdrawn.

    Args:
        events: Schema TOLD.
        counting: Runs that are not withdrawn.
    """
    before = pl.col("event").shift().over("customer_id", order_by="run_number")
    issued = pl.col("event").is_in(["new", "split"]) | (
        (pl.col("event") == "restored") & (before == "withdrawn")
    )
    told = events.filter(pl.col("event") != "kept")
    counts = pl.col("run_number").is_in(list(counting))
    return told.filter(issued).filter(counts)["customer_id"].unique().sort()


def customers_after(customers: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Return customers as the last of some events left them.

    Args:
        customers: Schema CUSTOMER: as they are now.
        events: Schema TOLD: all up to some run.

    Returns:
        Schema CUSTOMER, of those of whom an event tells.
    """
    last = (
        events.filter(pl.col("event") != "kept")
        .sort("run_number")
        .unique("customer_id", keep="last")
        .select("customer_id", "event", "other_id")
    )
    then = pl.col("event").replace(
        dict.fromkeys(("new", "split", "restored"), "active")
    )
    heir = pl.when(pl.col("event") == "merged").then("other_id")
    return (
        customers.join(last, on="customer_id", maintain_order="left")
        .with_columns(status=then, successor=heir)
        .select(customers.columns)
    )
