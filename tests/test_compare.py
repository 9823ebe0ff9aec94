"""Compare: every level by a case, and the laws: symmetric, and missing is no evidence."""

from __future__ import annotations

import csv
from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from match_builders import SCHEMA, frame, person
from rapidfuzz import fuzz

from cleanse.compare import LEVELS, compare, kind_of, levels_of, prepare
from cleanse.compare.company import numbered_pieces, pieces
from cleanse.compare.company_words import two_trades
from cleanse.compare.derive import derive
from cleanse.compare.table import Pairs
from cleanse.encoded import encode
from cleanse.rulebook import Rulebook
from cleanse.schema import IS_EVIDENCE

CASES = list(
    csv.DictReader(
        (Path(__file__).parent / "cases" / "compare.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
)
PAIR = pl.DataFrame({"record_id_l": [1], "record_id_r": [2], "blocking_rule": ["test"]})


def record(number: int, kind: str, cells: str) -> dict[str, object]:
    out: dict[str, object] = {"record_id": number, "kind": kind}
    for cell in cells.split(";"):
        name, _, text = cell.partition("=")
        dtype = SCHEMA[name]
        if dtype == pl.Date:
            out[name] = date.fromisoformat(text)
        elif dtype == pl.Boolean:
            out[name] = text == "1"
        else:
            out[name] = text.split("|") if dtype == pl.List(pl.String) else text
    return out


def level(case: dict[str, str], left: str, right: str) -> str:
    kind = case["kind"]
    records = pl.DataFrame(
        [record(1, kind, case[left]), record(2, kind, case[right])], schema=SCHEMA
    )
    records = records.drop(c.name for c in records if c.null_count() == 2)
    found = compare(records, PAIR)[f"level_{case['comparison']}"][0]
    return levels_of(case["comparison"])(found).name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_level(case):
    assert level(case, "left", "right") == case["level"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_sides_do_not_matter(case):
    assert level(case, "right", "left") == case["level"]


def test_missing_is_no_evidence():
    records = pl.DataFrame(
        [{"record_id": 1, "kind": "person", "given_compare": "ann"}, {"record_id": 2}],
        schema=SCHEMA,
    ).with_columns(kind=pl.lit("person"))
    found = compare(records, PAIR)
    levels = [name for name in found.columns if name.startswith("level_")]
    assert levels
    assert set(found.select(levels).row(0)) == {-1}


def test_rules_name_every_level(rulebook: Rulebook):
    for name, levels in LEVELS.items():
        named = set(rulebook.matching.comparison[name].levels)
        known = {one.name for one in levels if one.value >= 0}
        assert named <= known, name
        assert kind_of(name) == name


def test_who_left_says_nothing_of_the_mails_of_others():
    there = [person("ann", "lee", email="smith@post.test")] * 2
    left = [
        person("jo", "smith", email="smith@post.test"),
        person("jo", "smith", email="jo.smith@post.test"),
    ]
    records = frame(*there, *left).with_columns(
        pl.Series(IS_EVIDENCE, [False, False, True, True])
    )
    told = {
        is_evidence: prepare(encode(derive(some)))
        for is_evidence, some in ((True, records), (False, records.drop(IS_EVIDENCE)))
    }
    made = {
        is_evidence: set(
            table.columns["emails"].values.filter(table.arrays["email_is_made"][:-1])
        )
        for is_evidence, table in told.items()
    }
    assert made == {
        True: {"jo.smith@post.test"},
        False: {"jo.smith@post.test", "smith@post.test"},
    }
    bearers = told[True].columns["emails"].bearers
    assert sorted(bearers.tolist()) == [0, 0, 2]


words = st.text(alphabet="abe 李伟强", max_size=6).map(str.strip)


@settings(max_examples=40)
@given(one=words, two=words)
def test_similarity_is_symmetric(one, two):
    cells = {"given_compare": one or None, "company_core": one or None}
    other = {"given_compare": two or None, "company_core": two or None}
    base = {"kind": "person", "family_compare": "x"}
    for kind in ("person", "company"):
        rows = [
            {"record_id": 1, **base, **cells, "company_compare": one or None},
            {"record_id": 2, **base, **other, "company_compare": two or None},
        ]
        there = pl.DataFrame(rows, schema=SCHEMA).with_columns(kind=pl.lit(kind))
        ids = {1: 2, 2: 1}
        back = there.with_columns(pl.col("record_id").replace(ids))
        assert compare(there, PAIR).equals(compare(back, PAIR))


def test_two_trades_share_all_words_but_one_of_each():
    words = ("keller", "holding", "holdings", "logistics", "metro")
    cores = [" ".join(some) for n in (1, 2, 3) for some in combinations(words, n)]
    cores += ["华夏科技", "华夏贸易", "华夏", "keller 华夏", "metro 华夏"]
    names = pl.Series(cores)
    records = pl.DataFrame({"kind": "company", "company_core": names})
    table = prepare(encode(records.with_row_index("record_id")))
    left, right = np.triu_indices(len(cores), 1)
    found = two_trades(Pairs(table, left, right), np.ones(len(left), dtype=np.bool_))
    expected = [
        are_two_trades(cores[a], cores[b]) for a, b in zip(left, right, strict=True)
    ]
    assert found.tolist() == expected
    assert 0 < sum(expected) < len(expected)


def are_two_trades(one: str, two: str) -> bool:
    if {one, two} == {"华夏科技", "华夏贸易"}:
        return True
    words, others = set(one.split()), set(two.split())
    own, other = words - others, others - words
    if len(own) != 1 or len(other) != 1 or not words & others:
        return False
    return fuzz.partial_ratio(own.pop(), other.pop()) < 60


@given(st.lists(st.text("ab中国é ", max_size=8), max_size=12, unique=True))
def test_pieces_of_many_cores_are_those_of_each(cores):
    cores = [" ".join(core.split()) for core in cores]
    owners, numbers, names = numbered_pieces(pl.Series("core", cores, pl.String))
    for place, core in enumerate(cores):
        found = names.gather(numbers[owners == place]).to_list()
        assert found == sorted(found)
        assert set(found) == pieces(core)
