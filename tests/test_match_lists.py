"""Matching of lists of kinds that nothing was tuned on: what is joined belongs together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from list_factory import make_list

from cleanse.cluster import cluster
from cleanse.compare import compare
from cleanse.encoded import encode
from cleanse.map import map_file, propose_mappings, recognise_source
from cleanse.match import drop_shared_contacts, match
from cleanse.normalise import normalise
from cleanse.quality import estimate_quality
from cleanse.read import read_file
from cleanse.rulebook import Rulebook
from cleanse.score import Model, score

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


def normalised(path: Path, rulebook: Rulebook) -> pl.DataFrame:
    """Return the file's rows as records, record_id in their order, under the shipped rules."""
    raw = read_file(path, path.name)
    choice = recognise_source(raw, rulebook, None, None)
    rule = rulebook.source(choice.name)
    mappings = propose_mappings(raw, rule, rulebook, choice.name)
    rows = map_file(raw, mappings, choice, rule)
    rows = rows.with_columns(record_id=pl.int_range(pl.len(), dtype=pl.Int64))
    rows = rows.with_columns(row_id="record_id")
    return normalise(rows, rulebook)[0]


@pytest.mark.parametrize("name", FLOORS)
def test_what_is_joined_belongs_together(name, tmp_path, rulebook):
    made = make_list(name)
    path = tmp_path / f"{name}.csv"
    pl.DataFrame(made.rows).write_csv(path)
    records = normalised(path, rulebook)
    found = match(records, rulebook.matching)
    groups = cluster(found.pairs, records, rulebook.matching).sort("record_id")
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


def strong_pairs(
    records: pl.DataFrame, model: Model, rulebook: Rulebook
) -> pl.DataFrame:
    """Compare every two records of a kind, and keep the matches."""
    alone = drop_shared_contacts([encode(records)], rulebook.matching.limit.shared)[
        0
    ].frame()
    found = []
    for kind, own in alone.partition_by("kind", as_dict=True).items():
        left, right = np.triu_indices(own.height, 1)
        ids = own["record_id"].sort()
        pairs = pl.DataFrame({"record_id_l": ids[left], "record_id_r": ids[right]})
        pairs = pairs.with_columns(blocking_rule=pl.lit("all"))
        scored = score(compare(own, pairs), model, str(kind[0]))
        found.append(scored.select("record_id_l", "record_id_r", "match_weight"))
    match_at = rulebook.matching.decide.match_at
    return pl.concat(found).filter(pl.col("match_weight") >= match_at)


@pytest.mark.parametrize("name", ["german", "two_date_formats"])
def test_what_no_blocking_rule_finds_is_little_and_foretold(name, tmp_path, rulebook):
    path = tmp_path / f"{name}.csv"
    pl.DataFrame(make_list(name).rows[:600]).write_csv(path)
    records = normalised(path, rulebook)
    found = match(records, rulebook.matching)
    strong = strong_pairs(records, found.model, rulebook)
    unseen = strong.join(found.pairs, on=["record_id_l", "record_id_r"], how="anti")
    groups = cluster(found.pairs, records, rulebook.matching)
    expected = estimate_quality(found.pairs, groups)
    assert strong.height > 50
    assert unseen.height <= 0.05 * strong.height
    assert 1 - unseen.height / strong.height >= expected.recall.low
