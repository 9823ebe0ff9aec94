"""What is doubtful becomes an issue, who is nobody a reject; nothing else happens."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from factory import make_records

from cleanse.errors import RuleError
from cleanse.rulebook.validation import CheckRule, ValidationRules
from cleanse.validate import predicate, validate

CASES = [
    (
        "phone_lossy",
        {"name": "A", "email": "a@b.example", "phone_raw": "1.39E+10"},
        True,
    ),
    (
        "phone_lossy",
        {"name": "A", "phone_raw": "139 0013 9000", "phone": "+8613900139000"},
        False,
    ),
    ("phone_invalid", {"name": "A", "phone": "12", "phone_is_valid": False}, True),
    (
        "phone_invalid",
        {"name": "A", "phone": "+442079460011", "phone_is_valid": True},
        False,
    ),
    ("phone_invalid", {"name": "A", "phone": "5551234"}, False),
    ("email_invalid", {"name": "A", "email": "a@b", "email_is_valid": False}, True),
    (
        "birth_on_in_future",
        {
            "name": "A",
            "birth_on": "2031-01-01",
            "source_updated_at": "2026-01-01",
        },
        True,
    ),
    (
        "birth_on_in_future",
        {
            "name": "A",
            "birth_on": "1980-01-01",
            "source_updated_at": "2026-01-01",
        },
        False,
    ),
    ("birth_on_unreadable", {"name": "A", "birth_on_raw": "31/31/1999"}, True),
    (
        "contract_reversed",
        {
            "name": "A",
            "contract_from_on": "2026-02-01",
            "contract_until_on": "2026-01-01",
        },
        True,
    ),
    ("phone_masked", {"name": "A", "phone_raw": "138****8001"}, True),
    ("phone_masked", {"name": "A", "phone_raw": "(020) 7946-0011"}, False),
    ("national_id_lossy", {"name": "A", "national_id_raw": "1.1E+17"}, True),
    ("tax_id_lossy", {"name": "A", "tax_id": "X1", "tax_id_raw": "X1"}, False),
    *(
        (
            "birth_on_contradicts_id",
            {
                "name": "A",
                "national_id": "11010519491231002X",
                "national_id_is_valid": True,
                "birth_on": birth,
                "birth_precision": "day",
            },
            fails,
        )
        for birth, fails in (("1949-12-31", False), ("1949-12-30", True))
    ),
    ("name_missing", {"phone": "+442079460011"}, True),
    ("contact_missing", {"name": "A"}, True),
    ("contact_missing", {"name": "A", "wechat": "a_b"}, False),
    ("total_amount_negative", {"name": "A", "total_amount": "-3"}, True),
    ("total_amount_negative", {"name": "A", "total_amount": "3"}, False),
]


@pytest.mark.parametrize(("check", "row", "fails"), CASES)
def test_checks(check, row, fails, rulebook):
    kept, issues, rejected = validate(make_records(row), rulebook)
    assert (kept.height, rejected.height) == (1, 0)
    assert (check in issues["check"].to_list()) is fails


def test_every_shipped_predicate_can_be_read(rulebook):
    for name, rule in rulebook.validation.check.items():
        for _, when in rule.parts():
            predicate(name, when)


def test_a_row_that_names_nobody(rulebook):
    records = make_records(
        {"city": "Leeds"}, {"email": "a@b.example"}, {"national_id": "X1"}
    )
    kept, _, rejected = validate(records, rulebook)
    assert kept["record_id"].to_list() == [2, 3]
    assert rejected["record_id"].to_list() == [1]


def test_without_any_column_that_identifies(rulebook):
    kept, issues, rejected = validate(make_records({"city": "Leeds"}), rulebook)
    assert (kept.height, issues.height, rejected.height) == (0, 0, 1)


def test_the_order_of_rows_changes_nothing(rulebook):
    rows = [row for _, row, _ in CASES]
    records = make_records(*rows)
    _, issues, _ = validate(records, rulebook)
    _, again, _ = validate(records.sample(fraction=1, shuffle=True, seed=3), rulebook)
    assert issues.equals(again)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("phone is", "when:"),
        ("phome is null", "no column 'phome'"),
        ("nofn(phone)", "nofn"),
    ],
)
def test_a_check_with_a_typo(when, said, rulebook):
    rule = CheckRule(field="phone", when=when, advice="")
    rules = ValidationRules(check={"mine": rule})
    with pytest.raises(RuleError, match=said):
        validate(make_records({"name": "A"}), replace(rulebook, validation=rules))


def test_a_check_of_the_users_own(rulebook):
    rule = CheckRule(
        field="city", when="x_birth_place = 'york' and city <> 'York'", advice="?"
    )
    rules = ValidationRules(check={"mine": rule})
    records = make_records({"name": "A", "city": "Hull"}).with_columns(
        x_birth_place=pl.lit("york")
    )
    _, issues, _ = validate(records, replace(rulebook, validation=rules))
    assert issues["value"].to_list() == ["Hull"]
