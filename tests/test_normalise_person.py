import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanse.normalise import normalise
from cleanse.normalise.han_name import parse_han_name
from cleanse.normalise.person_columns import plain_names
from cleanse.normalise.person_name import displayed, from_columns, parse_person
from cleanse.normalise.person_plain import plain_name
from cleanse.normalise.person_words import person_words
from cleanse.normalise.text import tidy
from cleanse.normalise.western_name import parse_western_name
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
WORDS = person_words(RULES.vocabulary)
CASES = pl.read_csv("tests/cases/person.csv", infer_schema=False).to_dicts()
CHINESE = pl.read_csv("tests/cases/person_chinese.csv", infer_schema=False).to_dicts()
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


def test_chinese_names():
    rows = read(*(case["raw"] for case in CHINESE)).to_dicts()
    columns = ("family_name", "given_name", "salutation", "name_latin")
    found = {
        case["why"]: tuple(row[column] for column in columns)
        for case, row in zip(CHINESE, rows, strict=True)
    }
    assert found == {
        case["why"]: tuple(
            case[each] for each in ("family", "given", "salutation", "latin")
        )
        for case in CHINESE
    }


@pytest.mark.parametrize(
    ("typed", "shown", "partner"),
    [
        ("John & Mary Smith", "John Smith", "Mary Smith"),
        ("JOHN & MARY SMITH", "John Smith", "Mary Smith"),
        ("Smith, John & Mary", "John Smith", "Mary Smith"),
        ("Smith, John and Jones, Mary", "John Smith", "Mary Jones"),
        ("John Smith / Mary Smith", "John Smith", "Mary Smith"),
        ("J & M Smith", "J. Smith", "M. Smith"),
        ("Mr and Mrs Smith", "Mr Smith", "Mrs Smith"),
        ("Mr. & Mrs. John Smith", "John Smith", "Mrs Smith"),
        ("Dr John and Mrs Mary Smith", "John Smith", "Mary Smith"),
        ("王伟/李娜", "王伟", "李娜"),
        ("张三和李四", "张三", "李四"),
        ("王总、李总", "王总", "李总"),
        ("John Smith", "John Smith", None),
        ("李和平", "李和平", None),
    ],
)
def test_of_two_people_the_second_is_the_contact(typed, shown, partner):
    row = read(typed).row(0, named=True)
    assert (row["name"], row["name_partner"], row["contact"]) == (
        *(shown, partner),
        partner,
    )


def test_the_partner_does_not_take_the_place_of_a_contact():
    row = read(name_raw=["John & Mary Smith"], contact_raw=["Ann Hall"]).row(
        0, named=True
    )
    assert (row["contact"], row["name_partner"]) == ("Ann Hall", "Mary Smith")


@pytest.mark.parametrize(
    ("typed", "alias"),
    [
        ("王伟 David Wang", "David Wang"),
        ("David Wang (王伟)", "David Wang"),
        ('Robert "Bob" Jones', "Bob Jones"),
        ("Mary Smith (née Jones)", "Mary Jones"),
        ("Chan Tai Man, Peter", "Peter Chan"),
        ("John Smith (Sales)", None),
    ],
)
def test_other_names_of_the_cell_are_aliases(typed, alias):
    assert read(typed)["alias"][0] == alias


def test_keys_meet_other_spellings():
    names = [
        "陈大文",
        "Chan Tai Man",
        "覃小明",
        "Tan Xiaoming",
        "徐志摩",
        "Hsu Chih-mo",
    ]
    keys = read(*names)["name_latin_keys"].to_list()
    for one, other in ((0, 1), (2, 3), (4, 5)):
        assert set(keys[one]) & set(keys[other])
    assert read("William Soto")["name_latin_keys"][0] is None


