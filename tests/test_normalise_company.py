import polars as pl
import pytest
from hypothesis import given, settings
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
PIECE = st.sampled_from(
    "Acme Ltd & Co. ( ) 上海 有限公司 科技 分公司 London Branch - , UK GmbH The 集团 店 of".split()
)
NAMES = st.lists(PIECE, min_size=1, max_size=6).map(" ".join) | st.text(max_size=12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_name(case):
    parts = parse_company(case["raw"], WORDS)._asdict()
    want = {part: case[part] or "" for part in ("core", "form", "region", "branch")}
    assert {part: parts[part] for part in want} == want


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


@settings(deadline=None, max_examples=80)
@given(NAMES)
def test_no_name_raises_or_loses_its_core(name):
    parts = parse_company(name, WORDS)
    assert parts.core or not any(map(str.isalnum, name))
    again = displayed_company(displayed_company(name, WORDS), WORDS)
    assert again == displayed_company(name, WORDS)
