import polars as pl
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.normalise import email as module
from cleanse.normalise.email import Email, cell_emails, normalise_email
from cleanse.rulebook import load_rulebook

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
@settings(max_examples=1500, deadline=None)
def test_plain_path_says_what_email_validator_says(text):
    if module._is_plain(text.lower()):
        assert Email(text.lower(), is_valid=True) == library(text)


@given(MAIL)
@settings(max_examples=500, deadline=None)
def test_reading_twice_changes_nothing(text):
    once = cell_emails(text)
    assert [cell_emails(mail.address) for mail in once if mail.is_valid] == [
        (mail,) for mail in once if mail.is_valid
    ]


@pytest.mark.parametrize(
    "text", ["joe@corp.com", "o'neil.x+y@sub.corp.co.uk", "1_2@3m.com", "a@x.cn"]
)
def test_common_forms_take_the_plain_path(text):
    assert module._is_plain(text)


def test_desks_are_no_persons():
    assert read("info@a.com", "sales2@a.com", "infanta@a.com")["email_is_role"].to_list() == [
        True, True, False,
    ]  # fmt: skip
