"""Evidence: records that left their source not long ago.

They take part in matching with their last values, so that customers whom only they hold
together stay one, and a customer who comes back with other values is recognised. They
are members of nobody.

Which records have left, and when, follows from the runs that count and what these have
read: as if those that are withdrawn had never been.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from cleanse import __version__
from cleanse.identify import Assignment
from cleanse.normalise import normalise
from cleanse.normalise.kind import DECIDED
from cleanse.pipeline.judging import Judged
from cleanse.rulebook import Rulebook
from cleanse.warehouse import THEN, Known, is_as_typed

LEFT: Final = pl.Schema(THEN | {"left_run": pl.Int64()})
"""One row per record that is evidence: the last run after which it stood, and the next run that
read its source, without it."""


def who_left(
    known: Known,
    rulebook: Rulebook,
    now: datetime,
    withdrawn: Collection[int],
    sources: Collection[str] = (),
) -> pl.DataFrame:
    """Find the records that left within the time that the rules set.

    Args:
        known: What the store knows.
        rulebook: The rules.
        now: Time of the run, UTC.
        withdrawn: Runs that do not count: a record that no other has read is no evidence.
        sources: Sources of which records may have left that are active in the store.

    Returns:
        The frame `LEFT`, sorted by record_id.
    """
    days = rulebook.identity.evidence.days
    if not days or not known.run_number:
        return LEFT.to_frame()
    readers = (
        known.runs.filter(
            pl.col("undoes").is_null() & ~pl.col("run_number").is_in(list(withdrawn))
        )
        .select("run_number", "started_at", source="sources")
        .explode("source")
        .drop_nulls("source")
        .sort("source", "run_number")
        .with_columns(
            left_run=pl.col("run_number").shift(-1).over("source"),
            left_at=pl.col("started_at").shift(-1).over("source"),
        )
    )
    stood = known.past.last_standing(readers, sources)
    lately = readers.filter(pl.col("left_at") >= now - timedelta(days=days))
    found = stood.join(lately, on=["source", "run_number"])
    return found.select(LEFT.names()).sort("record_id")


def leaving(gone: pl.DataFrame, known: Known, rulebook: Rulebook) -> pl.DataFrame:
    """Return the frame `LEFT` of the records that leave in this run.

    Args:
        gone: Their record_id.
        known: What the run before left.
        rulebook: The rules.
    """
    if not rulebook.identity.evidence.days:
        return LEFT.to_frame()
    last = known.run_number
    return gone.select(
        "record_id", run_number=pl.lit(last), left_run=pl.lit(last + 1)
    ).cast(LEFT)


def last_values(
    left: pl.DataFrame,
    known: Known,
    rulebook: Rulebook,
    judged: Judged,
    columns: Collection[str],
) -> pl.DataFrame:
    """Return some columns of records that left, normalised by the rules in force.

    Args:
        left: The frame `LEFT`.
        known: What the run before left.
        rulebook: The rules.
        judged: The decisions.
        columns: The columns.
    """
    since = _same_rules_since(known, rulebook)
    current = left.filter(pl.col("run_number") >= since)
    found = known.past.last_values(current, columns)
    stale = left.filter(pl.col("run_number") < since)
    if stale.is_empty():
        return found
    typed = [name for name in known.record_columns if is_as_typed(name)]
    decided = judged.judgement.kinds.rename({"kind": DECIDED}).drop("decision_id")
    rows = known.past.last_values(stale, typed)
    rows = rows.join(decided, on="record_id", how="left", maintain_order="left")
    again, _ = normalise(rows, rulebook)
    again = again.select(name for name in again.columns if name in columns)
    return pl.concat([found, again], how="diagonal_relaxed").sort("record_id")


def members_and_evidence(
    clusters: pl.DataFrame, left: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take the records that left out of the clusters: they are members of none.

    Returns:
        record_id, cluster_id of the active records; the same of the evidence that is in a
        cluster of some active record.
    """
    if left.is_empty():
        return clusters, clusters.clear()
    members = clusters.join(left, on="record_id", how="anti", maintain_order="left")
    spoken = clusters.join(left, on="record_id", how="semi", maintain_order="left")
    return members, spoken.join(
        members, on="cluster_id", how="semi", maintain_order="left"
    )


def spoken_for(
    left: pl.DataFrame,
    spoken: pl.DataFrame,
    clusters: pl.DataFrame,
    assignment: Assignment,
) -> pl.DataFrame:
    """Return record_id, customer_id, left_run of the evidence: whom each record speaks for."""
    numbers = clusters.join(spoken, on="cluster_id", how="semi").join(
        assignment.crosswalk.select("record_id", "customer_id"), on="record_id"
    )
    numbers = numbers.select("cluster_id", "customer_id").unique()
    whom = spoken.join(numbers, on="cluster_id").select("record_id", "customer_id")
    return (
        left.join(whom, on="record_id", how="left")
        .select("record_id", "customer_id", "left_run")
        .sort("record_id")
    )


def _same_rules_since(known: Known, rulebook: Rulebook) -> int:
    """Return the first run from which on all had these rules and this program."""
    other = (pl.col("rules_sha256") != rulebook.sha256) | (
        pl.col("version") != __version__
    )
    last = known.runs.filter(other)["run_number"].max()
    return 1 + int(str(last or 0))
