"""Contradictions inside customers: two valid values of what there is one of, not two spellings."""

import csv
from pathlib import Path

import polars as pl
import pytest
from factory import make_crosswalk, make_records

from cleanse.errors import RuleError
from cleanse.merge import GOLDEN_CONFLICT, merge
from cleanse.rulebook import load_rulebook

TEXT = (Path(__file__).parent / "cases/conflict.csv").read_text("utf-8")
CASES = list(csv.DictReader(TEXT.splitlines()))


def record(text):
    row = dict(cell.split("=", 1) for cell in text.split("|"))
    return {k: v == "yes" if k.endswith("_is_valid") else v for k, v in row.items()}


def conflicts(*rows, rules=None, **customers):
    records = make_records(*rows)
    crosswalk = make_crosswalk(**(customers or {"C1": records["record_id"].to_list()}))
    return merge(records, crosswalk, rules or load_rulebook()).golden_conflict


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_what_contradicts(case):
    found = conflicts(*[record(case[n]) for n in ("one", "two", "three") if case[n]])
    expected = [line.split("|") for line in case["other"].split(";") if line]
    assert [
        list(row) for row in found.select("field", "severity", "other_value").rows()
    ] == expected


def test_a_conflict_names_the_records_and_sources_of_both_sides():
    found = conflicts(
        {"birth_on": "1980-05-17"},
        {"birth_on": "1991-02-03", "source": "erp"},
        {"birth_on": "1980-05-17", "source": "shop"},
        {"birth_on": "1991-02-03", "source": "shop"},
        {"birth_on": "1980-05-17"},
        {"birth_on": "1970-01-02"},
        C1=[1, 2, 3, 4],
        C2=[5],
        C3=[6],
    )
    assert found.schema == GOLDEN_CONFLICT
    assert found.rows(named=True) == [
        {
            "customer_id": "C1",
            "field": "birth_on",
            "severity": "error",
            "value": "1980-05-17",
            "record_ids": [1, 3],
            "sources": ["crm", "shop"],
            "other_value": "1991-02-03",
            "other_record_ids": [2, 4],
            "other_sources": ["erp", "shop"],
        }
    ]


def test_order_of_rows_changes_no_conflict():
    rows = [
        {"birth_on": f"19{n}0-01-01", "gender": g}
        for n, g in zip("5678", "mfmf", strict=True)
    ]
    records, crosswalk = make_records(*rows), make_crosswalk(C1=[1, 2], C2=[3, 4])
    found = merge(records, crosswalk, load_rulebook()).golden_conflict
    again = merge(records.reverse(), crosswalk.reverse(), load_rulebook())
    assert found.height == 4
    assert again.golden_conflict.equals(found)


def test_a_user_says_what_contradicts(tmp_path):
    text = '[conflict]\nbirth_on = "off"\nowner = "info"\n'
    (tmp_path / "survivorship.toml").write_text(text)
    rows = [
        {"birth_on": "1980-05-17", "owner": "Ann"},
        {"birth_on": "1991-02-03", "owner": "Bob"},
    ]
    found = conflicts(*rows, rules=load_rulebook(tmp_path))
    assert found.select("field", "severity").rows() == [("owner", "info")]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('phone = "error"', r"conflict\.phone: a customer may have several"),
        ('city = "error"', r"conflict\.city: .* survives with another"),
        ('tags = "error"', r"conflict\.tags: a customer may have several"),
        ('brith_on = "error"', r"conflict\.brith_on: no standard field.*'birth_on'"),
        ('birth_on = "grave"', r"conflict\.birth_on: should be 'error'"),
    ],
)
def test_a_conflict_that_cannot_be_meant_says_what_to_write(line, what, tmp_path):
    (tmp_path / "survivorship.toml").write_text(f"[conflict]\n{line}\n")
    with pytest.raises(RuleError, match=what):
        load_rulebook(tmp_path)


def test_nobody_contradicts_nobody():
    merged = merge(make_records({"name": "Li Na"}), make_crosswalk(), load_rulebook())
    assert merged.golden_conflict.schema == GOLDEN_CONFLICT
    assert merged.golden_conflict.select(pl.len()).item() == 0
