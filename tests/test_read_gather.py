"""Which files are the input, and what is said when there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanse.errors import InputError
from cleanse.read import gather_inputs


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("name,city\nAnn,Paris\n")


def test_a_folder_gives_its_lists_in_order(tmp_path):
    touch(tmp_path, "b.csv", "a.xlsx", "sub/c.TSV", "list.txt")
    names = [item.file for item in gather_inputs([tmp_path])]
    assert names == ["a.xlsx", "b.csv", "list.txt", "sub/c.TSV"]


def test_what_is_no_list_is_left_out(tmp_path):
    touch(tmp_path, "a.csv", ".hidden.csv", "~$a.xlsx", "README.md", ".git/x.csv")
    touch(tmp_path, "rejects.xlsx", "report.csv", "golden.duckdb.csv.bak")
    touch(tmp_path, "store/warehouse.duckdb", "store/export.csv")
    touch(tmp_path, "run/report.html", "run/report.json", "run/x.csv")
    (tmp_path / "letter.txt").write_text("Dear all\nhere is the list\nyours\n")
    assert [item.file for item in gather_inputs([tmp_path])] == ["a.csv"]


def test_a_file_named_twice_is_read_once(tmp_path):
    touch(tmp_path, "a.csv")
    assert len(gather_inputs([tmp_path, tmp_path / "a.csv"])) == 1


def test_a_named_file_is_read_whatever_its_name(tmp_path):
    touch(tmp_path, "export.dat")
    assert gather_inputs([tmp_path / "export.dat"])[0].file == "export.dat"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: [folder / "none.csv"], "no such file or folder"),
        (lambda folder: [folder], "no list in this folder"),
        (lambda folder: [], "No input"),
    ],
    ids=["missing", "folder without lists", "nothing named"],
)
def test_errors_say_what_to_do(tmp_path, make, says):
    with pytest.raises(InputError, match=says) as caught:
        gather_inputs(make(tmp_path))
    assert caught.value.exit_code == 2


def test_an_empty_file_is_an_error(tmp_path):
    touch(tmp_path, "a.csv")
    (tmp_path / "b.csv").write_bytes(b"")
    with pytest.raises(InputError, match=r"b\.csv: the file is empty"):
        gather_inputs([tmp_path])


def test_two_files_of_one_name_need_a_common_folder(tmp_path):
    touch(tmp_path, "x/a.csv", "y/a.csv")
    with pytest.raises(InputError, match=r"two inputs with the name a\.csv"):
        gather_inputs([tmp_path / "x" / "a.csv", tmp_path / "y" / "a.csv"])
    assert len(gather_inputs([tmp_path])) == 2
