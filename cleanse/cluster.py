"""Cluster: which records are one customer, by all evidence inside a group.

Groups grow from the strongest pair outwards (agglomerative, average linkage):
two groups join only while the mean over all pairs between them speaks for it, so
that one weak link does not chain strangers and every contradiction counts. Two
large groups need more than a record and a group: a wrong step costs more. A
pair that merely has little to compare is no contradiction: once its group has
paid the prior odds, it counts as half a pair without an opinion. Two identifiers
that contradict each other keep any two groups apart.

What is decided stands above all evidence: it is an opinion without bounds, for or against.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.components import components
from cleanse.places import distinct, found, searched
from cleanse.rulebook.matching import MatchRules
from cleanse.schema import ID_FIELDS

CLUSTER = pl.Schema({"record_id": pl.Int64, "cluster_id": pl.Int64})
"""One row per record; cluster_id is the smallest record_id of the cluster."""

SURE, AGAINST = 20.0, -5.0
"""Bits at which a pair is simply sure, for and against."""
CONTRADICTED = -8.0
"""Opinion of a pair below 0 of which one comparison alone says `AGAINST`: another birth date."""
VETO = -1e6
"""Opinion of a pair that is never one customer, whoever else stands between: two identifiers
that both pass their check digits, no slip apart. No other evidence makes up for it."""
_CONFLICT = 0
"""Level of such identifiers (`cleanse.compare.contact.IdentifierLevel`)."""
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

Ints = npt.NDArray[np.int64]
Link = tuple[float, float]
"""Sum of opinions between two groups, and how many pairs they count as."""


def cluster(
    pairs: pl.DataFrame,
    records: pl.DataFrame,
    rules: MatchRules,
    bonds: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Group records into customers.

    Args:
        pairs: The scored_pair frame.
        records: The record frame; only record_id is used.
        rules: Where the bands lie.
        bonds: What is decided: record_id_l, record_id_r, is_match, of some of the
            records, and free of contradiction (`cleanse.judgement`). Records tied are one
            cluster whatever the evidence; records parted never are, however long the
            chain between them. None: nothing is.

    Returns:
        The frame `CLUSTER`, sorted by record_id.
    """
    join_at = rules.decide.match_at
    told = pairs.select("record_id_l", "record_id_r", "match_weight")
    strong = told.filter(pl.col("match_weight") >= join_at)
    opinions = _opinions(pairs)
    if bonds is not None and not bonds.is_empty():
        strong, opinions = _tied(strong, bonds), _decided(opinions, bonds)
    nodes, group = _components(strong)
    parted: dict[int, int] = {}
    for links in _doubtful(opinions, nodes, group, join_at):
        parted |= _agglomerate(links, join_at)
    group[np.searchsorted(nodes, np.fromiter(parted.keys(), np.int64))] = np.fromiter(
        parted.values(), np.int64
    )
    ids = records["record_id"].sort()
    label = ids.to_numpy().copy()
    places, known = found(nodes, label)
    label[known] = group[places[known]]
    return pl.DataFrame({"record_id": ids, "cluster_id": label}, schema=CLUSTER)


def _tied(strong: pl.DataFrame, bonds: pl.DataFrame) -> pl.DataFrame:
    """Add the ties to the pairs that hold records together."""
    sides = ["record_id_l", "record_id_r"]
    return pl.concat([strong.select(sides), bonds.filter("is_match").select(sides)])


def _decided(opinions: pl.DataFrame, bonds: pl.DataFrame) -> pl.DataFrame:
    """Put what is decided in the place of what the evidence says."""
    said = bonds.select(
        a="record_id_l",
        b="record_id_r",
        opinion=pl.when("is_match").then(math.inf).otherwise(-math.inf),
        count=pl.lit(1.0),
    )
    others = opinions.join(said, on=["a", "b"], how="anti", maintain_order="left")
    return pl.concat([others, said])


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
    vetoed = _vetoed(pairs)
    return pairs.select(
        a="record_id_l",
        b="record_id_r",
        opinion=pl.when(vetoed)
        .then(VETO)
        .when(weight >= 0)
        .then(weight.clip(upper_bound=SURE))
        .otherwise(against.clip(CONTRADICTED)),
        count=pl.when(weight >= 0)
        .then(1.0)
        .otherwise((SILENT - against / SOFT).clip(SILENT, 1.0)),
    )


def _vetoed(pairs: pl.DataFrame) -> pl.Expr:
    """Find pairs that cannot be linked: `VETO`."""
    levels = [f"level_{field}" for field in ID_FIELDS]
    seen = [pl.col(name) == _CONFLICT for name in levels if name in pairs.columns]
    return pl.any_horizontal(seen) if seen else pl.lit(value=False)


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


def _components(strong: pl.DataFrame) -> tuple[Ints, Ints]:
    """Return the records that the pairs link, ascending, and the smallest of each one's group."""
    one, two = (strong[f"record_id_{side}"].to_numpy() for side in "lr")
    nodes = distinct(np.concatenate([one, two]))
    (left, _), (right, _) = found(nodes, one), found(nodes, two)
    return nodes, nodes[components(left, right, len(nodes))]


