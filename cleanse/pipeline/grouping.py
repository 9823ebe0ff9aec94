"""Cluster again only where a run changed a pair; elsewhere groups are what they were."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse import cluster as clustering
from cleanse.cluster import CLUSTER
from cleanse.judgement import Judgement
from cleanse.match import MatchResult
from cleanse.rulebook.matching import MatchRules
from cleanse.warehouse import Known

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


def steadied(
    pairs: pl.DataFrame,
    crosswalk: pl.DataFrame,
    rules: MatchRules,
    bits: float,
) -> pl.DataFrame:
    """Let borderline pairs of known records stay what they were (hysteresis).

    Two records of one customer hold together until their pair lies `bits` below match_at,
    two records of two customers stay two until it lies `bits` above. Else a pair near
    the threshold would join and part with every small correction.

    Args:
        pairs: The scored_pair frame.
        crosswalk: record_id, customer_id, is_active: whose the records were so far.
        rules: Where the bands lie.
        bits: Half the width of the border.

    Returns:
        The pairs; match_weight of those in the border is at match_at, or just below it.
    """
    at = rules.decide.match_at
    was = crosswalk.filter("is_active").sort("record_id")
    border = np.flatnonzero(((pairs["match_weight"] - at).abs() <= bits).to_numpy())
    if not (len(border) and was.height):
        return pairs
    ids = was["record_id"].to_numpy()
    near = pairs[border]
    one, two = (np.minimum(place, len(ids) - 1) for place in _places(near, ids))
    known = (ids[one] == near["record_id_l"].to_numpy()) & (
        ids[two] == near["record_id_r"].to_numpy()
    )
    together = (was["customer_id"][one] == was["customer_id"][two]).to_numpy()
    weight = pairs["match_weight"].to_numpy().copy()
    of_border = weight[border]
    stays = np.where(
        together,
        np.maximum(of_border, at),
        np.minimum(of_border, np.nextafter(at, -np.inf)),
    )
    weight[border] = np.where(known, stays, of_border)
    return pairs.with_columns(match_weight=weight)


def shaken_records(
    matched: MatchResult,
    records: pl.DataFrame,
    rules: MatchRules,
    known: Known,
    judgement: Judgement,
) -> pl.DataFrame:
    """Find the records that may be grouped otherwise than the run before grouped them.

    A group depends on nothing but the pairs of the records that strong pairs and
    decisions hold together, and a pair has changed only if a side of it has. So these
    are the records that changed, their neighbours before and now, those that any decision
    speaks of (it may bind, lapse, be taken back, or miss the record in its middle), and whomever a chain of strong pairs and ties leads to from there.

    Args:
        matched: The pairs, and what decided them.
        records: record_id: all active records.
        rules: Where the bands lie; those of the run before.
        known: What the run before left.
        judgement: What the decisions come to.

    Returns:
        record_id, sorted.
    """
    ids = records["record_id"].sort()
    numbers = ids.to_numpy()
    was = known.match_inputs.rename({"digest": "was"})
    now = matched.inputs.join(was, on="record_id")
    same = now.filter(pl.col("digest") == pl.col("was"))["record_id"]
    changed = np.ones(len(ids), dtype=np.bool_)
    changed[np.searchsorted(numbers, same.to_numpy())] = False
    left, right = _places(matched.pairs, numbers)
    shaken = changed.copy()
    _spread(shaken, left, right, changed)
    _spread(shaken, *_gone_by(known.pairs, numbers, changed))
    shaken |= ids.is_in(judgement.subjects.implode()).to_numpy()
    strong = (matched.pairs["match_weight"] >= rules.decide.match_at).to_numpy()
    ties = _places(judgement.bonds(ids.to_frame()).filter("is_match"), numbers)
    left, right = (
        np.append(pairs[strong], tied)
        for pairs, tied in zip((left, right), ties, strict=True)
    )
    count = -1
    while count != (count := int(shaken.sum())):
        _spread(shaken, left, right, shaken)
    return ids.filter(pl.Series(shaken, dtype=pl.Boolean)).to_frame()


def cluster(
    pairs: pl.DataFrame,
    records: pl.DataFrame,
    rules: MatchRules,
    shaken: pl.DataFrame | None,
    crosswalk: pl.DataFrame,
    judgement: Judgement,
) -> pl.DataFrame:
    """Group records into customers as `cleanse.cluster.cluster` does.

    Args:
        pairs: The scored_pair frame.
        records: record_id: all active records.
        rules: Where the bands lie.
        shaken: See `shaken_records`; None: group all records.
        crosswalk: record_id, customer_id, is_active: as the run before left it.
        judgement: What the decisions come to.
    """
    if shaken is None:
        return clustering.cluster(pairs, records, rules, judgement.bonds(records))
    grouped = clustering.cluster(
        pairs_among(pairs, shaken), shaken, rules, judgement.bonds(shaken)
    )
    was = crosswalk.filter("is_active").select("record_id", "customer_id")
    still = records.select("record_id").join(shaken, on="record_id", how="anti")
    still = still.join(was, on="record_id").select(
        "record_id", cluster_id=pl.col("record_id").min().over("customer_id")
    )
    return pl.concat([grouped, still]).select(CLUSTER.names()).sort("record_id")


def pairs_among(pairs: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of which both sides are among some records."""
    numbers = records["record_id"].to_numpy()
    if not len(numbers):
        return pairs.clear()
    left, right = (
        numbers[np.minimum(place, len(numbers) - 1)]
        == pairs[f"record_id_{side}"].to_numpy()
        for side, place in zip("lr", _places(pairs, numbers), strict=True)
    )
    return pairs.filter(pl.Series(left & right, dtype=pl.Boolean))


def _gone_by(
    pairs: pl.DataFrame, ids: Places, changed: Flags
) -> tuple[Places, Places, Flags]:
    """Return the positions of both sides of the pairs as they were, and who changed or left.

    Those who left share one position, after all others.
    """
    end = len(ids)
    sides = []
    for side, place in zip("lr", _places(pairs, ids), strict=True):
        there = ids[np.minimum(place, end - 1)] == pairs[f"record_id_{side}"].to_numpy()
        sides.append(np.where(there, place, end))
    return sides[0], sides[1], np.append(changed, True)


def _spread(shaken: Flags, left: Places, right: Places, by: Flags) -> None:
    """Flag both sides of the pairs of which `by` flags one."""
    some = by[left] | by[right]
    for places in (left[some], right[some]):
        shaken[places[places < len(shaken)]] = True


def _places(pairs: pl.DataFrame, ids: Places) -> tuple[Places, Places]:
    """Return where in sorted numbers both sides of each pair stand, or would."""
    left, right = (
        np.searchsorted(ids, pairs[f"record_id_{side}"].to_numpy()) for side in "lr"
    )
    return left, right
