import pytest
from factory import make_crosswalk, make_records

from cleanse.merge import merge
from cleanse.rulebook import load_rulebook


@pytest.fixture(scope="module")
def rules():
    return load_rulebook()


def points(rules, *rows, **customers):
    merged = merge(
        make_records(*rows),
        make_crosswalk(**(customers or {"C1": list(range(1, len(rows) + 1))})),
        rules,
    )
    columns = ("record_id", "kind", "value_as_typed", "value", "is_primary", "is_valid")
    return merged.contact_point.select(columns).rows()


def test_every_number_of_a_cell_is_kept(rules):
    row = {
        "phone_raw": "0571-88880000 转 801 / 139 0013 9000",
        "phone": "+8657188880000",
        "phone_is_valid": True,
        "phones": ["+8657188880000", "+8613900139000"],
    }
    assert points(rules, row) == [
        (1, "phone", "139 0013 9000", "+8613900139000", False, True),
        (1, "phone", "0571-88880000 转 801", "+8657188880000", True, True),
    ]


def test_what_is_no_number_is_kept_as_typed(rules):
    row = {
        "phone_raw": "13900139000\n无",
        "phone": "+8613900139000",
        "phones": ["+8613900139000"],
    }
    assert (1, "phone", "无", None, False, False) in points(rules, row)


def test_what_is_no_valid_number_is_one_point(rules):
    row = {
        "phone_raw": "07700 900010",
        "phone": "07700 900010",
        "phone_is_valid": False,
        "phones": ["7700900010"],
    }
    one = (1, "phone", "07700 900010", "07700 900010", True, False)
    assert points(rules, row) == [one]


def test_the_primary_is_the_one_in_the_golden_record_on_every_record(rules):
    old = {
        "email_raw": "a@x.cn",
        "email": "a@x.cn",
        "email_is_valid": True,
        "emails": ["a@x.cn"],
    }
    new = {
        **old,
        "email_raw": "B@x.cn",
        "email": "b@x.cn",
        "emails": ["b@x.cn"],
        "source_updated_at": "2025-01-01",
    }
    assert points(rules, old, new) == [
        (1, "email", "a@x.cn", "a@x.cn", False, True),
        (2, "email", "B@x.cn", "b@x.cn", True, True),
    ]


def test_a_second_address_of_a_cell_is_kept(rules):
    row = {
        "email_raw": "a@x.cn; Sales@y.com",
        "email": "a@x.cn",
        "email_is_valid": True,
        "emails": ["a@x.cn", "sales@y.com"],
    }
    assert points(rules, row) == [
        (1, "email", "a@x.cn", "a@x.cn", True, True),
        (1, "email", "Sales@y.com", "sales@y.com", False, True),
    ]


def test_a_placeholder_is_no_address(rules):
    row = {"email_raw": "test@test.com", "email": None, "emails": None}
    assert points(rules, row) == [(1, "email", "test@test.com", None, False, False)]


def test_addresses_and_handles_are_contact_points_too(rules):
    row = {
        "address": "1 Main St",
        "address_raw": "1 main st.",
        "website": "x.cn",
        "website_raw": "http://x.cn\nhttp://y.cn",
    }
    assert points(rules, row) == [
        (1, "address", "1 main st.", "1 Main St", True, None),
        (1, "website", "http://y.cn", "http://y.cn", False, None),
        (1, "website", "http://x.cn", "x.cn", True, None),
    ]


COMPANY = {
    "kind": "company",
    "name": "Acme Ltd",
    "contact": "Na Li",
    "job_title": "Buyer",
    "phones": ["+8613900139000"],
}
PERSON = {"name": "Li Na", "phones": ["+8613900139000"]}


def contacts(rules, *rows):
    customers = {f"C{i}": [i] for i in range(1, len(rows) + 1)}
    merged = merge(make_records(*rows), make_crosswalk(**customers), rules)
    return merged.contact_person.select(
        "customer_id", "person_customer_id", "name", "job_title"
    ).rows()


def test_a_contact_who_is_a_customer_is_linked_and_not_merged(rules):
    assert contacts(rules, COMPANY, PERSON) == [("C1", "C2", "Na Li", "Buyer")]


def test_a_namesake_without_the_phone_is_not_linked(rules):
    assert contacts(rules, COMPANY, {**PERSON, "phones": ["+8613700137000"]}) == [
        ("C1", None, "Na Li", "Buyer")
    ]


def test_two_customers_who_fit_are_not_guessed_between(rules):
    assert contacts(rules, COMPANY, PERSON, PERSON) == [("C1", None, "Na Li", "Buyer")]


def test_a_person_s_row_has_no_contact(rules):
    assert contacts(rules, {**PERSON, "contact": "Wang Wei"}) == []


def test_a_contact_in_two_records_is_listed_once(rules):
    rows = [COMPANY, {**COMPANY, "contact": "Li, Na", "job_title": None}]
    merged = merge(make_records(*rows), make_crosswalk(C1=[1, 2]), rules)
    assert merged.contact_person.select("name", "job_title", "record_id").rows() == [
        ("Na Li", "Buyer", 1)
    ]


def test_two_numbers_with_nothing_but_a_space_between_are_both_kept(rules):
    row = {
        "phone_raw": "0532-55505680 18836207749",
        "phone": "+8653255505680",
        "phones": ["+8653255505680", "+8618836207749"],
    }
    found = {(value, primary) for _, _, _, value, primary, _ in points(rules, row)}
    assert found == {("+8653255505680", True), ("+8618836207749", False)}
