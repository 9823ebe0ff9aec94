"""Which customers a run has to merge again: all others are what they were."""

from __future__ import annotations

import polars as pl

from cleanse.identify import Assignment
from cleanse.judgement import DecisionKind
from cleanse.merge import weakest_link
from cleanse.pipeline.grouping import pairs_among
from cleanse.pipeline.judging import Judged
from cleanse.pipeline.recall import Recalled
from cleanse.shelf import in_memory
from cleanse.warehouse import Known


def touched_customers(
    recalled: Recalled,
    known: Known,
    assignment: Assignment,
    moves: pl.DataFrame,
    pairs: pl.DataFrame,
    shaken: pl.DataFrame | None = None,
    judged: Judged | None = None,
) -> pl.DataFrame:
    """Find the customers whose golden record may differ from the one in force.

    Those who won or lost a record, of whom a record is not what it was, those whose
    records hold together otherwise, and those of whom a pin is new or no longer holds. Rules and program must be the same: a
    golden record depends on nothing else.

    Args:
        recalled: The records of the run.
        known: What the run before left.
        assignment: Who is which customer.
        moves: As `Assignment.moves` gives them.
        pairs: The scored_pair frame.
        shaken: record_id: records of which a pair may have changed; None: all.
        judged: The decisions; None: there are none.

    Returns:
        customer_id, sorted; customers who are gone among them.
    """
    now = assignment.crosswalk.select("record_id", "customer_id")
    pins = (judged or Judged()).changed.filter(kind=DecisionKind.PIN)
    pinned = now.join(pins, on="record_id", how="semi")
    renewed = now.join(renewed_records(recalled, known), on="record_id", how="semi")
    if shaken is not None:
        whole = now.join(shaken, on="record_id", how="semi").select("customer_id")
        now = now.join(whole.unique(), on="customer_id", how="semi")
        sides = pairs.select("record_id_l", "record_id_r", "match_probability")
        pairs = pairs_among(sides, now.sort("record_id"))
    sure = weakest_link(now, pairs)
    told = known.golden_of(sure["customer_id"], ["confidence"])
    told = told.rename({"confidence": "before"})
    sure = sure.join(told, on="customer_id", how="left")
    otherwise = sure.filter(pl.col("confidence").ne_missing(pl.col("before")))
    found = pl.concat(
        [
            moves.select("customer_id"),
            moves.select(customer_id="was"),
            renewed.select("customer_id"),
            pinned.select("customer_id"),
            otherwise.select("customer_id"),
        ]
    )
    return found.drop_nulls().unique().sort("customer_id")


def renewed_records(recalled: Recalled, known: Known) -> pl.DataFrame:
    """Return record_id of the records that this run normalised to something else, or first."""
    new = recalled.normalised
    ids = new["record_id"]
    old = known.active_of(ids.filter(ids < known.next_record_id))
    if old.is_empty():
        return new.select("record_id")
    both = pl.concat([in_memory(new), old], how="diagonal_relaxed")
    columns = sorted(name for name in both.columns if name != "record_id")
    digests = both.select("record_id", digest=pl.struct(columns).hash())
    same = digests.group_by("record_id").agg(
        is_same=(pl.len() == 2) & (pl.col("digest").n_unique() == 1)  # noqa: PLR2004 - old and new
    )
    return same.filter(~pl.col("is_same")).select("record_id")
