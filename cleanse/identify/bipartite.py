"""Which old number goes to which new cluster: an assignment, exact per connected component.

Maximises, in this order, (1) the numbers kept, (2) the records that keep theirs,
(3) the age of the numbers kept (the oldest first), and then settles ties by number
and seniority, so that there is one answer. Of the customers that went whole into
one cluster only the oldest takes part: it survives, however few records it has.

Most components are one number and one cluster, or one number whose cluster fell
apart, and are solved in columns. The rest, small unless the model changed, go
through augmenting paths: numbers enter one by one, and the best path of exchanges
that begins at the new one keeps the whole optimal (the symmetric difference of two
optimal assignments of n and n + 1 numbers holds one path that gains, and it begins
at the number added).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl


class Edge(NamedTuple):
    """Records that an old number and a new cluster share."""

    number: int
    """Running number of the customer: the smaller, the older."""
    cluster_id: int
    shared: int
    """Count of records."""
    seniority: int
    """Rank of the longest-standing of these records in that customer; smaller is longer."""


def keep_numbers(edges: pl.DataFrame) -> pl.DataFrame:
    """Choose the number that each cluster keeps.

    Args:
        edges: number, cluster_id, shared, seniority: one row per number and cluster
            that share records.

    Returns:
        number, cluster_id: each at most once, sorted by number.
    """
    edges = _without_younger_wholes(edges.select(Edge._fields))
    # A star: a number all of whose clusters have no other number keeps its best one.
    edges = edges.with_columns((pl.len().over("cluster_id") == 1).alias("is_alone"))
    is_star = pl.col("is_alone").all().over("number")
    stars = (
        edges.filter(is_star)
        .sort("number", "shared", "seniority", descending=[False, True, False])
        .unique("number", keep="first", maintain_order=True)
        .select("number", "cluster_id")
    )
    rest = edges.filter(~is_star).drop("is_alone").sort("number", "cluster_id")
    chosen = [
        pair
        for component in _components(map(Edge._make, rest.iter_rows()))
        for pair in assign(component).items()
    ]
    schema = stars.schema
    return pl.concat([stars, pl.DataFrame(chosen, schema, orient="row")]).sort("number")


def _without_younger_wholes(edges: pl.DataFrame) -> pl.DataFrame:
    """Leave out the customers that went whole into a cluster together with an older one."""
    is_whole = pl.len().over("number") == 1
    whole = edges.filter(is_whole)
    oldest = whole.filter(pl.col("number") == pl.col("number").min().over("cluster_id"))
    return pl.concat([oldest, edges.filter(~is_whole)])


def _components(edges: Iterable[Edge]) -> Iterator[list[Edge]]:
    """Split edges into connected components, each in the order given."""
    edges = list(edges)
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for edge in edges:
        parent[root(("cluster", edge.cluster_id))] = root(("number", edge.number))
    parts: dict[tuple[str, int], list[Edge]] = {}
    for edge in edges:
        parts.setdefault(root(("number", edge.number)), []).append(edge)
    yield from parts.values()


def assign(edges: list[Edge]) -> dict[int, int]:
    """Solve one component exactly.

    >>> assign([Edge(1, 10, 5, 0), Edge(1, 20, 1, 1), Edge(2, 10, 9, 2)])
    {1: 20, 2: 10}

    Returns:
        cluster_id by number.
    """
    worth = _worth(edges)
    clusters: dict[int, list[int]] = {}
    for edge in edges:
        clusters.setdefault(edge.number, []).append(edge.cluster_id)
    held: dict[int, int] = {}
    for number in sorted(clusters):
        _enter(number, clusters, worth, held)
    return {number: cluster for cluster, number in sorted(held.items(), key=_by_number)}


def _by_number(item: tuple[int, int]) -> int:
    return item[1]


def _worth(edges: list[Edge]) -> dict[tuple[int, int], int]:
    """Write the objectives into one integer per edge, the first in the highest digits.

    Ages and ties are distinct powers of two, so that sums compare as sets do:
    whoever holds the first element in which they differ.
    """
    numbers = sorted({edge.number for edge in edges})
    age = {number: 1 << i for i, number in enumerate(reversed(numbers))}
    ordered = sorted(edges, key=lambda e: (e.number, e.seniority, e.cluster_id))
    tie = {(e.number, e.cluster_id): 1 << i for i, e in enumerate(reversed(ordered))}
    one_number = 1 + sum(edge.shared for edge in edges)
    return {
        (e.number, e.cluster_id): (
            ((one_number + e.shared << len(numbers)) + age[e.number] << len(edges))
            + tie[e.number, e.cluster_id]
        )
        for e in edges
    }


def _enter(
    number: int,
    clusters: dict[int, list[int]],
    worth: dict[tuple[int, int], int],
    held: dict[int, int],
) -> None:
    """Let one more number in, moving others along the best path of exchanges.

    `held` (number by cluster) is changed in place. A path ends at a free cluster,
    or at a number that gives its cluster up.
    """
    gain = {number: 0}
    via: dict[int, tuple[int, int]] = {}
    queue = deque([number])
    while queue:
        at = queue.popleft()
        for cluster in clusters[at]:
            holder = held.get(cluster)
            if holder is None or holder == at:
                continue
            moved = gain[at] + worth[at, cluster] - worth[holder, cluster]
            if holder not in gain or moved > gain[holder]:
                gain[holder], via[holder] = moved, (at, cluster)
                queue.append(holder)
    ends: list[tuple[int, int, int | None]]
    ends = [(total, at, None) for at, total in gain.items()]
    ends += [
        (total + worth[at, cluster], at, cluster)
        for at, total in gain.items()
        for cluster in clusters[at]
        if cluster not in held
    ]
    _, at, taken = max(ends, key=lambda end: end[0])
    while True:
        if taken is not None:
            held[taken] = at
        if at == number:
            return
        at, taken = via[at]
