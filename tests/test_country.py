import polars as pl
import pytest

from cleanse.normalise.country import normalise_country
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
CASES = [
    ("PRC", "CN", "usual short name"),
    ("中華人民共和國", "CN", "traditional signs"),
    ("U.S.A.", "US", "dots"),
    ("united states of america", "US", "lower case"),
    ("Großbritannien", "GB", "sharp s"),
    ("the UK", "GB", "article"),
    ("EE.UU.", "US", "abbreviated in Spanish"),
    ("США", "US", "abbreviated in Russian"),
    ("Česká republika", "CZ", "long name in Czech"),
    ("中国香港", "HK", "region with its country before it"),
    ("US - United States", "US", "code and name"),
    ("España (Spain)", "ES", "name in two languages"),
    ("中国 China", "CN", "name in two scripts"),
    ("United States / Canada", None, "two countries"),
    ("England", "GB", "part of a country"),
    ("香港", "HK", "region with a code of its own"),
    ("Deutschland", "DE", "in its own language"),
    ("deu", "DE", "alpha-3"),
    ("Georgia", "GE", "a column of countries holds no states"),
    ("Atlantis", None, "no country"),
    ("n/a", None, "placeholder"),
]


@pytest.mark.parametrize(
    ("typed", "code", "why"), CASES, ids=[why for *_, why in CASES]
)
def test_one_cell(typed, code, why):
    frame = normalise_country(pl.DataFrame({"country_raw": [typed]}), RULES)
    assert frame["country"].item() == code


def test_validity_is_of_what_is_typed():
    frame = pl.DataFrame({"country_raw": ["UK", "Atlantis", None]})
    read = normalise_country(frame, RULES)
    assert read["country_is_valid"].to_list() == [True, False, None]


def test_every_country_has_an_english_and_a_chinese_name():
    names = RULES.vocabulary.mapping("country", "country")
    english = {code for name, code in names.items() if name.isascii() and len(name) > 3}
    chinese = {code for name, code in names.items() if not name.isascii()}
    assert set(names.values()) == english == chinese
