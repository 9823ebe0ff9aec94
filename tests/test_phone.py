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


@given(st.text(max_size=40))
def test_cells_never_raise(text):
    for piece in cell_pieces(text):
        digits = piece.number.removeprefix("+")
        assert digits.isascii()
        assert digits.isdecimal() or (piece.is_lossy and not digits)


@given(
    st.lists(st.text("0123456789+()-. \n８转x/", min_size=1, max_size=24), max_size=8)
)
@settings(max_examples=300)
def test_plain_cells_are_read_as_all_cells_are(cells):
    distinct = tidied(pl.Series(cells, dtype=pl.String)).drop_nulls().unique()
    expected = [
        (cell, place, *piece)
        for cell in distinct
        for place, piece in enumerate(cell_pieces(cell))
    ]
    assert sorted(_pieces(distinct).rows(), key=str) == sorted(expected, key=str)


def test_normalising_twice_changes_nothing():
    # What a label says is gone from the clean number.
    cases = [case for case in CASES if "label" not in case["why"]]
    cells = [case["raw"].replace("\\n", "\n") for case in cases]
    regions = [case["region"] for case in cases]
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


def in_place(*cells, **columns):
    """Phones of records whose address is normalised already."""
    return read(
        *cells, **{name: [value] * len(cells) for name, value in columns.items()}
    )


@pytest.mark.parametrize(
    ("place", "cell", "e164"),
    [
        ({"country": "CN", "city": "广州市"}, "8123 4567", "+862081234567"),
        ({"country": "CN", "province": "北京市"}, "62345678", "+861062345678"),
        ({"country": "CN", "city": "Guangzhou"}, "8123-4567", "+862081234567"),
        ({"country": "CN", "city": "广州市"}, "81234567-801", "+862081234567"),
        ({"country": "TW", "city": "台北市"}, "2345 6789", "+886223456789"),
        ({"country": "US", "province": "ME"}, "772-5123", "+12077725123"),
        ({"country": "GB", "city": "London"}, "7946 0958", "+442079460958"),
        ({"country": "AU", "province": "NSW"}, "9374 4000", "+61293744000"),
    ],
)
def test_a_local_number_takes_the_area_code_of_its_place(place, cell, e164):
    row = in_place(cell, **place).row(0, named=True)
    assert row["phone"] == e164
    assert row["phone_rule"] == "phone.area_of_city"
    assert row["phones"] == [e164]


@pytest.mark.parametrize(
    ("place", "cell"),
    [
        ({"country": "US", "province": "NY", "city": "New York"}, "555-2671"),
        ({"country": "CN", "province": "广东省"}, "81234567"),
        ({"country": "CN", "city": "Suzhou"}, "65123456"),
        ({"country": "CN", "city": "深圳市"}, "8123456"),
        ({"country": "CN"}, "81234567"),
    ],
    ids=["two codes", "a province only", "two cities", "digits missing", "no place"],
)
def test_what_could_be_two_numbers_stays_local(place, cell):
    row = in_place(cell, **place).row(0, named=True)
    assert row["phone"] == cell
    assert row["phone_e164"] is None
    assert row["phone_rule"] is None
    assert row["phones"] == [cell.replace("-", "")]


def test_a_local_number_takes_the_area_code_of_the_number_beside_it():
    row = read("010-62345678/87654321", region=["CN"]).row(0, named=True)
    assert row["phones"] == ["+861062345678", "+861087654321"]
    frame = pl.DataFrame(
        {"phone_raw": ["87654321"], "fax_raw": ["010-62345678"], "region": ["CN"]}
    )
    row = normalise_phone(frame, RULES).row(0, named=True)
    assert (row["phone"], row["phone_rule"]) == ("+861087654321", "phone.area_of_row")


def test_place_and_number_beside_must_agree():
    row = in_place("010-62345678/87654321", country="CN", city="上海市").row(
        0, named=True
    )
    assert row["phones"] == ["+861062345678", "87654321"]


def test_a_number_labelled_a_fax_is_the_fax():
    row = read("Tel: 010-62345678 Fax: 010-62345679", region=["CN"]).row(0, named=True)
    assert (row["phone"], row["fax"]) == ("+861062345678", "+861062345679")
    assert row["phones"] == ["+861062345678"]
    assert row["fax_rule"] == "phone.fax_beside"


def test_a_fax_alone_is_kept_but_identifies_nobody():
    row = read("传真:010-62345679", region=["CN"]).row(0, named=True)
    assert (row["phone"], row["phone_type"]) == ("+861062345679", "fax")
    assert row["phones"] is None


@pytest.mark.parametrize(
    ("cell", "region", "rule"),
    [
        ("13800138001.0", "CN", "phone.spreadsheet"),
        ("1.3800138001E10", "CN", "phone.spreadsheet"),
        ("17951 13800138001", "CN", "phone.carrier_prefix"),
        ("8613800138001", "US", "phone.country_code"),
        ("13800138001", "US", "phone.mainland_mobile"),
        ("0912 345 678", "CN", "phone.taiwan_mobile"),
        ("1-800-FLOWERS", "US", "phone.letters"),
        ("138 0013 8001", "CN", None),
    ],
)
def test_a_repair_is_named(cell, region, rule):
    row = read(cell, region=[region]).row(0, named=True)
    assert row["phone_e164"] is not None
    assert row["phone_rule"] == rule


def test_a_sequence_is_a_number_only_where_the_plan_has_it():
    frame = read("012-345 6789", "012-345 6789", region=["MY", "CN"])
    assert frame["phone"].to_list() == ["+60123456789", None]
    assert frame["phones"].to_list() == [["+60123456789"], None]
