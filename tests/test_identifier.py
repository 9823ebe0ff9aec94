import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanse.normalise.identifier import (
    is_resident_id,
    is_social_credit_code,
    normalise_identifier,
    read_lei,
    read_national_id,
    read_tax_id,
)
from cleanse.rulebook import load_rulebook

RULES = load_rulebook()
CASES = pl.read_csv("tests/cases/identifier.csv", infer_schema=False).to_dicts()
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_cell(case):
    field = case["field"]
    frame = normalise_identifier(pl.DataFrame({f"{field}_raw": [case["raw"]]}), RULES)
    assert frame[field].item() == case["value"]
    assert (
        frame[f"{field}_is_valid"].item()
        is {"yes": True, "no": False, None: None}[case["valid"]]
    )


@given(st.integers(0, 17), st.sampled_from(SIGNS))
def test_every_single_wrong_sign_of_a_social_credit_code_is_found(place, sign):
    right = "91350100M000100Y43"
    wrong = right[:place] + sign + right[place + 1 :]
    assert is_social_credit_code(wrong) is (wrong == right)


@given(st.integers(0, 16), st.sampled_from("0123456789"))
def test_every_single_wrong_digit_of_a_resident_id_is_found(place, digit):
    right = "11010519491231002X"
    wrong = right[:place] + digit + right[place + 1 :]
    assert is_resident_id(wrong) is (wrong == right)


@given(st.text(max_size=25))
def test_reading_twice_changes_nothing_and_never_raises(text):
    for reader in (read_tax_id, read_national_id, read_lei):
        once = reader(text)
        assert reader(once.value).value == once.value
