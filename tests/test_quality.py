"""Quality: what probabilities promise of clusters, without truth."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanse.quality import _ways, estimate_quality


def pairs_of(*rows: tuple[int, int, float, float, float]) -> pl.DataFrame:
    """Make scored pairs: left, right, probability, bits of the name and of the phone."""
    schema = {
        "record_id_l": pl.Int64,
        "record_id_r": pl.Int64,
        "match_probability": pl.Float64,
        "weight_given": pl.Float64,
        "weight_phone": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def clusters_of(*groups: tuple[int, ...]) -> pl.DataFrame:
    rows = [(record, min(group)) for group in groups for record in group]
    return pl.DataFrame(rows, schema=("record_id", "cluster_id"), orient="row")


def test_probabilities_add_up_to_precision_and_recall_and_promise_a_little_less():
    pairs = pairs_of((1, 2, 0.9, 9, 9), (3, 4, 0.7, 9, 9), (5, 6, 0.4, 9, 9))
    found = estimate_quality(pairs, clusters_of((1, 2), (3, 4), (5,), (6,)))
    assert 0.74 < found.precision.value < (0.9 + 0.7) / 2
    assert found.precision.low < 0.5
    assert found.precision.high > 0.95
    assert found.recall.value == pytest.approx(1.5 / 1.9, abs=0.01)
    assert found.pairs == 2


def test_a_third_record_speaks_for_a_pair():
    pairs = pairs_of((1, 2, 0.99, 9, 9), (2, 3, 0.99, 9, 9), (1, 3, 0.1, 9, 9))
    found = estimate_quality(pairs, clusters_of((1, 2, 3)))
    assert found.precision.value > 0.95


def test_what_both_ways_miss_follows_from_what_each_misses():
    by_name = [(at, at + 1, 1.0, 9, 0) for at in range(0, 80, 2)]
    by_phone = [(at, at + 1, 1.0, 0, 9) for at in range(80, 160, 2)]
    by_both = [(at, at + 1, 1.0, 9, 9) for at in range(160, 240, 2)]
    pairs = pairs_of(*by_name, *by_phone, *by_both)
    groups = [(at, at + 1) for at in range(0, 240, 2)]
    found = estimate_quality(pairs, clusters_of(*groups))
    # Each way finds 80, both find 40: half of what one finds the other misses, so 40 more.
    assert found.unseen == pytest.approx(39, abs=2)
    assert found.recall.low < 0.75 < found.recall.high


def test_nothing_together_is_nothing_wrong():
    found = estimate_quality(pairs_of(), clusters_of((1,), (2,)))
    assert (found.precision.value, found.recall.value) == (1.0, 1.0)


@pytest.mark.parametrize("probability", [0.0, 0.3, 0.99, 1.0])
def test_the_interval_holds_the_estimate(probability):
    pairs = pairs_of((1, 2, probability, 9, 9), (3, 4, 0.2, 9, 0))
    found = estimate_quality(pairs, clusters_of((1, 2), (3,), (4,)))
    for one in (found.precision, found.recall):
        assert 0 <= one.low <= one.value <= one.high <= 1


@given(st.randoms(use_true_random=False))
def test_a_pair_is_as_sure_as_its_best_way(chosen):
    clusters = {1: [3, 1, 9], 2: [2, 4], 5: [5, 6, 7, 8]}
    q = {
        pair: chosen.random()
        for members in clusters.values()
        for pair in combinations(sorted(members), 2)
        if chosen.random() < 0.8
    }
    home = {record: name for name, members in clusters.items() for record in members}
    rows = [(home[a], a, b, chance) for (a, b), chance in q.items()]
    edges = pl.DataFrame(rows, ["cluster", "a", "b", "q"], orient="row")
    if edges.is_empty():
        return
    both_ways = q | {(b, a): chance for (a, b), chance in q.items()}
    expected = [
        max(
            (both_ways.get((a, c), 0) * both_ways.get((c, b), 0) for c in home),
            default=0,
        )
        for a, b in q
    ]
    assert _ways(edges).tolist() == expected
