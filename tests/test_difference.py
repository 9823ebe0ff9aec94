"""What differs between two runs, and the change list for the systems downstream."""

from __future__ import annotations

import json

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner
from warehouse_builders import Q1, START, customers, run

from cleanse.cli import app
from cleanse.errors import InputError, UsageError
from cleanse.report.write import write_changes
from cleanse.warehouse import open_published
from cleanse.warehouse.difference import difference

CALLED = [(*row[:3], "Will Soto", *row[4:]) if row[0] == 3 else row for row in Q1]
MERGED = [
    (*row[:5], "P1") if row[0] == 3 else row
    for row in CALLED
    if row[0] != 4  # leaves
]
BACK = [(*row[:5], "P2") if row[0] == 3 else row for row in MERGED]


def events(*rows) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema=["customer_id", "event", "other_id", "reason"], orient="row"
    )


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Four runs, and golden_record as each left it: a name changes; P2 merges, P3 leaves; P2 is back."""
    folder = tmp_path_factory.mktemp("diff") / "store"
    told = [
        {},
        {},
        {
            "customers": customers(["P1"], P2=("merged", "P1"), P3=("retired", None)),
            "customer_id_events": events(
                ("P2", "merged", "P1", "its records belong to the other customer now"),
                ("P3", "retired", None, "none of its records is left"),
                ("P1", "kept", None, "1 record(s) joined, 0 left"),
            ),
            "next_record_id": 5,
            "next_customer_number": 4,
        },
        {
            "customers": customers(["P1", "P2"], P3=("retired", None)),
            "customer_id_events": events(
                ("P2", "restored", "P1", "holds its former records again"),
                ("P1", "kept", None, "0 record(s) joined, 1 left"),
            ),
            "next_record_id": 5,
            "next_customer_number": 4,
        },
    ]
    saved = {}
    for number, (rows, more) in enumerate(
        zip((Q1, CALLED, MERGED, BACK), told, strict=True), 1
    ):
        run(folder, number, rows, **more)
        with open_published(folder) as db:
            saved[number] = golden(db, "golden_record")
    return folder, saved


def golden(db, table: str) -> list:
    return db.execute(f"select * from {table} order by customer_id").fetchall()


def test_golden_as_of_is_the_golden_record_saved_at_each_run(history):
    folder, saved = history
    with open_published(folder) as db:
        for number, rows in saved.items():
            day = f"{START:%Y-%m-%d}"
            asked = (
                str(number),
                f"'{number}'",
                f"'run-{number}'",
                f"timestamptz '{day} 00:01:00+00' + interval ({90 * number}) day",
                f"date '{day}' + {90 * number + 1}",
                f"(date '{day}' + {90 * number + 1})::varchar",
            )
            for text in asked:
                assert golden(db, f"golden_as_of({text})") == rows, text
        assert golden(db, "golden_as_of('latest')") == saved[4]
        for nothing in ("0", "'2020-01-01'"):
            assert golden(db, f"golden_as_of({nothing})") == []


@pytest.mark.parametrize("nonsense", ["5", "-1", "'last spring'", "null", "''"])
def test_golden_as_of_nonsense_says_what_can_be_asked(history, nonsense):
    with (
        open_published(history[0]) as db,
        pytest.raises(
            duckdb.InvalidInputException, match="neither a run of this store"
        ),
    ):
        db.execute(f"from golden_as_of({nonsense})").fetchall()


def test_each_kind_of_change_is_told_once(history):
    found = difference(history[0], "1", "3")
    assert found.customers.select("customer_id", "change", "other_id").rows() == [
        ("P1", "changed", None),
        ("P3", "gone", None),
        ("P2", "merged", "P1"),
    ]
    assert found.counts() == {
        "new": 0,
        "gone": 1,
        "merged": 1,
        "split": 0,
        "changed": 1,
    }
    assert found.cells.rows() == [
        ("P1", "record_count", "2", "3", None),
    ]


def test_a_changed_value_is_shown_with_its_rule(history):
    found = difference(history[0], "1", "2")
    assert found.cells.rows() == [
        ("P2", "name", "William Soto", "Will Soto", "only_value")
    ]


def test_a_run_does_not_differ_from_itself(history):
    for number in ("0", "2", "latest"):
        found = difference(history[0], number, number)
        assert found.customers.is_empty()
        assert found.cells.is_empty()


@pytest.mark.parametrize(
    ("before", "after"), [("1", "3"), ("2", "4"), ("3", "4"), ("0", "2")]
)
def test_looking_back_mirrors(history, before, after):
    there = difference(history[0], before, after)
    back = difference(history[0], after, before)
    assert (back.before, back.after) == (there.after, there.before)
    assert back.mirrored().customers.equals(there.customers)
    assert back.mirrored().cells.equals(there.cells)
    turned = {"new": "gone", "gone": "new", "merged": "split", "split": "merged"}
    assert back.counts() == {
        change: there.counts()[turned.get(change, change)] for change in there.counts()
    }


def test_of_one_customer_all_cells_are_told_also_when_it_is_gone(history):
    folder, _ = history
    found = difference(folder, "1", "4", customer="P3")
    assert set(found.customers["customer_id"]) == {"P3"}
    assert found.cells.filter(pl.col("field") == "name").select("before", "after").row(
        0
    ) == ("O'Brien & Söhne", None)


def test_what_cannot_be_compared_is_said(history):
    with pytest.raises(UsageError, match="1 to 4"):
        difference(history[0], "1", "9")
    with pytest.raises(InputError, match="never issued"):
        difference(history[0], "1", "2", customer="C3XPJVP9U")


def test_the_change_list_lets_a_system_follow(history, tmp_path):
    with open_published(history[0]) as db:
        asked = "select old_customer_id, new_customer_id, event, since_run from customer_changes({})"
        lists = {n: db.execute(asked.format(n)).fetchall() for n in (1, 2, 3, 4)}
        frame = db.sql("from customer_changes('latest')").pl()
    assert lists[1] == [(None, f"P{n}", "new", 1) for n in (1, 2, 3)]
    assert lists[2] == []
    assert lists[3] == [("P2", "P1", "merged", 3), ("P3", None, "retired", 3)]
    assert lists[4] == [("P1", "P2", "restored", 4)]
    write_changes(frame, tmp_path / "changes.csv")
    assert (tmp_path / "changes.csv").read_bytes() == (
        b"old_customer_id,new_customer_id,event,reason,since_run\r\n"
        b"P1,P2,restored,holds its former records again,4\r\n"
    )


def test_the_command_shows_so_many_and_writes_all(history, tmp_path):
    runner = CliRunner()
    store = ["--store", str(history[0])]
    shown = runner.invoke(app, ["diff", "0", "1", *store, "--limit", "2"])
    assert shown.exit_code == 0
    assert "… and 1 more" in shown.stdout
    out = tmp_path / "diff.csv"
    told = runner.invoke(app, ["diff", "1", "3", *store, "--json", "--out", str(out)])
    assert json.loads(told.stdout)["counts"]["merged"] == 1
    assert pl.read_csv(out)["customer_id"].to_list() == ["P1", "P3", "P2"]
    same = runner.invoke(app, ["diff", "2", "run-2", *store])
    assert "Nothing differs" in same.stdout
