"""The vocabulary of company names, in the shape the parsers read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cleanse.rulebook import Vocabulary

_SHORTEST_CUT = 4


class CompanyName(NamedTuple):
    """A company's name in parts, each as it is compared."""

    core: str = ""
    """The name without legal form, region and branch: trade name and trade (字号 and 行业)."""
    form: str = ""
    """Legal form, in the spelling that stands for all its kin."""
    region: str = ""
    branch: str = ""
    """Branch, office or store with its place; empty for the head office."""
    also: str = ""
    """The name in a second script, where both were typed."""


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
    han_form_pattern: re.Pattern[str]
    """Finds any of them."""
    regions: Mapping[str, str]
    branches: frozenset[str]
    departments: frozenset[str]
    remarks: frozenset[str]
    """Notes on a row, in brackets behind a name: closed, head office."""
    industry: Mapping[str, str]
    """Word of trade → the spelling that stands for it; empty: itself."""
    strong_industry: frozenset[str]
    """Those that alone tell a company from a person."""
    industry_beginnings: frozenset[str]
    """What a word of trade may be cut short to: four letters and more."""
    form_ends: frozenset[str]
    """Last words of the latin legal forms."""
    longest_form: int
    """Words in the longest latin legal form."""


@lru_cache(maxsize=8)
def company_words(vocabulary: Vocabulary) -> CompanyWords:
    """Read the vocabularies of company names once."""
    forms = vocabulary.mapping("legal_form", "form", script="latin")
    han = vocabulary.mapping("legal_form", "form", script="han")
    other = vocabulary.mapping("legal_form", "form", script="other")
    han_forms = tuple(
        sorted({**han, **other}.items(), key=lambda form: (-len(form[0]), form[0]))
    )
    industry = vocabulary.mapping("industry_word", "full")
    return CompanyWords(
        forms=forms,
        shown_forms=vocabulary.mapping("legal_form", "shown", script="latin"),
        sure_forms=vocabulary.words("legal_form", script="latin", sure="yes"),
        han_forms=han_forms,
        han_form_pattern=re.compile("|".join(re.escape(form) for form, _ in han_forms)),
        regions=vocabulary.mapping("region_name", "region"),
        branches=vocabulary.words("branch_word", kind="branch"),
        remarks=vocabulary.words("branch_word", kind="remark"),
        departments=vocabulary.words("branch_word", kind="department"),
        industry=industry,
        strong_industry=vocabulary.words("industry_word", strength="strong"),
        industry_beginnings=frozenset(
            word[:end] for word in industry for end in range(_SHORTEST_CUT, len(word))
        ),
        form_ends=frozenset(form.rsplit(" ", 1)[-1] for form in forms),
        longest_form=max((form.count(" ") + 1 for form in forms), default=1),
    )
