"""Match the records of a store: those that are there, and beside them those that left not long ago."""

from __future__ import annotations

import polars as pl

from cleanse import __version__
from cleanse.household import FACTS
from cleanse.match import Before, MatchResult, columns_needed, match
from cleanse.pipeline.active import Active
from cleanse.pipeline.judging import Judged
from cleanse.pipeline.leaving import last_values
from cleanse.pipeline.request import Step
from cleanse.places import by_number
from cleanse.rulebook import Rulebook
from cleanse.schema import IS_EVIDENCE, present
from cleanse.score import Model
from cleanse.warehouse import Known


def match_active(
    active: Active,
    left: pl.DataFrame,
    judged: Judged,
    model: Model | None,
    before: Before,
    known: Known,
    rulebook: Rulebook,
    step: Step,
) -> tuple[MatchResult, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Match the records that are there, and those that left beside them.

    Args:
        active: The records that are there.
        left: Schema LEFT: those that left and stay as evidence.
        judged: The decisions that hold.
        model: The model to match with; None: estimated on the records.
        before: What an earlier run under this model left.
        known: What the store knows.
        rulebook: The rules.
        step: How a stage is called.

    Returns:
        What was found; record_id and kind of all that were matched, sorted; the columns
        `FACTS` of those that are there; and those of `left` that are not.
    """
    needed = columns_needed(active.names, rulebook.matching)
    there = active.frame(needed | FACTS)
    compared, left = there, left.join(there, on="record_id", how="anti")
    if left.height:
        values = last_values(left, known, rulebook, judged, needed)
        compared = _with_evidence(there, values)
    found = step(match, compared, rulebook.matching, model, before, __version__)
    kinds = compared.select("record_id", "kind")
    return found, kinds, there.select(present(there, FACTS)), left


def _with_evidence(there: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """Lay records that left beside those that are there, marked and sorted."""
    marked = left.with_columns(pl.lit(value=True).alias(IS_EVIDENCE))
    return by_number(pl.concat([there, marked], how="diagonal_relaxed"))
