"""What a name by itself says of its bearer: a person or a company."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cleanse.normalise.company_parts import is_trade_only
from cleanse.normalise.company_words import CompanyWords, company_words
from cleanse.normalise.han_company import han_part_word
from cleanse.normalise.han_name import han_family, take_han_titles
from cleanse.normalise.person_couple import split_people
from cleanse.normalise.person_words import PersonWords, person_words
from cleanse.normalise.text import han_signs, has_han
from cleanse.normalise.western_company import company_tokens, form_length
from cleanse.rulebook import Vocabulary

SURE = 4
"""A legal form, or a title: nothing else in a name outweighs it."""

CLEAR = 2
"""A word of trade, "&", a Chinese name with its family name."""

HINT = 1
"""A known given name, an initial, an ambiguous legal form."""

_LINKS = frozenset(("&", "and", "+", "und", "et"))
_OF = frozenset(("of", "for", "the"))
_LONGEST_PERSON = 4
_COUPLE = 4
"""Words of "J & M Smith"."""
_LONGEST_HAN_PERSON = 4
_LONGEST_HAN_GIVEN = 2
_LONGEST_HAN_TRADE = 6
_DOT = "·"
_HAN_LINK = re.compile("[、/&和与及跟]")
_NUMBER = re.compile(r"[ :]*[+]?\d[\d() -]{6,}$")
"""A telephone number behind a name."""
_HOUSEHOLD = re.compile(
    r"(?:the )?estate of .+|(?:the )?[^\W\d_]+ (?:family|household)"
)
_INITIAL = re.compile(r" [^\W\d_]\.?(?: |$)")


@dataclass(frozen=True, slots=True)
class KindWords:
    """The vocabularies that tell persons from companies."""

    person: PersonWords
    company: CompanyWords


@lru_cache(maxsize=8)
def kind_words(vocabulary: Vocabulary) -> KindWords:
    """Read the vocabularies once."""
    return KindWords(person_words(vocabulary), company_words(vocabulary))


def name_evidence(text: str, words: KindWords) -> int:
    """Weigh what a name says: above 0 for a company, below for a person.

    Args:
        text: A folded name.
        words: Vocabularies.

    Returns:
        A sum of SURE, CLEAR and HINT with their signs; 0 when it says nothing.

    >>> from cleanse.rulebook import load_rulebook
    >>> words = kind_words(load_rulebook().vocabulary)
    >>> names = ("pacific foods", "bara williams", "mr foods", "娜颖网络", "张伟")
    >>> [name_evidence(name, words) for name in names]
    [3, 0, -1, 2, -2]
    """
    text = _NUMBER.sub("", text).strip() or text
    if has_han(text) and (" " not in text or han_signs(text) > 1):
        return _han_evidence(text, words)
    if _HOUSEHOLD.fullmatch(text):
        return -SURE
    return _western_evidence(text, words)


def _western_evidence(text: str, words: KindWords) -> int:
    tokens = company_tokens(text)
    if not tokens:
        return 0
    evidence = _form_evidence(tokens, text, words.company)
    evidence += _trade_evidence(tokens, words.company)
    evidence += HINT * _is_cut_short(tokens, text, words.company)
    evidence += _shape_evidence(tokens, words.person)
    return evidence - _person_evidence(tokens, text, words)


def _form_evidence(tokens: Sequence[str], text: str, words: CompanyWords) -> int:
    """Weigh the legal form; one that may be a name counts when it has dots or a comma."""
    length = form_length(tokens, words)
    if not length:
        inside = tokens[1:-1]
        return 0 if words.sure_forms.isdisjoint(inside) else CLEAR
    form = " ".join(tokens[-length:])
    if form in words.sure_forms:
        return SURE
    last = text.rsplit(" ", 1)[-1]
    return CLEAR if "." in last[:-1] or "/" in last or "&" in text else HINT


def _trade_evidence(tokens: Sequence[str], words: CompanyWords) -> int:
    """Weigh words of trade: strong ones anywhere but in front, weak ones at the end."""
    if len(tokens) > 1 and tokens[-1] in words.strong_industry:
        return CLEAR + HINT
    if not words.strong_industry.isdisjoint(tokens[1:]):
        return CLEAR
    if len(tokens) > 1 and tokens[-1] in words.industry:
        return HINT
    if tokens[-1] in words.branches or tokens[-1] in words.departments:
        return HINT if len(tokens) > 1 else 0
    if tokens[0] not in words.strong_industry:
        return 0
    # Banco de Chile; alone it is what is left of a company's name.
    return CLEAR if len(tokens) > 1 else HINT


def _is_cut_short(tokens: Sequence[str], text: str, words: CompanyWords) -> bool:
    """Tell a word of trade that was cut short: Acme Engin."""
    return (
        len(tokens) > 1
        and text.endswith(".")
        and tokens[-1] in words.industry_beginnings
    )


def _shape_evidence(tokens: Sequence[str], words: PersonWords) -> int:
    """Weigh what persons' names do not have: links, digits, many words."""
    evidence = 0
    linked = [i for i in range(1, len(tokens) - 1) if tokens[i] in _LINKS]
    if linked and not _is_couple(tokens, linked[0], words):
        evidence += CLEAR
    if any(any(map(str.isdigit, token)) for token in tokens):
        evidence += HINT if tokens[-1] in words.suffixes else CLEAR
    if not _OF.isdisjoint(tokens[:-1]):
        evidence += CLEAR
    if len(tokens) > _LONGEST_PERSON and not words.particles & set(tokens):
        evidence += HINT
    return evidence


