"""Columns that no row of a large table fills: they take no space, and nobody notices."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from pipeline_builders import make_run, write_list
from warehouse_builders import Q1, publication, run

from cleanse.pipeline.verifying import verify
from cleanse.rulebook.privacy import PublishRule
from cleanse.warehouse import open_store, query_sql, unfilled
from cleanse.warehouse.masked import write_masked_copy

TABLES = ("record", "record_history", "golden_record", "golden_record_history")


def held(folder) -> dict[str, set[str]]:
    """Return each row of each table as text, its columns by name."""
    with duckdb.connect(folder / "golden.duckdb", read_only=True) as db:
        frames = {name: db.sql(f"from {name}").pl() for name in TABLES}
    return {
        name: {repr(sorted(row.items())) for row in frame.iter_rows(named=True)}
        for name, frame in frames.items()
    }


def virtual(folder, table: str) -> set[str]:
    with duckdb.connect(folder / "golden.duckdb", read_only=True) as db:
        names = "select column_name from duckdb_columns() where is_generated and table_name = ?"
        return {name for (name,) in db.execute(names, [table]).fetchall()}


def with_fax(number: int) -> dict[str, pl.DataFrame]:
    """Let one record, and its customer, have a fax."""
    whole = publication(number, Q1)
    fax = pl.lit("020 1111 1111")
    return {
        "records": whole.records.with_columns(
            fax_raw=pl.when(pl.col("record_id") == 2).then(fax)
        ),
        "golden_record": whole.golden_record.with_columns(
            fax=pl.when(pl.col("customer_id") == "P1").then(fax)
        ),
    }


@pytest.fixture
def stores(tmp_path, monkeypatch):
    """Two stores with the same three runs; in the second, empty columns were left out."""
    for name, least in (("whole", 10**9), ("narrow", 0)):
        monkeypatch.setattr(unfilled, "WORTH_IT", least)
        run(tmp_path / name, 1)
        if least == 0:
            assert {"fax_raw", "sheet"} <= virtual(tmp_path / name, "record")
            assert "fax" in virtual(tmp_path / name, "golden_record")
        run(tmp_path / name, 2, **with_fax(2))
        run(tmp_path / name, 3)
    return tmp_path / "whole", tmp_path / "narrow"


def test_tables_hold_what_they_would_hold_otherwise(stores):
    whole, narrow = stores
    assert held(narrow) == held(whole)


def test_a_column_becomes_real_with_its_first_value(stores):
    _, narrow = stores
    assert "fax_raw" not in virtual(narrow, "record")
    assert "fax" not in virtual(narrow, "golden_record")
    rows = query_sql(narrow, "select fax from golden_as_of(2) where customer_id = 'P1'")
    assert rows["fax"].to_list() == ["020 1111 1111"]


def test_the_store_of_two_lists_proves_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(unfilled, "WORTH_IT", 0)
    store = tmp_path / "store"
    make_run(store, write_list(tmp_path / "crm.csv"))
    assert "job_title" in virtual(store, "golden_record")
    rows = [("B1", "Nora Quill", "Engineer"), ("B2", "Otto Reed", "Director")]
    heads = ("id", "name", "job title")
    make_run(store, write_list(tmp_path / "shop.csv", rows, heads), number=2)
    assert "job_title" not in virtual(store, "golden_record")
    assert verify(store).findings == []


def test_a_masked_copy_has_the_columns_that_nothing_fills(stores, tmp_path):
    _, narrow = stores
    with open_store(narrow, actor="test") as store:
        path = write_masked_copy(store, PublishRule(path=str(tmp_path / "bi.duckdb")))
    with duckdb.connect(path, read_only=True) as db:
        assert db.execute("select website from golden_record").fetchone() == (None,)


def test_every_column_says_what_it_holds(stores):
    for store in stores:
        with duckdb.connect(store / "golden.duckdb", read_only=True) as db:
            silent = "select column_name from duckdb_columns() where comment is null and table_name in ('record', 'golden_record')"
            assert db.sql(silent).fetchall() == []


def test_analysts_may_name_a_column_that_nothing_fills(stores):
    _, narrow = stores
    assert (
        query_sql(narrow, "select website from golden_record")["website"]
        .is_null()
        .all()
    )
