"""Drift: when the model in force no longer fits the records, and a refit is due.

The model is reused as it is, so that numbers last; what has changed is announced, and a
person decides. It is due when a kind has grown tenfold, when its matches agree and
differ otherwise than the model says, or when the beliefs that it came from have changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.places import found
from cleanse.rulebook.matching import MatchRules
from cleanse.score import Evidence, KindModel, Model

GROWN = 10.0
"""How many times as many records make a refit due."""
SHIFTED = 0.25
"""Population stability index from which a comparison has drifted: N. Siddiqi, "Credit Risk
Scorecards" (2006), calls 0.25 a shift that needs action."""
FEWEST = 200.0
"""Matches below which no drift is told from chance."""
NOUN = {"person": "persons", "company": "companies"}


def beliefs_of(rules: MatchRules) -> str:
    """Return a digest of the beliefs that a model is estimated from."""
    told = rules.model_dump(mode="json", include={"prior", "comparison"})
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def reasons_to_refit(
    kinds: pl.DataFrame, pairs: pl.DataFrame, model: Model, rules: MatchRules
) -> list[str]:
    """Say why the model should be estimated anew; nothing when it fits.

    Args:
        kinds: record_id, kind: the active records.
        pairs: The scored_pair frame, weighed under `model`.
        model: The model in force.
        rules: rules/matching.toml.
    """
    told = []
    if model.beliefs and model.beliefs != beliefs_of(rules):
        told.append(
            "[prior] or [comparison] of matching.toml have changed since it was estimated"
        )
    counts = dict(kinds.group_by("kind").len().iter_rows())
    matches = _matches(pairs, kinds)
    for kind, one in sorted(model.kinds.items()):
        told += _of_growth(kind, one, counts.get(kind, 0))
        told += _of_drift(kind, one, matches.filter(pl.col("kind") == kind))
    return told


def _of_growth(kind: str, model: KindModel, now: int) -> Iterator[str]:
    before = max((one.filled for one in model.evidence.values()), default=0.0)
    if before and now >= GROWN * before:
        yield f"it was estimated on {before:,.0f} {NOUN[kind]}, of whom there are {now:,} now"


def _matches(pairs: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """Return the likely pairs with their kind and levels."""
    levels = [name for name in pairs.columns if name.startswith("level_")]
    likely = pairs.select("record_id_l", "match_probability", *levels).filter(
        pl.col("match_probability") > 0.5  # noqa: PLR2004 - rather than not
    )
    kinds = kinds.sort("record_id")
    sides = kinds["record_id"].to_numpy(), likely["record_id_l"].to_numpy()
    places, is_there = found(*sides)
    likely = likely.filter(pl.Series(is_there, dtype=pl.Boolean))
    return likely.with_columns(kinds["kind"].gather(places[is_there]))


def _of_drift(kind: str, model: KindModel, matches: pl.DataFrame) -> Iterator[str]:
    chance = matches["match_probability"].to_numpy()
    for name, one in sorted(model.evidence.items()):
        level = f"level_{name}"
        if one.fixed or level not in matches.columns:
            continue
        levels = matches[level].fill_null(-1).to_numpy().astype(np.int64)
        counts = np.bincount(levels + 1, chance, len(one.m) + 1)
        shift = stability(one, counts[1:].astype(np.float64))
        if shift >= SHIFTED:
            yield f"matching {NOUN[kind]} agree in {name} otherwise than it says (shift {shift:.2f})"


def stability(one: Evidence, counts: npt.NDArray[np.float64]) -> float:
    """Return how far matches have shifted from what the model says of a comparison.

    It is the population stability index of the levels' shares, held by the model itself
    as by `FEWEST` pairs; 0 where there are fewer matches than that.

    >>> told = Evidence(m=(0.1, 0.9), u=(0.9, 0.1), related=(0.9, 0.1), most=9.0)
    >>> stability(told, np.array([100.0, 900.0]))
    0.0
    >>> round(stability(told, np.array([500.0, 500.0])), 2)
    0.64
    """
    total = float(counts.sum())
    if total < FEWEST:
        return 0.0
    said = np.asarray(one.m)
    seen = (counts + FEWEST * said) / (total + FEWEST)
    return float(((seen - said) * np.log(seen / said)).sum())
