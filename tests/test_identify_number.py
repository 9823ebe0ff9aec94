from itertools import combinations, pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanse.errors import RuleError
from cleanse.identify import (
    CustomerIdError,
    format_customer_id,
    format_customer_ids,
    parse_customer_id,
)
from cleanse.rulebook import load_rulebook
from cleanse.rulebook.identity import SIGNS, NumberRule

RULE = NumberRule()
LONG = NumberRule(length=20, prefix={"person": "PERX", "company": "CQMX"})


def is_customer_id(text):
    try:
        parse_customer_id(text)
    except CustomerIdError:
        return False
    return True


def test_there_are_31_signs_none_of_them_a_look_alike():
    assert len(set(SIGNS)) == 31
    assert not set(SIGNS) & set("ILOSZ")


@pytest.mark.parametrize("rule", [RULE, LONG], ids=["shipped", "longest"])
@pytest.mark.parametrize("number", [1, 2, 77_777, 31**7 - 1])
def test_every_single_wrong_sign_is_found(rule, number):
    good = format_customer_id(number, "person", rule)
    for i, sign in enumerate(good):
        for wrong in SIGNS.replace(sign, ""):
            assert not is_customer_id(good[:i] + wrong + good[i + 1 :])


@pytest.mark.parametrize("rule", [RULE, LONG], ids=["shipped", "longest"])
@given(number=st.integers(1, 31**7 - 1))
def test_every_swap_of_two_signs_is_found(rule, number):
    good = format_customer_id(number, "company", rule)
    for i, j in combinations(range(len(good)), 2):
        swapped = list(good)
        swapped[i], swapped[j] = swapped[j], swapped[i]
        if good[i] != good[j]:
            assert not is_customer_id("".join(swapped))


@given(number=st.integers(1, 31**7 - 1))
def test_an_id_is_read_as_people_type_it(number):
    good = format_customer_id(number, "person", RULE)
    typed = f" {good[:3].lower()}-{good[3:6]} – {good[6:]}\n"
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in good)
    alike = good.replace("0", "o").replace("1", "l").replace("5", "S").replace("2", "z")
    assert {parse_customer_id(t) for t in (typed, full_width, alike)} == {good}


def test_no_two_numbers_share_an_id_even_in_the_smallest_space():
    rule = NumberRule(length=4)
    numbers = pl.Series(range(1, 31**4, 7))
    ids = format_customer_ids(numbers, pl.Series(["person"] * len(numbers)), rule)
    assert len(set(ids)) == len(numbers)


def test_neighbours_do_not_look_alike():
    ids = format_customer_ids(
        pl.Series(range(1, 1001)), pl.Series(["person"] * 1000), RULE
    )
    alike = [
        sum(a == b for a, b in zip(x[1:], y[1:], strict=True)) for x, y in pairwise(ids)
    ]
    assert sum(alike) / len(alike) < 1.0
    assert max(alike) <= 4


@pytest.mark.parametrize("text", ["", "C", "C3XPJVP9", "客户12345", "C3XPJVP9UU" * 4])
def test_what_is_no_id_is_refused_with_advice(text):
    with pytest.raises(CustomerIdError, match="Not a customer ID"):
        parse_customer_id(text)


@pytest.mark.parametrize("number", [0, -3, 31**4])
def test_a_number_that_does_not_fit_is_refused(number):
    with pytest.raises(CustomerIdError, match=r"number\.length"):
        format_customer_id(number, "person", NumberRule(length=4))


@pytest.mark.parametrize(
    "prefix",
    ['{ person = "S" }', '{ person = "PA" }', '{ human = "P" }', '{ person = "P1" }'],
)
def test_a_prefix_that_would_mislead_is_refused(tmp_path, prefix):
    (tmp_path / "identity.toml").write_text(f"[number]\nprefix = {prefix}\n")
    with pytest.raises(RuleError, match=r"number\.prefix"):
        load_rulebook(tmp_path)
