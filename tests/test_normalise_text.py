import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanse.normalise.text import fold, folded, simplify, tidied, tidy

CASES = pl.read_csv("tests/cases/text.csv", infer_schema=False).to_dicts()

# Signs that this Python does not know yet are folded by polars alone.
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cn")))
HAN_TEXT = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_one_text(case):
    assert tidy(case["raw"]) == (case["tidy"] or "")
    assert fold(case["raw"]) == (case["fold"] or "")


@given(ANY_TEXT)
def test_twice_is_once(text):
    assert tidy(tidy(text)) == tidy(text)
    assert fold(fold(text)) == fold(text)


@given(HAN_TEXT)
def test_simplifying_twice_is_once(text):
    assert simplify(simplify(text)) == simplify(text)


@given(st.lists(ANY_TEXT | HAN_TEXT | st.none(), max_size=8))
def test_a_series_is_folded_as_its_texts_are(texts):
    series = pl.Series(texts, dtype=pl.String)
    assert tidied(series).to_list() == [(tidy(t) or None) if t else None for t in texts]
    assert folded(series).to_list() == [(fold(t) or None) if t else None for t in texts]
