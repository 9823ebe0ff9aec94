"""Western addresses into parts: number, street, unit, box, city, state, postcode, country.

Read from the end, where the forms are firm (country, postcode, state), then from
the front (unit, number), and what is left is cut into street and city: at a
comma, else behind the last word that is a kind of street.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanse.normalise.address_street import (
    Token,
    has_type,
    read_tokens,
    street_and_city,
    street_end,
    text_of,
)
from cleanse.normalise.address_tail import take_tail
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


_BOX = re.compile(
    r"\b(?:p\.?\s*o\.?|post\s*office|post|gpo|locked|private|lock)?\s*(?:box|bag|drawer)\s*#?\s*"
    r"(?:no\.?\s*)?([a-z]?\d[\w-]*)\b|\bpostfach\s*(\d[\d ]*)|\bbo[iî]te postale\s*(\d+)|\bbp\s*(\d+)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d+(?:[-/]\d+)?[a-z]?(?:-[a-z])?|\d+-[a-z]?\d+|[nsew]\d+[nsew]?\d*|\d+½",
    re.IGNORECASE,
)
_NUMBER_WORDS = frozenset("one two three four five six seven eight nine ten".split())
_PLAIN = re.compile(
    r"(?:([A-Za-z]{2,}) (\d+[A-Za-z]?), )?(\d+[A-Za-z]?) ([A-Za-z]{2,}(?: [A-Za-z]{2,}){0,3})"
    r"(?:, ([A-Za-z]{2,}) (\d{1,3}))?"
)
_FRACTION = re.compile(r"[1-3]/[2-8]")
_SLASH = re.compile(r"([a-z]?\d+[a-z]?)/(\d+[a-z]?(?:-\d+[a-z]?)?)", re.IGNORECASE)
_NUMBER_BEHIND = re.compile(
    r"(.*?(?:str(?:a(?:ss|ß)e|\.)?|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gatan|vej))\s+"
    r"(\d+\s?[a-z]?(?:\s?[-/]\s?\d+\s?[a-z]?)?)(?=$|[\s,])(.*)",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"[a-z]-[a-z]|#?[a-z]?-?\d+[a-z]?(?:-[a-z0-9]+)?|#?[a-z]|#[\w-]+", re.IGNORECASE
)
_DOOR = re.compile(r"(?=.*\d)[\w-]+|\w")
_FEWEST = 2
"""Words of the shortest address: a number and a name."""
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)", re.IGNORECASE)


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
    >>> parse_western("10 Downing St, London SW1A 2AA", words)[5:]
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
    tail = take_tail(text, words, country)
    box = _BOX.search(tail.rest)
    rest = tail.rest
    if box:
        rest = f"{rest[: box.start()].rstrip(' ,')}, {rest[box.end() :].lstrip(' ,')}"
    head = _head(
        read_tokens(rest), words, is_city_last=bool(tail.province or tail.postcode)
    )
    return head._replace(
        po_box=next(filter(None, box.groups())).strip() if box else None,
        city=tail.city or head.city,
        province=tail.province,
        postcode=tail.postcode,
        country=tail.country,
    )


def _head(tokens: list[Token], words: Words, *, is_city_last: bool) -> WesternAddress:
    """Read what stands before state and postcode."""
    tokens, unit, building = _take_units(tokens, words)
    if not tokens:
        return WesternAddress(unit=unit, building=building)
    behind = _NUMBER_BEHIND.match(text_of(tokens))
    if behind and not _NUMBER.fullmatch(tokens[0].word):
        city = behind[3].strip(" ,") or None
        digits = re.sub(r"\s", "", behind[2])
        return WesternAddress(digits, behind[1], unit, building, city=city)
    lead, tokens = _before_number(tokens)
    building = building or lead
    number, tokens = _take_number(tokens, words)
    slash = _SLASH.fullmatch(number or "")
    if slash and not unit:
        unit, number = slash[1], slash[2]
    street, city = street_and_city(
        tokens, words, is_city_last=is_city_last, has_number=bool(number)
    )
    first = city.split()[0] if city else ""
    if city and street and _DOOR.fullmatch(first):
        # "801 South Canal Street C1S": a door, not a town.
        unit, city = unit or first, city[len(first) :].strip(" ,") or None
    if street and city and not number and not has_type(street, words):
        # A station, mall or farm that needs no street.
        street, building = None, building or street
    return WesternAddress(number, street, unit, building, city=city)


def _take_number(tokens: list[Token], words: Words) -> tuple[str | None, list[Token]]:
    """Take the house number off the front: 12, 12a, 12 1/2, 12 A."""
    if len(tokens) < _FEWEST or not _is_number(tokens, words):
        return None, tokens
    number = tokens[0].text.strip(".,")
    tokens = tokens[1:]
    if len(tokens) > 1 and _FRACTION.fullmatch(tokens[0].word):
        return f"{number} {tokens[0].text}", tokens[1:]
    if len(tokens) > 1 and _is_letter_number(tokens, words):
        return number + tokens[0].text, tokens[1:]
    return number, tokens


def _is_number(tokens: list[Token], words: Words) -> bool:
    if tokens[0].word in _NUMBER_WORDS:
        return street_end(tokens[1:], words) is not None
    return _NUMBER.fullmatch(tokens[0].word) is not None


def _is_letter_number(tokens: list[Token], words: Words) -> bool:
    """12 A High St: the letter belongs to the number, unless it is a direction."""
    return (
        len(tokens[0].word) == 1
        and tokens[0].word.isalpha()
        and tokens[0].word not in words.directions
        and tokens[1].word not in words.types
        and not tokens[1].word.isdecimal()
    )


def _take_units(
    tokens: list[Token], words: Words
) -> tuple[list[Token], str | None, str | None]:
    """Take "Apt 3", "#3", "2nd floor", "Bldg C" out."""
    left: list[Token] = []
    units: list[str] = []
    buildings: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) and not token.ends else None
        names = (
            following is not None and _IDENTIFIER.fullmatch(following.word) is not None
        )
        if token.word.startswith("#") and len(token.word) > 1 and at > 0:
            units.append(token.text.strip("#.,"))
        elif (
            token.word in words.units
            and following
            and names
            and not _is_street(tokens, at, words)
        ):
            units.append(following.text.strip("#.,"))
            at += 1
        elif (
            token.word in words.floors
            and names
            and following
            and following.word not in words.directions
            and at > 0
        ):
            units.append(f"{words.floors[token.word]} {following.text.strip('#.,')}")
            at += 1
        elif _is_floor(tokens, at, words) and following:
            units.append(f"floor {token.text}")
            at += 1
        elif token.word in words.buildings and names and following:
            buildings.append(
                f"{words.buildings[token.word]} {following.text.strip('#.,')}"
            )
            at += 1
        else:
            left.append(token)
            at += 1
            continue
        if left and tokens[at].ends:
            left[-1] = left[-1]._replace(ends=True)
        at += 1
    return left, ", ".join(units) or None, ", ".join(buildings) or None


def _is_floor(tokens: list[Token], at: int, words: Words) -> bool:
    """Whether "2nd floor", "second floor" stands here."""
    if (
        at == 0
        or at + 1 >= len(tokens)
        or words.floors.get(tokens[at + 1].word) != "floor"
    ):
        return False
    word = tokens[at].word
    return (
        word in words.ordinals
        or _ORDINAL.fullmatch(word) is not None
        or word in {"ground", "lower", "upper", "top"}
    )


def _is_street(tokens: list[Token], at: int, words: Words) -> bool:
    """Whether a unit word is part of a street's name: Th, Lot Street."""
    after = tokens[at + 1].word
    return len(after) > 1 and after in words.types


def _before_number(tokens: list[Token]) -> tuple[str | None, list[Token]]:
    """Split "Rose House, 10 High St" into the name before the number and the rest."""
    for at, token in enumerate(tokens[:-1]):
        follows = tokens[at + 1].word
        if (
            token.ends
            and _NUMBER.fullmatch(follows)
            and at + 2 < len(tokens)
            and not _NUMBER.fullmatch(tokens[0].word)
        ):
            return text_of(tokens[: at + 1]), tokens[at + 1 :]
    return None, tokens
