"""The part that holds the street: number, street, door, building, perhaps a city."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleanse.normalise.address_number import Numbered, anchor, is_number, take_number
from cleanse.normalise.address_part import (
    DOOR,
    FEW,
    PLACE_COUNTRIES,
    Head,
    Known,
    house_behind,
    is_building,
)
from cleanse.normalise.address_place import is_large, place_start
from cleanse.normalise.address_street import (
    HIGHWAYS,
    JOINTS,
    ORDINAL,
    ROADS,
    Token,
    has_type,
    is_road,
    street_end,
    text_of,
)
from cleanse.normalise.address_words import NUMBER_WORDS, Words

_LAST_DOOR = re.compile(r"\d+[a-z]{0,2}|[a-z]\d+|\d+-[a-z\d]+", re.IGNORECASE)
_CROSSINGS = frozenset({"junction", "jct", "corner", "cor", "crsrds", "crossroads"})
_HOUSES = frozenset(
    {
        "mall",
        "center",
        "ctr",
        "centre",
        "tower",
        "building",
        "bldg",
        "airport",
        "village",
        "plaza",
        "square",
        "place",
        "campus",
        "station",
    }
)
"""What ends the name of a house or a site that is no street, in the US."""
_LONG_NUMBER = 6

_Cut = tuple[Sequence[Token], Sequence[Token], Sequence[Token]]
"""Street, what is neither, city."""


def read_street(
    part: list[Token], words: Words, known: Known, *, is_last: bool
) -> Head:
    """Read the part that holds the street, and what else stands in it."""
    if found := house_behind(part, words, known):
        return _around(found, is_last=is_last)
    recipient: tuple[str, ...] = ()
    start = None if is_number(part, words) else anchor(part, words)
    if start:
        recipient, part = (text_of(part[:start]),), part[start:]
    if part[0].word in _CROSSINGS and len(part) > FEW and not start:
        part = part[2:] if part[1].word == "of" else part[1:]
    tokens: Sequence[Token]
    number, tokens = take_number(part, words)
    if number and (second := _second_house(tokens, words)):
        lead = f"{number} {text_of(tokens[:second])}"
        head = read_street(list(tokens[second:]), words, known, is_last=is_last)
        return head._replace(building=(lead, *head.building), recipient=recipient)
    if number and is_last and _is_account(number, tokens, words, known):
        return Head(city=tokens, unit=(number,), recipient=recipient)
    door, tokens = _take_door(tokens, words)
    place = _place(tokens, words, known, number) if is_last else None
    street, left, city = _cut(
        tokens, place, words, known, is_last=is_last, has_number=bool(number)
    )
    head = Head(number, street, city, unit=door, recipient=recipient)
    head = with_left(head, left)
    if not number and head.building and head.building[-1].lower() == "station":
        return _as_station(head)
    return _as_building(head, words, known)


def _is_account(
    number: str, tokens: Sequence[Token], words: Words, known: Known
) -> bool:
    """Tell a long number before a city from that of a house."""
    return len(number) >= _LONG_NUMBER and place_start(tokens, words, known.state) == 0


def _take_door(
    tokens: Sequence[Token], words: Words
) -> tuple[tuple[str, ...], Sequence[Token]]:
    """Take a door off the end that has no word: "308 Elizabeth 1W"."""
    if _is_sided_door(tokens, words):
        return (text_of(tokens[-2:]),), tokens[:-2]
    if len(tokens) < FEW or not _LAST_DOOR.fullmatch(tokens[-1].word):
        return (), tokens
    street, door = tokens[:-1], tokens[-1].word
    if ORDINAL.fullmatch(door) or street[-1].word in words.types:
        return (), tokens
    if any(t.word in HIGHWAYS or t.word in JOINTS for t in street):
        return (), tokens
    names = [t for t in street if t.word not in words.directions]
    # Business 190 is a road; 190 of North Clark 190 a door.
    if not names or (door.isdecimal() and len(street) < FEW):
        return (), tokens
    end = len(tokens) - 1
    if end > 1 and tokens[end - 1].word in {"no", "number"}:
        end -= 1
    return (text_of(tokens[-1:]),), tokens[:end]


def _is_sided_door(tokens: Sequence[Token], words: Words) -> bool:
    """Tell a door with its side behind a name: 1 W of "Randolph 1 W"."""
    if len(tokens) <= FEW or tokens[-1].word not in {"n", "s", "e", "w"}:
        return False
    before = tokens[-3].word
    return (
        tokens[-2].word.isdecimal()
        and len(tokens[-2].word) <= FEW
        and before.isalpha()
        and before not in words.directions
        and before not in HIGHWAYS
        and before not in words.types
    )


def _as_building(head: Head, words: Words, known: Known) -> Head:
    """Tell a house by its name from a street: "1600 Crestar Bank Bldg", "Valley West Mall"."""
    street = head.street
    if len(street) < FEW or (known.country not in PLACE_COUNTRIES):
        return head
    last = street[-1].word
    if not head.number:
        is_house = last in _HOUSES and (known.state or known.country)
        if not is_house and not (known.is_inside and not _is_like_road(street, words)):
            return head
        return head._replace(street=(), building=(text_of(street), *head.building))
    if is_road(street, words) or not (
        words.buildings.get(last) in {"building", "tower"}
        or (
            words.types.get(last) == "center"
            and len(head.number) > FEW
            and not known.is_city_last
        )
        or street[0].word in NUMBER_WORDS
    ):
        return head
    name = text_of(street)
    if len(head.number) > FEW:
        return head._replace(
            number=None,
            street=(),
            unit=(head.number, *head.unit),
            building=(name, *head.building),
        )
    return head._replace(
        number=None, street=(), building=(f"{head.number} {name}", *head.building)
    )


def _as_station(head: Head) -> Head:
    """Read a station of the post that is named like a street: Church Street Station."""
    name = f"{text_of(head.street)} {head.building[-1]}"
    return head._replace(street=(), building=(*head.building[:-1], name))


def _is_like_road(street: Sequence[Token], words: Words) -> bool:
    return has_type(street, words) or street[0].word in HIGHWAYS | words.types.keys()


def _around(found: Numbered, *, is_last: bool) -> Head:
    """Read what follows a number that stands behind its street."""
    head = Head(found.number, found.street)
    behind = found.behind
    if not behind:
        return head
    if all(len(t.word) <= FEW or t.word[:1].isdecimal() for t in behind):
        return head._replace(unit=(text_of(behind),))
    if is_last:
        return head._replace(city=behind)
    return head._replace(building=(text_of(behind),))


def _second_house(tokens: Sequence[Token], words: Words) -> int | None:
    """Find a house behind another: 925 of "1000 Cathedral Pl 925 W Georgia St"."""
    for at in range(FEW, len(tokens) - 1):
        word = tokens[at].word
        if not (word.isdecimal() and len(word) > 1) or tokens[at - 1].word in HIGHWAYS:
            continue
        before = tokens[:at]
        if before[-1].word in words.types and not is_road(before, words):
            return at if is_road(tokens[at:], words) else None
    return None


def _place(
    tokens: Sequence[Token], words: Words, known: Known, number: str | None
) -> int | None:
    """Find the city behind the street where no comma parts them."""
    if known.country not in PLACE_COUNTRIES:
        return None
    place = place_start(tokens, words, known.state, 1 if number else 0)
    if place is None or known.is_city_last:
        return _unless_bare(tokens, place, words)
    end = street_end(tokens, words)
    if end is not None:
        return place if end <= place else None
    is_sure = is_large(tokens[place:], words) and number
    return _unless_bare(tokens, place, words) if is_sure else None


def _unless_bare(
    tokens: Sequence[Token], place: int | None, words: Words
) -> int | None:
    """Leave the street a name: not North of "North Dearborn"."""
    if place and all(token.word in words.directions for token in tokens[:place]):
        return None
    return place


def _cut(
    tokens: Sequence[Token],
    place: int | None,
    words: Words,
    known: Known,
    *,
    is_last: bool,
    has_number: bool,
) -> _Cut:
    """Cut into street, what is neither, and city."""
    if place is not None:
        return _cut_before(tokens, place, words)
    if known.is_city_last and not has_number and tokens[0].word in words.bare:
        return tokens[:1], (), tokens[1:]
    end = street_end(tokens, words)
    if not is_last:
        if end and _goes_on(tokens, end, words):
            end = len(tokens)
        return tokens[: end or len(tokens)], tokens[end or len(tokens) :], ()
    if end is not None and end < len(tokens):
        return tokens[:end], *_behind_street(tokens[end:], words, known)
    if known.is_city_last and end is None and len(tokens) > 1:
        return tokens[:-1], (), tokens[-1:]
    return tokens, (), ()


def _goes_on(tokens: Sequence[Token], end: int, words: Words) -> bool:
    """Tell whether one word more is the name's, behind what is no road: Lake Lansing."""
    return (
        end + 1 == len(tokens)
        and words.types.get(tokens[end - 1].word) not in ROADS
        and tokens[end - 1].word not in words.strong_types
        and not ORDINAL.fullmatch(tokens[end - 1].word)
        and tokens[end - 1].word in words.types
        and tokens[end].word.isalpha()
        and tokens[end].word not in words.buildings
    )


