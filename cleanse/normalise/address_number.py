"""House numbers: in front of a street, behind it, or behind the name of who lives there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cleanse.normalise.address_street import (
    HIGHWAYS,
    JOINTS,
    ORDINAL,
    Token,
    has_type,
    street_end,
)
from cleanse.normalise.address_words import NUMBER_WORDS, Words

NUMBER = re.compile(
    r"u?\d+[a-z]?/\d+[a-z]?|\d+(?:[-/]\d+){0,3}[a-z]?(?:-[a-z])?|\d+[a-z]-\d+[a-z]?|\d+-[a-z]?\d+|[nsew]\d+[nsew]?\d*|\d+½|#\d+[a-z]?",
    re.IGNORECASE,
)
NUMBER_BEHIND = frozenset(
    "DE AT CH NL BE IT ES PT SE NO DK FI IS PL CZ SK HU RO BG HR SI RS GR TR RU UA LT LV EE LI BR AR MX CL CO PE".split()
)
"""Countries that write the number behind the street."""

_FRACTION = re.compile(r"[1-3]/[2-8]")
_GRID = re.compile(r"[nsew]\d+[nsew]?", re.IGNORECASE)
REPEATS = frozenset({"bis", "ter", "quater"})
_NUMBER_SIGNS = frozenset({"no", "nr", "num", "numero", "n°", "no°", "nº", "n"})
_SHORT = 2
_RANGE = 50
"""How far the last number of a house lies above the first, at most."""


class Numbered(NamedTuple):
    """A street whose number stands behind it."""

    number: str
    street: Sequence[Token]
    behind: Sequence[Token]


def is_number(tokens: Sequence[Token], words: Words) -> bool:
    """Tell whether a house number leads."""
    word = tokens[0].word
    if word in NUMBER_WORDS:
        return street_end(tokens[1:], words) is not None
    return NUMBER.fullmatch(word) is not None


def take_number(tokens: list[Token], words: Words) -> tuple[str | None, list[Token]]:
    """Take the house number off the front: 12, 12a, 12 1/2, 12 A, 12 bis."""
    if len(tokens) < _SHORT or tokens[1].word in JOINTS or not is_number(tokens, words):
        return None, tokens
    number = tokens[0].text.strip(".,#")
    tokens = tokens[1:]
    if len(tokens) < _SHORT:
        return number, tokens
    second = tokens[0].word
    if (
        _FRACTION.fullmatch(second)
        or second in REPEATS
        or _is_range(number, tokens, words)
        or (_GRID.fullmatch(second) and _GRID.fullmatch(number))
    ):
        return f"{number} {tokens[0].text}", tokens[1:]
    if _is_letter(tokens, words):
        return number + tokens[0].text.strip("."), tokens[1:]
    return number, tokens


def _is_range(number: str, tokens: Sequence[Token], words: Words) -> bool:
    """358 370 E 71st: the second is the house's too, a little above the first."""
    second = tokens[0].word
    if not (number.isdecimal() and second.isdecimal() and len(tokens) > _SHORT):
        return False
    return (
        0 < int(second) - int(number) <= _RANGE
        and tokens[1].word in words.directions
        and tokens[2].word not in words.types
    )


def _is_letter(tokens: Sequence[Token], words: Words) -> bool:
    """12 A High St: the letter belongs to the number, unless it is a direction."""
    letter, follows = tokens[0].word, tokens[1].word
    return (
        len(letter) == 1
        and letter.isalpha()
        and letter not in words.directions
        and follows not in words.types
        and follows not in {"and", "&"}
        and not follows.isdecimal()
        and follows not in {"de", "del", "la"}
        and (len(follows) > 1 or follows in words.directions)
    )


def anchor(tokens: Sequence[Token], words: Words) -> int | None:
    """Find the number of a house behind a name: 3 of "Mary Ray 3 Elm St".

    None when the line begins with it, or has none.
    """
    for at in range(1, len(tokens) - 1):
        token = tokens[at]
        if not token.word[:1].isdecimal() or not NUMBER.fullmatch(token.word):
            continue
        behind = tokens[at + 1 :]
        before = tokens[at - 1].word
        if before in HIGHWAYS or (
            before in words.types and not _is_house(before, token, behind, words)
        ):
            continue
        if behind[0].word.isdecimal() and len(behind) > _SHORT:
            # A door before the number: 507 of "Harbour House 507 2600 N Elm Dr".
            continue
        if behind[0].word in words.directions and len(behind) > 1:
            return at
        if has_type(behind, words):
            return at
    return None


def _is_house(before: str, token: Token, behind: Sequence[Token], words: Words) -> bool:
    """Tell a house by its last word: Center of "Rose Center 4859 S Wabash"."""
    return (
        words.types.get(before) in {"center", "plaza", "mall"}
        and len(token.word) > _SHORT
        and behind[0].word in words.directions
    )


def number_behind(
    tokens: Sequence[Token], words: Words, *, is_usual: bool
) -> Numbered | None:
    """Read a street whose number stands behind it: Hauptstr. 12 a.

    Args:
        tokens: Street, number, perhaps more.
        words: Their vocabulary.
        is_usual: In this country any number behind a name is one.
    """
    if NUMBER.fullmatch(tokens[0].word) and not ORDINAL.fullmatch(tokens[0].word):
        return None
    leads = tokens[0].word in words.first_types or tokens[0].word in words.types
    for at in range(1 + leads, len(tokens)):
        word = tokens[at].word
        if not word[:1].isdecimal() or not NUMBER.fullmatch(word):
            continue
        street = tokens[:at]
        if street[-1].word in _NUMBER_SIGNS and len(street) > 1:
            street = street[:-1]
        if not (is_usual or _is_foreign_street(street, words)):
            return None
        if street[-1].word in HIGHWAYS:
            return None
        number, behind = tokens[at].text.strip(".,#"), tokens[at + 1 :]
        if behind and len(behind[0].word) == 1 and behind[0].word.isalpha():
            number, behind = number + behind[0].text, behind[1:]
        elif behind and behind[0].word in REPEATS:
            number, behind = f"{number} {behind[0].text}", behind[1:]
        return Numbered(number, street, behind)
    return None


def _is_foreign_street(street: Sequence[Token], words: Words) -> bool:
    return street[0].word in words.first_types or any(
        token.word.endswith(words.endings) for token in street
    )
