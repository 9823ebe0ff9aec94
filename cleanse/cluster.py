"""Cluster: which records are one customer, by all evidence inside a group.

Groups grow from the strongest pair outwards (agglomerative, average linkage):
two groups join only while the mean over all pairs between them speaks for it, so
that one weak link does not chain strangers and every contradiction counts. Two
large groups need more than a record and a group: a wrong step costs more. A
pair that merely has little to compare is no contradiction: once its group has
paid the prior odds, it counts as half a pair without an opinion.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Collection

import polars as pl

from cleanse.rulebook.matching import MatchRules
from cleanse.schema import ID_FIELDS

CLUSTER = pl.Schema({"record_id": pl.Int64, "cluster_id": pl.Int64})
"""One row per record; cluster_id is the smallest record_id of the cluster."""

SURE, AGAINST = 20.0, -5.0
"""Bits at which a pair is simply sure, for and against."""
CONTRADICTED = -8.0
"""Opinion of a pair below 0 of which one comparison alone says `AGAINST`: another birth date."""
_LASTING = tuple(f"weight_{name}" for name in ("birth", "suffix", *ID_FIELDS))
"""Comparisons of what a customer keeps for life."""
KIN = -3.0
"""Bits lost to a relation from which not being a match means being related."""
SILENT = 0.5
"""How much a pair without an opinion counts."""
SOFT = 4.0
"""Bits against at which a pair counts in full (with SILENT)."""
CAUTION = 0.75
"""Bits more that each doubling of the smaller of two groups asks for."""

Link = tuple[float, float]
"""Sum of opinions between two groups, and how many pairs they count as."""


def cluster(
    pairs: pl.DataFrame, records: pl.DataFrame, rules: MatchRules
) -> pl.DataFrame:
    """Group records into customers.

    Args:
        pairs: The scored_pair frame.
        records: The record frame; only record_id is used.
        rules: Where the bands lie.

    Returns:
        The frame `CLUSTER`, sorted by record_id.
    """
    join_at = rules.decide.match_at
    strong = pairs.filter(pl.col("match_weight") >= join_at)
    group = _components(strong)
    label = dict(zip(group["node"].to_list(), group["group"].to_list(), strict=True))
    for links in _doubtful(_opinions(pairs), group, join_at):
        label |= _agglomerate(links, join_at)
    ids = records["record_id"].sort()
    return pl.DataFrame(
        {"record_id": ids, "cluster_id": [label.get(i, i) for i in ids.to_list()]},
        schema=CLUSTER,
    )


def _opinions(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return a, b, opinion, count per pair.

    A pair whose evidence speaks for a match while its weight does not (the prior odds
    are against any two records) is silent; one whose evidence is against says so, and so
    does one that looks like a household or an office rather than one customer.
    """
    weight = pl.col("match_weight")
    parts = [name for name in pairs.columns if name.startswith("weight_")]
    evidence = pl.sum_horizontal(parts) if parts else weight
    against = pl.min_horizontal(evidence, 0.0)
    if "weight_related" in parts:
        kin = pl.col("weight_related") < KIN
        against = pl.when(kin).then(pl.min_horizontal(weight, 0.0)).otherwise(against)
    telling = [name for name in _LASTING if name in parts]
    worst = pl.min_horizontal(telling) if telling else pl.lit(0.0)
    against = against.clip(AGAINST)
    against = (
        pl.when(worst <= AGAINST)
        .then(pl.min_horizontal(against, CONTRADICTED))
        .otherwise(against)
    )
    return pairs.select(
        a="record_id_l",
        b="record_id_r",
        opinion=pl.when(weight >= 0)
        .then(weight)
        .otherwise(against)
        .clip(CONTRADICTED, SURE),
        count=pl.when(weight >= 0)
        .then(1.0)
        .otherwise((SILENT - against / SOFT).clip(SILENT, 1.0)),
    )