@pytest.mark.parametrize(
    ("names", "unsure", "family"),
    [
        (("Kovacs", "Szabo", "Horvath", "Molnar"), "Nagy Zsolt", "Nagy"),
        (("Nguyen", "Tran", "Pham", "Huynh"), "Bui Cuong", "Bui"),
        (("Sato", "Suzuki", "Tanaka", "Watanabe"), "Mori Aoi", "Mori"),
    ],
)
def test_a_list_of_a_tongue_writes_family_names_first(names, unsure, family):
    given = "Istvax Quynx Harux Zoltax Bencex".split()
    proofs = [f"{name} {other}" for name in names for other in given]
    frame = read(*proofs, unsure, "Mary Smithers", source=["a"] * (len(proofs) + 2))
    assert frame["family_name"].to_list()[-2:] == [family, "Smithers"]


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("김철수", ("철수", "김")),
        ("남궁민수", ("민수", "남궁")),
        ("田中さくら", ("さくら", "田中")),
        ("タナカ ハナコ", ("ハナコ", "タナカ")),
        ("CHAN Tai Man", ("Tai", "Chan")),
        ("Peter CHAN Tai Man", ("Peter", "Chan")),
        ("Kim Min-jun", ("Min-jun", "Kim")),
        ("Nguyen Thi Mai", ("Thi", "Nguyen")),
        ("María García López", ("María", "García López")),
        ("Jan van den Berg", ("Jan", "van den Berg")),
        ("MC CLAIN, GREGORY", ("Gregory", "McClain")),
        ("John O' Brien", ("John", "O'Brien")),
        ("John Smith MA", ("John", "Smith")),
        ("Jack Ma", ("Jack", "Ma")),
        ("King Henry", ("Henry", "")),
        ("The Smith Family", ("", "Smith")),
    ],
)
def test_names_of_many_tongues(typed, parts):
    found = parse_person(typed, WORDS)
    assert (found.given, found.family) == parts


@pytest.mark.parametrize(
    "name",
    [
        "Mary Soto",
        "SOTO, WILLIAM J",
        "john mcdonald",
        "Soto, William",
        "张伟",
        "李晓明",
    ],
)
def test_the_quick_path_reads_as_the_parsers_do(name):
    parse = parse_western_name if name.isascii() else parse_han_name
    assert plain_name(name, WORDS)[:5] == parse(name, WORDS)[:5]


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


@settings(max_examples=60)
@given(NAMES)
@example("张 ( 先生 ·")
@example("张 John ( ) (")
@example("张 John ( Jr")
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


_PLAIN_WORDS = person_words(load_rulebook().vocabulary)
_NAME_WORD = st.one_of(
    st.sampled_from(sorted(_PLAIN_WORDS.given)),
    st.sampled_from(sorted(_PLAIN_WORDS.only_given)),
    st.sampled_from(sorted(_PLAIN_WORDS.common_pinyin_surnames)),
    st.sampled_from(sorted(_PLAIN_WORDS.surname_spellings)),
    st.sampled_from(sorted(_PLAIN_WORDS.not_names)),
    st.sampled_from(["mcdonald", "soto", "baxnes", "xiaoming", "j", "w."]),
).flatmap(lambda word: st.sampled_from([word, word.upper(), word.capitalize()]))
_HAN_WORD = st.one_of(
    st.sampled_from(sorted(_PLAIN_WORDS.surnames)),
    st.sampled_from(sorted(_PLAIN_WORDS.han_titles)),
    st.sampled_from(sorted(_PLAIN_WORDS.han_familiar)),
    st.sampled_from("伟芳張玲和"),
)


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.lists(_NAME_WORD, min_size=1, max_size=3).map(" ".join),
            st.lists(_NAME_WORD, min_size=2, max_size=3).map(
                lambda words: f"{words[0]}, {' '.join(words[1:])}"
            ),
            st.lists(_HAN_WORD, min_size=1, max_size=3).map("".join),
        ),
        min_size=40,
        max_size=40,
    )
)
def test_names_read_as_columns_are_read_alike_one_by_one(names):
    read = plain_names(pl.Series(names), _PLAIN_WORDS)
    for name, row in zip(names, read.fill_null("").rows(), strict=True):
        if row[3]:
            found = parse_person(name, _PLAIN_WORDS)
            assert (*found[:3], displayed(found)) == row, name
            assert not any((*found[3:10],)), name


def test_most_names_of_a_list_are_read_as_columns():
    names = [
        "Mary Soto",
        "SOTO, WILLIAM J.",
        "William J Soto",
        "张伟",
        "王小明",
        "sam lee",
    ]
    read = plain_names(pl.Series(names), _PLAIN_WORDS)
    assert read["display"].to_list() == [
        *("Mary Soto", "William J. Soto", "William J. Soto"),
        *("张伟", "王小明", "Sam Lee"),
    ]
