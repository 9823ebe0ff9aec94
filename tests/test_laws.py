"""The laws of membership: a run that breaks one is not published, and nothing is written."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from warehouse_builders import Q1, publication, run

from cleanse.errors import StoreError
from cleanse.warehouse import open_store, transaction
from cleanse.warehouse.laws import _MEMBERSHIP, check_membership, kept_laws

BROKEN = [
    (
        "records that belong to no or several customers",
        "insert into crosswalk by name select * replace ('P2' as customer_id) from crosswalk where record_id = 1 and is_active",
    ),
    (
        "records of customers that are not there",
        "delete from record where record_id = 1",
    ),
    (
        "records of another customer than the run says",
        "update crosswalk set customer_id = 'P3' where record_id = 1",
    ),
    (
        "customers whose members are not their active crosswalk rows",
        "update golden_record set record_count = record_count + 1 where customer_id = 'P3'",
    ),
    (
        "customers whose members are not their active crosswalk rows",
        "update crosswalk set customer_id = 'P3' where record_id = 1",
    ),
    (
        "customer IDs issued twice",
        "insert into customer by name select * replace ('P9' as customer_id) from customer where customer_id = 'P2'",
    ),
    (
        "golden records that stand twice",
        "insert into golden_record by name from golden_record where customer_id = 'P2'",
    ),
    (
        "customer IDs that are active without a golden record, or the other way round",
        "update customer set status = 'retired' where customer_id = 'P2'",
    ),
    (
        "customer IDs that are active without a golden record, or the other way round",
        "delete from golden_record where customer_id = 'P2'",
    ),
    (
        "customer IDs that resolve to nothing",
        "update customer set status = 'merged', successor = 'P8' where customer_id = 'P2'",
    ),
    (
        "customer IDs that resolve to nothing",
        "update customer set status = 'merged' where customer_id = 'P2'",
    ),
    (
        "records of other sources that the run would lose",
        "insert into activity_change values (2, false)",
    ),
]


@pytest.mark.parametrize(("law", "breach"), BROKEN)
def test_what_breaks_a_law_is_refused_by_its_name(tmp_path, monkeypatch, law, breach):
    told = publication(2, Q1, sources=("crm",))

    def broken(db, given):
        db.execute(breach)
        check_membership(db, given)

    folder = tmp_path / "store"
    run(folder, 1)
    monkeypatch.setattr(transaction, "check_membership", broken)
    # A breach may break several laws; each is to find its own.
    only = {law: _MEMBERSHIP[law]}
    monkeypatch.setattr("cleanse.warehouse.laws._MEMBERSHIP", only)
    with (
        open_store(folder, actor="test") as store,
        pytest.raises(StoreError, match=rf"{law} \(law 1\).*\n.*Nothing was written"),
    ):
        transaction.publish(store, told)
    with duckdb.connect(folder / "warehouse.duckdb", read_only=True) as db:
        assert db.sql("select max(run_number) from run").fetchall() == [(1,)]


def test_every_law_is_broken_once():
    assert {law for law, _ in BROKEN} == {*_MEMBERSHIP}


def test_where_laws_are_kept_the_quick_ways_say_so(tmp_path, monkeypatch):
    seen = []

    def looked(db, given):
        seen.append(kept_laws(db, given))
        check_membership(db, given)

    monkeypatch.setattr(transaction, "check_membership", looked)
    run(tmp_path / "store", 1)
    run(tmp_path / "store", 2, [*Q1[:3], (4, "erp", "78", "O'Brien", None, "P3")])
    assert seen == [{law for law, asked in _MEMBERSHIP.items() if asked.is_kept}] * 2


def test_moves_that_leave_one_out_are_refused(tmp_path):
    run(tmp_path / "store", 1)
    rows = [*Q1[:2], (*Q1[2][:5], "P3"), (*Q1[3][:5], "P2")]
    nobody = {"record_id": pl.Int64, "customer_id": pl.String, "was": pl.String}
    with (
        open_store(tmp_path / "store", actor="test") as store,
        pytest.raises(StoreError, match="of another customer than the run says"),
    ):
        transaction.publish(store, publication(2, rows, moves=pl.DataFrame([], nobody)))
