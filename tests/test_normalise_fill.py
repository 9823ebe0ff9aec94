"""What follows from another cell is filled in, and says by which rule."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from factory import make_records

from cleanse.normalise import normalise
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
MAN = "110101198001010010"
"""Made up; the check sign is right."""
WOMAN = "110101198001010061"


def cleaned(**cells):
    cells = {"name_raw": "王伟", "customer": "person", **cells}
    records, changes = normalise(make_records(cells), RULES)
    return records.row(0, named=True), changes


@pytest.mark.parametrize(("code", "gender"), [(MAN, "male"), (WOMAN, "female")])
def test_birth_and_gender_follow_from_the_identity_card(code, gender):
    row, changes = cleaned(national_id_raw=code)
    assert row["national_id_is_valid"]
    assert (row["birth_on"], row["birth_precision"]) == (dt.date(1980, 1, 1), "day")
    assert row["gender"] == gender
    told = changes.filter(pl.col("rule") == "fill.national_id")
    assert told.select("field", "raw", "clean").rows() == [
        ("birth_on", None, "1980-01-01"),
        ("gender", None, gender),
    ]


def test_what_is_typed_stays():
    row, changes = cleaned(
        national_id_raw=MAN, birth_on_raw="1981-02-03", gender_raw="女"
    )
    assert (row["birth_on"], row["gender"]) == (dt.date(1981, 2, 3), "female")
    assert "fill.national_id" not in changes["rule"]


def test_an_invalid_card_tells_nothing():
    row, _ = cleaned(national_id_raw=MAN[:-1] + "1")
    assert row["national_id_is_valid"] is False
    assert row["birth_on"] is None
    assert row["gender"] is None


def test_normalising_twice_is_once():
    once, told = normalise(
        make_records({"name_raw": "王伟", "national_id_raw": MAN}), RULES
    )
    twice, again = normalise(once, RULES)
    assert twice.equals(once)
    assert again.equals(told)


def test_the_column_of_rules_does_not_leave_the_stage():
    row, _ = cleaned(national_id_raw=MAN)
    assert not [name for name in row if name.endswith("_rule")]
