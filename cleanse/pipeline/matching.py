"""Match the records of a store: those that are there, and beside them those that left not long ago."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from cleanse import __version__
from cleanse.encoded import ByKind, Encoded, beside
from cleanse.grown import Grown, Index
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
    shelf: Shelf | None,
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
        shelf: Where large frames are laid; None: nothing is kept.

    Returns:
        What was found; record_id and kind of all that were matched, sorted; those that
        are there, encoded; and those of `left` that are not.
    """
    rules = rulebook.matching
    there = active.encoded(rules)
    records = there.records
    compared: ByKind | Grown = records
    kinds = _kinds(each for kind in records.most for each in records.parts(kind))
    left = left.join(kinds, on="record_id", how="anti")
    if left.height:
        needed = columns_needed(active.names, rules)
        values = last_values(left, known, rulebook, judged, needed)
        values = values.with_columns(pl.lit(value=True).alias(IS_EVIDENCE))
        evidence = encoded(values, rules)
        compared = {
            kind: beside(part, evidence[kind]) for kind, part in records.whole().items()
        }
        kinds = _kinds(compared.values())
    # Who changes most of what is kept, or some of it, is not followed by many who only add.
    keep = shelf is not None and (before.only_added or there.news() is None)
    if keep and there.news() is None and isinstance(compared, Grown):
        # All is written anew, and all is to be in its index.
        compared = records.whole()
    matched = step(match, compared, rules, model, before, __version__, keep_index=keep)
    return matched, kinds, there, left


def _kinds(records: Iterable[Encoded]) -> pl.DataFrame:
    """Return record_id, kind of all records, sorted."""
    plain = (part.plain.select("record_id", "kind") for part in records)
    return by_number(pl.concat(plain))


def laid_down(
    records: Encoding, index: Mapping[str, Index], shelf: Shelf | None
) -> Laid | None:
    """Lay encoded records down, to be kept for the next run; None: nowhere."""
    if shelf is None:
        return None
    return lay_encoded(records, index, shelf.folder / "encoded.arrow")
