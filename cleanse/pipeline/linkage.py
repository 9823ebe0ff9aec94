"""How the records of a customer hang together: the chain that holds two, the weakest link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Edge(NamedTuple):
    """A scored pair of records."""

    left: int
    right: int
    weight: float
    """Match weight, bits."""


class Weakest(NamedTuple):
    """The link without which a group would fall apart first."""

    edge: Edge
    side: frozenset[int]
    """The records that it holds to the rest: those on the side of its left record."""


def strongest_tree(edges: Iterable[Edge]) -> list[Edge]:
    """Return the maximum spanning forest (Kruskal, 1956); ties go to the smaller records.

    >>> strongest_tree([Edge(1, 2, 9.0), Edge(2, 3, 4.0), Edge(1, 3, -2.0)])
    [Edge(left=1, right=2, weight=9.0), Edge(left=2, right=3, weight=4.0)]
    """
    root: dict[int, int] = {}

    def find(node: int) -> int:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    tree = []
    for edge in sorted(edges, key=lambda e: (-e.weight, e.left, e.right)):
        one, two = find(edge.left), find(edge.right)
        if one != two:
            root[two] = one
            tree.append(edge)
    return tree


def strongest_path(edges: Iterable[Edge], start: int, end: int) -> list[int]:
    """Return the chain of records from `start` to `end` whose weakest link is strongest.

    >>> strongest_path([Edge(1, 2, 9.0), Edge(2, 3, 4.0), Edge(1, 3, -2.0)], 1, 3)
    [1, 2, 3]
    >>> strongest_path([Edge(1, 2, 9.0)], 1, 3)
    []
    """
    beside = _neighbours(strongest_tree(edges))
    chains = [[start]]
    while chains:
        chain = chains.pop()
        if chain[-1] == end:
            return chain
        before = chain[-2:-1]
        chains += [[*chain, to] for to in beside.get(chain[-1], ()) if [to] != before]
    return []


def weakest_link(edges: Iterable[Edge]) -> Weakest | None:
    """Return the weakest link of the strongest tree, None when there is no pair.

    >>> weakest_link([Edge(1, 2, 9.0), Edge(2, 3, 4.0), Edge(1, 3, -2.0)]).side
    frozenset({1, 2})
    """
    tree = strongest_tree(edges)
    if not tree:
        return None
    beside = _neighbours(tree[:-1])
    side, todo = {tree[-1].left}, [tree[-1].left]
    while todo:
        new = [to for to in beside.get(todo.pop(), ()) if to not in side]
        side.update(new)
        todo += new
    return Weakest(tree[-1], frozenset(side))


def _neighbours(tree: Iterable[Edge]) -> dict[int, list[int]]:
    beside: dict[int, list[int]] = {}
    for edge in tree:
        beside.setdefault(edge.left, []).append(edge.right)
        beside.setdefault(edge.right, []).append(edge.left)
    return beside
