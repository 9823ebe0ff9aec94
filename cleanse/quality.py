"""Quality: how good the clusters are likely to be, without truth.

Precision is what the match probabilities promise for the pairs that were put
together, less what such promises are too hopeful by (`HOPE`); recall is set against the probable matches that were left apart and those
that no blocking rule can have brought together. The second number comes from two
ways of finding a match that fail for different reasons (the name, and all else):
from how many matches both find follows how many neither does, as fish are counted
in a lake (Petersen, 1896; Chapman, 1951).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.places import coded, searched

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NAMES = ("given", "family", "company", "pinyin", "script")
"""Comparisons of what a customer is called; all others are the second way."""
FINDS = 4.0
"""Bits from which a comparison would find a pair by itself: a blocking rule has its key."""
FACTOR = 3.0
"""By how much the share of errors may be off because probabilities are, either way: what
was seen on lists with truth."""
HOPE = 0.75
"""Part of the bits for a match that holds: fields are not quite independent, and what speaks
for a pair speaks twice. Seen on lists with truth, made up and real."""
WIDE = 1.96
"""Standard errors of an interval of 95 in 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A share, 0 to 1, and the interval it lies in with a chance of about 95 in 100."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What is expected of the pairs of records that the clusters put together."""

    precision: Estimate
    """Of the pairs put together, those that belong together."""
    recall: Estimate
    """Of the pairs that belong together, those put together."""
    pairs: int
    """Pairs put together."""
    unseen: float
    """Matches that no blocking rule is likely to have found."""


def estimate_quality(pairs: pl.DataFrame, clusters: pl.DataFrame) -> Quality:
    """Estimate precision and recall from probabilities.

    Args:
        pairs: The scored_pair frame: record_id_l, record_id_r, match_probability and
            weight_<comparison> (bits).
        clusters: record_id, cluster_id: one row per record.

    Returns:
        The estimate; 1 with interval 1 to 1 where there is nothing to be wrong about.
    """
    both = _with_clusters(pairs, clusters)
    inside = _supported(both.filter(pl.col("cluster") == pl.col("other")))
    outside = both.filter(pl.col("cluster") != pl.col("other"))
    sizes = np.bincount(coded(clusters["cluster_id"].to_numpy())[0])
    together = int((sizes * (sizes - 1) // 2).sum())
    right = min(float(inside["p"].sum()), float(together))
    spread = _spread_of(inside)
    apart = float(outside["match_probability"].sum())
    unseen = _unseen(pairs)
    missed = apart + unseen
    return Quality(
        precision=_interval(right, together - right, spread),
        recall=_interval(right, missed, math.sqrt(apart + unseen)),
        pairs=together,
        unseen=unseen,
    )


def _with_clusters(pairs: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Return both records of each pair, match_probability, and their clusters: cluster, other."""
    known = clusters.sort("record_id")
    ids = known["record_id"].to_numpy()
    homes = known["cluster_id"].to_numpy()
    one, two = (
        homes[searched(ids, pairs[side].to_numpy())]
        for side in ("record_id_l", "record_id_r")
    )
    told = pairs.select("record_id_l", "record_id_r", "match_probability")
    return told.with_columns(cluster=pl.Series(one), other=pl.Series(two))


LARGEST = 250
"""Records of a cluster up to which a pair is also looked at by way of each third one."""


def _supported(inside: pl.DataFrame) -> pl.DataFrame:
    """Add p: the probability of a pair itself, or by way of a third record of its cluster."""
    edges = inside.select(
        "cluster", a="record_id_l", b="record_id_r", q=_sobered("match_probability")
    )
    ways = pl.Series("way", _ways(edges))
    return edges.with_columns(p=pl.max_horizontal("q", ways))


def _ways(edges: pl.DataFrame) -> Floats:
    """Return per pair the best probability by way of a third record; 0 without one."""
    homes, a, b, q = (edges[name].to_numpy() for name in ("cluster", "a", "b", "q"))
    at, count = coded(np.concatenate([a, b]))
    home = np.zeros(count, dtype=np.int64)
    home[at] = np.concatenate([homes, homes])
    order = np.argsort(home, kind="stable")
    _, first, size = np.unique(home[order], return_index=True, return_counts=True)
    group, place = np.zeros_like(home), np.zeros_like(home)
    group[order] = np.repeat(np.arange(len(first)), size)
    place[order] = np.arange(len(home)) - np.repeat(first, size)
    one, two = at[: len(a)], at[len(a) :]
    sizes = size[group[one]]
    found = np.zeros(len(q))
    for each in np.unique(sizes[(sizes > 2) & (sizes <= LARGEST)]).tolist():  # noqa: PLR2004
        some = np.flatnonzero(sizes == each)
        left, right = place[one[some]], place[two[some]]
        found[some] = _best_ways(group[one[some]], left, right, q[some], each)
    return found


def _best_ways(group: Ints, left: Ints, right: Ints, q: Floats, size: int) -> Floats:
    """Do what `_ways` does for clusters of one size, each laid out as a square."""
    square = np.unique(group, return_inverse=True)[1]
    table = np.zeros((int(square.max()) + 1, size, size))
    table[square, left, right] = table[square, right, left] = q
    best = np.zeros(len(q))
    for third in range(size):
        way = table[square, left, third] * table[square, third, right]
        np.maximum(best, way, out=best)
    return best


def _sobered(name: str) -> pl.Expr:
    """Take probabilities above one half nearer to it, by `HOPE`."""
    p = pl.col(name).clip(0.0, 1.0 - 1e-12)
    return pl.when(p > 0.5).then(1 / (1 + ((1 - p) / p) ** HOPE)).otherwise(p)  # noqa: PLR2004


def _spread_of(inside: pl.DataFrame) -> float:
    """Return the standard error of the wrong pairs; those of one cluster fall together."""
    each = inside.group_by("cluster").agg(
        variance=(pl.col("p") * (1 - pl.col("p"))).sum() * pl.len()
    )
    return math.sqrt(float(each["variance"].sum()))


def _unseen(pairs: pl.DataFrame) -> float:
    """Estimate the matches that neither the name nor anything else finds."""
    weights = [
        name
        for name in pairs.columns
        if name.startswith("weight_") and name != "weight_related"
    ]
    names = [name for name in weights if name.removeprefix("weight_") in NAMES]
    others = [name for name in weights if name not in names]
    if not names or not others:
        return 0.0
    by_name, by_other, p = map(pl.col, ("by_name", "by_other", "match_probability"))
    finds = pairs.select(p, by_name=_is_found(names), by_other=_is_found(others))
    one, two, both = finds.select(
        one=(p * by_name).sum(),
        two=(p * by_other).sum(),
        both=(p * (by_name & by_other)).sum(),
    ).row(0)
    whole = (one + 1) * (two + 1) / (both + 1) - 1
    return max(0.0, float(whole - (one + two - both)))


def _is_found(weights: list[str]) -> pl.Expr:
    """Say of each pair whether one of some comparisons finds it by itself."""
    return pl.any_horizontal(pl.col(weights) >= FINDS).fill_null(value=False)


def _interval(right: float, wrong: float, error: float) -> Estimate:
    """Turn counts into a share with its interval."""
    total = right + wrong
    if total <= 0:
        return Estimate(value=1.0, low=1.0, high=1.0)
    most = FACTOR * wrong + WIDE * error
    least = max(0.0, wrong / FACTOR - WIDE * error)
    return Estimate(
        value=right / total,
        low=max(0.0, 1 - most / total) if most < total else 0.0,
        high=1 - least / total,
    )
