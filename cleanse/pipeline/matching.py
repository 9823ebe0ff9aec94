"""Match the records of a store: those that are there, and beside them those that left not long ago."""

from __future__ import annotations

import polars as pl

from cleanse import __version__
from cleanse.encoded import ByKind, beside
from cleanse.match import (
    Before,
    MatchResult,
    columns_needed,
    encoded,
    match,
)
from cleanse.pipeline.active import Active
from cleanse.pipeline.judging import Judged
from cleanse.pipeline.leaving import last_values
from cleanse.pipeline.request import Step
from cleanse.places import by_number
from cleanse.rulebook import Rulebook
from cleanse.schema import IS_EVIDENCE
from cleanse.score import Model
from cleanse.shelf import Shelf
from cleanse.warehouse import Encoding, Known, Laid, lay_encoded


def match_active(
    active: Active,
    left: pl.DataFrame,
    judged: Judged,
    model: Model | None,
    before: Before,
    known: Known,
    rulebook: Rulebook,
    step: Step,
) -> tuple[MatchResult, pl.DataFrame, Encoding, pl.DataFrame]:
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
        What was found; record_id and kind of all that were matched, sorted; those that
        are there, encoded; and those of `left` that are not.
    """
    rules = rulebook.matching
    there = active.encoded(rules)
    compared, kinds = there.whole, _kinds(there.whole)
    left = left.join(kinds, on="record_id", how="anti")
    if left.height:
        needed = columns_needed(active.names, rules)
        values = last_values(left, known, rulebook, judged, needed)
        values = values.with_columns(pl.lit(value=True).alias(IS_EVIDENCE))
        evidence = encoded(values, rules)
        compared = {
            kind: beside(part, evidence[kind]) for kind, part in compared.items()
        }
        kinds = _kinds(compared)
    matched = step(match, compared, rules, model, before, __version__)
    return matched, kinds, there, left


def _kinds(records: ByKind) -> pl.DataFrame:
    """Return record_id, kind of all records, sorted."""
    plain = (part.plain.select("record_id", "kind") for part in records.values())
    return by_number(pl.concat(plain))


def laid_down(records: Encoding, shelf: Shelf | None) -> Laid | None:
    """Lay encoded records down, to be kept for the next run; None: nowhere."""
    return lay_encoded(records, shelf.folder / "encoded.arrow") if shelf else None
