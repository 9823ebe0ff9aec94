from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanse.normalise.amount import normalise_amount, parse_amount
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
CASES = pl.read_csv("tests/cases/amount.csv", infer_schema=False).to_dicts()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_cell(case):
    columns = {"total_amount_raw": [case["raw"]], "country": [case["country"]]}
    frame = pl.DataFrame(columns, dict.fromkeys(columns, pl.String))
    row = normalise_amount(frame, RULES).row(0, named=True)
    assert str(row["total_amount"] or "") == (case["amount"] or "")
    assert row["currency"] == case["currency"]
    assert row["total_amount_is_valid"] is (case["amount"] is not None)


def test_currency_of_its_own_column_comes_first():
    frame = pl.DataFrame(
        {"total_amount_raw": ["$5", "€5"], "currency_raw": ["人民币", None]}
    )
    assert normalise_amount(frame, RULES)["currency"].to_list() == ["CNY", "EUR"]


def test_counts_are_whole():
    frame = pl.DataFrame({"purchase_count_raw": ["3次", "12.0", "1,200", "3.5", None]})
    read = normalise_amount(frame, RULES)
    assert read["purchase_count"].to_list() == [3, 12, 1200, None, None]
    assert read["purchase_count_is_valid"].to_list() == [True, True, True, False, None]


@given(st.decimals(0, 10**12, places=2))
def test_grouped_amounts_are_read_again(number):
    english = f"{number:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse_amount(english).value == parse_amount(german).value == number
    assert parse_amount(f"{number}").value == Decimal(number)


@given(st.text(max_size=30))
def test_no_text_raises(text):
    parse_amount(text)


def currencies(cells, **columns):
    frame = pl.DataFrame({"total_amount_raw": cells, **columns})
    return normalise_amount(frame, RULES)["currency"].to_list()


@pytest.mark.parametrize(
    ("signed", "told"),
    [
        (["£1"] * 20, "GBP"),
        (["£1"] * 19, None),
        (["£1"] * 18 + ["$1"] * 2, "GBP"),
        (["£1"] * 17 + ["$1"] * 3, None),
    ],
)
def test_nearly_all_signs_of_a_list_tell_the_currency_of_its_bare_amounts(signed, told):
    assert currencies([*signed, "5", None])[-2:] == [told, None]


def test_signs_speak_for_their_own_list_only():
    cells, lists = ["£1"] * 20 + ["5", "6"], ["a"] * 21 + ["b"]
    assert currencies(cells, source=lists)[-2:] == ["GBP", None]