Edge = tuple[int, int, float, float]


def _doubtful(
    opinions: pl.DataFrame, nodes: Ints, group: Ints, join_at: float
) -> Iterator[list[Edge]]:
    """Yield the edges of each group in which not every pair matches."""
    (one, has_one), (two, has_two) = (
        found(nodes, opinions[side].to_numpy()) for side in "ab"
    )
    inside = np.flatnonzero(has_one & has_two)
    inside = inside[group[one[inside]] == group[two[inside]]]
    number = searched(nodes, group)
    sizes = np.bincount(number, minlength=len(nodes))
    of_pair = number[one[inside]]
    is_sure = opinions["opinion"].to_numpy()[inside] >= join_at
    sure = np.bincount(of_pair[is_sure], minlength=len(nodes))
    unsure = inside[(sure < sizes * (sizes - 1) // 2)[of_pair]]
    edges = opinions[unsure].with_columns(group=pl.Series(number[one[unsure]]))
    edges = edges.sort("group", "a", "b")
    ends = np.append(np.flatnonzero(np.diff(edges["group"].to_numpy())) + 1, len(edges))
    listed = edges.select("a", "b", "opinion", "count").rows()
    start = 0
    for end in ends.tolist():
        if end > start:
            yield listed[start:end]
        start = end


def _agglomerate(edges: list[Edge], join_at: float) -> dict[int, int]:
    """Join groups while their `_worth` is at least `join_at`; return node → smallest.

    The worth of two links joined is at most that of the better one, so what stands in
    the queue may be too high but never too low: it is looked at again when it comes first.
    """
    links: dict[int, dict[int, Link]] = defaultdict(dict)
    for a, b, opinion, count in edges:
        links[a][b] = links[b][a] = (opinion, count)
    root = {node: node for node in links}
    size = dict.fromkeys(links, 1)
    for a, b, opinion, _ in edges:
        if opinion == math.inf:
            _join(links, root, size, a, b)
    queue = [
        (-_worth(link, min(size[a], size[b])), a, b)
        for a, others in links.items()
        for b, link in others.items()
        if a < b
    ]
    queue = [one for one in queue if -one[0] >= join_at]
    heapq.heapify(queue)
    queued = set(queue)
    while queue:
        first = heapq.heappop(queue)
        queued.discard(first)
        a, b = sorted((_root_of(root, first[1]), _root_of(root, first[2])))
        if a == b:
            continue
        now = (-_worth(links[a][b], min(size[a], size[b])), a, b)
        if now == first:
            _join(links, root, size, a, b)
        elif -now[0] >= join_at and now not in queued:
            heapq.heappush(queue, now)
            queued.add(now)
    return {node: _root_of(root, node) for node in root}


def _join(
    links: dict[int, dict[int, Link]],
    root: dict[int, int],
    size: dict[int, int],
    one: int,
    two: int,
) -> None:
    """Make the groups of two records one."""
    a, b = sorted((_root_of(root, one), _root_of(root, two)))
    if a != b:
        root[b] = a
        size[a] += size[b]
        _absorb(links, a, b)


def _root_of(root: dict[int, int], node: int) -> int:
    """Return the smallest record of the group of a record."""
    while (above := root[node]) != node:
        root[node] = node = root[above]
    return node


def _absorb(links: dict[int, dict[int, Link]], a: int, b: int) -> None:
    """Give the links of `b` to `a`."""
    own = links[a]
    own.pop(b, None)
    given = links.pop(b)
    given.pop(a, None)
    for other, link in given.items():
        theirs = links[other]
        del theirs[b]
        before = own.get(other)
        joined = (before[0] + link[0], before[1] + link[1]) if before else link
        own[other] = theirs[a] = joined


def _worth(link: Link, smaller: int) -> float:
    """Return the mean opinion between two groups, less what their size asks for."""
    mean = link[0] / link[1]
    return mean if smaller == 1 else mean - CAUTION * math.log2(smaller)


def worth_to_groups(pairs: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Return what the pairs of single records say of joining each to a group.

    Args:
        pairs: The scored_pair frame.
        groups: record_id, group: the records that stand in a group; a pair counts when
            one of its sides does, for the other.

    Returns:
        record_id, group, worth (bits: the record joins from match_at on; see
        `opinions_between`).
    """
    told = _opinions(pairs)
    lone = groups.select("record_id")
    sides = [
        told.select("opinion", "count", record_id=one, other=two)
        .join(lone, on="record_id", how="anti")
        .join(groups, left_on="other", right_on="record_id")
        for one, two in (("a", "b"), ("b", "a"))
    ]
    mean = pl.col("opinion").sum() / pl.col("count").sum().clip(SILENT)
    return (
        pl.concat(sides)
        .group_by("record_id", "group")
        .agg(worth=mean)
        .sort("record_id", "group")
    )
