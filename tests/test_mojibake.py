"""Garbled text is mended when that is proven, and only then."""

from __future__ import annotations

import polars as pl
import pytest
from factory import make_records
from hypothesis import given
from hypothesis import strategies as st

from cleanse.normalise import normalise
from cleanse.normalise.mojibake import mend_mojibake
from cleanse.rulebook import load_rulebook
from cleanse.validate import validate

RULES = load_rulebook()


def read_as(text: str, wrote: str, read: str) -> str:
    return text.encode(wrote).decode(read)


@pytest.mark.parametrize(
    ("garbled", "said"),
    [
        (read_as("Müller & Söhne", "utf-8", "cp1252"), "Müller & Söhne"),
        (read_as("Łódź 12", "utf-8", "latin-1"), "Łódź 12"),
        (read_as("北京市海淀区", "utf-8", "latin-1"), "北京市海淀区"),
        (read_as("宁波贸易", "utf-8", "gb18030"), "宁波贸易"),
        (read_as("张伟先生", "gbk", "latin-1"), "张伟先生"),
        ("Müller", None),
        ("Società Générale", None),
        ("ÀÉÈÙ", None),
        ("涵洁淼淇贸易有限公司", None),
        ("Владимир", None),
        ("100 € – “quoted”", None),
    ],
)
def test_one_text(garbled, said):
    assert mend_mojibake(garbled) == said


@given(st.text(st.characters(codec="gb2312"), max_size=12))
def test_clean_text_is_left_alone(text):
    assert mend_mojibake(text) is None


def test_the_mended_value_goes_on_and_says_so():
    typed = read_as("Jürgen Müller", "utf-8", "cp1252")
    records, changes = normalise(make_records({"name_raw": typed}), RULES)
    assert records["name"].to_list() == ["Jürgen Müller"]
    assert records["name_raw"].to_list() == [typed]
    told = changes.filter(pl.col("field") == "name").select("raw", "clean", "rule")
    assert told.rows() == [(typed, "Jürgen Müller", "text.mojibake")]
    again, changes_again = normalise(records, RULES)
    assert again.equals(records)
    assert changes_again.equals(changes)


@pytest.mark.parametrize(
    ("typed", "check"),
    [
        (read_as("Jürgen Müller", "utf-8", "cp1252"), "text_mended"),
        ("Anna M\ufffdller", "text_garbled"),
        ("王锟斤拷", "text_garbled"),
        ("Anna\u202e Miller", "text_hidden_signs"),
        ("Аnna Miller", "text_lookalike_signs"),
        ("Anna Miller", None),
        ("Анна Миллер", None),
    ],
)
def test_a_steward_is_told(typed, check):
    records, _ = normalise(make_records({"name_raw": typed}), RULES)
    _, issues, _ = validate(records, RULES)
    found = [c for c in issues["check"] if c.startswith("text_")]
    assert found == ([check] if check else [])
