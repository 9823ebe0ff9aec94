"""The scorecard counts what is there."""

from __future__ import annotations

import polars as pl
from factory import make_records
from polars.testing import assert_frame_equal

from cleanse.evaluate import SCORECARD, scorecard, with_trend
from cleanse.schema import CELL_CHANGE

RECORDS = make_records(
    {
        "phone_raw": "020 7946 0011",
        "phone": "+442079460011",
        "phone_is_valid": True,
        "source": "a",
    },
    {"phone_raw": "12", "phone": "12", "phone_is_valid": False, "source": "a"},
    {"phone_raw": "n/a", "source": "a"},
    {
        "phone_raw": "020 7946 0011",
        "phone": "+442079460011",
        "phone_is_valid": True,
        "source": "b",
    },
)
CHANGES = pl.DataFrame(
    [
        (1, "phone", "020 7946 0011", "+442079460011", "phone.e164"),
        (3, "phone", "n/a", None, "placeholder"),
    ],
    CELL_CHANGE,
    orient="row",
)


def test_scorecard():
    rows = scorecard(RECORDS, CHANGES).drop("patterns").rows()
    assert rows == [
        ("a", "phone", 3, 2, 1, 2, 1, 2, 2),
        ("b", "phone", 1, 1, 1, 0, 0, 1, 1),
    ]


def test_patterns_as_typed_commonest_first():
    together = RECORDS.with_columns(source=pl.lit("a"))
    (patterns,) = scorecard(together, CHANGES)["patterns"].to_list()
    shapes = [(each["pattern"], each["records"]) for each in patterns]
    assert shapes == [("999 9999 9999", 2), ("99", 1), ("a+/a+", 1)]


def test_a_value_that_two_records_have_is_not_unique():
    twice = RECORDS.with_columns(source=pl.lit("a"))
    row = scorecard(twice, CHANGES).row(0, named=True)
    assert (row["filled"], row["distinct"], row["unique"]) == (3, 2, 1)


def test_the_order_of_records_changes_nothing():
    assert_frame_equal(scorecard(RECORDS, CHANGES), scorecard(RECORDS[::-1], CHANGES))


def test_trend_against_the_run_before():
    card = scorecard(RECORDS, CHANGES)
    before = card.filter(pl.col("source") == "a").with_columns(filled=pl.lit(1))
    shown = with_trend(card, before).select("source", "filled", "filled_before")
    assert shown.rows() == [("a", 2, 1), ("b", 1, None)]


def test_a_list_without_standard_fields():
    assert scorecard(RECORDS.select("record_id", "source"), CHANGES).schema == SCORECARD