def _is_couple(tokens: Sequence[str], link: int, words: PersonWords) -> bool:
    """Tell "John and Mary Smith", "J & M Smith", "Mr and Mrs Smith" from "Smith and Jones"."""
    before, after = tokens[0], tokens[link + 1]
    if before in words.titles and after in words.titles:
        return True
    if len(before) == 1 and len(after) == 1:
        return link == 1 and len(tokens) == _COUPLE
    return before in words.given and after in words.given


def _person_evidence(tokens: Sequence[str], text: str, words: KindWords) -> int:
    """Weigh what companies' names do not have: titles, "Last, First", given names."""
    person = words.person
    evidence = 0
    if len(tokens) > 1 and person.titles.get(tokens[0]):
        evidence += SURE if tokens[0] not in person.given_titles else 0
    if len(tokens) > 1 and person.suffixes.get(tokens[-1]):
        evidence += CLEAR
    if _is_inverted(text, words):
        evidence += CLEAR
    if tokens[0] in person.only_given or tokens[-1] in person.only_given:
        evidence += HINT
    if tokens[0] in person.given:
        evidence += HINT
    if _INITIAL.search(text):
        evidence += HINT
    if len(tokens) > 2 and not person.particles.isdisjoint(tokens[1:-1]):  # noqa: PLR2004
        evidence += HINT
    return evidence


def _is_inverted(text: str, words: KindWords) -> bool:
    """Tell "Soto, William" from "Soto, Ltd" and "Soto, Baker & Jones"."""
    before, comma, after = text.partition(",")
    if not comma or "," in after:
        return False
    tokens = company_tokens(after)
    return (
        0 < len(tokens) < _LONGEST_PERSON
        and bool(before.strip())
        and not _LINKS & set(tokens)
        and not form_length(["", *tokens], words.company)
    )


def _han_evidence(text: str, words: KindWords) -> int:
    """Weigh a name in Han: words of address, its end, its length, its family name."""
    if _HAN_LINK.search(text) and len(split_people(text, words.person)) > 1:
        return -CLEAR
    whole = "".join(text.split())
    bare, salutation = take_han_titles(whole, words.person)
    if bare != whole and len(bare) <= _LONGEST_HAN_PERSON:
        return -SURE if salutation else -CLEAR
    if words.company.han_form_pattern.search(bare, 1):
        return SURE
    if _ends_with_trade(bare, words.company):
        return CLEAR
    return -_han_person_evidence(bare, words)


def _han_person_evidence(text: str, words: KindWords) -> int:
    """Weigh length and family name; below 0 when too long for a person."""
    if _DOT in text:
        return HINT
    family = han_family(text, words.person)
    size = han_signs(text)
    if family and size - len(family) <= _LONGEST_HAN_GIVEN and size == len(text):
        return CLEAR
    if size > _LONGEST_HAN_PERSON:
        return -CLEAR
    return HINT if family else 0


def _ends_with_trade(text: str, words: CompanyWords) -> bool:
    """Tell whether a Chinese name ends with a word of trade or of a branch.

    One sign proves it from the third on only, and never by itself: 张店 is a name.
    """
    part = han_part_word(text, words)
    if len(part) > 1 and len(text) > len(part) + 1:
        return True
    for length in range(min(len(text), _LONGEST_HAN_TRADE), 1, -1):
        word = text[-length:]
        if word in words.strong_industry or (
            word in words.industry and len(text) > length + 1
        ):
            return len(text) > length or is_trade_only(text, words)
    return len(text) > _LONGEST_HAN_PERSON - 1 and text[-1] in "厂店行社馆院校所部站场"
