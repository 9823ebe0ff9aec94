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
from cleanse.normalise.address_head import Head, Known, read_head
from cleanse.normalise.address_street import (
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
    r"(?:([A-Za-z]{2,}) (\d+[A-Za-z]?), )?(\d+[A-Za-z]?) ([A-Za-z]{2,}(?: [A-Za-z]{2,}){0,3})"
    r"(?:, ([A-Za-z]{2,}) (\d{1,3}))?"
)
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
    return _parse_plain(text, words) or _parse_whole(text, words, country)


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
    box = re.search(r"[A-Za-z]?\d[\w-]*", po_box or "")
    return found._replace(
        building=building or found.building,
        unit=" ".join(door).strip("# ") or found.unit,
        po_box=(box[0] if box else po_box) or found.po_box,
    )


def _parse_plain(text: str, words: Words) -> WesternAddress | None:
    """Read the commonest form at once, as the long way would: "80 Stanley Street"."""
    found = _PLAIN.fullmatch(text)
    if not found:
        return None
    unit_word, unit, number, street, last_word, last_unit = found.groups()
    *name, last = street.lower().split()
    if last not in words.strong_types or not words.unplain.isdisjoint(name):
        return None
    if (unit_word or last_word or "unit").lower() not in words.units or (
        unit and last_unit
    ):
        return None
    return WesternAddress(number, street, unit or last_unit)


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
