"""Delimited text: every row of tests/cases/read_text.csv, and the laws of the reader."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cleanse.errors import InputError, ReconciliationError, UnreadableError
from cleanse.read import read_file
from cleanse.read.account import require_sum
from cleanse.read.dialect import Dialect
from cleanse.read.indexed import index_text
from cleanse.read.lexer import parse_text
from cleanse.rulebook.source import FileRule
from cleanse.schema import RawFile, RawTable

CASES_PATH = Path(__file__).parent / "cases" / "read_text.csv"
CASES = list(csv.DictReader(CASES_PATH.read_text("utf-8").splitlines()))


def read(tmp_path: Path, data: bytes | str, rule: FileRule | None = None) -> RawFile:
    path = tmp_path / "list.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_file(path, "list.csv", rule)


def grid(table: RawTable) -> list[list[str]]:
    rows = table.rows.drop("row_number", "line_number").fill_null("").rows()
    return [list(table.headings), *(list(row) for row in rows)]


def unescape(text: str) -> str:
    for typed, meant in (
        (r"\r", "\r"),
        (r"\n", "\n"),
        (r"\t", "\t"),
        (r"\0", "\0"),
    ):
        text = text.replace(typed, meant)
    return text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_text_file_is_read(tmp_path, case):
    table = read(tmp_path, unescape(case["text"])).tables[0]
    expected = [row.split("|") for row in case["expected"].split(" / ")]
    assert [[c.replace("\n", "~") for c in row] for row in grid(table)] == expected
    rejects = table.rejects.select("row_number", "reason").rows()
    assert " / ".join(f"{n}:{why}" for n, why in rejects) == case["rejects"]
    assert table.blank_count == int(case["blank"])
    assert table.header_count == int(case["header"])


CELL = st.text(st.sampled_from('ab1é张",;\n |'), max_size=5)
TABLE = st.integers(2, 4).flatmap(
    lambda width: st.lists(
        st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8
    )
)


def written(rows: list[list[str]], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows(rows)
    return out.getvalue()


@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(TABLE, st.sampled_from(["\n", "\r\n"]), st.integers(0, 2))
@example([[", ", " "]], "\n", 0)
def test_law_1_and_no_cell_is_lost(tmp_path, rows, end, cut):
    head = [[f"heading {i}" for i in range(len(rows[0]))]]
    # A row cut short, or one with a cell too many, is a record or a reject, never gone.
    rows[-1] = [cell.replace("\n", "") for cell in rows[-1]]
    rows = [*rows[:-1], [*rows[-1], "extra"]] if cut == 1 else rows
    rows = [*rows[:-1], rows[-1][:1]] if cut == 2 else rows
    found = read(
        tmp_path, written(head + rows, end), FileRule(delimiter=",", header_row=1)
    )
    table = found.tables[0]
    require_sum(table, "list.csv")
    assert table.row_count == len(rows) + 1
    kept = {n: row for n, *row in table.rows.drop("line_number").iter_rows()}
    out = set(table.rejects["row_number"])
    for number, row in enumerate(rows, 2):
        if number in kept:
            values = [cell or "" for cell in kept[number]]
            padded = row + [""] * (len(values) - len(row))
            assert values == padded[: len(values)]
            assert not any(cell.strip() for cell in padded[len(values) :])
        else:
            assert number in out or not any(cell.strip() for cell in row)


@settings(max_examples=150)
@given(st.text(st.sampled_from('ab",\n\r'), max_size=40))
def test_fast_and_exact_reader_agree(text):
    """Where the index takes a text at all, it finds the rows that Python's csv finds."""
    fast = index_text(text.encode(), ",", '"')
    if fast is None:
        return
    exact = parse_text(text, Dialect(","))
    assert fast.widths.tolist() == exact.widths.tolist()
    for index, row in enumerate(exact.rows):
        assert fast.row(index) == row


def test_row_and_line_numbers(tmp_path):
    text = 'name,note\nAnn,"a\nb"\n\nBob,c\n'
    rows = read(tmp_path, text).tables[0].rows
    assert rows["row_number"].to_list() == [2, 4]
    assert rows["line_number"].to_list() == [2, 5]


def test_a_reject_keeps_its_text(tmp_path):
    text = "name,street,city\nA,S,R\nB,T,O,N\nC,U,O\n"
    reject = read(tmp_path, text).tables[0].rejects.row(0, named=True)
    assert reject["raw"] == "B,T,O,N"
    assert (reject["row_number"], reject["line_number"]) == (3, 3)


def test_a_rule_says_heading_row_and_delimiter(tmp_path):
    text = "x;y\nname;city\nAnn;1,2\n"
    rule = FileRule(delimiter=";", header_row=2)
    table = read(tmp_path, text, rule).tables[0]
    assert grid(table) == [["name", "city"], ["Ann", "1,2"]]
    assert (table.header_row, table.header_count) == (2, 2)


def test_columns_may_be_called_like_ours(tmp_path):
    table = read(tmp_path, "row_number,name\n7,Ann\n8,Bob\n").tables[0]
    assert table.headings == ("row_number_2", "name")


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", InputError, "is empty"),
        (b" \n\n", InputError, "holds no text"),
        (b"%PDF-1.4 ...", UnreadableError, "a PDF"),
        (b"<html><table></table></html>", UnreadableError, "web page"),
        (bytes(range(1, 9)) * 50, UnreadableError, "neither a text file"),
    ],
    ids=["empty", "blank", "pdf", "html", "binary"],
)
def test_what_is_no_list_is_refused_with_advice(tmp_path, data, error, says):
    with pytest.raises(error, match=says):
        read(tmp_path, data)


def test_a_sum_that_is_off_raises(tmp_path):
    table = read(tmp_path, "name,city\nAnn,Rome\n").tables[0]
    wrong = {n: getattr(table, n) for n in RawTable.__slots__} | {"row_count": 3}
    with pytest.raises(ReconciliationError, match="3 rows, but 1 records"):
        require_sum(RawTable(**wrong), "list.csv")


def test_many_stray_quotes_stay_cheap(tmp_path):
    bad = "".join(f'{i},"x{i},2024-01-01\n' for i in range(3_000))
    table = read(tmp_path, "id,name,on\n" + bad).tables[0]
    assert table.rows.height + table.rejects.height == 3_000


def test_what_is_no_record_is_told_with_its_rows(tmp_path):
    text = "客户清单\n单位：元\n姓名,电话,金额\n,,万元\n张伟,5550101,1\n王芳,5550102,2\n合计,,3\n合计,,3"
    found = read(tmp_path, text)
    assert found.notes == (
        "above the headings, not read as records: 客户清单 · 单位：元",
        "units below the headings: 金额: 万元",
        "2 reject(s): total row (row 7-8)",
    )
    assert found.tables[0].headings == ("姓名", "电话", "金额 万元")
