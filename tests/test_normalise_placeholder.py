import polars as pl
import pytest

from cleanse.normalise.placeholder import typed
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
CASES = pl.read_csv("tests/cases/placeholder.csv", infer_schema=False).to_dicts()


def read(field, *cells, **columns):
    return typed(pl.DataFrame({f"{field}_raw": cells, **columns}), field, RULES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_cell(case):
    is_missing = read(case["field"], case["raw"]).item() is None
    assert is_missing == (case["missing"] == "yes")


def test_only_the_placeholder_of_several_values_goes():
    cells = read("phone", "13800138000\n020 8888 8888", "-\n无", None, "139 1234 9999")
    assert cells.to_list() == ["020 8888 8888", None, None, "139 1234 9999"]


def test_a_source_rule_goes_before_what_was_typed():
    said = ["", "13912349999", None]
    cells = read("phone", "020 1", "12", "020 8888 8888", phone_replaced=said)
    assert cells.to_list() == [None, "13912349999", "020 8888 8888"]


def test_an_absent_field_is_missing_in_every_row():
    frame = pl.DataFrame({"name_raw": ["a", "b"]})
    assert typed(frame, "phone", RULES).to_list() == [None, None]


def test_the_lines_of_an_address_stay_apart():
    assert read("address", "12 High St\nLondon").item() == "12 High St, London"


def test_typing_twice_is_typing_once():
    once = read("name", " ＡＢＣ ", "N/A", "张　伟")
    assert read("name", *once).to_list() == once.to_list()
