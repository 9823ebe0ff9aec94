"""Somebody's SQL: it sees the published tables, and touches nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from warehouse_builders import run

from cleanse.errors import UsageError
from cleanse.warehouse import query_sql

CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("query") / "store"
    run(folder, 1)
    return folder


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("select count(*) from golden_record", [(3,)]),
        (
            "FROM Golden_Record SELECT customer_id ORDER BY 1 LIMIT 1; -- the first",
            [("P1",)],
        ),
        ("with a as (from crosswalk) select count(*) from a where is_active", [(4,)]),
        ("select count(*) from golden_as_of(1)", [(3,)]),
        (
            "select value from golden_cell where customer_id = 'P2' and field = 'kind'",
            [("company",)],
        ),
        (
            "select distinct customer_id from golden_values('golden_record') order by 1 limit 1",
            [("P1",)],
        ),
        ("select resolve(customer_id) from customer order by 1 limit 1", [("P1",)]),
        ("select extra['Shade'] from golden_record limit 1", [("Red",)]),
        ("select 1 where 1 = 2", []),
    ],
)
def test_one_select_is_answered(folder, sql, rows):
    assert query_sql(folder, sql).rows() == rows


def test_rows_are_limited(folder):
    assert query_sql(folder, "from range(100)", limit=7).height == 7


@pytest.mark.parametrize(
    "case",
    list(csv.DictReader((CASES / "sql_refused.csv").read_text("utf-8").splitlines())),
    ids=lambda c: c["why"],
)
def test_everything_else_is_refused_and_nothing_touched(folder, case, tmp_path):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    sql = case["sql"].replace("{store}", str(folder)).replace("{tmp}", str(tmp_path))
    with pytest.raises(UsageError):
        query_sql(folder, sql)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert list(tmp_path.iterdir()) == []


def test_an_endless_query_is_given_up(folder):
    endless = (
        "select levenshtein(repeat('a', 200000), repeat('b', 200000)) from range(99)"
    )
    with pytest.raises(UsageError, match="longer than 2 s"):
        query_sql(folder, endless, timeout_s=2)


def test_a_failing_value_is_not_told(folder):
    with pytest.raises(UsageError) as error:
        query_sql(folder, "select name::int from golden_record")
    assert "Soto" not in str(error.value)
