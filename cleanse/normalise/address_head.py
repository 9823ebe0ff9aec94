"""What stands before state and postcode: who, house, street, city."""

from __future__ import annotations

from collections.abc import Sequence

from cleanse.normalise.address_house import read_street, with_left
from cleanse.normalise.address_part import (
    DOOR,
    FEW,
    PLACE_COUNTRIES,
    Head,
    Known,
    is_bare_number,
    is_building,
    split_parts,
    street_part,
    take_recipients,
)
from cleanse.normalise.address_place import place_start
from cleanse.normalise.address_street import HIGHWAYS, Token, text_of
from cleanse.normalise.address_words import Words


def read_head(tokens: Sequence[Token], words: Words, known: Known) -> Head:
    """Read the words before state and postcode; no word is lost."""
    parts = split_parts(tokens, words, known)
    recipients, parts = take_recipients(parts, words, known)
    if not parts:
        return Head(recipient=recipients)
    at = street_part(parts, words, known)
    if at is None:
        return _without_street(parts, words, known)._replace(recipient=recipients)
    head = read_street(parts[at], words, known, is_last=at + 1 == len(parts))
    head = head._replace(
        building=(*map(text_of, parts[:at]), *head.building),
        recipient=(*recipients, *head.recipient),
    )
    return _read_rest(head, parts[at + 1 :], words, known)


def _without_street(
    parts: Sequence[Sequence[Token]], words: Words, known: Known
) -> Head:
    """Read a line of names: a station, mall or farm that needs no street."""
    if len(parts) == 1:
        if known.is_city_last:
            return Head(city=parts[0])
        return Head(street=parts[0])
    return _read_rest(Head(building=(text_of(parts[0]),)), parts[1:], words, known)


def _read_rest(
    head: Head, parts: Sequence[Sequence[Token]], words: Words, known: Known
) -> Head:
    """Read the parts behind the street: directions, buildings, localities, the city."""
    if parts and head.street:
        head, first = _with_directions(head, parts[0], words, known)
        parts = [first, *parts[1:]] if first else parts[1:]
    for at, part in enumerate(parts):
        is_last = at + 1 == len(parts)
        if not head.number and is_bare_number(part) and head.street:
            head = head._replace(number=text_of(part))
        elif is_last:
            head = _with_city(head, part, words, known)
        elif _is_inside(part, words, known):
            head = head._replace(building=(*head.building, text_of(part)))
        else:
            head = head._replace(district=(*head.district, text_of(part)))
    return head


def _with_directions(
    head: Head, part: Sequence[Token], words: Words, known: Known
) -> tuple[Head, Sequence[Token]]:
    """Give the street the direction behind a comma: "Elm St, NW"."""
    count = 0
    if part[0].word in words.directions:
        is_pair = len(part) > 1 and part[0].word in "ns" and part[1].word in "ew"
        count = 1 + is_pair
    is_sure = (
        count > 1 or len(part[0].word) > 1 or _is_of_road(head, part, words, known)
    )
    if count == len(part) or (count and is_sure):
        if count < len(part) and (
            place_start(part, words, known.state) == 0
            or (
                len(part[0].word) > FEW
                and place_start(part[count:], words, known.state) != 0
            )
        ):
            return head, part
        return head._replace(street=(*head.street, *part[:count])), part[count:]
    return head, part


def _is_of_road(head: Head, part: Sequence[Token], words: Words, known: Known) -> bool:
    """Tell whether a compass point before a known city belongs to the highway before it."""
    return (
        known.country in PLACE_COUNTRIES
        and any(token.word in HIGHWAYS for token in head.street)
        and len(part) > 1
        and place_start(part, words, known.state) not in {0, None}
        and place_start(part[1:], words, known.state) == 0
    )


def _with_city(head: Head, part: Sequence[Token], words: Words, known: Known) -> Head:
    """Read the last part: the city, perhaps with a house before it."""
    if (
        not known.is_city_last
        and is_building(part, words)
        and (
            known.country not in PLACE_COUNTRIES
            or place_start(part, words, known.state) is None
        )
    ):
        return head._replace(building=(*head.building, text_of(part)))
    if known.country in PLACE_COUNTRIES:
        place = place_start(part, words, known.state)
        if place and (place > 1 or DOOR.fullmatch(part[0].word)):
            head = with_left(head, part[:place])
            part = part[place:]
    return head._replace(city=part)


def _is_inside(part: Sequence[Token], words: Words, known: Known) -> bool:
    """Tell a house behind the street from a locality."""
    return known.country in PLACE_COUNTRIES or is_building(part, words)
