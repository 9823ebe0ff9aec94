"""Currency and unit in the heading of an amount."""

from decimal import Decimal

import polars as pl
import pytest
from map_factory import raw_file, raw_table

from cleanse.map import map_file, propose_mappings, recognise_source
from cleanse.normalise import normalise
from cleanse.rulebook import SourceRule, load_rulebook

RULEBOOK = load_rulebook()
NAMES = ["Ann Lee", "Bob Ray", "Cy Dunn", "Di Marsh"]


def read(heading, cells, **columns):
    """Map and normalise a list of amounts; return its one mapping and its records."""
    table = raw_table({"Name": NAMES[: len(cells)], heading: cells, **columns})
    file, rule = raw_file(table), SourceRule()
    mappings = propose_mappings(file, rule, RULEBOOK)
    records = map_file(file, mappings, recognise_source(file, RULEBOOK), rule)
    records = records.with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("record_id")
    )
    return mappings[0], normalise(records, RULEBOOK)[0]


@pytest.mark.parametrize(
    ("heading", "currency", "times"),
    [
        ("累计消费(元)", "CNY", 1),
        ("累计金额（元）", "CNY", 1),
        ("金额(万元)", "CNY", 10_000),
        ("金额（单位：万元）", "CNY", 10_000),
        ("累计消费/元", "CNY", 1),
        ("销售额(亿)", None, 100_000_000),
        ("Spend (USD)", "USD", 1),
        ("Spend USD", "USD", 1),
        ("Total Sales (GBP k)", "GBP", 1000),
        ("Total spend (£)", "GBP", 1),
        ("Spend", None, 1),
        ("Spend (all)", None, 1),
        ("Total sales (won)", None, 1),
    ],
)
def test_a_heading_names_currency_and_unit(heading, currency, times):
    mapping, records = read(heading, ["1,234.50", "12", None, "0.5"])
    assert records["total_amount_raw"].to_list() == ["1,234.50", "12", None, "0.5"]
    expected = [Decimal(n) * times if n else None for n in ("1234.5", "12", "", "0.5")]
    assert records["total_amount"].to_list() == expected
    said = records["currency"].to_list() if currency else [None]
    assert said == ([currency, currency, None, currency] if currency else [None])
    reason = mapping.columns[1].reason
    assert (f"currency {currency} from the heading" in reason) is bool(currency)
    assert ("times" in reason) is (times > 1)


def test_a_cell_that_names_its_own_currency_or_unit_keeps_it():
    _, records = read("金额(万元)", ["1.2", "$3", "4万", "(5)"])
    assert records["currency"].to_list() == ["CNY", "USD", "CNY", "CNY"]
    amounts = [12_000, 30_000, 40_000, -50_000]
    assert records["total_amount"].to_list() == [Decimal(a) for a in amounts]


def test_a_column_of_currencies_goes_before_the_heading():
    _, records = read("累计消费(元)", ["1", "2"], 币种=["USD", "EUR"])
    assert records["currency"].to_list() == ["USD", "EUR"]
    assert records["currency_raw"].dtype == pl.String


def test_a_numeral_in_words_takes_the_unit_too():
    _, records = read("金额(万元)", ["三百二十", "12.5", "1.2亿", "约50万元"])
    assert records["total_amount"].to_list() == [
        Decimal(amount) for amount in ("3200000", "125000", "120000000", "500000")
    ]
