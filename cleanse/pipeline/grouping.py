"""Cluster again only where a run changed a pair; elsewhere groups are what they were."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse import cluster as clustering
from cleanse.cluster import CLUSTER
from cleanse.judgement import Judgement
from cleanse.match import MatchResult, as_before
from cleanse.places import found, is_among, searched
from cleanse.rulebook.matching import MatchRules
from cleanse.warehouse import Known

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
_SIDES = ("record_id_l", "record_id_r")


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
    (one, is_one), (two, is_two) = (
        found(ids, near[side].to_numpy()) for side in _SIDES
    )
    known = is_one & is_two
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
    evidence: pl.DataFrame,
) -> pl.DataFrame:
    """Find the records that may be grouped otherwise than the run before grouped them.

    A group depends on nothing but the pairs of the records that strong pairs and
    decisions hold together, and a pair has changed only if a side of it has. So these
    are the records that changed, their neighbours before and now, those that any decision
    speaks of (it may bind, lapse, be taken back, or miss the record in its middle), and whomever a chain of strong pairs and ties leads to from there.

    Args:
        matched: The pairs, and what decided them.
        records: record_id: all active records, and the evidence.
        rules: Where the bands lie; those of the run before.
        known: What the run before left.
        judgement: What the decisions come to.
        evidence: record_id: those of the records that left and stay as evidence. Who has left
            or come back since the run before counts as changed.

    Returns:
        record_id, sorted.
    """
    ids = records["record_id"].sort()
    numbers = ids.to_numpy()
    same = as_before(matched.inputs, known.match_inputs)
    changed = np.ones(len(ids), dtype=np.bool_)
    still = matched.inputs["record_id"].to_numpy()[same]
    changed[searched(numbers, still)] = False
    is_gone, was_gone = (
        ids.is_in(each["record_id"].implode()) for each in (evidence, known.evidence)
    )
    changed |= (is_gone != was_gone).to_numpy()
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
    known: Known,
    judgement: Judgement,
    evidence: pl.DataFrame,
) -> pl.DataFrame:
    """Group records into customers as `cleanse.cluster.cluster` does, then let the evidence join in.

    Args:
        pairs: The scored_pair frame.
        records: record_id: all active records, and the evidence.
        rules: Where the bands lie.
        shaken: See `shaken_records`; None: group all records.
        known: What the run before left.
        judgement: What the decisions come to.
        evidence: record_id: those of the records that left and stay as evidence.

    Returns:
        The frame `CLUSTER`; evidence that speaks for nobody may be missing.
    """
    if shaken is None:
        return _grouped(pairs, records.select("record_id"), rules, judgement, evidence)
    grouped = _grouped(pairs_among(pairs, shaken), shaken, rules, judgement, evidence)
    was = pl.concat(
        [
            known.crosswalk.filter("is_active").select("record_id", "customer_id"),
            known.evidence.select("record_id", "customer_id").drop_nulls(),
        ]
    )
    still = records.select("record_id").join(shaken, on="record_id", how="anti")
    still = still.join(was, on="record_id").select(
        "record_id", cluster_id=pl.col("record_id").min().over("customer_id")
    )
    return pl.concat([grouped, still]).select(CLUSTER.names()).sort("record_id")


def _grouped(
    pairs: pl.DataFrame,
    records: pl.DataFrame,
    rules: MatchRules,
    judgement: Judgement,
    evidence: pl.DataFrame,
) -> pl.DataFrame:
    """Group the records that are there among themselves; then see whom the evidence joins.

    So what a record said before it left can hold records together, and never keeps any apart:
    the row that took its place may well contradict it.
    """
    if evidence.is_empty():
        return clustering.cluster(pairs, records, rules, judgement.bonds(records))
    there = records.join(evidence, on="record_id", how="anti").sort("record_id")
    groups = clustering.cluster(
        pairs_among(pairs, there), there, rules, judgement.bonds(there)
    )
    left = records.join(evidence, on="record_id", how="semi")
    reach = _reach(pairs, groups, left, rules, judgement)
    ties = groups.join(reach, on="record_id", how="semi").select(
        record_id_l="cluster_id", record_id_r="record_id", is_match=pl.lit(value=True)
    )
    ties = ties.filter(pl.col("record_id_l") != pl.col("record_id_r"))
    bonds = pl.concat([judgement.bonds(reach), ties])
    joined = clustering.cluster(
        pairs_among(pairs, reach),
        reach,
        rules,
        bonds.unique(["record_id_l", "record_id_r"], maintain_order=True),
    )
    alone = left.select("record_id", cluster_id="record_id")
    others = pl.concat([groups, alone]).join(reach, on="record_id", how="anti")
    return pl.concat([others, joined]).sort("record_id")


def _reach(
    pairs: pl.DataFrame,
    groups: pl.DataFrame,
    left: pl.DataFrame,
    rules: MatchRules,
    judgement: Judgement,
) -> pl.DataFrame:
    """Return the evidence, and the groups that a strong pair or a tie links to it: record_id, sorted.

    Nothing else can join: the mean of what keeps two groups apart and of a pair that is not
    strong keeps them apart too.
    """
    sides = ["record_id_l", "record_id_r"]
    everyone = pl.concat([groups.select("record_id"), left.select("record_id")])
    ties = judgement.bonds(everyone).filter("is_match").select(sides)
    strong = pairs.filter(pl.col("match_weight") >= rules.decide.match_at)
    links = pl.concat([strong.select(sides), ties])
    told = [
        links.join(left, left_on=one, right_on="record_id", how="semi").select(
            record_id=other
        )
        for one, other in (sides, sides[::-1])
    ]
    near = groups.join(pl.concat(told), on="record_id", how="semi")
    whole = groups.join(near, on="cluster_id", how="semi").select("record_id")
    return pl.concat([whole, left.select("record_id")]).sort("record_id")


def pairs_among(pairs: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of which both sides are among some records, sorted."""
    left, right = (is_among(pairs[side], records["record_id"]) for side in _SIDES)
    return pairs.filter(left & right)


def _gone_by(
    pairs: pl.DataFrame, ids: Places, changed: Flags
) -> tuple[Places, Places, Flags]:
    """Return the positions of both sides of the pairs as they were, and who changed or left.

    Those who left share one position, after all others.
    """
    end = len(ids)
    sides = []
    for side in _SIDES:
        place, there = found(ids, pairs[side].to_numpy())
        sides.append(np.where(there, place, end))
    return sides[0], sides[1], np.append(changed, True)


def _spread(shaken: Flags, left: Places, right: Places, by: Flags) -> None:
    """Flag both sides of the pairs of which `by` flags one."""
    some = by[left] | by[right]
    for places in (left[some], right[some]):
        shaken[places[places < len(shaken)]] = True


def _places(pairs: pl.DataFrame, ids: Places) -> tuple[Places, Places]:
    """Return where in sorted numbers both sides of each pair stand, or would."""
    left, right = (searched(ids, pairs[side].to_numpy()) for side in _SIDES)
    return left, right
