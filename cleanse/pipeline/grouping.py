"""Cluster again only where a run changed a pair; elsewhere groups are what they were."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse import cluster as clustering
from cleanse.cluster import CLUSTER
from cleanse.match import MatchResult
from cleanse.rulebook.matching import MatchRules
from cleanse.warehouse import Known

Flags = npt.NDArray[np.bool_]


def cluster(
    matched: MatchResult, records: pl.DataFrame, rules: MatchRules, known: Known | None
) -> pl.DataFrame:
    """Group records into customers as `cleanse.cluster.cluster` does.

    A group depends on nothing but the pairs of the records that strong pairs hold
    together, and a pair has changed only if a side of it has. So records that no chain
    of strong pairs leads to from one that changed, or from a neighbour of one that
    changed or left, are grouped as the run before grouped them.

    Args:
        matched: The pairs, and what decided them.
        records: record_id: all active records.
        rules: Where the bands lie; those of the run before.
        known: What the run before left; None: group all records.
    """
    if known is None or known.match_inputs.is_empty():
        return clustering.cluster(matched.pairs, records, rules)
    ids = records["record_id"].sort()
    shaken = _shaken(matched, ids, rules, known)
    both = [shaken[place] for place in _places(matched.pairs, ids)]
    pairs = matched.pairs.filter(pl.Series(both[0] & both[1], dtype=pl.Boolean))
    again = ids.filter(pl.Series(shaken, dtype=pl.Boolean)).to_frame()
    grouped = clustering.cluster(pairs, again, rules)
    still = pl.DataFrame({"record_id": ids}).filter(
        ~pl.Series(shaken, dtype=pl.Boolean)
    )
    was = known.crosswalk.filter("is_active").select("record_id", "customer_id")
    still = still.join(was, on="record_id", maintain_order="left").select(
        "record_id", cluster_id=pl.col("record_id").min().over("customer_id")
    )
    return pl.concat([grouped, still]).select(CLUSTER.names()).sort("record_id")


def _shaken(
    matched: MatchResult, ids: pl.Series, rules: MatchRules, known: Known
) -> Flags:
    """Flag the records of which some chain of strong pairs leads to a change."""
    was = known.match_inputs.rename({"digest": "was"})
    now = matched.inputs.join(was, on="record_id", how="full", coalesce=True)
    same = now.filter(pl.col("digest") == pl.col("was"))["record_id"]
    steady = np.zeros(len(ids), dtype=np.bool_)
    steady[ids.search_sorted(same).to_numpy()] = True
    left, right = _places(matched.pairs, ids)
    shaken = ~steady
    _spread(shaken, left, right, ~steady)
    # Neighbours of what changed or left, as they were before.
    gone = known.pairs.select("record_id_l", "record_id_r").filter(
        ~(
            pl.col("record_id_l").is_in(same.implode())
            & pl.col("record_id_r").is_in(same.implode())
        )
    )
    near = pl.concat([gone["record_id_l"], gone["record_id_r"]]).unique()
    near = near.filter(near.is_in(ids.implode()))
    shaken[ids.search_sorted(near).to_numpy()] = True
    strong = (matched.pairs["match_weight"] >= rules.decide.match_at).to_numpy()
    left, right = left[strong], right[strong]
    count = -1
    while count != (count := int(shaken.sum())):
        _spread(shaken, left, right, shaken)
    return shaken


def _spread(
    shaken: Flags,
    left: npt.NDArray[np.uint32],
    right: npt.NDArray[np.uint32],
    by: Flags,
) -> None:
    """Flag both sides of the pairs of which `by` flags one."""
    some = by[left] | by[right]
    shaken[left[some]] = True
    shaken[right[some]] = True


def _places(pairs: pl.DataFrame, ids: pl.Series) -> tuple[npt.NDArray[np.uint32], ...]:
    """Return the positions in the sorted `ids` of both sides of each pair."""
    return tuple(
        ids.search_sorted(pairs[f"record_id_{side}"]).to_numpy() for side in ("l", "r")
    )
