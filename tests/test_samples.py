"""The sample lists: written by their script, and read without losing a row (law 1)."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from cleanse.map import propose_mapping
from cleanse.read import gather_inputs, read_file
from cleanse.rulebook import SourceRule

ROOT = Path(__file__).parent.parent
QUARTERS = ("2026Q1", "2026Q2")
RECORDS = {"record", "nothing"}
"""Rows that become records of the reader; 'nothing' is turned away later, by validate."""
REJECTS = {"total", "note", "repeated_header"}


def truth(quarter: str) -> list[dict[str, str]]:
    path = ROOT / f"tests/cases/sample_truth_{quarter}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def changes() -> list[dict[str, str]]:
    path = ROOT / "tests/cases/sample_change_2026Q2.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells(workbook: Path) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_path(workbook)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture(scope="module")
def rewritten(tmp_path_factory):
    """What the script writes today."""
    folder = tmp_path_factory.mktemp("samples")
    script = ROOT / "tests/samples/make_samples.py"
    subprocess.run([sys.executable, script, folder], check=True, cwd=script.parent)
    return folder


def test_the_script_writes_what_stands_here(rewritten):
    files = [path for path in rewritten.rglob("*") if path.is_file()]
    assert len(files) == 9
    for path in files:
        committed = ROOT / path.relative_to(rewritten)
        if path.suffix == ".xlsx":
            assert cells(path) == cells(committed)
        else:
            assert path.read_bytes() == committed.read_bytes(), committed.name


def test_about_1500_rows_of_people_and_companies():
    rows = [row for row in truth("2026Q1") if row["row_kind"] == "record"]
    kinds = Counter(row["kind"] for row in rows)
    assert 1_300 < len(rows) < 1_700
    assert min(kinds["person"], kinds["company"]) > 500
    shared = {row["entity"] for row in rows if row["source"] == "Northgate_customers"}
    assert len(shared & {r["entity"] for r in rows if r["source"] == "客户清单"}) > 15


def test_every_change_is_told_with_both_its_rows():
    for row in changes():
        before, after = row["row_number_before"], row["row_number_after"]
        assert bool(before) == (row["change"] != "new")
        assert bool(after) == (row["change"] != "gone")
    counts = Counter(row["change"] for row in changes())
    assert (
        min(
            counts[change]
            for change in (
                "same",
                "bought",
                "phone",
                "address",
                "renamed",
                "gone",
                "new",
            )
        )
        > 10
    )


@pytest.mark.parametrize("quarter", QUARTERS)
def test_law_1_every_row_is_accounted_for(quarter, sample_inputs):
    inputs = gather_inputs([sample_inputs / quarter])
    tables = {
        (raw.file, table.sheet or ""): table
        for raw in (read_file(each.path, each.file) for each in inputs)
        for table in raw.tables
    }
    expected: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in truth(quarter):
        expected.setdefault((row["file"], row["sheet"]), []).append(row)
    assert set(tables) == set(expected)
    for place, rows in expected.items():
        table, numbers = tables[place], {}
        for row in rows:
            numbers.setdefault(row["row_kind"], []).append(int(row["row_number"]))
        records = sorted(n for kind in RECORDS for n in numbers.get(kind, []))
        rejects = sorted(n for kind in REJECTS for n in numbers.get(kind, []))
        assert table.rows["row_number"].to_list() == records, place
        assert sorted(table.rejects["row_number"]) == rejects, place
        assert table.row_count == len(rows), place
        assert (
            table.row_count
            == len(records) + len(rejects) + table.blank_count + table.header_count
        )
        assert table.header_row == numbers["header"][0], place


@pytest.mark.parametrize("quarter", QUARTERS)
def test_hidden_and_cover_sheets_are_told_of_and_not_read(quarter, sample_inputs):
    workbook = sample_inputs / quarter / f"客户管理信息表_{quarter}.xlsx"
    raw = read_file(workbook, workbook.name)
    assert [table.sheet for table in raw.tables] == ["华东区", "华南区"]
    assert any("旧数据_勿用" in note for note in raw.notes)


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [
        ("2026Q1/客户清单_2026Q1.csv", "gb18030", ","),
        ("2026Q1/Northgate_customers_2026Q1.csv", "cp1252", ";"),
        ("2026Q2/Northgate_customers_2026Q2.csv", "utf-8-sig", ";"),
    ],
)
def test_no_sign_of_a_cell_is_lost(name, encoding, delimiter, sample_inputs):
    """䶮 is in GB18030 but not in GBK, ’ in Windows-1252 but not in Latin-1."""
    path = sample_inputs / name
    with path.open(encoding=encoding, newline="") as file:
        rows = dict(enumerate(csv.reader(file, delimiter=delimiter), 1))
    (table,) = read_file(path, path.name).tables
    for number, _, *cells_read in table.rows.iter_rows():
        assert [cell or "" for cell in cells_read] == rows[number], number


def headings() -> list[dict[str, str]]:
    with (ROOT / "tests/cases/sample_mapping.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def mapped(sample_inputs, rulebook):
    """What each heading of each list is taken for, without a rule."""
    return {
        (
            raw.file.removesuffix(f"_{QUARTERS[0]}{each.path.suffix}"),
            column.heading,
        ): column
        for each in gather_inputs([sample_inputs / QUARTERS[0]])
        for raw in [read_file(each.path, each.file)]
        for table in raw.tables
        for column in propose_mapping(table, SourceRule(), rulebook).columns
    }


@pytest.mark.parametrize(
    "case", headings(), ids=lambda case: f"{case['heading']} - {case['why']}"
)
def test_columns_are_found_without_a_rule(case, mapped):
    column = mapped[case["file"], case["heading"]]
    assert (column.field or column.use) == case["field"], column.reason
