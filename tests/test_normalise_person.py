import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.normalise import normalise
from cleanse.normalise.person_name import displayed, from_columns, parse_person
from cleanse.normalise.person_words import person_words
from cleanse.normalise.text import tidy
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
WORDS = person_words(RULES.vocabulary)
CASES = pl.read_csv("tests/cases/person.csv", infer_schema=False).to_dicts()
PARTS = {
    "given_name": "given",
    "middle_name": "middle",
    "family_name": "family",
    "name_suffix": "suffix",
    "salutation": "salutation",
    "name": "display",
    "name_latin": "latin",
}
WORD = st.sampled_from(
    "John mary VAN de O'Brien 张 伟 欧阳 先生 Dr. Jr , . ( ) & J. 王总 Wang · 1".split()
)
NAMES = st.lists(WORD, min_size=1, max_size=6).map(" ".join) | st.text(max_size=12)


def read(*names, **columns):
    count = len(names) or len(next(iter(columns.values())))
    frame = pl.DataFrame({"record_id": range(count), "customer": ["person"] * count})
    frame = frame.with_columns(pl.Series(k, v, pl.String) for k, v in columns.items())
    if names:
        frame = frame.with_columns(pl.Series("name_raw", names, pl.String))
    return normalise(frame, RULES)[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_name(case):
    row = read(case["raw"]).row(0, named=True)
    found = {name: row[name] for name in PARTS}
    assert found == {name: case[column] for name, column in PARTS.items()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("William Soto", "SOTO, WILLIAM"),
        ("张伟", "張 偉 先生"),
        ("Patrick O'Brien", "OBRIEN, Patrick"),
        ("José Núñez", "Jose Nunez"),
    ],
)
def test_ways_to_write_one_name_compare_equal(one, other):
    compare = read(one, other)["name_compare"]
    assert compare[0] == compare[1]


def test_scripts_meet_in_latin():
    latin = read("张晓明", "Zhang Xiaoming", "Xiao-Ming Zhang", "Zhang Xiao Ming")
    assert latin["name_latin"].unique().to_list() == ["xiaoming zhang"]


def test_short_forms_have_one_root():
    frame = read("Bob Smith", "ROBERT SMITH", "Liz Hall", "Beth Hall", "Bara Hall")
    assert frame["given_root"].to_list() == [
        *("robert", "robert"),
        *("elizabeth", "elizabeth"),
        "bara",
    ]


def test_columns_are_believed():
    frame = read(
        name_raw=[None, None, None, "thomas worlidge", None],
        given_name_raw=["Mary Jane", "William Soto", "MR JOHN", "thomas", "Morris II"],
        family_name_raw=["Smith", "Soto", "MCDONALD JR", None, "Klein"],
    )
    rows = frame.select("given_name", "family_name", "name_suffix").rows()
    assert rows == [
        ("Mary Jane", "Smith", None),
        ("William", "Soto", None),
        ("John", "McDonald", "jr"),
        ("Thomas", "Worlidge", None),
        ("Morris", "Klein", "ii"),
    ]


def test_a_list_that_proves_it_writes_family_names_first():
    given = (
        "Mary Jennifer Elizabeth Susan Jessica Karen Lisa Nancy Betty Sandra".split()
    )
    proofs = [f"Soto {name}" for name in given] + [f"Garwil {name}" for name in given]
    frame = read(*proofs, "Bodenta Haver", source=["a"] * 21)
    assert frame["family_name"].to_list()[-1] == "Bodenta"
    straight = read("Bodenta Haver", "John Smith", source=["a", "a"])
    assert straight["family_name"][0] == "Haver"


@settings(deadline=None, max_examples=60)
@given(NAMES)
def test_no_name_raises_and_showing_twice_is_showing_once(name):
    shown = displayed(parse_person(tidy(name), WORDS))
    assert tidy(shown) == shown
    again = displayed(parse_person(shown, WORDS))
    assert displayed(parse_person(again, WORDS)) == again


@pytest.mark.parametrize(
    ("given", "family", "parts"),
    [
        ("Morris I", "Klein", ("Morris", "I", "Klein")),
        ("MORRIS I.", "KLEIN", ("Morris", "I", "Klein")),
        ("J R", "Klein", ("J", "R", "Klein")),
        ("Mary Ann", "Klein", ("Mary Ann", "", "Klein")),
    ],
)
def test_an_initial_behind_a_given_name_is_a_middle_name(given, family, parts):
    assert from_columns(given, "", family, WORDS)[:3] == parts
