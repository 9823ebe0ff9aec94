import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.normalise.address import normalise_address
from cleanse.normalise.address_chinese import parse_chinese
from cleanse.normalise.address_key import western_parts
from cleanse.normalise.address_plain import plain_lines
from cleanse.normalise.address_western import (
    _parse_plain,
    _parse_whole,
    parse_western,
)
from cleanse.normalise.address_words import plain, words_of
from cleanse.normalise.country import normalise_country
from cleanse.normalise.division import Divisions, divisions_of
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
WORDS = words_of(RULES.vocabulary)
DIVISIONS = divisions_of(RULES.vocabulary)
KINDS = {
    *WORDS.units, *WORDS.floors, *WORDS.buildings, *WORDS.mail, *WORDS.countries,
    *"po box c o rear il ny vic new york".split(),
}  # fmt: skip
"""Words that say what a part is, or are shown in another spelling."""
CASES = pl.read_csv("tests/cases/address.csv", infer_schema=False).to_dicts()
WESTERN = pl.read_csv("tests/cases/address_western.csv", infer_schema=False).to_dicts()
TYPED = ("address", "city", "province", "postcode", "country")
PARTS = (
    "number",
    "street",
    "building",
    "unit",
    "po_box",
    "district",
    "city",
    "province",
    "postcode",
    "country",
)
SAME = ("house_number", "street", "building", "unit", "po_box", "address_compare")


