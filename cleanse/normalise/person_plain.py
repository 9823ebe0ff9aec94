"""The plainest names, read at once: Mary Soto, William J. Soto, 张伟.

They are most of any list. What is read here the parsers read alike.
"""

from __future__ import annotations

import re

from cleanse.normalise.person_order import is_turned
from cleanse.normalise.person_words import PersonName, PersonWords
from cleanse.normalise.text import simplify
from cleanse.normalise.western_name import is_one_case, recased

_WORD = "[A-Za-z]{2,}"
_WESTERN = re.compile(rf"({_WORD}) (?:([A-Za-z])\.? )?({_WORD})")
_INVERTED = re.compile(rf"({_WORD}), ({_WORD})(?: ([A-Za-z])\.?)?")
_HAN = re.compile("[\u4e00-\u9fff]{2,3}")


def plain_name(text: str, words: PersonWords) -> PersonName | None:
    """Read a name that has nothing but a given and a family name; else None.

    >>> from cleanse.normalise.person_words import person_words
    >>> from cleanse.rulebook import load_rulebook
    >>> words = person_words(load_rulebook().vocabulary)
    >>> plain_name("William J. Soto", words)[:3], plain_name("Mr Soto", words)
    (('William', 'J', 'Soto'), None)
    """
    if text.isascii():
        return _western(text, words)
    if not _HAN.fullmatch(text):
        return None
    simple = simplify(text)
    if (
        simple[0] in words.surnames
        and simple not in words.surnames
        and (len(simple) == 2 or simple[:2] not in words.surnames)  # noqa: PLR2004
        and not words.han_title_pattern.search(simple, 1)
        and simple[0] not in words.han_familiar
    ):
        return PersonName(given=text[1:], family=text[0])
    return None


def _western(text: str, words: PersonWords) -> PersonName | None:
    if found := _WESTERN.fullmatch(text):
        given, middle, family = found.groups("")
    elif found := _INVERTED.fullmatch(text):
        family, given, middle = found.groups("")
    else:
        return None
    first, last = given.lower(), family.lower()
    if not words.not_names.isdisjoint((first, last)):
        return None
    if found.re is _WESTERN:
        keys = (first, middle.lower(), last) if middle else (first, last)
        if is_turned(keys, words):
            return None
    if is_one_case(text):
        return PersonName(recased(given), recased(middle), recased(family))
    if given.isupper() or family.isupper():
        return None
    return PersonName(given, middle, family)
