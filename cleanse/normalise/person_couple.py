"""Several people in one cell: each written out as one name.

"John & Mary Smith" are John Smith and Mary Smith; the first is the customer, the
others stay beside him.
"""

from __future__ import annotations

import re

from cleanse.normalise.han_name import han_family, take_han_titles
from cleanse.normalise.person_title import take_titles, word_key
from cleanse.normalise.person_words import PersonWords
from cleanse.normalise.text import has_han, simplify
from cleanse.normalise.western_name import (
    name_tokens,
    parse_western_name,
)

_LINK = re.compile(
    r"\s+(?:&|\+|/|and|und|et)\s+|\s*(?<=[^\W\d_]{2})(?:[&+;]|/(?=\s*[^\W\d_]{2}))\s*",
    re.IGNORECASE,
)
_HAN_LINK = re.compile(r"\s*[、/&+;,，；|]\s*|\s+(?:and|和|与|及|跟)\s+")
_HAN_AND = "和与及跟暨"
_HAN_TWO = re.compile(r"(\S+) (\S+)")
_LONGEST_GIVEN = 2
_MOST = 4
_INSIDE = frozenset(("of", "the"))


def split_people(text: str, words: PersonWords) -> list[str]:
    """Part a cell into the people in it, each with title and family name of its own.

    Args:
        text: A tidy cell.
        words: Vocabulary.

    Returns:
        One text per person, in the order of the cell; the cell itself where it
        names but one. Never raises.
    """
    if has_han(text):
        return _han_people(text, words)
    pieces = [piece for piece in _LINK.split(text) if name_tokens(piece)]
    if not 1 < len(pieces) <= _MOST or _is_one_title(pieces, words):
        return [text]
    case = str.upper if text.isupper() else str.lower if text.islower() else str
    return [case(person) for person in _western_people(pieces, words)]


def _western_people(pieces: list[str], words: PersonWords) -> list[str]:
    """Give each piece the family name and the title that stand only once."""
    title = ""
    if _is_title(pieces[0], words):
        # Mr and Mrs John Smith: the second title belongs to somebody unnamed.
        title, *pieces = pieces
        tokens = pieces[0].split()
        second = take_titles(tokens, words).typed
        pieces[0] = f"{title} {' '.join(tokens)}"
        if len(pieces) > 1:
            pieces[1] = f"{second} {pieces[1]}".strip()
        elif second:
            return [pieces[0], f"{second} {_family(pieces[0], words)}"]
    first, *others = pieces
    before, comma, _ = first.partition(",")
    if comma and len(name_tokens(before)) >= 1:
        return [
            first,
            *(
                other
                if "," in other or not _is_short(other, words)
                else f"{before}, {other}"
                for other in others
            ),
        ]
    whole = next((p for p in reversed(pieces) if not _is_short(p, words)), "")
    family = _family(whole, words) if whole else ""
    return [
        f"{piece} {family}".strip() if _is_short(piece, words) else piece
        for piece in pieces
    ]


def _is_one_title(pieces: list[str], words: PersonWords) -> bool:
    """Tell Secretary of Health and …: the link stands in a title."""
    if any(piece.split()[0].lower() in _INSIDE for piece in pieces):
        return True
    tokens = name_tokens(pieces[0])
    take_titles(tokens, words)
    return not tokens and not _is_title(pieces[0], words)


def _is_title(piece: str, words: PersonWords) -> bool:
    return " ".join(map(word_key, piece.split())) in words.titles


def _is_short(piece: str, words: PersonWords) -> bool:
    """Tell given names and initials alone: John, J. A., Mr John."""
    tokens = name_tokens(piece.replace(",", " , "))
    take_titles(tokens, words)
    keys = [word_key(token) for token in tokens]
    return len(keys) <= 1 or all(
        len(key) == 1 or (key in words.only_given) for key in keys
    )


def _family(piece: str, words: PersonWords) -> str:
    """Return the words of the family name as typed."""
    name = parse_western_name(piece, words)
    size = len(name.family.split())
    keys = [word_key(token) for token in name.family.split()]
    tokens = piece.replace(",", " ").split()
    for start in range(len(tokens) - size + 1):
        if [word_key(token) for token in tokens[start : start + size]] == keys:
            return " ".join(tokens[start : start + size])
    return name.family


def _han_people(text: str, words: PersonWords) -> list[str]:
    """Part 王伟、李娜 and 张三和李四, where both are whole names."""
    pieces = [piece for piece in _HAN_LINK.split(text) if piece]
    if len(pieces) > 1 and all(is_han_name(piece, words) for piece in pieces):
        return pieces
    if two := _HAN_TWO.fullmatch(text):
        both = [two[1], two[2]]
        first = simplify(two[1])
        is_half = first in words.surnames or first in words.east_families
        if not is_half and all(is_han_name(piece, words) for piece in both):
            return both
    for sign in _HAN_AND:
        before, link, after = text.partition(sign)
        if link and is_han_name(before, words) and is_han_name(after, words):
            return [before, after]
    return [text]


def is_han_name(text: str, words: PersonWords) -> bool:
    """Tell a family name with a given name of one or two signs, perhaps a title behind."""
    simple, _ = take_han_titles(simplify(text), words)
    family = han_family(simple, words)
    given = simple[len(family) :]
    if not family or not all(map(has_han, simple)):
        return False
    return 1 <= len(given) <= _LONGEST_GIVEN or (not given and simple != text)


def is_couple(text: str, words: PersonWords) -> bool:
    """Tell whether a cell names several people."""
    return len(split_people(text, words)) > 1
