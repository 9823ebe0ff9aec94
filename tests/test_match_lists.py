"""Matching of lists of kinds that nothing was tuned on: what is joined belongs together."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from list_factory import make_list

from cleanse.cluster import cluster
from cleanse.map import map_file, propose_mappings, recognise_source
from cleanse.match import match
from cleanse.normalise import normalise
from cleanse.read import read_file
from cleanse.rulebook import Rulebook

FLOORS = {
    "name_and_birth": (0.95, 0.95),
    "two_date_formats": (0.95, 0.95),
    "phones_only": (0.95, 0.95),
    "mostly_singletons": (0.95, 0.90),
    "families": (0.95, 0.95),
    "two_clean_lists": (0.98, 0.98),
    "without_duplicates": (1.0, 1.0),
    "people_12": (1.0, 1.0),
    "german": (0.95, 0.80),
    "chinese_branches": (0.95, 0.90),
    "groups": (0.95, 0.80),
    "hangul": (0.98, 0.90),
    "kanji": (0.98, 0.90),
    "acronyms": (0.95, 0.85),
}
"""By list: the least precision and recall."""


def joined_by(path: Path, rulebook: Rulebook) -> pl.DataFrame:
    """Return row_id, cluster_id of the file's rows under the shipped rules."""
    raw = read_file(path, path.name)
    choice = recognise_source(raw, rulebook, None, None)
    rule = rulebook.source(choice.name)
    mappings = propose_mappings(raw, rule, rulebook, choice.name)
    rows = map_file(raw, mappings, choice, rule)
    rows = rows.with_columns(record_id=pl.int_range(pl.len(), dtype=pl.Int64))
    rows = rows.with_columns(row_id="record_id")
    records = normalise(rows, rulebook)[0]
    found = match(records, rulebook.matching)
    return cluster(found.pairs, records, rulebook.matching).sort("record_id")


@pytest.mark.parametrize("name", FLOORS)
def test_what_is_joined_belongs_together(name, tmp_path, rulebook):
    made = make_list(name)
    path = tmp_path / f"{name}.csv"
    pl.DataFrame(made.rows).write_csv(path)
    groups = joined_by(path, rulebook)
    frame = groups.with_columns(entity=pl.Series(made.entities))

    def count(*by: str) -> int:
        sizes = frame.group_by(by).len("n")["n"].cast(pl.Int64)
        return int((sizes * (sizes - 1) // 2).sum())

    right = count("entity", "cluster_id")
    precision = right / count("cluster_id") if count("cluster_id") else 1.0
    recall = right / count("entity") if count("entity") else 1.0
    least_precision, least_recall = FLOORS[name]
    assert precision >= least_precision
    assert recall >= least_recall
