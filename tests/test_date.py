import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.normalise.date import column_orders, normalise_date
from cleanse.rulebook import Rulebook, load_rulebook
from cleanse.rulebook.source import DateColumn, SourceRule

RULES = load_rulebook()
CASES = pl.read_csv("tests/cases/date.csv", infer_schema=False).to_dicts()


def read(*cells, field="founded_on", rules=RULES, **columns):
    return normalise_date(pl.DataFrame({f"{field}_raw": cells, **columns}), rules)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_cell(case):
    row = read(case["raw"]).row(0, named=True)
    assert str(row["founded_on"] or "") == (case["on"] or "")
    assert row["founded_precision"] == case["precision"]


def test_one_value_decides_the_order_of_its_column():
    cells = ["03/04/2020", "25/12/2020", "03/04/2020", "12/25/2020"]
    frame = read(*cells, source=["day", "day", "month", "month"])
    april, march = dt.date(2020, 4, 3), dt.date(2020, 3, 4)
    assert frame["founded_on"].gather([0, 2]).to_list() == [april, march]
    orders = column_orders(frame, "founded_on", RULES)
    assert orders.rows() == [("day", 1, 0, "dmy"), ("month", 0, 1, "mdy")]


def test_without_evidence_the_region_decides():
    cells = ["03/04/2020", "03/04/2020"]
    frame = read(*cells, source=["a", "b"], country=["US", "GB"])
    assert frame["founded_on"].to_list() == [dt.date(2020, 3, 4), dt.date(2020, 4, 3)]


def test_nobody_is_born_in_the_future_but_contracts_end_there():
    assert read("1/2/40", field="birth_on")["birth_on"].item() == dt.date(1940, 2, 1)
    contract = read("1/2/40", field="contract_until_on")["contract_until_on"].item()
    assert contract == dt.date(2040, 2, 1)


def test_formats_of_a_source_rule_come_first():
    column = DateColumn.model_validate({"from": "x", "formats": ["%y%m%d"]})
    rules = Rulebook(
        **{
            name: getattr(RULES, name)
            for name in Rulebook.__slots__
            if name != "sources"
        },
        sources={"old": SourceRule(columns={"founded_on": column})},
    )
    frame = read("130522", "130522", source=["old", "new"], rules=rules)
    assert frame["founded_on"].to_list() == [dt.date(2013, 5, 22), None]
    assert frame["founded_precision"].to_list() == ["day", None]


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2018-01-16T10:20:30Z", "2018-01-16 10:20:30"),
        ("2018-01-16 10:20", "2018-01-16 10:20:00"),
        ("16/01/2018 3:05 PM", "2018-01-16 15:05:00"),
        ("2018-01-16T00:20:30+08:00", "2018-01-15 16:20:30"),
        ("2018-01-16", "2018-01-16 00:00:00"),
    ],
)
def test_moments_are_utc(typed, moment):
    value = read(typed, field="source_updated_at")["source_updated_at"]
    assert value.dtype == pl.Datetime("us", "UTC")
    assert f"{value.item():%Y-%m-%d %H:%M:%S}" == moment


def test_validity_is_of_what_is_typed():
    frame = read("2013-02-30", "2013-02-28", None, "n/a", field="birth_on")
    assert frame["birth_on_is_valid"].to_list() == [False, True, None, None]


@settings(max_examples=15)
@given(st.lists(st.dates(dt.date(1000, 1, 1), dt.date(2199, 12, 31)), min_size=1))
def test_what_is_written_is_read_again(days):
    assert read(*[day.isoformat() for day in days])["founded_on"].to_list() == days
    numbers = [f"{day:%Y}年{day.month}月{day.day}日" for day in days]
    assert read(*numbers)["founded_on"].to_list() == days


@settings(max_examples=15)
@given(st.lists(st.text(max_size=20), max_size=5))
def test_no_text_raises(texts):
    assert read(*[None, *texts]).height == len(texts) + 1
