"""Publishing: what a run writes, what a repeat does not, and what is refused."""

from __future__ import annotations

import shutil

import duckdb
import polars as pl
import pytest
from warehouse_builders import Q1, START, customers, publication, run

from cleanse.errors import StoreError
from cleanse.schema import FIELDS, raw
from cleanse.warehouse import open_store, publish
from cleanse.warehouse.tables import macros, tables, views

Q2 = (
    (1, "crm", "C-1", "华夏科技有限公司", "020 9999 8888", "P1"),
    (2, "erp", "77", "Huaxia Technology", "+862088888888", "P1"),
    (3, "crm", "C-2", "William Soto", "138 0000 1111", "P1"),
)
"""The phone of record 1 corrected, P2 merged into P1, record 4 gone."""

MERGED = {
    "customers": customers(["P1"], P2=("merged", "P1"), P3=("retired", None)),
    "customer_id_events": pl.DataFrame(
        {
            "customer_id": ["P2", "P3"],
            "event": ["merged", "retired"],
            "other_id": ["P1", None],
        }
    ),
    "next_record_id": 5,
    "next_customer_number": 4,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with Q1, Q1 again, and Q2; what golden.duckdb held after each."""
    folder = tmp_path_factory.mktemp("store") / "store"
    after = {}
    for number, rows, changes in ((1, Q1, {}), (2, Q1, {}), (3, Q2, MERGED)):
        run(folder, number, rows, **changes)
        with duckdb.connect(folder / "golden.duckdb", read_only=True) as db:
            names = [
                name
                for (name,) in db.sql(
                    "select table_name from duckdb_tables()"
                ).fetchall()
            ]
            after[number] = {
                name: sorted(db.sql(f"from {name}").fetchall(), key=repr)
                for name in names
            }
    return folder, after


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with Q1."""
    folder = tmp_path_factory.mktemp("made") / "s"
    run(folder, 1)
    return folder


@pytest.fixture
def q1(made, tmp_path):
    """A copy of it."""
    return shutil.copytree(made, tmp_path / "s")


@pytest.fixture
def golden(store):
    with duckdb.connect(store[0] / "golden.duckdb", read_only=True) as db:
        yield db


def test_a_repeat_adds_rows_only_to_run_audit_and_source_file(store):
    _, after = store
    changed = {name for name in after[1] if after[1][name] != after[2][name]}
    assert changed == {"run", "audit_event", "audit_root", "source_file"}


def test_records_come_back_as_typed(store):
    with open_store(store[0], actor="test") as opened:
        known = opened.known()
        assert known.run_number == 3
        assert known.next_record_id == 5
        assert known.records["name_raw"].to_list() == [row[3] for row in Q1]
        assert known.records["is_active"].to_list() == [True, True, True, False]
        assert known.records["extra"].to_list()[0] == [{"key": "Shade", "value": "Red"}]
        assert "fax_raw" not in known.records.columns
        assert known.sources["key_sample"].to_list() == [["C-1", "C-2"], ["77"]]
        assert known.model == '{"prior": 0.001}'


def test_what_was_typed_before_is_kept(store):
    with open_store(store[0], actor="test") as opened:
        rows = opened.db.sql(
            "select record_id, phone_raw, valid_from_run, valid_to_run from record_history"
        )
        assert rows.fetchall() == [(1, "020 8888 8888", 1, 3)]


def test_golden_as_of_a_run_and_a_time(golden):
    now = golden.sql("select * from golden_as_of(3)").fetchall()
    assert now == golden.sql("from golden_record").fetchall()
    before = "select customer_id, phone from golden_as_of({}) order by 1"
    q1 = [("P1", "020 8888 8888"), ("P2", "138 0000 1111"), ("P3", None)]
    for moment in ("1", "2", "'run-2'", f"'{START:%Y-%m-%d}'::date + 200"):
        assert golden.sql(before.format(moment)).fetchall() == q1
    assert golden.sql(before.format("'2020-01-01'")).fetchall() == []


def test_a_number_always_resolves(golden):
    one = "select customer_id, status from resolve(?)"
    assert golden.execute(one, ["P2"]).fetchall() == [("P1", "active")]
    assert golden.execute(one, ["P3"]).fetchall() == [("P3", "retired")]
    column = "select customer_id, resolve(customer_id) from customer order by 1"
    assert golden.sql(column).fetchall() == [("P1", "P1"), ("P2", "P1"), ("P3", "P3")]


def test_the_crosswalk_keeps_every_period(golden):
    rows = golden.sql(
        "select record_id, customer_id, is_active, valid_from_run, valid_to_run from crosswalk order by all"
    ).fetchall()
    assert rows == [
        (1, "P1", True, 1, None),
        (2, "P1", True, 1, None),
        (3, "P1", True, 3, None),
        (3, "P2", False, 1, 3),
        (4, "P3", False, 1, 3),
    ]


def test_an_unchanged_golden_record_keeps_its_time(q1):
    renamed = [(*row[:3], "Will Soto", *row[4:]) if row[0] == 3 else row for row in Q1]
    run(q1, 2, renamed)
    with duckdb.connect(q1 / "golden.duckdb", read_only=True) as db:
        rows = db.sql(
            "select customer_id, updated_at > first_seen_at from golden_record order by 1"
        )
        assert rows.fetchall() == [("P1", False), ("P2", True), ("P3", False)]


def test_a_moved_row_is_no_new_version(q1):
    moved = publication(2, Q1)
    records = moved.records.with_columns(
        pl.col("row_number") + 100, file=pl.lit("new.csv")
    )
    receipt = run(q1, 2, records=records)
    assert receipt.changes == {"run_published": 1, "rows_added": 1}
    with duckdb.connect(q1 / "golden.duckdb", read_only=True) as db:
        rows = db.sql(
            "select file, row_number from crosswalk where record_id = 1"
        ).fetchall()
        assert rows == [("new.csv", 102)]


def test_an_issue_that_is_mended_is_no_longer_current(golden):
    rows = golden.sql(
        'select run_id, record_id, "check", is_current from issue'
    ).fetchall()
    assert rows == [("run-1", 4, "phone.missing", False)]


def test_other_sources_stand(q1):
    receipt = run(q1, 2, Q1, sources=("crm",))
    assert receipt.customers == 3
    with pytest.raises(StoreError, match="records of other sources"):
        run(q1, 3, Q2, sources=("crm",), **MERGED)


BROKEN = {
    "a member without a golden record": {
        "golden_record": publication(2, Q1).golden_record.head(2)
    },
    "a wrong record_count": {
        "golden_record": publication(2, Q1).golden_record.with_columns(record_count=9)
    },
    "a record of two customers": {
        "crosswalk": pl.concat(
            [
                publication(2, Q1).crosswalk,
                pl.DataFrame({"record_id": [1], "customer_id": ["P2"]}),
            ]
        )
    },
    "an unknown record": {
        "crosswalk": publication(2, Q1).crosswalk.with_columns(pl.col("record_id") + 1)
    },
    "a merged number without successor": {
        "customers": customers(["P1", "P2"], P3=("merged", None))
    },
    "a retired number with a golden record": {
        "customers": customers(["P1", "P2"], P3=("retired", None))
    },
    "a file whose rows do not add up": {
        "source_files": publication(2, Q1).source_files.with_columns(
            row_count=pl.lit(99)
        )
    },
    "a run number that was used": {"run_number": 1},
    "a record number taken back": {"next_record_id": 2},
    "a value the table cannot hold": {
        "golden_record": publication(2, Q1).golden_record.with_columns(
            birth_on=pl.lit("O'Brien")
        )
    },
}


@pytest.mark.parametrize("changes", BROKEN.values(), ids=BROKEN)
def test_a_broken_law_writes_nothing(q1, changes):
    before = (q1 / "golden.duckdb").read_bytes()
    with pytest.raises(StoreError) as error:
        run(q1, 2, **changes)
    assert "O'Brien" not in str(error.value)
    assert (q1 / "golden.duckdb").read_bytes() == before
    assert run(q1, 2).changes == {"run_published": 1, "rows_added": 1}


def test_every_table_column_and_macro_has_a_comment(golden):
    for what in (
        golden.sql("from duckdb_tables()"),
        golden.sql("from duckdb_views()"),
        golden.sql("from duckdb_columns()"),
    ):
        assert what.filter("not internal and comment is null").fetchall() == []
    for view in views():
        assert golden.sql(f"from {view.name}").columns == list(view.columns)
    told = golden.sql(
        "select function_name, comment from duckdb_functions() where not internal"
    ).fetchall()
    assert {name for name, comment in told if comment} == {
        macro.name for macro in macros()
    }


def test_all_tables_are_published(store):
    _, after = store
    assert set(after[3]) == set(tables())


def test_the_tables_hold_every_standard_field():
    assert set(FIELDS) <= set(tables()["golden_record"].names)
    assert {raw(field) for field in FIELDS} | set(FIELDS) <= set(
        tables()["record"].names
    )
    assert set(tables()["golden_record"].names) < set(
        tables()["golden_record_past"].names
    )


def test_an_empty_run_can_be_published(tmp_path):
    with open_store(tmp_path / "s", actor="test") as store:
        empty = publication(1, Q1)
        receipt = publish(
            store,
            publication(
                1,
                Q1,
                records=empty.records.clear(),
                crosswalk=empty.crosswalk.clear(),
                customers=empty.customers.clear(),
                customer_id_events=pl.DataFrame(),
                golden_record=empty.golden_record.clear(),
                golden_choice=empty.golden_choice.clear(),
                pairs=pl.DataFrame(),
                issues=pl.DataFrame(),
            ),
        )
    assert receipt.customers == 0