def read(**columns):
    frame = pl.DataFrame(
        {f"{name}_raw": values for name, values in columns.items()},
        {f"{name}_raw": pl.String for name in columns},
    )
    return normalise_address(normalise_country(frame, RULES), RULES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_address(case):
    row = read(**{name: [case[name]] for name in TYPED}).row(0, named=True)
    expected = {name: case[name] for name in SAME}
    for name in ("district", "city", "province", "postcode", "country"):
        expected[name] = case[f"out_{name}"]
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("case", WESTERN, ids=lambda case: case["why"])
def test_one_western_line(case):
    found = parse_western(case["line"], WORDS, case["hint"])
    named = ("house_number", *found._fields[1:])
    got = dict(zip(named, found, strict=True))
    got["number"] = got.pop("house_number")
    assert {name: got[name] for name in PARTS} == {name: case[name] for name in PARTS}


def test_columns_alone_are_put_together():
    row = read(
        house_number=["80"], street=["Stanley St"], unit=["149"], city=["Austin"]
    ).row(0, named=True)
    assert row["address"] == "80 Stanley St, Unit 149"
    assert row["address_compare"] == "80 stanley street 149"
    assert row["street_compare"] == "stanley street"


def test_a_building_in_its_column_does_not_push_the_street_aside():
    row = read(building=["Cloverdene"], street=["Lindrum Crescent"]).row(0, named=True)
    assert (row["street"], row["city"]) == ("Lindrum Crescent", None)
    assert row["street_compare"] == "lindrum crescent"
    assert row["address"] == "Cloverdene, Lindrum Crescent"


def test_keys_do_not_depend_on_writing():
    frame = read(
        address=["1 High St", "1 High St"],
        city=["Newcastle-upon-Tyne", "NEWCASTLE UPON TYNE"],
        postcode=["ne1 4st", "NE14ST"],
    )
    for key in ("address_compare", "city_compare", "postcode_compare"):
        assert frame[key].n_unique() == 1, key


def test_streets_that_cross_have_one_key_however_they_are_joined():
    lines = ["Elm St & 5th Ave", "Elm Street and Fifth Ave", "Elm St @ 5th Ave."]
    frame = read(address=lines)
    assert frame["street_compare"].unique().to_list() == ["elm street 5th avenue"]
    assert frame["street"].to_list() == [
        "Elm St & 5th Ave",
        "Elm Street & Fifth Ave",
        "Elm St & 5th Ave",
    ]


def test_postcodes_are_checked_where_their_form_is_known():
    assert read(postcode=["1", "2"])["postcode_is_valid"].to_list() == [None, None]
    frame = read(postcode=["EH7 6NA", "12", "12"], country=["UK", "GB", None])
    assert frame["postcode_is_valid"].to_list() == [True, False, None]


def test_a_column_that_contradicts_the_line_does_not_break_it():
    row = read(address=["广东省深圳市南山区中山路1号"], city=["上海市"]).row(
        0, named=True
    )
    assert (row["province"], row["city"], row["street"]) == (
        "广东省",
        "深圳市",
        "中山路",
    )


@pytest.mark.parametrize(
    ("street", "parts"),
    [
        ("126 Foundry Lane", ("126", "Foundry Lane", None)),
        ("Flat 1, 121 Millrace Road", ("121", "Millrace Road", "1")),
        ("学院路549号", ("549", "学院路", None)),
        ("Foundry Lane", (None, "Foundry Lane", None)),
        ("5th Avenue", (None, "5th Avenue", None)),
        ("Highway 50", (None, "Highway 50", None)),
    ],
)
def test_a_column_of_streets_may_hold_the_number_too(street, parts):
    row = read(street=[street]).row(0, named=True)
    assert (row["house_number"], row["street"], row["unit"]) == parts
    assert row["address"] == street


def test_no_street_ends_in_country_and_postcode():
    lines = ["9 Beach Road Singapore 059413", "SINGAPORE 059413"]
    assert read(address=lines)["street_compare"].to_list() == ["beach road", None]


def test_a_number_in_both_columns_is_one_number():
    frame = read(house_number=["126", "126"], street=["126 Foundry Lane", "Oak Way"])
    assert frame["street"].to_list() == ["Foundry Lane", "Oak Way"]
    assert frame["address"].to_list() == ["126 Foundry Lane", "126 Oak Way"]


NAMES = st.sampled_from(
    "Stanley Oak Church Lake View Park Saint North Kings O County State Old Box of de US Co First Two Tower".split()
)
LINES = st.builds(
    lambda unit, number, side, names, kind, behind, tail: (
        f"{unit}{number} {side}{' '.join(names)} {kind}{behind}{tail}"
    ),
    st.sampled_from(["", "", "Apt 3, ", "Unit 3B, ", "Flat 12, ", "Bldg 2, "]),
    st.sampled_from(["7", "80", "1098", "60601", "12b"]),
    st.sampled_from(["", "", "N ", "W. ", "5th ", "33rd ", "SE "]),
    st.lists(NAMES, max_size=3),
    st.sampled_from(
        "Street St St. Ave Ct Road Lane Place Park View Georgia CA Hwy Center Way Dr. Blvd".split()
    ),
    st.sampled_from(["", "", " N", " NE", ", NW"]),
    st.builds(
        lambda unit, tail: unit + tail,
        st.sampled_from(
            ["", "", ", Unit 3", ", Apt 370", " Ste B", " #4", ", # 4", ", Lot 1234"]
        ),
        st.sampled_from(
            "|, Austin| Austin TX 78701|, Austin, TX 78701|, New York, NY 10001|, West, TX 76691|, St. Louis, MO 63101-1234|"
            ", Washington, DC 20001|, Washington, WA 98001|, Salt Lake City UT 84101|, Georgia, GA 30301|, Nowhere, NE 68001|"
            ", Mexico, MO, 65265|, Center, TX 75935|, Austin, IL 78701".split("|")
        ),
    ),
)
COUNTRIES = st.sampled_from([None, "US", "GB", "AU", "DE", "CA"])


@given(LINES, COUNTRIES)
@settings(max_examples=2000)
def test_the_short_way_reads_what_the_long_way_reads(line, country):
    short = _parse_plain(line, WORDS, country)
    assert short is None or short == _parse_whole(line, WORDS, country)


def test_the_short_way_reads_cities_as_the_long_way_does():
    zips = {state: prefix for prefix, state in sorted(WORDS.zip_states.items())}
    names = sorted(WORDS.places)[::11] + sorted(WORDS.large_places)
    for name in names:
        state = min(WORDS.places[name])
        line = f"12 Oak St, {name.title()}, {state} {zips.get(state, '000')}01"
        short = _parse_plain(line, WORDS)
        assert short is None or short == _parse_whole(line, WORDS, None), line


@pytest.mark.parametrize(
    "line",
    [
        "80 Stanley St",
        "450 W 33rd St Apt 4B",
        "80 N. Stanley St., Ste 1200, Austin, TX 78701",
        "7 Lake Shore Dr #4, St. Louis, MO 63101-1234",
        "7 Oak Way NE, Salt Lake City, UT 84101",
    ],
)
def test_the_common_forms_take_the_short_way(line):
    assert _parse_plain(line, WORDS)


SHORT_LINES = st.builds(
    lambda lead, number, side, names, kind, unit: (
        f"{lead}{number} {side}{' '.join(names)} {kind}{unit}"
    ),
    st.sampled_from(
        ["", "", "Apt 3, ", "flat 12b, ", "Bldg 2, ", "UNIT 7 ", "Rose 4, "]
    ),
    st.sampled_from(["7", "80", "1098", "60601", "12b", "12B", "３"]),
    st.sampled_from(["", "", "N ", "W. ", "5th ", "33rd ", "SE "]),
    st.lists(st.one_of(NAMES, NAMES.map(str.upper)), min_size=1, max_size=4),
    st.sampled_from("Street St St. ST Ave Ct Road LN Pl Hwy Way Dr. Straße NE".split()),
    st.sampled_from(
        [
            "",
            "",
            " N",
            " NE",
            ", NE",
            ", Unit 3",
            " Apt. 370",
            ", STE B",
            " #4b",
            " # 4",
            ", Lot 1234",
            " #12345",
            " ext 4",
            "., Apt 5",
            " No 7",
            " NE, Apt 5",
            ".",
        ]
    ),
)


@given(st.lists(st.tuples(st.one_of(SHORT_LINES, LINES), COUNTRIES), min_size=20))
@settings(max_examples=300)
def test_plain_lines_are_read_together_as_one_by_one(lines):
    frame = pl.DataFrame(lines, {"own": pl.String, "hint": pl.String}, orient="row")
    read = plain_lines(frame, WORDS)
    for (line, country), found in zip(lines, read.rows(named=True), strict=True):
        if found["street"] is not None:
            alone = parse_western(line, WORDS, country)
            parts = western_parts(line, alone, WORDS)._asdict()
            expected = dict.fromkeys(parts) | found
            assert parts == expected, line


@pytest.mark.parametrize(
    "line",
    ["80 Stanley St", "450 W 33rd St Apt 4B", "Flat 4, 8 MILL LANE", "9 Oak Pl., #95"],
)
def test_the_plainest_lines_are_read_together(line):
    frame = pl.DataFrame({"own": [line], "hint": "US"})
    assert plain_lines(frame, WORDS)["street"][0]


SEGMENTS = st.lists(
    st.sampled_from(
        "12 Oak Street|Apt 4|Rose House|Springfield|New York|IL 62701|NY|10115 Berlin|Hauptstr. 5|OX1 4AA|PO Box 7|"
        "c/o J Ray|NW|Unit 3/12|5|VIC 3053|1600|Via Roma|Suite B|Highway 50|Elm & Main|France|London|12 bis|(rear)|Main".split(
            "|"
        )
    ),
    min_size=1,
    max_size=5,
)


@given(
    SEGMENTS, st.sampled_from([", ", " "]), st.sampled_from([None, "US", "GB", "DE"])
)
@settings(max_examples=400)
def test_no_name_and_no_number_of_a_line_is_lost(segments, sign, country):
    line = sign.join(segments)
    found = parse_western(line, WORDS, country)
    kept = " ".join(part for part in found if part).lower()
    for word in re.findall(r"\w+", line.lower()):
        if word in KINDS or plain(word) in KINDS:
            continue
        assert word in kept, (word, line, found)


@given(st.text(max_size=50))
def test_no_text_raises(text):
    parse_western(text, WORDS)
    parse_chinese(text, DIVISIONS)


@given(
    st.sampled_from("省市区县路街号栋楼室镇乡村一二十百海京南"),
    st.text("省市区路号12上海京北南", max_size=12),
)
def test_the_head_decides_the_divisions(sign, text):
    # Heads are remembered up to the first digit: nothing behind may count.
    fresh = Divisions(RULES.vocabulary)._read_head(text)
    assert DIVISIONS.find(text)[:3] == fresh[:3]
    assert DIVISIONS.find(text + "1" + sign)[:3] == DIVISIONS.find(text + "1")[:3]


def test_no_rows_give_the_same_columns():
    some, none = read(address=["1 High St"]), read(address=[])
    assert none.schema == some.schema


def test_reading_twice_changes_nothing():
    once = read(address=[case["address"] for case in CASES])
    again = read(
        **{
            name: once[name]
            for name in (
                "address",
                "city",
                "province",
                "district",
                "postcode",
                "country",
            )
        }
    )
    for name in ("address", "city", "province", "postcode", "address_compare"):
        assert again[name].to_list() == once[name].to_list(), name


PARTS_OF = ("house_number", *PARTS[1:])


def test_reading_western_addresses_twice_changes_nothing():
    once = read(
        address=[case["line"] for case in WESTERN],
        country=[case["hint"] for case in WESTERN],
    )
    shown = {name: once[name] for name in PARTS_OF}
    for again in (read(address=once["address"], **shown), read(**shown)):
        for name in (*PARTS_OF, "city_compare", "postcode_compare"):
            assert again[name].to_list() == once[name].to_list(), name
    again = read(address=once["address"], **shown)
    for name in ("address", "address_compare", "street_compare"):
        assert again[name].to_list() == once[name].to_list(), name


@pytest.mark.parametrize(
    ("city", "parts"),
    [
        ("Springfield, IL", ("Springfield", "IL", None)),
        ("Springfield IL 62701", ("Springfield", "IL", "62701")),
        ("Springfield 62701", ("Springfield", None, "62701")),
        ("St Louis, Missouri", ("St Louis", "MO", None)),
        ("London SW1A 2AA", ("London", None, "SW1A 2AA")),
        ("Paris", ("Paris", None, None)),
        ("Washington", ("Washington", None, None)),
        ("Kansas City", ("Kansas City", None, None)),
        ("District 9", ("District 9", None, None)),
    ],
)
def test_a_column_of_cities_may_hold_state_and_postcode(city, parts):
    row = read(street=["12 Oak St"], city=[city]).row(0, named=True)
    assert (row["city"], row["province"], row["postcode"]) == parts


def test_a_cell_of_a_city_that_contradicts_its_neighbours_stays():
    frame = read(city=["Springfield, IL"] * 2, province=["Ohio", "Illinois"])
    assert frame["city"].to_list() == ["Springfield, IL", "Springfield"]


def test_a_city_repeated_in_the_line_is_no_part_of_the_street():
    lines = ["12 Oak St, Springfield", "12 Oak St Springfield"]
    frame = read(address=lines, city=["Springfield"] * 2)
    assert frame["street"].to_list() == ["Oak St"] * 2


@pytest.mark.parametrize(
    ("postcode", "country", "province"),
    [
        ("62701", "US", "IL"),
        ("06390", "US", "NY"),
        ("42223", "US", None),
        ("62701", None, None),
        ("V6B 1A1", "Canada", "BC"),
        ("X1A 1A1", "Canada", None),
        ("2601", "AU", "ACT"),
        ("2620", "AU", None),
        ("800", "AU", "NT"),
        ("62701", "DE", None),
    ],
)
def test_a_postcode_fills_in_the_only_state_it_lies_in(postcode, country, province):
    frame = read(postcode=[postcode], country=[country])
    assert frame["province"].item() == province
    rule = "fill.postcode" if province else None
    assert frame["province_rule"].item() == rule


def test_a_typed_province_is_never_replaced():
    frame = read(postcode=["62701"], country=["US"], province=["Ohio"])
    assert frame.select("province", "province_rule").row(0) == ("OH", None)
