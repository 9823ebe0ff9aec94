"""What the reader mended comes out as an issue of the record."""

from __future__ import annotations

from pathlib import Path

from pipeline_builders import PEOPLE, ask, make_run, write_list

from cleanse.read import read_file

MAILS = [(*row[:4], f"{row[0].lower()}@example.com", *row[5:]) for row in PEOPLE]
ASKED = "select severity, field, value from issue where \"check\" = '{}'"


def damaged(path: Path, old: str, new: str) -> Path:
    text = write_list(path, MAILS).read_text("utf-8").replace("\r\n", "\n")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return path


def test_a_mended_row_is_a_record_with_an_issue(tmp_path):
    path = damaged(tmp_path / "crm.csv", "a3@example.com,York", "a3@example.com,,York")
    summary = make_run(tmp_path / "store", path)
    assert (summary.records, summary.rejects) == (6, 0)
    found = ask(tmp_path / "store", ASKED.format("row_repaired"))
    assert found == [("warning", "row", "row 4: an empty cell too many was left out")]


def test_a_file_without_a_last_line_end_is_doubted(tmp_path):
    path = damaged(tmp_path / "crm.csv", "Ely,2026-01-04\n", "Ely,2026-01-04")
    assert make_run(tmp_path / "store", path).records == 6
    found = ask(tmp_path / "store", ASKED.format("row_maybe_cut"))
    assert [(s, v.partition(":")[0]) for s, _, v in found] == [("info", "row 7")]


def test_a_row_that_a_file_breaks_off_in_is_a_reject(tmp_path):
    path = damaged(tmp_path / "crm.csv", ",Ely,2026-01-04\n", ",El")
    summary = make_run(tmp_path / "store", path)
    assert (summary.records, summary.rejects) == (5, 1)
    assert "cut off" in ask(tmp_path / "store", "select reason from reject")[0][0]


def test_a_file_cut_between_cr_and_lf_is_doubted(tmp_path):
    path = tmp_path / "crm.csv"
    path.write_bytes(b"name,city\r\nAnn,Rome\r\nBob,Oslo\r")
    table = read_file(path, "crm.csv").tables[0]
    assert table.repairs["row_number"].to_list() == [3]
