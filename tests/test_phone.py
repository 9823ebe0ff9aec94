import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.normalise.phone import _pieces, normalise_phone
from cleanse.normalise.phone_cell import cell_pieces
from cleanse.normalise.text import tidied
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
CASES = pl.read_csv("tests/cases/phone.csv", infer_schema=False).to_dicts()


def read(*cells, field="phone", **columns):
    frame = pl.DataFrame({f"{field}_raw": cells, **columns})
    return normalise_phone(frame, RULES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_cell(case):
    cell = case["raw"].replace("\\n", "\n")
    row = read(cell, region=[case["region"]]).row(0, named=True)
    assert row["phone"] == case["phone"]
    assert row["phone_type"] == case["type"]
    assert row["phone_extension"] == case["extension"]
    assert " ".join(row["phones"] or []) == (case["phones"] or "")


def test_lost_digits_are_said():
    row = read("1.39E+10", region=["CN"]).row(0, named=True)
    assert row["phone_is_lossy"] is True
    assert row["phone_is_valid"] is False


def test_country_of_the_row_beats_the_region_of_the_list():
    frame = read("0412 345 670", country=["AU"], region=["CN"])
    assert frame["phone_e164"].item() == "+61412345670"


def test_a_list_without_region_is_read_where_its_numbers_are_valid():
    numbers = [f"0412 555 {n}" for n in (123, 231, 456, 789)]
    frame = read(*numbers, source=["club"] * 4)
    assert frame["phone_e164"].to_list() == [
        f"+61412555{n}" for n in (123, 231, 456, 789)
    ]


def test_rows_with_a_country_decide_for_rows_without():
    frame = read(
        "020 8123 4567", "020 8123 4568", source=["a", "a"], country=["GB", None]
    )
    assert frame["phone_is_valid"].to_list() == [True, True]
    assert frame["phone_e164"][1] == "+442081234568"


def test_without_any_region_validity_is_not_known():
    assert read("5551234", source=["a"])["phone_is_valid"].to_list() == [None]


def test_phones_gathers_phone_and_mobile_but_not_fax():
    frame = pl.DataFrame(
        {
            "phone_raw": ["010-62345678"],
            "mobile_raw": ["13800138001\n010-62345678"],
            "fax_raw": ["010-62345679"],
            "region": ["CN"],
        }
    )
    row = normalise_phone(frame, RULES).row(0, named=True)
    assert row["phones"] == ["+861062345678", "+8613800138001"]
    assert row["mobile"] == "+8613800138001"
    assert row["fax"] == "+861062345679"


def test_nothing_to_read_adds_nothing():
    assert normalise_phone(pl.DataFrame({"name_raw": ["A"]}), RULES).columns == [
        "name_raw"
    ]
    assert read(None, None)["phone"].to_list() == [None, None]


@settings(deadline=None)
@given(st.text(max_size=40))
def test_cells_never_raise(text):
    for piece in cell_pieces(text):
        digits = piece.number.removeprefix("+")
        assert digits.isascii()
        assert digits.isdecimal() or (piece.is_lossy and not digits)


@given(
    st.lists(st.text("0123456789+()-. \n８转x/", min_size=1, max_size=24), max_size=8)
)
@settings(deadline=None, max_examples=300)
def test_plain_cells_are_read_as_all_cells_are(cells):
    distinct = tidied(pl.Series(cells, dtype=pl.String)).drop_nulls().unique()
    expected = [
        (cell, place, *piece)
        for cell in distinct
        for place, piece in enumerate(cell_pieces(cell))
    ]
    assert sorted(_pieces(distinct).rows(), key=str) == sorted(expected, key=str)


def test_normalising_twice_changes_nothing():
    cells = [case["raw"].replace("\\n", "\n") for case in CASES]
    regions = [case["region"] for case in CASES]
    once = read(*cells, region=regions)
    twice = read(*once["phone"], region=regions)
    assert twice["phone"].to_list() == once["phone"].to_list()
    assert twice["phone_type"].to_list() == once["phone_type"].to_list()


def test_numbers_that_fit_two_countries_stay_as_typed(rulebook):
    numbers = [f"020 7946 01{i:02}" for i in range(12)]
    records = pl.DataFrame({"source": "list", "phone_raw": numbers})
    read = normalise_phone(records, rulebook)
    assert read["phone"].to_list() == numbers
    assert read["phone_e164"].null_count() == len(numbers)
