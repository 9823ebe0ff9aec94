"""Two quarters end to end: who is one customer, and what stays from quarter to quarter.

The truth is in tests/cases/sample_truth_*.csv and sample_change_2026Q2.csv; nothing of it
is known to the run: shipped rules, no labels.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import polars as pl
import pytest
from pipeline_builders import make_run

from cleanse.warehouse import open_published

CASES = Path(__file__).parent / "cases"
PLACE = ["file", "sheet", "row_number"]
QUARTERS = ("2026Q1", "2026Q2")

Pairs = set[tuple[int, int]]


def truth(quarter: str) -> pl.DataFrame:
    """Return file, sheet, row_number, kind, entity, story of every record of a quarter."""
    rows = pl.read_csv(CASES / f"sample_truth_{quarter}.csv", infer_schema=False)
    return rows.filter(pl.col("row_kind") == "record").with_columns(
        pl.col("row_number").cast(pl.Int64), pl.col("sheet").fill_null("")
    )


def changes() -> pl.DataFrame:
    rows = pl.read_csv(CASES / "sample_change_2026Q2.csv", infer_schema=False)
    return rows.with_columns(
        pl.col("row_number_before", "row_number_after").cast(pl.Int64),
        pl.col("sheet").fill_null(""),
    )


def active(store: Path, quarter: str) -> pl.DataFrame:
    """Return the active records of the published copy with what is true of them."""
    sql = "select * from crosswalk where is_active"
    with open_published(store) as db:
        rows = db.sql(sql).pl().with_columns(pl.col("sheet").fill_null(""))
    known = truth(quarter).select(*PLACE, "entity", "kind", "story")
    return rows.join(known, on=PLACE, how="left")


@pytest.fixture(scope="module")
def quarters(tmp_path_factory, sample_inputs):
    """The active records after Q1, after Q1 again, and after Q2."""
    store = tmp_path_factory.mktemp("samples") / "store"
    found = {}
    for number, (name, quarter) in enumerate(
        [("first", "2026Q1"), ("again", "2026Q1"), ("second", "2026Q2")], 1
    ):
        make_run(store, sample_inputs / quarter, number=number)
        found[name] = active(store, quarter)
    return found


def pairs(rows: pl.DataFrame, by: str) -> Pairs:
    """Return the pairs of records that `by` says are one."""
    groups = rows.group_by(by).agg("record_id")["record_id"].to_list()
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def precision_and_recall(rows: pl.DataFrame) -> tuple[float, float]:
    true, found = pairs(rows, "entity"), pairs(rows, "customer_id")
    return len(true & found) / len(found), len(true & found) / len(true)


def test_every_record_is_in_the_crosswalk_once(quarters):
    for name, quarter in [("first", "2026Q1"), ("second", "2026Q2")]:
        rows = quarters[name]
        assert rows["entity"].null_count() == 0
        assert rows["record_id"].is_unique().all()
        assert rows.height == truth(quarter).height


@pytest.mark.parametrize("kind", ["person", "company"])
@pytest.mark.parametrize("name", ["first", "second"])
def test_customers_are_found(name, kind, quarters):
    rows = quarters[name].filter(pl.col("kind") == kind)
    precision, recall = precision_and_recall(rows)
    assert precision >= 0.95, f"{kind}: precision {precision:.3f}, recall {recall:.3f}"
    assert recall >= 0.88, f"{kind}: precision {precision:.3f}, recall {recall:.3f}"


def test_father_and_son_are_two(quarters):
    rows = quarters["first"]
    wrong = pairs(rows, "customer_id") - pairs(rows, "entity")
    people = dict(rows.select("record_id", "entity").iter_rows())
    sons = {f"PW{i:03}" for i in range(20, 250, 49)}
    assert [(a, b) for a, b in wrong if {people[a], people[b]} & sons] == []


def test_a_contact_is_never_merged_with_the_person(quarters):
    rows = quarters["first"]
    kinds = rows.group_by("customer_id").agg(pl.col("kind").n_unique())
    assert kinds["kind"].max() == 1


def test_the_same_files_again_change_nothing(quarters):
    columns = ["record_id", "customer_id", *PLACE]
    first, again = (
        quarters[n].select(columns).sort("record_id") for n in ("first", "again")
    )
    assert first.equals(again)


def test_records_are_found_again(quarters):
    """By key, and in the workbook, which has none, by what they say."""
    stayed = changes().filter(~pl.col("change").is_in(["new", "gone"]))
    before, after = (
        quarters[name]
        .with_columns(source=pl.col("file").str.replace(r"_2026Q.\.\w+$", ""))
        .select(
            "source",
            "sheet",
            pl.col("row_number").alias(f"row_number_{when}"),
            pl.col("record_id").alias(when),
        )
        for name, when in [("first", "before"), ("second", "after")]
    )
    joined = stayed.join(
        before, on=["source", "sheet", "row_number_before"], how="left"
    ).join(after, on=["source", "sheet", "row_number_after"], how="left")
    lost = joined.filter(pl.col("before").ne_missing(pl.col("after")))
    # Two rows of one key, and a row of three changed cells, may be told either way.
    assert lost.height <= 4, lost.select(
        "source", "change", "row_number_before", "row_number_after"
    )


def test_customers_keep_their_numbers(quarters):
    """A record that did not change keeps its customer, unless its customer was corrected."""
    before, after = (
        quarters[n].select("record_id", "customer_id") for n in ("first", "second")
    )
    both = before.join(after, on="record_id", suffix="_after")
    kept = both.filter(pl.col("customer_id") == pl.col("customer_id_after"))
    assert kept.height / both.height >= 0.98
