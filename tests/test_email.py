import polars as pl
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.normalise.email import normalise_email, of_one, of_several, with_keys
from cleanse.normalise.email_cell import Email, are_plain, cell_emails, is_plain
from cleanse.rulebook import load_rulebook
from cleanse.validate import validate

RULES = load_rulebook()
CASES = pl.read_csv("tests/cases/email.csv", infer_schema=False).to_dicts()
YES = {"yes": True, "no": False, None: None}


def read(*cells):
    return normalise_email(pl.DataFrame({"email_raw": cells}), RULES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_cell(case):
    row = read(case["raw"]).row(0, named=True)
    assert row["email"] == case["email"]
    assert row["email_is_valid"] is YES[case["valid"]]
    assert row["email_key"] == case["key"]
    assert " ".join(row["emails"] or []) == (case["emails"] or "")


def library(text):
    try:
        checked = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return Email(text, is_valid=False)
    return Email(checked.normalized.lower(), is_valid=True)


LOCAL = st.text("abzAZ019._+-'!=\"@ é", max_size=66)
LABEL = st.text("abzAZ09-é", max_size=6) | st.sampled_from(
    ["xn--a", "a" * 63, "a" * 64, "test", "local", "localhost", "arpa", "com", "c", "1"]
)
MAIL = st.builds(
    lambda local, labels: f"{local}@{'.'.join(labels)}",
    LOCAL,
    st.lists(LABEL, min_size=1, max_size=5),
)


@given(MAIL)
@settings(max_examples=1500)
def test_plain_path_says_what_email_validator_says(text):
    if is_plain(text.lower()):
        assert Email(text.lower(), is_valid=True) == library(text)


@given(st.lists(MAIL, max_size=30))
@settings(max_examples=100)
def test_a_column_is_judged_as_each_address_is(texts):
    lower = [text.lower() for text in texts]
    judged = are_plain(pl.Series(lower, dtype=pl.String)).to_list()
    assert judged == [is_plain(text) for text in lower]


@given(MAIL)
@settings(max_examples=500)
def test_reading_twice_changes_nothing(text):
    once = cell_emails(text)
    assert [cell_emails(mail.address) for mail in once if mail.is_valid] == [
        (mail._replace(rule=None),) for mail in once if mail.is_valid
    ]


@pytest.mark.parametrize(
    "text", ["joe@corp.com", "o'neil.x+y@sub.corp.co.uk", "1_2@3m.com", "a@x.cn"]
)
def test_common_forms_take_the_plain_path(text):
    assert is_plain(text)


def test_desks_are_no_persons():
    assert read("info@a.com", "sales2@a.com", "infanta@a.com")["email_is_role"].to_list() == [
        True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("li@qq.com", None),
        ("Li@QQ.com", None),
        ("li @ qq . com", "email.spaces"),
        ("li(at)qq(dot)com", "email.signs"),
        ("li@qq,com", "email.signs"),
        ("li@qq.com.", "email.ends"),
    ],
)
def test_a_repair_is_named(cell, rule):
    row = read(cell).row(0, named=True)
    assert row["email_is_valid"] is True
    assert row["email_rule"] == rule


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("li@gmial.com", "li@gmail.com"),
        ("li@hotmial.com", "li@hotmail.com"),
        ("li@yaho.com", "li@yahoo.com"),
        ("li@163.con", "li@163.com"),
        ("li@qq.cmo", "li@qq.com"),
        ("li@gmial.con", "li@gmail.com"),
        ("li@acme.con", "li@acme.com"),
        ("li@qqcom", "li@qq.com"),
        ("li@gmail.co", "li@gmail.com"),
    ],
)
def test_a_mistyped_domain_is_proposed_and_not_changed(cell, meant):
    row = read(cell).row(0, named=True)
    assert row["email"] == cell
    assert row["email_suggestion"] == meant
    assert row["emails"][-1] == meant
    assert read(meant)["email_suggestion"].to_list() == [None]


@pytest.mark.parametrize(
    "cell",
    [
        "li@mail.com",
        "li@email.com",
        "li@ymail.com",
        "li@168.com",
        "li@acme.co",
        "li@qmail.net",
    ],
)
def test_a_name_of_its_own_is_no_slip(cell):
    assert read(cell)["email_suggestion"].to_list() == [None]


def test_throw_away_mail_is_flagged():
    cells = ("a@mailinator.com", "a@eu.mailinator.com", "a@corp.com")
    assert read(*cells)["email_is_disposable"].to_list() == [True, True, False]


def test_both_spellings_of_an_international_domain_are_one_mailbox():
    keys = read("wang@例子.公司", "wang@xn--fsqu00a.xn--55qx5d")["email_key"]
    assert keys.n_unique() == 1


def test_the_advice_names_the_proposal():
    frame = read("li@gmial.com", "li@qq.com").with_columns(
        pl.Series("record_id", [1, 2]), pl.lit("Li").alias("name")
    )
    _, issues, _ = validate(frame, RULES)
    (advice,) = issues.filter(pl.col("check") == "email_typo")["advice"]
    assert "li@gmail.com" in advice


@given(
    st.lists(
        st.sampled_from(["li.na+x@gmail.com", "info@acme.cn", "wang@163", "a@b.io"])
    )
)
def test_one_address_of_a_cell_is_read_as_several_are(cells):
    cells = sorted(set(cells))
    mails = pl.DataFrame(
        {"cell": cells, "place": [0] * len(cells), "email": cells},
        {"cell": pl.String, "place": pl.Int64, "email": pl.String},
    ).with_columns(
        (pl.col("email") != "wang@163").alias("email_is_valid"),
        pl.lit(None, pl.String).alias("email_rule"),
    )
    mails = with_keys(mails, load_rulebook())
    assert of_one(mails).equals(of_several(mails))
