import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanse.normalise.company import (
    displayed_company,
    normalise_company,
    parse_company,
)
from cleanse.normalise.company_words import company_words
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
WORDS = company_words(RULES.vocabulary)
CASES = pl.read_csv("tests/cases/company.csv", infer_schema=False).to_dicts()
CHINESE = pl.read_csv("tests/cases/company_chinese.csv", infer_schema=False).to_dicts()
PIECE = st.sampled_from(
    "Acme Ltd & Co. ( ) 上海 有限公司 科技 分公司 London Branch - , UK GmbH The 集团 店 of".split()
)
NAMES = st.lists(PIECE, min_size=1, max_size=6).map(" ".join) | st.text(max_size=12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_name(case):
    parts = parse_company(case["raw"], WORDS)._asdict()
    want = {part: case[part] or "" for part in ("core", "form", "region", "branch")}
    assert {part: parts[part] for part in want} == want


@pytest.mark.parametrize("case", CHINESE, ids=lambda case: case["why"])
def test_one_chinese_name(case):
    parts = parse_company(case["raw"], WORDS)._asdict()
    want = {
        part: case[part] or ""
        for part in ("region", "brand", "industry", "form", "branch")
    }
    assert {part: parts[part] for part in want} == want


@pytest.mark.parametrize(
    ("typed", "also"),
    [
        ("厦门澜舟有限公司（原厦门青禾网络有限公司）", "厦门青禾网络有限公司"),
        ("远岫投资有限公司（现更名为澄溪投资有限公司）", "远岫投资有限公司"),
        ("澄溪投资有限公司，曾用名远岫投资有限公司", "远岫投资有限公司"),
        ("太原原野园林绿化有限公司", ""),
        ("澜舟贸易有限公司 Lanzhou Trading Ltd", "lanzhou trading ltd"),
        ("Smith Ltd t/a Blue Door", "blue door"),
        ("Companhia de Energia Verde - Coenve", "coenve"),
    ],
)
def test_a_second_name_is_kept_apart(typed, also):
    assert parse_company(typed, WORDS).also == also


def test_brand_and_trade_are_columns_of_chinese_names():
    names = ["厦门澜舟网络科技有限公司", "大发饰品厂", "Acme Foods Ltd"]
    frame = pl.DataFrame({"kind": ["company"] * 3, "company": names})
    rows = normalise_company(frame, RULES)
    assert rows["company_brand"].to_list() == ["澜舟", "大发", None]
    assert rows["company_industry"].to_list() == ["网络科技", "饰品", None]
    assert rows["company_compare"][1] == "大发饰品厂"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Smith Trading Ltd", "SMITH TRADING, LIMITED"),
        ("厦门娜颖网络有限公司", "娜穎網絡（廈門）有限責任公司"),
        ("Tores & Sons Pty Ltd", "Tores and Sons P/L"),
    ],
)
def test_ways_to_write_one_company_compare_equal(one, other):
    frame = pl.DataFrame({"kind": ["company"] * 2, "company": [one, other]})
    compare = normalise_company(frame, RULES)["company_compare"]
    assert compare[0] == compare[1]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("BRIGHT FOODS AND TRAVEL LTD", "Bright Foods and Travel Ltd"),
        ("KBM RED SUN GMBH", "KBM Red Sun GmbH"),
        ("eBay Inc", "eBay Inc"),
        ("AMAZON.COM INC", "Amazon.com Inc"),
        ("娜颖网络(厦门)有限公司", "娜颖网络（厦门）有限公司"),
    ],
)
def test_what_a_person_sees(typed, shown):
    assert displayed_company(typed, WORDS) == shown


def test_an_employer_is_read_but_leaves_the_persons_name_alone():
    frame = pl.DataFrame(
        {"kind": ["person"], "name": ["William Soto"], "company": ["ACME LTD"]}
    )
    row = normalise_company(frame, RULES).row(0, named=True)
    assert (row["name"], row["company"], row["company_core"]) == (
        "William Soto",
        "Acme Ltd",
        "acme",
    )


@settings(max_examples=80)
@given(NAMES)
@example("( Acme ) (")
def test_no_name_raises_or_loses_its_core(name):
    parts = parse_company(name, WORDS)
    assert parts.core or not any(map(str.isalnum, name))
    again = displayed_company(displayed_company(name, WORDS), WORDS)
    assert again == displayed_company(name, WORDS)


PART = st.sampled_from(
    "厦门 上海市 福建 安溪县 思明区 澜舟 青禾 网络 科技 饰品 集团 有限公司 厂 店 教育局 "
    "(中国) (原青禾公司) 北京分公司 营业部 大学 第三 业".split()
)
HAN_NAMES = st.lists(PART, min_size=1, max_size=7).map("".join)


@settings(max_examples=150)
@given(HAN_NAMES)
def test_brand_and_trade_are_pieces_of_the_core(name):
    parts = parse_company(name, WORDS)
    assert parts.core
    assert parts.brand
    assert parts.core.startswith(parts.brand)
    assert set(parts.industry) <= set(parts.core)


@pytest.mark.parametrize("case", CASES + CHINESE, ids=lambda case: case["why"])
def test_what_is_shown_and_compared_stays_when_read_again(case):
    shown = displayed_company(case["raw"], WORDS)
    assert displayed_company(shown, WORDS) == shown
    parts = parse_company(case["raw"], WORDS)
    assert parse_company(shown, WORDS) == parts
    if case["why"] != "initials in front of a form behind":  # AB Foods is one by itself
        assert parse_company(parts.core, WORDS).core == parts.core
