"""What stewards decided, heeded: records are normalised as the person or company that they were said to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from cleanse.judgement import DecisionKind
from cleanse.normalise import normalise
from cleanse.normalise.kind import DECIDED
from cleanse.pipeline.judging import Judged, take_in
from cleanse.pipeline.recall import Recalled
from cleanse.rulebook import Rulebook
from cleanse.schema import with_columns_present
from cleanse.shelf import Frame, in_memory
from cleanse.validate import validate
from cleanse.warehouse import Known

CONTEXT = 2_000
"""Records of its list that a record is normalised among: some cells are read by what their list shows."""


def heed(
    decisions: pl.DataFrame,
    recalled: Recalled,
    known: Known,
    rulebook: Rulebook,
    on: date,
) -> tuple[Judged, Recalled]:
    """Judge all decisions; return how they stand, and the records of the kinds that they decide.

    Args:
        decisions: Schema DECISION, as stewards made them.
        recalled: The records after this run.
        known: What the run before left.
        rulebook: The rules.
        on: The day of the run, UTC.

    Raises:
        StoreError: Decisions that a run has taken in are not what they were.
    """
    judged = take_in(decisions, known, recalled.normalised, on)
    return judged, _with_decided_kinds(recalled, judged, known, rulebook)


def _with_decided_kinds(
    recalled: Recalled, judged: Judged, known: Known, rulebook: Rulebook
) -> Recalled:
    """Normalise the records again that are not of the kind that somebody decided, or no longer have to be."""
    decided = judged.judgement.kinds.rename({"kind": DECIDED}).drop("decision_id")
    ids = _otherwise(recalled, judged, decided)
    if ids.is_empty():
        return recalled
    rows = recalled.active.of(ids).join(decided, on="record_id", how="left")
    asked = pl.concat([rows, _context(recalled, known, rows)], how="diagonal_relaxed")
    found, changes = normalise(asked.sort("record_id"), rulebook)
    found = found.filter(pl.col("record_id").is_in(ids.implode())).drop(DECIDED)
    _, issues, _ = validate(found, rulebook)
    mine = found.select("record_id")
    active = recalled.active
    return replace(
        recalled,
        normalised=_instead(recalled.normalised, found),
        active=replace(
            active,
            stays=_instead(active.stays, found),
            read=pl.concat([active.read.select("record_id"), mine]).unique(),
        ),
        changes=_instead(
            recalled.changes, changes.join(mine, on="record_id", how="semi")
        ),
        issues=pl.concat(
            [recalled.issues.join(mine, on="record_id", how="anti"), issues]
        ),
    )


def _otherwise(recalled: Recalled, judged: Judged, decided: pl.DataFrame) -> pl.Series:
    """Return the active records that are of another kind than they should be; sorted."""
    about = judged.decisions.filter(kind=DecisionKind.KIND)
    if about.is_empty():
        return pl.Series("record_id", dtype=pl.Int64)
    freed = about.join(decided, on="record_id", how="anti")
    changed = freed.join(judged.changed, on="decision_id", how="semi")
    was_normalised = recalled.normalised.select("record_id")
    if recalled.is_as_stored:
        earlier = freed.join(was_normalised, on="record_id", how="semi")
        freed = pl.concat([changed, earlier])
    else:
        freed = changed.join(was_normalised, on="record_id", how="anti")
    there = recalled.active.of(about["record_id"].unique())
    there = with_columns_present(there, {"kind": pl.String})
    kinds = there.select("record_id", "kind")
    other = kinds.join(decided, on="record_id").filter(
        pl.col("kind") != pl.col(DECIDED)
    )
    freed = freed.join(kinds, on="record_id", how="semi")
    both = pl.concat([freed.select("record_id"), other.select("record_id")])
    return both["record_id"].unique().sort()


def _context(recalled: Recalled, known: Known, rows: pl.DataFrame) -> pl.DataFrame:
    """Return other records of the same lists, at most `CONTEXT` of each."""
    parts = []
    for source in rows["source"].unique().sort():
        read = recalled.normalised.filter(pl.col("source") == source)
        if read.is_empty():
            read = known.records_of([source]).filter("is_active").drop("is_active")
        others = read.join(rows, on="record_id", how="anti")
        parts.append(others.sort("record_id").head(CONTEXT))
    return pl.concat(parts, how="diagonal_relaxed")


def _instead(frame: Frame, found: pl.DataFrame) -> pl.DataFrame:
    """Put some records in the place of those with the same numbers."""
    others = in_memory(frame).join(
        found, on="record_id", how="anti", maintain_order="left"
    )
    return pl.concat([others, found], how="diagonal_relaxed")