def opinions_between(
    pairs: pl.DataFrame, left: Collection[int], right: Collection[int]
) -> tuple[pl.DataFrame, float]:
    """Return what the pairs between two groups say of joining them.

    Args:
        pairs: The scored_pair frame; pairs inside a group do no harm.
        left: Records of one group.
        right: Records of the other.

    Returns:
        record_id_l, record_id_r, opinion (bits) per pair, strongest first; and what
        they are worth together: the groups join from match_at on.
    """
    a, b = pl.col("a"), pl.col("b")
    one, two = list(left), list(right)
    across = (a.is_in(one) & b.is_in(two)) | (a.is_in(two) & b.is_in(one))
    found = (
        _opinions(pairs)
        .filter(across)
        .sort("opinion", "a", "b", descending=[True, False, False])
    )
    link = (float(found["opinion"].sum()), max(float(found["count"].sum()), SILENT))
    shown = found.select(record_id_l="a", record_id_r="b", opinion="opinion")
    return shown, _worth(link, min(len(one), len(two)))


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


Edge = tuple[int, int, float, float]


def _doubtful(
    opinions: pl.DataFrame, group: pl.DataFrame, join_at: float
) -> list[list[Edge]]:
    """Return the edges of each group in which not every pair matches."""
    left = group.rename({"node": "a"})
    right = group.rename({"node": "b", "group": "other"})
    inside = opinions.join(left, on="a").join(right, on="b")
    inside = inside.filter(pl.col("group") == pl.col("other"))
    sizes = group.group_by("group").agg(size=pl.len())
    sure = inside.group_by("group").agg(sure=(pl.col("opinion") >= join_at).sum())
    all_pairs = pl.col("size") * (pl.col("size") - 1) // 2
    doubtful = sizes.join(sure, on="group").filter(pl.col("sure") < all_pairs)
    edges = inside.join(doubtful.select("group"), on="group").sort("group", "a", "b")
    found: dict[int, list[Edge]] = defaultdict(list)
    for name, *edge in edges.select("group", "a", "b", "opinion", "count").iter_rows():
        found[name].append((edge[0], edge[1], edge[2], edge[3]))
    return list(found.values())


def _agglomerate(edges: list[Edge], join_at: float) -> dict[int, int]:
    """Join groups while their `_worth` is at least `join_at`; return node → smallest."""
    links: dict[int, dict[int, Link]] = defaultdict(dict)
    for a, b, opinion, count in edges:
        links[a][b] = links[b][a] = (opinion, count)
    members = {node: [node] for node in links}
    queue = [(-_worth(links[a][b], 1), a, b) for a in links for b in links[a] if a < b]
    heapq.heapify(queue)
    while queue and -queue[0][0] >= join_at:
        minus_worth, a, b = heapq.heappop(queue)
        link = links[a].get(b) if a in members and b in members else None
        if link is None or _worth(link, _smaller(members, a, b)) != -minus_worth:
            continue  # Stale: a side has grown since.
        members[a] += members.pop(b)
        _absorb(links, a, b)
        for other, joined in links[a].items():
            worth = _worth(joined, _smaller(members, a, other))
            heapq.heappush(queue, (-worth, min(a, other), max(a, other)))
    return {node: min(group) for group in members.values() for node in group}


def _absorb(links: dict[int, dict[int, Link]], a: int, b: int) -> None:
    """Give the links of `b` to `a`."""
    for other, (opinion, count) in links.pop(b).items():
        del links[other][b]
        if other != a:
            before = links[a].get(other, (0.0, 0.0))
            joined = (before[0] + opinion, before[1] + count)
            links[a][other] = links[other][a] = joined


def _smaller(members: dict[int, list[int]], a: int, b: int) -> int:
    return min(len(members[a]), len(members[b]))


def _worth(link: Link, smaller: int) -> float:
    """Return the mean opinion between two groups, less what their size asks for."""
    return link[0] / link[1] - CAUTION * math.log2(smaller)
