import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cleanse.normalise import normalise
from cleanse.rulebook import load_rulebook
from cleanse.schema import CELL_CHANGE

RULES = load_rulebook()
CASES = pl.read_csv("tests/cases/kind.csv", infer_schema=False).to_dicts()
ROWS = pl.DataFrame(
    {
        "record_id": [1, 2, 3, 4, 5],
        "source": ["a", "a", "a", "b", "b"],
        "customer": ["auto"] * 5,
        "name_raw": ["  SOTO, WILLIAM", "厦门娜颖网络", "N/A", "王伟 David Wang", None],
        "company_raw": [None, "厦门娜颖网络", "Acme Ltd", "Pacific  Foods", "张三贸易"],
        "contact_raw": [None, "王总", "Mr John Hall", None, None],
        "birth_on_raw": ["1990-02-03", "2001-02-03", None, "n/a", "1999"],
        "phone_raw": ["13800138000", "(415) 555-2671", None, "13912349999", None],
        "gender_raw": ["男", None, None, "F", "?"],
        "tags_raw": ["vip; new,vip", None, None, None, "无"],
        "x_colour": [" Red ", None, "N/A", "RED", "Blue"],
    }
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_row(case):
    columns = {f"{name}_raw": [case[name]] for name in ("name", "company", "contact")}
    frame = pl.DataFrame(
        {"record_id": [1], "customer": [case["customer"]], **columns},
        schema_overrides=dict.fromkeys(columns, pl.String),
    )
    row = normalise(frame, RULES)[0].row(0, named=True)
    assert (row["kind"], row["name"]) == (case["kind"], case["own_name"])


def test_a_column_of_kinds_goes_before_all_else():
    frame = pl.DataFrame(
        {
            "record_id": [1, 2],
            "kind_raw": ["个人", "Organisation"],
            "name_raw": ["Acme Ltd", "John Smith"],
        }
    )
    assert normalise(frame, RULES)[0]["kind"].to_list() == ["person", "company"]


def test_an_unclear_name_is_what_its_list_mostly_is():
    names = ["Acme Ltd", "Bright Foods", "Smith & Sons", "Haver Garwilro"]
    frame = pl.DataFrame(
        {"record_id": range(4), "name_raw": names, "source": ["a"] * 4}
    )
    assert normalise(frame, RULES)[0]["kind"][3] == "company"


def test_a_company_is_founded_and_a_person_born():
    records, _ = normalise(ROWS, RULES)
    rows = records.select("kind", "birth_on", "founded_on", "founded_precision").rows()
    kinds = {
        kind: (birth, founded) for kind, birth, founded, _ in rows if birth or founded
    }
    assert kinds["person"][0] is not None
    assert kinds["person"][1] is None
    assert kinds["company"][0] is None
    assert rows[4][3] == "year"


def test_the_contact_stays_with_the_company():
    records, _ = normalise(ROWS, RULES)
    assert records["contact"].to_list() == [None, "王总", "John Hall", None, None]


def test_columns_of_the_users_own_are_folded():
    assert normalise(ROWS, RULES)[0]["x_colour"].to_list() == [
        *("red", None, None),
        *("red", "blue"),
    ]


def test_what_was_typed_stays():
    records, _ = normalise(ROWS, RULES)
    raws = [name for name in ROWS.columns if name.endswith("_raw")]
    assert_frame_equal(records.select(raws), ROWS.select(raws))


def test_twice_is_once():
    once, changes = normalise(ROWS, RULES)
    twice, changes_again = normalise(once, RULES)
    assert_frame_equal(twice, once, check_column_order=False)
    assert_frame_equal(changes_again, changes)


def test_the_order_of_rows_changes_nothing():
    records, changes = normalise(ROWS, RULES)
    turned, turned_changes = normalise(ROWS.reverse(), RULES)
    assert_frame_equal(turned.sort("record_id"), records)
    assert_frame_equal(turned_changes, changes)


def test_a_row_gets_the_same_alone_when_its_cells_tell():
    records, _ = normalise(ROWS, RULES)
    alone, _ = normalise(ROWS.slice(3, 1), RULES)
    names = [n for n in records.columns if n.startswith(("name", "company", "given"))]
    assert_frame_equal(alone.select(names), records.select(names).slice(3, 1))


def test_every_change_is_told_with_its_rule():
    _, changes = normalise(ROWS, RULES)
    assert changes.schema == CELL_CHANGE
    told = {(i, f): (clean, rule) for i, f, _, clean, rule in changes.iter_rows()}
    assert told[1, "name"] == ("William Soto", "name.person")
    assert told[1, "phone"] == (None, "placeholder")
    assert told[1, "gender"] == ("male", "category.word")
    assert told[1, "tags"] == ("new; vip", "tags.order")
    assert told[2, "birth_on"] == (None, "kind.moved")
    assert told[5, "tags"] == (None, "placeholder")
    assert (5, "company") not in told


def test_a_list_with_no_known_column_has_kinds_and_no_changes():
    records, changes = normalise(pl.DataFrame({"record_id": [1, 2]}), RULES)
    assert records["kind"].to_list() == ["person", "person"]
    assert changes.is_empty()


def test_a_list_without_rows_keeps_its_columns():
    records, changes = normalise(ROWS.clear(), RULES)
    full, _ = normalise(ROWS, RULES)
    assert set(records.columns) == set(full.columns)
    assert changes.is_empty()


def test_a_source_rules_word_on_a_value_is_told_as_such():
    frame = pl.DataFrame(
        {
            "record_id": [1, 2],
            "name_raw": ["ACME", "张伟"],
            "name_replaced": ["Acme Ltd", None],
        }
    )
    records, changes = normalise(frame, RULES)
    assert records["name"].to_list() == ["Acme Ltd", "张伟"]
    assert changes.select("clean", "rule").rows() == [("Acme Ltd", "source.replace")]


def test_a_lone_contact_is_the_customer_and_no_contact():
    frame = pl.DataFrame(
        {
            "record_id": [1],
            "company_raw": [None],
            "contact_raw": ["Hall, William"],
        },
        schema_overrides={"company_raw": pl.String},
    )
    records, changes = normalise(frame, RULES)
    assert records.select("kind", "name", "contact").row(0) == (
        *("person", "William Hall"),
        None,
    )
    assert changes["rule"].to_list() == ["kind.moved"]