def _cut_before(tokens: Sequence[Token], place: int, words: Words) -> _Cut:
    """Cut what stands before a known city."""
    end = street_end(tokens[:place], words) or place
    door, _ = _take_door(tokens[:place], words)
    if end == place and door:
        end -= 1
    if all(t.word in words.types or t.word == "no" for t in tokens[end:place]):
        end = place
    if end + 1 == place and _is_of_city(tokens[end], words):
        return tokens[:end], (), tokens[end:]
    return tokens[:end], tokens[end:place], tokens[place:]


def _behind_street(
    rest: Sequence[Token], words: Words, known: Known
) -> tuple[Sequence[Token], Sequence[Token]]:
    """Tell what is neither from the city, behind a street."""
    if len(rest) > 1 and rest[0].word.isdecimal() and is_building(rest[1:], words):
        return rest, ()
    if DOOR.fullmatch(rest[0].word):
        return rest[:1], rest[1:]
    if known.is_city_last or not is_building(rest, words):
        return (), rest
    return rest, ()


def _is_of_city(token: Token, words: Words) -> bool:
    """Tell whether a word between street and known city belongs to the city: Old of Old Utica."""
    return (
        token.word.isalpha()
        and len(token.word) > 1
        and token.word not in words.directions
        and token.word not in words.types
        and token.word not in words.unplain
    )


def with_left(head: Head, left: Sequence[Token]) -> Head:
    """Add what stood between street and city: a door or a building."""
    if not left:
        return head
    if len(left) == 1 and DOOR.fullmatch(left[0].word):
        return head._replace(unit=(*head.unit, text_of(left)))
    return head._replace(building=(*head.building, text_of(left)))
