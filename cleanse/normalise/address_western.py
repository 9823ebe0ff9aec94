"""Western addresses into parts: number, street, unit, box, city, state, postcode, country.

Read from the end, where the forms are firm (country, postcode, state), then what
has a word of its own (boxes, units, who gets it), and what is left is cut into
street and city: at a comma, at a city that is known, else behind the last word
that is a kind of street.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanse.normalise.address_box import take_boxes
from cleanse.normalise.address_head import read_head
from cleanse.normalise.address_part import Head, Known
from cleanse.normalise.address_street import (
    HIGHWAYS,
    read_tokens,
    shown_street,
    text_of,
)
from cleanse.normalise.address_tail import Tail, take_tail
from cleanse.normalise.address_unit import take_units
from cleanse.normalise.address_words import Words, plain


class WesternAddress(NamedTuple):
    """One address; names as typed, None where there is none."""

    house_number: str | None = None
    street: str | None = None
    unit: str | None = None
    building: str | None = None
    po_box: str | None = None
    city: str | None = None
    province: str | None = None
    """Code of the state where there is one, else as typed."""
    postcode: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2, when typed or when state and postcode leave no doubt."""
    district: str | None = None
    """A locality between street and city."""
    recipient: str | None = None
    """Who gets it there: "c/o J Ray"; no part of the address."""


_PLAIN = re.compile(
    r"(?:([A-Za-z]{2,}) (\d+[A-Za-z]?), )?(\d+[A-Za-z]?) "
    r"((?:[NSEW]\.? )?(?:\d{1,3}(?:st|nd|rd|th)|[A-Za-z]{2,}(?: [A-Za-z]{2,}){0,2}) ((?![NS][EW],)[A-Za-z]{2,})\.?"
    r"(?: (?:[NSEW]|[NS][EW])(?=,))?)"
    r"(?:,? (?:([A-Za-z]{2,})\.? |#)(\d{1,5}[A-Za-z]?|[A-Za-z]))?"
    r"(?:, ((?:St\. )?[A-Za-z]{2,}(?: [A-Za-z]{2,}){0,3}),? ([A-Z]{2}),? (\d{5}(?:-\d{4})?))?"
)
"""Number, street, door, and what may end the line: city, state, ZIP."""
LINKS = frozenset("of and at de du des del da do dos das di dei della la".split())
"""Words that make more of a street than a name and a kind."""
NUMBER_FIRST = (None, "US", "GB", "CA", "AU", "NZ", "IE")
"""Where four digits that lead a line are no postcode."""
LONGEST_DOOR = 3
"""Signs of a door at the end of a line: more may be a postcode."""
_SLASH = re.compile(r"([a-z]?\d+[a-z]?)/(\d+[a-z]?(?:-\d+[a-z]?)?)", re.IGNORECASE)
_UNIT_DASH = re.compile(r"(\d+[A-Za-z]?)-(\d+[A-Za-z]?)")
_CITY_STATES = ("SG", "MC", "GI")
_BRACKETED = re.compile(r"\s*\(([^()]*)\)\s*")


def parse_western(
    text: str, words: Words, country: str | None = None
) -> WesternAddress:
    """Take an address apart. Never raises.

    Args:
        text: One tidy line.
        words: From the vocabulary.
        country: ISO 3166-1 alpha-2, when another column says it.

    >>> from cleanse.rulebook import load_rulebook
    >>> from cleanse.normalise.address_words import words_of
    >>> words = words_of(load_rulebook().vocabulary)
    >>> parse_western("Apt 149, 80 Stanley Street, Austin, TX 78701", words)[:4]
    ('80', 'Stanley Street', '149', None)
    >>> parse_western("10 Downing St, London SW1A 2AA", words)[5:9]
    ('London', None, 'SW1A 2AA', 'GB')
    """
    return _parse_plain(text, words, country) or _parse_whole(text, words, country)


def with_columns_beside(
    found: WesternAddress,
    building: str | None,
    unit: str | None,
    po_box: str | None,
    words: Words,
) -> WesternAddress:
    """Add what stands in columns of its own.

    >>> from cleanse.rulebook import load_rulebook
    >>> from cleanse.normalise.address_words import words_of
    >>> words = words_of(load_rulebook().vocabulary)
    >>> with_columns_beside(WesternAddress("4"), None, "Apt. 12", "PO Box 7", words)[2:5]
    ('12', None, '7')
    """
    door = (unit or "").strip("# ").split()
    if len(door) > 1 and plain(door[0]) in words.units:
        door = door[1:]
    box = take_boxes(po_box or "")[1]
    return found._replace(
        building=building or found.building,
        unit=" ".join(door).strip("# ") or found.unit,
        po_box=box or po_box or found.po_box,
    )


