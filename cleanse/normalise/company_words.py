"""The vocabulary of company names, in the shape the parsers read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cleanse.rulebook import Vocabulary

_SHORTEST_CUT = 4
_SHORTEST_COUNTY = 2


class CompanyName(NamedTuple):
    """A company's name in parts, each as it is compared."""

    core: str = ""
    """The name without legal form, region and branch: trade name and trade (字号 and 行业)."""
    form: str = ""
    """Legal form, in the spelling that stands for all its kin; of a Chinese name
    without one what it calls itself (厂, 医院, 局), which stays in the core too."""
    region: str = ""
    branch: str = ""
    """Branch, office or store with its place; empty for the head office."""
    also: str = ""
    """A second name: in another script, a former or a trading name."""
    brand: str = ""
    """字号: what of the core is the bearer's own. Chinese names only."""
    industry: str = ""
    """行业: the words of trade behind it. Chinese names only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyWords:
    """What the parsers look words up in."""

    forms: Mapping[str, str]
    """Latin legal form, words joined by a space → canonical form."""
    shown_forms: Mapping[str, str]
    """Latin legal form → as a person should see it."""
    sure_forms: frozenset[str]
    """Latin legal forms that alone prove a company."""
    han_forms: tuple[tuple[str, str], ...]
    """Chinese legal form and canonical form; longest first."""
    han_form_of: Mapping[str, str]
    """The same to look up in."""
    longest_han_form: int
    """Signs in the longest of them."""
    han_form_pattern: re.Pattern[str]
    """Finds any of them."""
    own_forms: Mapping[str, str]
    """What Chinese bodies without a legal form call themselves → the form it stands
    for; empty where the word is one of trade (银行 ends with no 行)."""
    regions: Mapping[str, str]
    provinces: frozenset[str]
    """The regions that are provinces of China."""
    counties: Mapping[str, frozenset[str]]
    """Region → Chinese counties in it, without 县 or 市; under no region those of three
    signs and more, which are no brand."""
    branches: frozenset[str]
    departments: frozenset[str]
    remarks: frozenset[str]
    """Notes on a row, in brackets behind a name: closed, head office."""
    industry: Mapping[str, str]
    """Word of trade → the spelling that stands for it; empty: itself."""
    strong_industry: frozenset[str]
    """Those that alone tell a company from a person."""
    trade_signs: frozenset[str]
    """Single signs that are a trade right before a form of one sign: 花店, 鞋厂."""
    industry_beginnings: frozenset[str]
    """What a word of trade may be cut short to: four letters and more."""
    form_ends: Mapping[str, int]
    """Last word of latin legal forms → words in the longest of them."""


@lru_cache(maxsize=8)
def company_words(vocabulary: Vocabulary) -> CompanyWords:
    """Read the vocabularies of company names once."""
    forms = vocabulary.mapping("legal_form", "form", script="latin")
    han = vocabulary.mapping("legal_form", "form", script="han")
    other = vocabulary.mapping("legal_form", "form", script="other")
    han_forms = tuple(
        sorted({**han, **other}.items(), key=lambda form: (-len(form[0]), form[0]))
    )
    signs = vocabulary.words("industry_word", strength="sign")
    industry = {
        word: full
        for word, full in vocabulary.mapping("industry_word", "full").items()
        if word not in signs
    }
    regions = vocabulary.mapping("region_name", "region")
    return CompanyWords(
        forms=forms,
        shown_forms=vocabulary.mapping("legal_form", "shown", script="latin"),
        sure_forms=vocabulary.words("legal_form", script="latin", sure="yes"),
        han_forms=han_forms,
        han_form_of=dict(han_forms),
        longest_han_form=max((len(form) for form, _ in han_forms), default=0),
        han_form_pattern=re.compile("|".join(re.escape(form) for form, _ in han_forms)),
        own_forms=vocabulary.mapping("legal_form", "form", script="han_own"),
        regions=regions,
        provinces=frozenset(
            regions[row["name"]]
            for row in vocabulary.rows("cn_division")
            if row["code"].endswith("0000") and row["name"] in regions
        ),
        counties=_counties(vocabulary, regions),
        branches=vocabulary.words("branch_word", kind="branch"),
        remarks=vocabulary.words("branch_word", kind="remark"),
        departments=vocabulary.words("branch_word", kind="department"),
        industry=industry,
        trade_signs=signs,
        strong_industry=vocabulary.words("industry_word", strength="strong"),
        industry_beginnings=frozenset(
            word[:end] for word in industry for end in range(_SHORTEST_CUT, len(word))
        ),
        form_ends=_ends(forms),
    )


def _ends(forms: Mapping[str, str]) -> Mapping[str, int]:
    """Count the words of the longest form that ends with a word."""
    ends: dict[str, int] = {}
    for words in map(str.split, forms):
        ends[words[-1]] = max(ends.get(words[-1], 0), len(words))
    return ends


def _counties(
    vocabulary: Vocabulary, regions: Mapping[str, str]
) -> Mapping[str, frozenset[str]]:
    """List the counties of each province and city, as they stand in names: 安溪 of 福建."""
    rows = [(row["code"], row["name"]) for row in vocabulary.rows("cn_division")]
    bearers = {
        code.removesuffix("00").removesuffix("00"): regions[name]
        for code, name in rows
        if code.endswith("00") and name in regions
    }
    counties: dict[str, set[str]] = {}
    for code, name in rows:
        if code.endswith("00") or name[-1] not in "县市" or "自治" in name:
            continue
        for region in (bearers.get(code[:2]), bearers.get(code[:4])):
            if region and len(name) > _SHORTEST_COUNTY:
                counties.setdefault(region, set()).add(name[:-1])
        if len(name) > _SHORTEST_COUNTY + 1:
            counties.setdefault("", set()).add(name[:-1])
    return {region: frozenset(names) for region, names in counties.items()}
