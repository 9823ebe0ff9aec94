"""Kernels over 3 shuffled partitions give what they give over the whole (DESIGN: floors).

What one record decides alone may be computed anywhere; what spans records (which words
are rare in a list, how a source orders its names) is an aggregate by group, and groups
stay whole.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from match_builders import company, crowd, frame

from cleanse.block.keys import key_values
from cleanse.cluster import cluster
from cleanse.compare import compare
from cleanse.components import components
from cleanse.encoded import encode
from cleanse.match import drop_shared_contacts, match
from cleanse.normalise import normalise
from cleanse.score import score

PARTS = 3
OF_THE_LIST = (".rare", ".spelt", ".across", ".local")
"""Forms of keys that look at the other records of the list."""


def partitions(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Shuffle rows into three partitions of unlike size."""
    shuffled = rows.sample(fraction=1, shuffle=True, seed=11)
    cuts = [0, rows.height // 6, rows.height // 2, rows.height]
    return [shuffled[a:b] for a, b in pairwise(cuts)]


def firms() -> list[dict[str, object]]:
    return [
        company(
            f"{name} {word}",
            "ltd",
            phone=f"+4420794{at % 23:05}",
            city_compare="york",
            branch="leeds" if at % 9 == 0 else None,
        )
        for at, (name, word) in enumerate(
            (n, w)
            for n in ("orion", "blue harbor", "summit", "nova", "redwood", "kestrel")
            for w in ("foods", "steel", "traders", "steel")
        )
    ]


@pytest.fixture(scope="module")
def records() -> pl.DataFrame:
    return frame(*crowd(90), *crowd(30), *firms())


def test_pairs_compared_in_partitions_give_the_same_clusters(records, rulebook):
    rules = rulebook.matching
    whole = match(records, rules)
    alone = drop_shared_contacts([encode(records)], rules.limit.shared)[0].frame()
    kinds = records.select("record_id", "kind")
    pairs = whole.pairs.select("record_id_l", "record_id_r", "blocking_rule")
    pairs = pairs.join(kinds, left_on="record_id_l", right_on="record_id")
    scored = []
    for kind in ("person", "company"):
        own = alone.filter(pl.col("kind") == kind)
        parts = partitions(pairs.filter(pl.col("kind") == kind).drop("kind"))
        scored += [score(compare(own, part), whole.model, kind) for part in parts]
    together = pl.concat(scored, how="diagonal").with_columns(
        pl.col("^level_.*$").fill_null(-1), pl.col("^weight_.*$").fill_null(0.0)
    )
    expected = cluster(whole.pairs, records, rules)
    assert expected["cluster_id"].n_unique() < records.height
    assert cluster(together, records, rules).equals(expected)


def test_keys_of_a_batch_are_those_of_the_list(records, rulebook):
    keys = {key for rule in rulebook.matching.block.values() for key in rule.keys}
    checked = 0
    for key in sorted(keys):
        column = key.partition(".")[0].partition("[")[0]
        if column not in records.columns or key.endswith(OF_THE_LIST):
            continue
        assert joined([records], key) == joined(partitions(records), key), key
        checked += 1
    assert checked >= 10


def joined(parts: list[pl.DataFrame], key: str) -> set[tuple[int, int]]:
    """Return the record and the hash of each key, wherever it was computed."""
    found: set[tuple[int, int]] = set()
    for part in parts:
        records = encode(part)
        keyed = key_values(records, key)
        ids = records.record_ids[keyed.places]
        found |= set(zip(ids.tolist(), keyed.hashes.tolist(), strict=True))
    return found


def test_sources_normalised_apart_are_as_together(rulebook):
    rows = pl.DataFrame(
        [
            {
                "record_id": at,
                "source": f"list {at % PARTS}",
                "customer": "auto",
                "region": "GB",
                "name_raw": name,
                "phone_raw": phone,
                "email_raw": mail,
                "address_raw": address,
                "birth_on_raw": born,
            }
            for at, (name, phone, mail, address, born) in enumerate(CUSTOMERS * 4)
        ]
    )
    together, _ = normalise(rows, rulebook)
    apart = [
        normalise(part, rulebook)[0]
        for _, part in sorted(rows.group_by("source"), reverse=True)
    ]
    joint = pl.concat(apart, how="diagonal_relaxed").sort("record_id")
    assert set(joint.columns) <= set(together.columns)
    missing = [name for name in together.columns if name not in joint.columns]
    assert all(together[name].null_count() == together.height for name in missing)
    shared = [name for name in together.columns if name in joint.columns]
    assert joint.select(shared).equals(together.sort("record_id").select(shared))


CUSTOMERS = (
    (
        "Anna Maria Abel",
        "020 7946 0011",
        "anna@abel.example",
        "5 Elm Street, Leeds LS1 4AP",
        "1970-03-09",
    ),
    (
        "Brandt & Costa Ltd",
        "+44 20 7946 0022",
        "office@bc.example",
        "12 Mill Lane, York",
        None,
    ),
    ("张伟", "138 0013 8000", None, "广州市天河区天河路88号", "1985年2月3日"),
    (
        "华夏科技有限公司",
        "020 8888 8888",
        "info@huaxia.example",
        "上海市浦东新区世纪大道1号",
        None,
    ),
    ("Dr. John Smith Jr.", None, "john.smith@example.com", None, "03/09/1970"),
)


def test_components_joined_in_partitions_are_those_of_the_whole():
    chosen = np.random.default_rng(3)
    left, right = chosen.integers(0, 400, (2, 260))
    edges = pl.DataFrame({"left": left, "right": right})
    whole = components(left, right, 400)
    label = np.arange(400)
    # Each partition joins what it sees; what they say of a record is joined again.
    for part in partitions(edges):
        seen = components(part["left"].to_numpy(), part["right"].to_numpy(), 400)
        label = components(
            np.concatenate([np.arange(400), np.arange(400)]),
            np.concatenate([label, seen]),
            400,
        )
    assert label.tolist() == whole.tolist()
