"""Cluster: all evidence inside a group decides, not one link."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.cluster import cluster
from cleanse.rulebook import load_rulebook

RULES = load_rulebook().matching


def clusters(count: int, *pairs: tuple[int, int, float]) -> list[int]:
    frame = pl.DataFrame(
        [(min(a, b), max(a, b), w) for a, b, w in pairs],
        schema={
            "record_id_l": pl.Int64,
            "record_id_r": pl.Int64,
            "match_weight": pl.Float64,
        },
        orient="row",
    )
    records = pl.DataFrame({"record_id": list(range(1, count + 1))})
    return cluster(frame, records, RULES)["cluster_id"].to_list()


def test_a_cluster_is_named_by_its_smallest_record():
    assert clusters(3, (2, 3, 9.0)) == [1, 2, 2]


def test_nothing_matches():
    assert clusters(2) == [1, 2]
    assert clusters(2, (1, 2, -4.0)) == [1, 2]


def test_one_weak_link_does_not_chain_strangers():
    against = [(a, b, -9.0) for a in (1, 2) for b in (3, 4) if (a, b) != (2, 3)]
    found = clusters(4, (1, 2, 15.0), (3, 4, 15.0), (2, 3, 3.0), *against)
    assert found == [1, 1, 3, 3]


def test_a_record_between_two_contradicting_ones_goes_to_the_nearer():
    assert clusters(3, (1, 2, 12.0), (2, 3, 4.0), (1, 3, -20.0)) == [1, 1, 3]


def test_a_pair_with_little_to_compare_is_no_contradiction():
    assert clusters(3, (1, 2, 12.0), (2, 3, 12.0)) == [1, 1, 1]


def test_contradicting_identifiers_keep_groups_apart_whatever_speaks_for_them():
    pairs = pl.DataFrame(
        {
            "record_id_l": [1, 1, 2, 3],
            "record_id_r": [2, 3, 3, 4],
            "match_weight": [25.0, 25.0, 25.0, 25.0],
            "level_tax_id": [-1, 0, -1, -1],
        }
    )
    records = pl.DataFrame({"record_id": [1, 2, 3, 4]})
    found = cluster(pairs, records, RULES)["cluster_id"].to_list()
    assert found[0] != found[2]
    assert found[2] == found[3]


edges = st.lists(
    st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(-12, 12)).filter(
        lambda edge: edge[0] < edge[1]
    ),
    unique_by=lambda edge: edge[:2],
    max_size=15,
)


@settings(max_examples=60)
@given(edges=edges, order=st.randoms())
def test_order_changes_nothing_and_names_are_minima(edges, order):
    pairs = [(a, b, float(weight)) for a, b, weight in edges]
    there = clusters(7, *pairs)
    order.shuffle(pairs)
    assert clusters(7, *pairs) == there
    assert all(there[name - 1] == name for name in there)
    assert all(name <= record for record, name in enumerate(there, 1))
