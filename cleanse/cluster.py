"""Cluster: which records are one customer, by all evidence inside a group.

Groups grow from the strongest pair outwards (agglomerative, average linkage):
two groups join only while the mean match weight over all their pairs speaks for
it, so that one weak link does not chain strangers, and contradictions between
any two members count.
"""

from __future__ import annotations

import heapq
from collections import defaultdict

import polars as pl

from cleanse.rulebook.matching import MatchRules

CLUSTER = pl.Schema({"record_id": pl.Int64, "cluster_id": pl.Int64})
"""One row per record; cluster_id is the smallest record_id of the cluster."""

CAP = 12.0
"""Match weight beyond which a pair is simply sure, for or against."""


def cluster(
    pairs: pl.DataFrame, records: pl.DataFrame, rules: MatchRules
) -> pl.DataFrame:
    """Group records into customers.

    Args:
        pairs: The scored_pair frame; a pair that is not in it counts as `keep_at`.
        records: The record frame; only record_id is used.
        rules: Where the bands lie.

    Returns:
        The frame `CLUSTER`, sorted by record_id.
    """
    decide = rules.decide
    strong = pairs.filter(pl.col("match_weight") >= decide.match_at)
    group = _components(strong)
    inside = (
        pairs.select("record_id_l", "record_id_r", "match_weight")
        .join(group.rename({"node": "record_id_l", "group": "gl"}), on="record_id_l")
        .join(group.rename({"node": "record_id_r", "group": "gr"}), on="record_id_r")
        .filter(pl.col("gl") == pl.col("gr"))
    )
    label = dict(zip(group["node"].to_list(), group["group"].to_list(), strict=True))
    for edges in _doubtful(inside, group, decide.match_at):
        label |= _agglomerate(edges, decide.match_at, decide.keep_at)
    ids = records["record_id"].sort()
    return pl.DataFrame(
        {"record_id": ids, "cluster_id": [label.get(i, i) for i in ids.to_list()]},
        schema=CLUSTER,
    )


def _components(strong: pl.DataFrame) -> pl.DataFrame:
    """Return node, group: connected components of the pairs, named by the smallest node."""
    edges = strong.select(a="record_id_l", b="record_id_r")
    both = pl.concat([edges, edges.select(a="b", b="a")])
    label = both.select(node="a").unique().with_columns(group=pl.col("node"))
    while True:
        near = both.join(label, left_on="b", right_on="node")
        low = near.group_by(node="a").agg(low=pl.col("group").min())
        new = label.join(low, on="node", how="left").select(
            "node", group=pl.min_horizontal("group", "low"), old="group"
        )
        # Jump to the label of the label, so that long chains take few rounds.
        jump = new.select(group="node", jump="group")
        new = new.join(jump, on="group", how="left").with_columns(
            group=pl.min_horizontal("group", "jump")
        )
        if new.select((pl.col("group") == pl.col("old")).all()).item():
            return new.select("node", "group").sort("node")
        label = new.select("node", "group")


Edge = tuple[int, int, float]


def _doubtful(
    inside: pl.DataFrame, group: pl.DataFrame, match_at: float
) -> list[list[Edge]]:
    """Return the edges of each group in which not every pair matches."""
    sizes = group.group_by("group").agg(size=pl.len())
    sure = inside.group_by(group="gl").agg(
        sure=(pl.col("match_weight") >= match_at).sum()
    )
    open_groups = (
        sizes.join(sure, on="group")
        .filter(pl.col("sure") < pl.col("size") * (pl.col("size") - 1) // 2)
        .select(gl="group")
    )
    edges = (
        inside.join(open_groups, on="gl")
        .sort("gl", "record_id_l", "record_id_r")
        .select("gl", "record_id_l", "record_id_r", "match_weight")
    )
    found: dict[int, list[Edge]] = defaultdict(list)
    for name, left, right, weight in edges.iter_rows():
        found[name].append((left, right, weight))
    return list(found.values())


def _agglomerate(edges: list[Edge], join_at: float, unknown: float) -> dict[int, int]:
    """Join groups while their mean weight is at least `join_at`; return node → smallest."""
    sums: dict[int, dict[int, float]] = defaultdict(dict)
    for left, right, weight in edges:
        clipped = max(-CAP, min(CAP, weight)) - unknown
        sums[left][right] = clipped
        sums[right][left] = clipped
    members = {node: [node] for node in sums}
    queue = [(-(sums[a][b] + unknown), a, b) for a in sums for b in sums[a] if a < b]
    heapq.heapify(queue)
    while queue:
        weight, a, b = heapq.heappop(queue)
        if -weight < join_at:
            break
        if a not in members or b not in members:
            continue
        if -weight != _mean(sums, members, a, b, unknown):
            continue
        members[a] += members.pop(b)
        for other, value in sums.pop(b).items():
            sums[other].pop(b)
            if other != a:
                joined = sums[a].get(other, 0.0) + value
                sums[a][other] = sums[other][a] = joined
        for other in sums[a]:
            low, high = min(a, other), max(a, other)
            mean = _mean(sums, members, low, high, unknown)
            heapq.heappush(queue, (-mean, low, high))
    return {node: min(all_) for all_ in members.values() for node in all_}


def _mean(
    sums: dict[int, dict[int, float]],
    members: dict[int, list[int]],
    a: int,
    b: int,
    unknown: float,
) -> float:
    return sums[a][b] / (len(members[a]) * len(members[b])) + unknown
