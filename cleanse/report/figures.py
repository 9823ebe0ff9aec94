"""Figures that the report shows, worked out of its facts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from cleanse.report.facts import ReportFacts

BANDS = ("match", "review", "no_match")
"""The machine's view of a pair, in the order in which it is shown."""

_BIN_COUNT = 36
_PARTS = ("record_count", "reject_count", "header_count", "blank_count")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a comparison in the model."""

    name: str
    m: float
    u: float
    weight: float
    """log2(m / u), held within the comparison's bounds."""


def account(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lay out the rows of each file as a sum, with whether it comes out."""
    return [
        {
            **row,
            "sum": (total := sum(row[part] for part in _PARTS)),
            "is_right": total == row["row_count"],
        }
        for row in rows
    ]


def weight_bins(
    pairs: pl.DataFrame,
) -> tuple[float, list[tuple[float, dict[str, int]]]]:
    """Count kept pairs by match weight and band.

    Returns:
        Width of a bin, and lower end and counts of each, gaps filled.
    """
    if pairs.is_empty():
        return 1.0, []
    weights = pairs["match_weight"].to_numpy()
    span = float(weights.max() - weights.min())
    step = next(s for s in (0.5, 1, 2, 5, 10, 100, math.inf) if span / s <= _BIN_COUNT)
    counted = (
        pairs.group_by(low=(pl.col("match_weight") / step).floor() * step, band="band")
        .len()
        .sort("low")
    )
    found: dict[float, dict[str, int]] = {}
    for low, band, count in counted.iter_rows():
        found.setdefault(low, {})[band] = count
    lows, low = [], min(found)
    while low <= max(found):
        lows.append(low)
        low += step
    return step, [
        (low, {b: found.get(low, {}).get(b, 0) for b in BANDS}) for low in lows
    ]


def rule_table(facts: ReportFacts) -> list[dict[str, Any]]:
    """Count per blocking rule what it finds by band, and its blocks; most pairs first.

    Returns:
        blocking_rule, pairs, match, review, no_match; blocks, block_pairs, split, None for
        a rule that has no blocks.
    """
    bands = facts.bands if facts.bands.width else _BAND.to_frame()
    costs = facts.blocking if facts.blocking.width else _COST.to_frame()
    found = bands.group_by("blocking_rule").agg(
        pl.col("pair_count").sum().cast(pl.Int64).alias("pairs"),
        *(
            pl.col("pair_count").filter(pl.col("band") == band).sum().alias(band)
            for band in BANDS
        ),
    )
    applied = costs.filter("is_applied").group_by("blocking_rule")
    blocks = applied.agg(
        blocks=pl.col("block_count").sum(),
        block_pairs=pl.col("pair_count").sum(),
        split=pl.col("split_count").sum(),
    )
    table = found.join(blocks, on="blocking_rule", how="full", coalesce=True)
    table = table.with_columns(pl.col("pairs", *BANDS).fill_null(0))
    table = table.sort("pairs", "blocking_rule", descending=[True, False])
    return table.to_dicts()


_BAND = pl.Schema(
    {"blocking_rule": pl.String, "band": pl.String, "pair_count": pl.UInt32}
)
_COST = pl.Schema(
    {
        "blocking_rule": pl.String,
        "block_count": pl.Int64,
        "pair_count": pl.Int64,
        "split_count": pl.Int64,
        "is_applied": pl.Boolean,
    }
)


def tally(frame: pl.DataFrame, *by: str) -> list[dict[str, Any]]:
    """Count rows by some columns; most first."""
    if frame.is_empty():
        return []
    counted = frame.group_by(by).len("count")
    return counted.sort(
        "count", *by, descending=[True, *(False for _ in by)]
    ).to_dicts()


def model_table(model: str | None) -> dict[str, dict[str, list[Level]]]:
    """Lay the model out per kind and comparison, strongest level first."""
    kinds = json.loads(model).get("kinds", {}) if model else {}
    return {
        kind: {
            name: _levels(name, evidence)
            for name, evidence in values["evidence"].items()
        }
        for kind, values in kinds.items()
    }


def quality_table(facts: ReportFacts) -> dict[str, list[Mapping[str, Any]]]:
    """Group the quality rows by source; fields that no record has are left out."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for row in facts.quality:
        if row.get("filled"):
            grouped.setdefault(str(row.get("source", "")), []).append(row)
    return grouped


def _levels(comparison: str, evidence: Mapping[str, Any]) -> list[Level]:
    most = evidence.get("most", math.inf)
    names = _level_names(comparison, len(evidence["m"]))
    learned = evidence.get("learned") or [0.0] * len(names)
    chances = zip(names, evidence["m"], evidence["u"], learned, strict=True)
    levels = [
        Level(name, m, u, more + (_within(math.log2(m / u), most) if m and u else 0.0))
        for name, m, u, more in chances
    ]
    return levels[::-1]


def _within(bits: float, most: float) -> float:
    return max(-most, min(most, bits))


def _level_names(comparison: str, count: int) -> list[str]:
    """Return what the levels are called, or their numbers where a comparison has other levels."""
    from cleanse.compare import levels_of  # noqa: PLC0415 - reports alone do not need the kernels

    try:
        shown = [level.name for level in sorted(levels_of(comparison)) if level >= 0]
    except KeyError:
        shown = []
    names = shown if len(shown) == count else [str(n) for n in range(count)]
    return [name.lower().replace("_", " ") for name in names]
