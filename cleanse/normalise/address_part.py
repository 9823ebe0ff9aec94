"""The parts of a line that commas make, and which of them holds the street."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cleanse.normalise.address_number import (
    NUMBER,
    NUMBER_BEHIND,
    REPEATS,
    Numbered,
    anchor,
    is_number,
    number_behind,
)
from cleanse.normalise.address_place import place_start
from cleanse.normalise.address_street import HIGHWAYS, Token, has_type, is_road, text_of
from cleanse.normalise.address_words import Words

DOOR = re.compile(r"(?=.*\d)[\w-]+|[a-z]", re.IGNORECASE)
PLACE_COUNTRIES = (None, "US")
"""Countries whose places are known by name."""
FEW = 2
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "esq", "md", "phd"})


class Known(NamedTuple):
    """What the end of the line tells of its beginning."""

    country: str | None
    """ISO 3166-1 alpha-2."""
    state: str | None
    """Code of a state of the US."""
    is_city_last: bool
    """State or postcode follow, so a city does stand before them."""
    is_inside: bool = False
    """A door or a box is there: a name without a number is a house."""


class Head(NamedTuple):
    """Parts of the beginning of a line, as lists of words."""

    number: str | None = None
    street: Sequence[Token] = ()
    city: Sequence[Token] = ()
    building: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()


def split_parts(
    tokens: Sequence[Token], words: Words, known: Known
) -> list[list[Token]]:
    """Split at commas; a number alone goes with the street it belongs to."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.word in words.care and parts[-1]:
            parts.append([])
        parts[-1].append(token)
        if token.ends:
            parts.append([])
    merged: list[list[Token]] = []
    for part in filter(None, parts):
        is_bare = is_bare_number(part)
        if merged and (
            (
                not is_bare
                and is_bare_number(merged[-1])
                and not NUMBER.fullmatch(part[0].word)
            )
            or (is_bare and _is_led_street(merged[-1], words, known))
        ):
            merged[-1] += part
        else:
            merged.append(list(part))
    return merged


def is_bare_number(part: Sequence[Token]) -> bool:
    """Tell whether a part is a number and nothing else: 12, 12 bis."""
    is_short = len(part) == 1 or (len(part) == FEW and part[1].word in REPEATS)
    return (
        is_short
        and NUMBER.fullmatch(part[0].word) is not None
        and any(sign.isdecimal() for sign in part[0].word)
    )


def _is_led_street(part: Sequence[Token], words: Words, known: Known) -> bool:
    """Tell whether a part is a street that waits for its number: "Via Verdi, 5"."""
    if any(sign.isdecimal() for token in part for sign in token.word):
        return False
    first = part[0].word
    if first in words.first_types or part[-1].word.endswith(words.endings):
        return True
    return known.country in NUMBER_BEHIND and (
        first in words.types or has_type(part, words)
    )


def take_recipients(
    parts: list[list[Token]], words: Words, known: Known
) -> tuple[tuple[str, ...], list[list[Token]]]:
    """Take out who gets it: "c/o J Ray", "Ray Ltd"."""
    names: list[str] = []
    left: list[list[Token]] = []
    for at, part in enumerate(parts):
        is_city = known.is_city_last and at + 1 == len(parts)
        if part[0].word in words.care:
            end = anchor(part, words)
            if end is None and is_city:
                end = place_start(part, words, known.state, 1)
            names.append(text_of(part[:end]))
            if end is not None:
                left.append(part[end:])
        elif names and not left and len(part) == 1 and _ends_name(part[0], words):
            names[-1] += ", " + part[0].text
        elif (
            len(part) > 1
            and part[-1].word in words.firms
            and not is_city
            and not any(sign.isdecimal() for token in part for sign in token.word)
        ):
            names.append(text_of(part))
        else:
            left.append(part)
    return tuple(names), left


def _ends_name(token: Token, words: Words) -> bool:
    """Tell what a comma often parts from a name: Jr., Inc."""
    return token.word in words.firms or token.word in _SUFFIXES


def street_part(
    parts: Sequence[Sequence[Token]], words: Words, known: Known
) -> int | None:
    """Choose the part that holds the street."""
    if len(parts) == 1:
        return None if is_city_alone(parts[0], words, known) else 0
    scores = [_likeness(part, words, known) for part in parts]
    if known.is_city_last and scores[-1] < 4:  # noqa: PLR2004 - it has no number
        scores[-1] = 0
    best = max(scores)
    return scores.index(best) if best else None


def _likeness(part: Sequence[Token], words: Words, known: Known) -> int:  # noqa: PLR0911 - a ladder
    """How much a part is like a street: 0 not at all, 6 number and road."""
    if len(part) > 1 and is_number(part, words):
        return 4 + has_type(part, words) + is_road(part, words)
    if part[0].word in HIGHWAYS and len(part) > 1 and part[1].text[-1:].isdecimal():
        return 4
    if anchor(part, words) is not None or house_behind(part, words, known):
        return 4
    if part[0].word in words.bare and len(part) == 1:
        return 2
    if (
        part[0].word in words.first_types
        or _is_led_street(part, words, known)
        or any(
            token.word in words.strong_types or token.word.endswith(words.endings)
            for token in part[1:]
        )
    ):
        return 3
    if part[0].word.endswith(words.endings) and part[0].word not in words.types:
        return 3
    return 2 if has_type(part, words) else 0


def house_behind(part: Sequence[Token], words: Words, known: Known) -> Numbered | None:
    """Find a street with its number behind it, as most of Europe writes."""
    if known.country not in NUMBER_BEHIND and known.country is not None:
        return None
    return number_behind(part, words, is_usual=known.country in NUMBER_BEHIND)


def is_city_alone(part: Sequence[Token], words: Words, known: Known) -> bool:
    """Tell whether the only part of a line is its city."""
    if not known.is_city_last or any(t.word[:1].isdecimal() for t in part):
        return False
    if known.country in PLACE_COUNTRIES and place_start(part, words, known.state) == 0:
        return True
    if part[0].word in words.bare and len(part) > 1:
        return False
    if is_road(part, words) or part[-1].word in words.strong_types:
        return False
    return not part[-1].word.endswith(words.endings)


def is_building(part: Sequence[Token], words: Words) -> bool:
    """Tell whether a part without a city behind it is a house, not a city."""
    if any(sign.isdecimal() for token in part for sign in token.word):
        return True
    last = part[-1].word
    if last in words.directions and len(part) > FEW:
        last = part[-2].word
    if last in words.buildings or part[0].word in words.buildings:
        return True
    return len(part) > 1 and last in words.strong_types
