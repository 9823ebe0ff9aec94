"""Doors, floors and buildings among the words of a line."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanse.normalise.address_street import ORDINAL, Token
from cleanse.normalise.address_words import Words

_IDENTIFIER = re.compile(
    r"#?[a-z]{0,3}-?\d[\w./&-]*|#?[a-z]|[a-z]-[a-z]|#[\w-]+",
    re.IGNORECASE,
)
_LEVELS = frozenset("ground lower upper top main lobby mezzanine street".split())
_LEFT_EMPTY = frozenset({"unit", "apartment", "suite", "lot", "room"})
"""Words for a door that forms print, and people leave without a number."""
_NUMBER_WORDS = frozenset({"no", "number", "nr", "num"})
_ROADS = frozenset("highway hwy hghwy route rte rt interstate".split())
"""Roads that a number follows, with # before it too: Route # 9."""
_LONGEST_SIDE = 5
"""Letters of north, and not of northwest."""
_SLASHED = re.compile(r"\w+/\d+\w*")


class Units(NamedTuple):
    """What stands inside a house."""

    tokens: list[Token]
    """The words left."""
    unit: str | None
    building: str | None


class _Found(NamedTuple):
    """A part of a building, and how many words it takes."""

    taken: int
    unit: str | None = None
    building: str | None = None


def take_units(tokens: list[Token], words: Words) -> Units:
    """Take "Apt 3", "#3", "2nd floor", "Bldg C", "Mailstop 4" out.

    A comma stands where they stood: what follows is another part of the address.

    >>> from cleanse.normalise.address_street import read_tokens
    >>> from cleanse.normalise.address_words import words_of
    >>> from cleanse.rulebook import load_rulebook
    >>> words = words_of(load_rulebook().vocabulary)
    >>> take_units(read_tokens("1 Elm St Ste5 2nd Fl", words), words)[1:]
    ('5, floor 2nd', None)
    """
    left: list[Token] = []
    units: list[str] = []
    buildings: list[str] = []
    at = 0
    while at < len(tokens):
        found = _part_at(tokens, at, words)
        if not found:
            left.append(tokens[at])
            at += 1
            continue
        at += found.taken
        if found.unit:
            units.append(found.unit)
        if found.building:
            buildings.append(found.building)
        if left:
            left[-1] = left[-1]._replace(ends=True)
    return Units(left, ", ".join(units) or None, ", ".join(buildings) or None)


def _part_at(  # noqa: C901, PLR0911 - a ladder
    tokens: list[Token], at: int, words: Words
) -> _Found | None:
    """Read the part of a building that begins at `at`."""
    token = tokens[at]
    word = token.word
    if word[:1] == "#" and len(word) > 1 and at > 0:
        if tokens[at - 1].word in _ROADS and not tokens[at - 1].ends:
            return None
        return _with_side(tokens, at, _Found(1, _bare(token)), words)
    if not (
        word in words.units
        or word in words.floors
        or word in words.buildings
        or word in words.mail
        or word in _LEVELS
        or word in words.ordinals
        or word[:1].isdecimal()
        or word == "st"
    ):
        return None
    following = tokens[at + 1] if at + 1 < len(tokens) and not token.ends else None
    if following is None:
        return _alone(tokens, at, words)
    if word in words.units:
        if ORDINAL.fullmatch(following.word):
            return _Found(1)
        return _door(tokens, at, words)
    if floor := _floor(tokens, at, following, words):
        return floor
    if word == "st":
        behind = at > 1 and tokens[at - 1].ends and following.word[:1].isdecimal()
        return _Found(2, _bare(following)) if behind else None
    if not _IDENTIFIER.fullmatch(following.word) or _is_street(tokens, at, words):
        return _alone(tokens, at, words)
    if word in words.buildings:
        return _Found(2, building=f"{words.buildings[word]} {_bare(following)}")
    if word in words.mail and following.word[:1] not in words.directions:
        return _Found(2, f"{words.mail[word]} {_bare(following)}")
    return None


def _door(tokens: list[Token], at: int, words: Words) -> _Found | None:
    """Read a word for a door and its number: Apt 3, Flat No. 3; Unit of Unit 3/12."""
    named = at + 2 if tokens[at + 1].word in _NUMBER_WORDS else at + 1
    if named >= len(tokens) or _is_street(tokens, at, words):
        return None
    name = tokens[named]
    if at == 0 and not name.ends and _SLASHED.fullmatch(name.word):
        return _Found(named - at)
    if _IDENTIFIER.fullmatch(name.word):
        return _with_side(tokens, at, _Found(named - at + 1, _bare(name)), words)
    return _alone(tokens, at, words)


def _with_side(tokens: list[Token], at: int, found: _Found, words: Words) -> _Found:
    """Give a door the side behind it: "# 3 South", unless the street has none yet: "# 3 NW"."""
    side = at + found.taken
    if at == 0 or side >= len(tokens) or tokens[side - 1].ends:
        return found
    token = tokens[side]
    if token.word not in words.directions or not (
        token.ends or side + 1 == len(tokens)
    ):
        return found
    is_quadrant = len(words.directions[token.word]) > _LONGEST_SIDE
    has_one = any(each.word in words.directions for each in tokens[:at])
    if is_quadrant and not has_one:
        return found
    return found._replace(taken=found.taken + 1, unit=f"{found.unit} {_bare(token)}")


def _floor(
    tokens: list[Token], at: int, following: Token, words: Words
) -> _Found | None:
    """Read "2nd floor", "ground level", "Fl 3"."""
    word = tokens[at].word
    leads = at + 2 < len(tokens) and tokens[at + 2].word[:1].isdecimal()
    if words.floors.get(following.word) in {"floor", "level", "etage", "stock"}:
        named = word in words.ordinals or ORDINAL.fullmatch(word) or word in _LEVELS
        if named and (at > 0 or leads or following.ends):
            return _Found(2, f"floor {_bare(tokens[at])}")
    if word not in words.floors or following.word in words.directions:
        return None
    if _IDENTIFIER.fullmatch(following.word) and (at > 0 or following.ends or leads):
        return _Found(2, f"{words.floors[word]} {_bare(following)}")
    return None


def _alone(tokens: list[Token], at: int, words: Words) -> _Found | None:
    """Read what needs no number: Rear, Lobby; a word for a door that was left empty."""
    token = tokens[at]
    behind = at > 1 and (
        tokens[at - 1].ends
        or tokens[at - 1].word in words.strong_types
        or tokens[at - 1].word in words.directions
        or ORDINAL.fullmatch(tokens[at - 1].word) is not None
    )
    if not behind:
        return None
    is_last = token.ends or at + 1 == len(tokens)
    if words.units.get(token.word) in _LEFT_EMPTY and len(token.word) > 1:
        return _Found(1)
    if is_last and token.word in words.floors and len(token.word) > 2:  # noqa: PLR2004
        return _Found(1, words.floors[token.word])
    return None


def _bare(token: Token) -> str:
    return token.text.strip("#.,")


def _is_street(tokens: list[Token], at: int, words: Words) -> bool:
    """Whether a unit word is part of a street's name: Th, Lot Street."""
    after = tokens[at + 1].word
    return len(after) > 1 and after in words.types
