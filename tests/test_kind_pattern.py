"""One pattern stands for many names: what it says of person and company is theirs."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanse.normalise.kind_evidence import kind_words, name_evidence
from cleanse.normalise.kind_pattern import name_patterns
from cleanse.normalise.text import folded, traditional_sign
from cleanse.rulebook import load_rulebook

_VOCABULARY = load_rulebook().vocabulary
_WORDS = kind_words(_VOCABULARY)
_PERSON, _COMPANY = _WORDS.person, _WORDS.company


def _some(words: object) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(words))  # type: ignore[call-overload]


_western = st.lists(
    st.one_of(
        _some(_PERSON.titles),
        _some(_PERSON.suffixes),
        _some(_PERSON.particles),
        _some(_PERSON.given),
        _some(_PERSON.only_given),
        _some(_COMPANY.forms),
        _some(_COMPANY.industry),
        _some(_COMPANY.branches | _COMPANY.departments),
        _some(
            {"soto", "baxnes", "j", "j.", "&", "and", "of", "the", "estate", "family"}
        ),
        st.text("abcxyz.,'&- 12", min_size=1, max_size=6),
    ).flatmap(lambda word: st.sampled_from([word, f"{word},", word])),
    min_size=1,
    max_size=5,
).map(" ".join)
_han = st.lists(
    st.one_of(
        _some(_PERSON.surnames),
        _some(_PERSON.han_titles),
        _some(_COMPANY.industry),
        _some(_COMPANY.branches | _COMPANY.departments),
        _some(form for form, _ in _COMPANY.han_forms),
        _some("和与厂店伟芳囗囝楠乾·、 a1"),
    ),
    min_size=1,
    max_size=5,
).map("".join)


@settings(max_examples=60)
@given(st.lists(st.one_of(_western, _han), min_size=30, max_size=30))
def test_a_pattern_says_what_its_names_say(names):
    names = folded(pl.Series(names, dtype=pl.String)).drop_nulls()
    patterns = name_patterns(names, _VOCABULARY)
    for name, pattern in zip(names, patterns, strict=True):
        assert name_evidence(name, _WORDS) == name_evidence(pattern, _WORDS), name


def test_every_word_of_the_vocabularies_alone_and_beside_others_is_its_pattern():
    alone = sorted(
        {*_PERSON.titles, *_PERSON.suffixes, *_PERSON.given, *_COMPANY.industry}
        | {*_PERSON.surnames, *_COMPANY.forms, *_COMPANY.branches}
    )
    names = folded(
        pl.Series([*alone, *(f"{word} baxnes" for word in alone)])
        .append(pl.Series([f"baxnes {word}" for word in alone]))
        .append(pl.Series([f"{word}, baxnes" for word in alone]))
    )
    patterns = name_patterns(names, _VOCABULARY)
    said = [name_evidence(pattern, _WORDS) for pattern in patterns]
    assert said == [name_evidence(name, _WORDS) for name in names]


def test_names_that_differ_in_unknown_words_only_have_one_pattern():
    names = pl.Series(["zorbly baxnes", "xorp qulm", "王囝囿", "王囹圄"])
    assert name_patterns(names, _VOCABULARY).n_unique() == 2


def test_the_sign_pattern_finds_what_simplifying_changes():
    signs = pl.Series(["張偉", "张伟", "Smith", "乾"])
    assert signs.str.contains(traditional_sign()).to_list() == [
        True,
        False,
        False,
        True,
    ]
