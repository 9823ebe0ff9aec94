"""The scorecard counts what is there."""

from __future__ import annotations

import polars as pl
from factory import make_records

from cleanse.evaluate import SCORECARD, scorecard
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
    rows = scorecard(RECORDS, CHANGES).rows()
    assert rows == [("a", "phone", 3, 2, 1, 2, 2), ("b", "phone", 1, 1, 1, 0, 1)]


def test_a_list_without_standard_fields():
    assert scorecard(RECORDS.select("record_id", "source"), CHANGES).schema == SCORECARD
