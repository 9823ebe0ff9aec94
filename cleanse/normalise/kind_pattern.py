"""Names reduced to what tells persons from companies: one pattern stands for many names.

`name_evidence` only asks in which vocabularies a word or a sign is. Those that are in
the same ones are alike to it, so each is written as one that stands for its class:
"william soto" and "robert baxnes" have one pattern, and are weighed once.
tests/test_normalise_kind.py holds the evidence of a name and of its pattern equal.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from cleanse.normalise.kind_evidence import KindWords, kind_words
from cleanse.normalise.text import traditional_sign
from cleanse.rulebook import Vocabulary

_ASCII = r"^[\x00-\x7F]*$"
_HAN_ONLY = "^[\u4e00-\u9fff]+$"
_WORD = "^[a-z]{2,}$"
_is_word = re.compile("[a-z]{2,}").fullmatch
_OWN_WORDS = "& and + und et of for the estate family household".split()
"""Words that `name_evidence` itself names."""
_OWN_SIGNS = "和与及跟暨厂店行社馆院校所部站场"
"""Signs that it and `split_people` name themselves."""
_UNKNOWN = "xqxq"


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What stands for the words and signs of a vocabulary."""

    words: Mapping[str, str]
    """Known western word → the first word of its class."""
    unknown: str
    """A western word that no vocabulary has."""
    signs: str
    """Pattern of a Han sign that no vocabulary has."""
    neutral: str
    """One of those."""
    surnames: str
    """Pattern of a Han sign that is a family name and nothing else."""
    surname: str
    """One of those; empty without any."""


def name_patterns(names: pl.Series, vocabulary: Vocabulary) -> pl.Series:
    """Write names as patterns of which `name_evidence` says the same.

    Args:
        names: Folded names.
        vocabulary: Those of names.

    Returns:
        One text per name: the name itself where it is neither all ASCII nor all Han.

    >>> from cleanse.rulebook import load_rulebook
    >>> names = pl.Series(["zorbly baxnes ltd", "cave of zorbly"])
    >>> name_patterns(names, load_rulebook().vocabulary).to_list()
    ['xqxq xqxq ltd', 'xqxq of xqxq']
    """
    patterns = _patterns(vocabulary)
    name = pl.col("name")
    # A word of trade may be cut short before a full stop: any beginning tells.
    is_ascii = name.str.contains(_ASCII) & ~name.str.ends_with(".")
    is_han = name.str.contains(_HAN_ONLY) & ~name.str.contains(traditional_sign())
    names = names.alias("name")
    parted = names.to_frame().select(
        pl.when(is_ascii).then("name").alias("words"),
        pl.when(is_han).then("name").alias("signs"),
    )
    words = _of_words(parted["words"], patterns)
    signs = _of_signs(parted["signs"], patterns)
    return words.fill_null(signs).fill_null(names)


def _of_words(names: pl.Series, patterns: _Patterns) -> pl.Series:
    """Replace every word of letters only, perhaps with a comma behind it; each once."""
    split = names.str.split(" ")
    words = split.explode().drop_nulls().unique()
    token = pl.lit(words)
    base = token.str.strip_suffix(",")
    comma = pl.when(token.str.ends_with(",")).then(pl.lit(",")).otherwise(pl.lit(""))
    alike = base.replace_strict(
        patterns.words, default=patterns.unknown, return_dtype=pl.String
    )
    is_word = base.str.contains(_WORD)
    written = pl.select(pl.when(is_word).then(alike + comma).otherwise(token))
    each = pl.element().replace_strict(words, written.to_series())
    return split.list.eval(each).list.join(" ")


def _of_signs(names: pl.Series, patterns: _Patterns) -> pl.Series:
    neutral = names.str.replace_all(patterns.signs, patterns.neutral)
    return neutral.str.replace_all(patterns.surnames, patterns.surname)


@lru_cache(maxsize=8)
def _patterns(vocabulary: Vocabulary) -> _Patterns:
    """Part the vocabularies into classes."""
    words = kind_words(vocabulary)
    person, company = words.person, words.company
    # Words of several words count as they stand: a form is looked up joined.
    own = {*_OWN_WORDS, *(word for form in company.forms for word in form.split())}
    sets: tuple[Collection[str], ...] = (
        {word for word, said in person.titles.items() if said},
        person.titles,
        person.given_titles,
        {word for word, said in person.suffixes.items() if said},
        person.suffixes,
        person.particles,
        person.given,
        person.only_given,
        company.sure_forms,
        company.strong_industry,
        company.industry,
        company.branches,
        company.departments,
        company.form_ends,
    )
    in_which: dict[str, int] = defaultdict(int)
    for bit, members in enumerate(sets):
        for word in members:
            in_which[word] |= 1 << bit
    first: dict[int, str] = {}
    alike = {
        word: word if word in own else first.setdefault(in_which[word], word)
        for word in sorted(filter(_is_word, in_which))
    }
    alike |= {word: word for word in own}
    unknown = _UNKNOWN
    while unknown in alike:
        unknown += "q"
    return _Patterns(alike, unknown, *_sign_classes(words))


def _sign_classes(words: KindWords) -> tuple[str, str, str, str]:
    """Return the last four of _Patterns."""
    person, company = words.person, words.company
    terms = {
        *(form for form, _ in company.han_forms),
        *person.han_titles,
        *company.strong_industry,
        *company.industry,
        *company.branches,
        *company.departments,
        *(name for name in person.surnames if len(name) > 1),
        _OWN_SIGNS,
    }
    known = {sign for term in terms for sign in term}
    surnames = {name for name in person.surnames if len(name) == 1} - known
    alone = "".join(sorted(sign for sign in surnames if "一" <= sign <= "鿿"))
    kept = "".join(sorted(sign for sign in known if "一" <= sign <= "鿿"))
    neutral = next(sign for sign in "囗囝囡囵囿圄" if sign not in known | surnames)
    # An empty class is no pattern.
    return f"[^{kept}{alone}]", neutral, f"[{alone or neutral}]", alone[:1] or neutral
