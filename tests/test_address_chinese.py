import re

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cleanse.normalise import normalise
from cleanse.normalise.address import _parse_distinct, normalise_address
from cleanse.normalise.address_chinese import _names_of, _read_names, parse_chinese
from cleanse.normalise.address_cn_numeral import as_digits
from cleanse.normalise.address_cn_template import NUMBERS as NUMBER_COLUMNS
from cleanse.normalise.address_cn_template import (
    with_marks,
    with_numbers,
    with_templates,
)
from cleanse.normalise.division import divisions_of
from cleanse.rulebook import load_rulebook
from cleanse.validate import validate

RULES = load_rulebook()
DIVISIONS = divisions_of(RULES.vocabulary)
CASES = pl.read_csv("tests/cases/address_chinese.csv", infer_schema=False).to_dicts()
PARTS = ("province", "city", "district", "street", "house_number", "building", "unit")
WORDS = "号栋幢座单元层楼室弄户房门梯铺档店位第与和及跟至交口之附邮编政码院"
"""Words that count or join; what they say is in the part they stand with."""

HEADS = "浙江省 杭州市 西湖区 上海 浦东新区 鼓楼区 广西 香港 观塘区 台北市 义乌".split()
NAMES = (
    "临平 文新街道 陈村 3组 中山路 四号大街 学院路 民族大道二段 与 东侧 交叉口".split()
)
NUMBERS = "88号 88-6号 一二〇号 12弄 5巷 附3号 甲8号 1326-11-6-434 2-1-302".split()
SITES = "翠苑小区 华鼎大厦 轻纺市场 (近地铁口) A座 3栋 东区 五号楼 2单元 8楼 301室 B12".split()
LINES = st.builds(
    "".join,
    st.tuples(
        *(
            st.lists(st.sampled_from(words), max_size=3).map("".join)
            for words in (HEADS, NAMES, NUMBERS, SITES)
        )
    ),
)


def read(address, **columns):
    frame = pl.DataFrame({"address_raw": [address], **columns})
    return normalise_address(frame, RULES).row(0, named=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_chinese_address(case):
    row = read(case["address"])
    expected = {name: case[name] for name in (*PARTS, "address_compare")}
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("number", ["1号", "一号", "１号", "壹号"])
def test_a_number_is_one_however_it_is_written(number):
    same = read("广州市天河区天河路1号")["address_compare"]
    assert read(f"广州市天河区天河路{number}")["address_compare"] == same


def test_a_tower_is_one_in_capitals_or_not():
    keys = {
        read(f"广州市天河区天河路1号正佳广场{each}座")["address_compare"]
        for each in "aAａ"
    }
    assert len(keys) == 1


def test_what_is_filled_in_says_by_which_rule():
    row = read("杭州市文新街道古墩路5号")
    assert (row["province"], row["district"]) == ("浙江省", "西湖区")
    assert (row["province_rule"], row["city_rule"]) == ("fill.division", None)
    assert row["district_rule"] == "fill.division"
    typed = read("浙江省杭州市西湖区古墩路5号")
    assert typed["province_rule"] is typed["district_rule"] is None


def test_a_postcode_tells_counties_of_one_name_apart():
    row = read("鼓楼区五四路1号", postcode_raw=["350001"])
    assert (row["province"], row["city"]) == ("福建省", "福州市")
    assert row["city_rule"] == "fill.postcode"
    # Both 南京 and 徐州 have one, and 210000 says no more than 江苏.
    assert read("鼓楼区中山路1号", postcode_raw=["210000"])["city"] is None


def test_filled_cells_and_a_postcode_from_elsewhere_are_told():
    records = pl.DataFrame(
        {
            "record_id": [1, 2],
            "name_raw": ["张伟", "李娜"],
            "address_raw": ["广州市天河区体育西路3号", "广州市天河区体育西路5号"],
            "postcode_raw": ["210000", "510620"],
        }
    )
    clean, changes = normalise(records, RULES)
    filled = changes.filter(pl.col("rule") == "fill.division")
    assert filled.select("record_id", "field", "raw", "clean").rows() == [
        (1, "province", None, "广东省"),
        (2, "province", None, "广东省"),
    ]
    _, issues, _ = validate(clean, RULES)
    elsewhere = issues.filter(pl.col("check") == "postcode_elsewhere")
    assert elsewhere["record_id"].to_list() == [1]


@given(LINES | st.text("浙江省杭州市区镇村路街号栋楼室弄一二12-A东(", max_size=25))
@example("88号一二〇号88-6号")
@settings(max_examples=400)
def test_nothing_of_a_line_is_lost(line):
    found = parse_chinese(line, DIVISIONS)
    kept = "".join(text for _, text in found.place.typed) + found.place.skipped
    kept += "".join(part for part in found[1:] if part)
    signs = set(re.sub(r"[\W_]", "", as_digits(line))) - set(WORDS)
    lost = signs - set(kept + as_digits(kept)) - set("一二三四五六七八九十0")
    assert not lost


@given(LINES)
@settings(max_examples=300)
def test_a_remembered_head_reads_as_the_whole_line(line):
    text = as_digits(line)
    notes = []
    place, parts, start = _read_names(text, notes, DIVISIONS)
    whole, names, end, aside = _names_of.__wrapped__(text, DIVISIONS)
    named = {part: name for part, name in names if name}
    assert {part: name for part, name in parts.items() if name} == named
    assert (place, start, tuple(notes)) == (whole, end, aside)


@given(LINES)
@settings(max_examples=100)
def test_reading_the_display_line_again_changes_nothing(line):
    once = read(line)
    if once["address"]:
        again = read(once["address"])
        assert {name: again[name] for name in PARTS} == {p: once[p] for p in PARTS}


_PLAIN_LINES = st.lists(
    st.one_of(
        st.sampled_from(
            "北京市朝阳区 杭州市 余杭区 良渚街道 人民路 中山一路 三元里 四号大街 3号大街 翠苑小区 万达广场 "
            "号 号楼 栋 单元 室 层 楼 弄 巷 村 组 附 之一 一 二百 号院 大厦 东侧 期 路 国道 米 院内 店 镇 甲".split()
        ),
        st.sampled_from(
            ("1", "12", "123", "2", "33", "322", "4001", "12345", "0", "1-2")
        ),
    ),
    min_size=2,
    max_size=9,
).map("".join)


@settings(max_examples=60)
@given(st.lists(_PLAIN_LINES, min_size=25, max_size=25))
def test_templates_are_read_as_their_lines(lines):
    frame = pl.DataFrame({"own": lines}).with_columns(
        pl.lit("").alias("above"),
        *(
            pl.lit(None, pl.String).alias(n)
            for n in ("hint", "building", "unit", "box")
        ),
    )
    by_line = _parse_distinct(frame.select(pl.lit("").alias("key"), pl.all()), RULES)
    templates = with_templates(frame)
    numbers = templates.select(NUMBER_COLUMNS)
    read = _parse_distinct(
        templates.drop(NUMBER_COLUMNS).select(pl.lit("").alias("key"), pl.all()),
        RULES,
    )
    read = with_numbers(
        with_marks(read, numbers[NUMBER_COLUMNS[0]].is_not_null()), numbers
    )
    assert_frame_equal(read, by_line)