def _parse_plain(  # noqa: PLR0911 - a ladder
    text: str, words: Words, country: str | None = None
) -> WesternAddress | None:
    """Read the commonest forms at once, as the long way would: "80 Stanley Street"."""
    found = _PLAIN.fullmatch(text)
    if not found:
        return None
    lead, door, number, street, kind, word, unit, city, state, code = found.groups()
    if len(number) > LONGEST_DOOR and country not in NUMBER_FIRST:
        return None
    kind = kind.lower()
    if kind not in words.strong_types or kind in HIGHWAYS or (door and unit):
        return None
    names = street.lower()[: found.start(5) - found.start(4)].split()
    if not words.unplain.isdisjoint(names) or not LINKS.isdisjoint(names):
        return None
    if (lead or word or "unit").lower() not in words.units:
        return None
    if city is None:
        if (unit and len(unit) > LONGEST_DOOR) or street[-2:-1] == " ":
            return None
        # A dot that ends the line is the line's.
        return WesternAddress(
            number, street if unit else street.rstrip("."), door or unit
        )
    if country not in {None, "US"} or not _is_city_of(city, state, code, words):
        return None
    return WesternAddress(
        number,
        street,
        door or unit,
        city=city,
        province=state,
        postcode=code,
        country="US",
    )


def _is_city_of(city: str, state: str, code: str, words: Words) -> bool:
    """Tell whether a city is a known one of the state, and the ZIP code too."""
    name = city.lower().replace("st. ", "saint ")
    parts = name.split()
    return (
        words.zip_states.get(code[:3]) == state
        and state in words.places.get(name, ())
        and parts[0] not in words.directions
        and words.inside.isdisjoint(parts)
    )


def _parse_whole(text: str, words: Words, country: str | None) -> WesternAddress:
    notes: list[str] = []
    if "(" in text:
        text = _BRACKETED.sub(lambda found: _unbracket(found[1], notes, words), text)
    rest, box = take_boxes(text.replace("⁄", "/"))
    tail = take_tail(rest, words, country)
    known = _known(tail, words, country)
    if box and not any(sign.isdecimal() for sign in tail.rest):
        known = known._replace(is_city_last=not tail.city)
    tokens, unit, building = take_units(read_tokens(tail.rest, words), words)
    known = known._replace(is_inside=bool(unit or box))
    head = read_head(tokens, words, known)
    found = _address(head, tail, known, words)
    return found._replace(
        recipient=", ".join(filter(None, (found.recipient, *notes))) or None,
        unit=", ".join(filter(None, (unit, found.unit))) or None,
        building=", ".join(filter(None, (building, found.building))) or None,
        po_box=box,
    )


def _unbracket(inside: str, notes: list[str], words: Words) -> str:
    """Read brackets: a door or a state is part of the line, all else a remark."""
    is_part = any(sign.isdecimal() for sign in inside)
    if len(inside) == 2 and inside.isupper():  # noqa: PLR2004 - a province: Torino (TO)
        return f" {inside} "
    if is_part or plain(inside) in words.states or plain(inside) in words.countries:
        return f", {inside}, "
    notes.append(inside)
    return " "


def _known(tail: Tail, words: Words, country: str | None) -> Known:
    where = tail.country or country
    state = tail.province
    if state and where in {None, "US"}:
        state = state if "US" in words.states[plain(state)].countries else None
    elif where in {None, "US"} and tail.postcode and not tail.city:
        state = words.zip_states.get(tail.postcode[:3])
    is_last = bool(tail.province or tail.postcode) and not tail.city
    if where in _CITY_STATES:
        is_last = False
    return Known(where, state, is_last)


def _address(head: Head, tail: Tail, known: Known, words: Words) -> WesternAddress:
    """Put the parts together as a reader wants them."""
    number, unit = head.number, list(head.unit)
    slash = _SLASH.fullmatch(number or "")
    dash = _UNIT_DASH.fullmatch(number or "") if known.country == "CA" else None
    if (found := slash or dash) and not unit:
        unit, number = [found[1]], found[2]
    city = tail.city or text_of(head.city) or None
    district = [
        *head.district,
        *([text_of(head.city)] if tail.city and head.city else []),
    ]
    return WesternAddress(
        number,
        shown_street(head.street, words, has_number=bool(number)),
        ", ".join(unit) or None,
        ", ".join(filter(None, head.building)) or None,
        None,
        city,
        tail.province,
        tail.postcode,
        tail.country,
        ", ".join(district) or None,
        ", ".join(head.recipient) or None,
    )
