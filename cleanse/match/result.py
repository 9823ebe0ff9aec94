"""What matching takes from the run before, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from cleanse.block import Blocks
from cleanse.compare.frequency import FREQUENCY
from cleanse.grown import Index
from cleanse.match.inputs import INPUT
from cleanse.score import KindModel, Model

SCORED_PAIR = pl.Schema(
    {
        "record_id_l": pl.Int64,
        "record_id_r": pl.Int64,
        "blocking_rule": pl.String,
        "match_weight": pl.Float64,
        "match_probability": pl.Float64,
        "band": pl.String,
    }
)
"""One row per kept pair; level_* and weight_* per comparison of the list besides."""
COUNT = pl.Schema(
    {
        "blocking_rule": pl.String,
        "kind": pl.String,
        "band": pl.String,
        "pair_count": pl.UInt32,
    }
)
"""One row per blocking rule, kind and band."""
COST = pl.Schema(
    {
        "kind": pl.String,
        "blocking_rule": pl.String,
        "block_count": pl.Int64,
        "pair_count": pl.Int64,
        "split_count": pl.Int64,
        "is_applied": pl.Boolean,
    }
)
"""One row per kind and blocking rule: blocks, pairs, blocks that were split, and whether
it finds enough for what it costs."""

MODEL_FREQUENCY = pl.Schema([("kind", pl.String), *FREQUENCY.items()])
"""The frame `FREQUENCY` of all kinds of customer."""


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What matching found."""

    pairs: pl.DataFrame
    """The scored_pair frame: pairs at or above keep_at."""
    counts: pl.DataFrame
    """The frame `COUNT`: every candidate pair counted once."""
    model: Model
    """The model in force, with what it did not know before."""
    frequencies: pl.DataFrame
    """The frame `MODEL_FREQUENCY`: the value frequencies that belong to the model."""
    inputs: pl.DataFrame
    """The frame `INPUT`: by which the next run knows what has not changed."""
    blocking: pl.DataFrame
    """The frame `COST`: what each blocking rule costs."""
    index: Mapping[str, Index] = field(default_factory=dict)
    """By kind, by which the next run finds who is around what it adds; none: what was kept stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What an earlier run left for this one."""

    frequencies: pl.DataFrame
    """The frame `MODEL_FREQUENCY`."""
    inputs: pl.DataFrame
    """The frame `INPUT`; no rows: every pair is weighed anew."""
    pairs: pl.DataFrame
    """The scored_pair frame."""
    only_added: bool = False
    """Since that run records were only added: none is gone, and none was read again."""


def nothing() -> Before:
    """Return what no run left."""
    return Before(
        frequencies=MODEL_FREQUENCY.to_frame(),
        inputs=INPUT.to_frame(),
        pairs=SCORED_PAIR.to_frame(),
    )


def cost_of(
    used: Blocks, sampled: Blocks | None, model: KindModel, kind: str
) -> pl.DataFrame:
    """Return the frame `COST`: of rules that are not applied, as the sample shows it."""
    report = used.report()
    if sampled:
        told = sampled.report()
        applied = pl.col("blocking_rule").is_in(report["blocking_rule"].implode())
        report = pl.concat([report, told.filter(~applied)])
    return report.select(
        pl.lit(kind).alias("kind"),
        pl.all(),
        is_applied=pl.col("blocking_rule").is_in(model.applied()),
    )
