"""Lists cut short stop a run before anything is written."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from pipeline_builders import assert_same, make_run, state

from cleanse.errors import GateError
from cleanse.pipeline.gates import lost_ends

HEAD = "id,name,phone,city\n"
ROWS = tuple(
    f"K{n:03},{given} {family},+44 20 7946 0{n:03},{city}\n"
    for n, (given, family, city) in enumerate(
        (given, family, city)
        for family in ("Oakes", "Vance", "Hale", "Reeve", "Pym", "Strand")
        for given, city in (
            ("Ann", "Leeds"), ("Bert", "York"), ("Cleo", "Bath"), ("Dora", "Hull"), ("Eve", "Ely"),
            ("Finn", "Rye"), ("Gail", "Deal"), ("Hugh", "Wick"), ("Ida", "Oban"), ("Jack", "Ayr"),
        )
    )
)  # fmt: skip


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    """A list that a store has taken in once."""
    path = tmp_path / "in" / "crm.csv"
    path.parent.mkdir()
    path.write_text(HEAD + "".join(ROWS), "utf-8")
    make_run(tmp_path / "store", path)
    return path


@pytest.mark.parametrize("left", [10, 30, 47, 50, 54, 57])
def test_a_file_cut_at_a_line_end_stops(crm: Path, tmp_path: Path, left: int) -> None:
    """However little is gone: it all stood at the end."""
    before = state(tmp_path / "store")
    crm.write_text(HEAD + "".join(ROWS[:left]), "utf-8")
    with pytest.raises(GateError) as stop:
        make_run(tmp_path / "store", crm, number=2)
    assert stop.value.exit_code == 3
    assert "cut short" in str(stop.value)
    assert_same(before, state(tmp_path / "store"))


def test_the_message_of_a_cut_file(crm: Path, tmp_path: Path) -> None:
    """It names the source, how many, where, the limit, and what to do."""
    crm.write_text(HEAD + "".join(ROWS[:54]), "utf-8")
    with pytest.raises(GateError, match="crm: the last 6 of the 60 records") as stop:
        make_run(tmp_path / "store", crm, number=2)
    for word in ("crm.csv, after row 55", "lost_end in identity.toml", "--accept"):
        assert word in str(stop.value)
    make_run(tmp_path / "store", crm, number=2, accept=True)


def test_a_file_cut_inside_a_row_stops(crm: Path, tmp_path: Path) -> None:
    """The piece of a row is no new record."""
    crm.write_text((HEAD + "".join(ROWS[:54]))[:-18], "utf-8")
    with pytest.raises(GateError, match="cut short"):
        make_run(tmp_path / "store", crm, number=2)


def test_customers_that_leave_one_by_one_do_not_stop(crm: Path, tmp_path: Path) -> None:
    """Ten of sixty from all over the list, the last two among them."""
    stay = [row for n, row in enumerate(ROWS[:58]) if n % 7 != 3]
    crm.write_text(HEAD + "".join(stay), "utf-8")
    make_run(tmp_path / "store", crm, number=2)


def test_an_end_that_was_replaced_does_not_stop(crm: Path, tmp_path: Path) -> None:
    """New customers stand where the last ones stood: the file is whole."""
    new = "K900,Zoe Quill,+44 20 7946 0900,Kirkwall\n"
    crm.write_text(HEAD + "".join(ROWS[:54]) + new, "utf-8")
    make_run(tmp_path / "store", crm, number=2)


RULE = """
[file]
match = "crm*.csv"
key = "id"
[expect]
rows = { min = 55, max = 70 }
filled.phone = { min = 0.9 }
"""


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (ROWS[:54], "rows = 54, expected 55 to 70"),
        ([row.replace("+44", ",+44") for row in ROWS], "filled.phone"),
    ],
    ids=["a first file that is short", "a column that came empty"],
)
def test_what_a_rule_expects_of_a_file(
    tmp_path: Path, rows: list[str], said: str
) -> None:
    """Already the first file of a store is held against it; nothing is written."""
    (tmp_path / "rules" / "sources").mkdir(parents=True)
    (tmp_path / "rules" / "sources" / "crm.toml").write_text(RULE, "utf-8")
    path = tmp_path / "crm.csv"
    head = HEAD.replace("phone", "phone,fax") if said.startswith("filled") else HEAD
    path.write_text(head + "".join(rows), "utf-8")
    with pytest.raises(GateError) as stop:
        make_run(tmp_path / "store", path, rules=tmp_path / "rules")
    assert stop.value.exit_code == 3
    assert said in str(stop.value)
    assert "rules/sources/crm.toml" in str(stop.value)
    assert not (tmp_path / "store" / "golden.duckdb").exists()


def test_each_list_of_a_source_has_its_own_end() -> None:
    """Of two sheets one lost its end."""
    before = pl.DataFrame(
        {"record_id": range(40), "source": "a", "file": "a.xlsx",
         "sheet": ["one"] * 20 + ["two"] * 20, "row_number": [*range(2, 22)] * 2}
    )  # fmt: skip
    after = before.filter(pl.col("record_id") < 35)
    assert lost_ends(before, after).to_dicts() == [
        {"source": "a", "file": "a.xlsx", "sheet": "two", "before": 20, "last": 16, "end": 5}
    ]  # fmt: skip
