"""What of an address is shown and what is compared, from its parts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cleanse.normalise.address_chinese import ChineseAddress
from cleanse.normalise.address_cn_numeral import NUMERALS, read_numeral
from cleanse.normalise.address_western import WesternAddress
from cleanse.normalise.address_words import Words
from cleanse.normalise.text import fold


class Parts(NamedTuple):
    """The parts of one address and its keys."""

    house_number: str | None = None
    street: str | None = None
    building: str | None = None
    unit: str | None = None
    po_box: str | None = None
    district: str | None = None
    city: str | None = None
    province: str | None = None
    postcode: str | None = None
    country: str | None = None
    """Only when typed or beyond doubt."""
    address_compare: str | None = None
    """Number, street, building and unit in one order: folded, canonical, without unit words."""
    street_compare: str | None = None
    """The street alone, folded, canonical."""
    address_parts: str | None = None
    """What Chinese addresses are compared by, between "|": names, roads, number, building and
    what is inside it (cleanse/compare/address_chinese.py)."""
    filled: str | None = None
    """Names of the divisions that follow from others and are not typed."""


_JOINT = re.compile(r"\s*&\s*|\sand\s")
"""What stands between two streets that cross."""
_NO_WORD = re.compile(r"[^\w/½]+|_")
_ONLY_WORDS = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
_UNIT_WORDS = re.compile(r"\b(?:floor|building|level|block|tower|wing)\s+")
_COUNTRY_OF = {"香港特别行政区": "HK", "澳门特别行政区": "MO", "台湾省": "TW"}


def western_parts(line: str, found: WesternAddress, words: Words) -> Parts:
    """Turn a western address into parts and keys.

    >>> from cleanse.rulebook import load_rulebook
    >>> from cleanse.normalise.address_western import parse_western
    >>> from cleanse.normalise.address_words import words_of
    >>> words = words_of(load_rulebook().vocabulary)
    >>> for line in ("Apt 149, 80 N. Stanley St", "80 North Stanley Street #149"):
    ...     western_parts(line, parse_western(line, words), words).address_compare
    '80 north stanley street 149'
    '80 north stanley street 149'
    """
    street = canonical_street(found.street or "", words) or None
    inside = [_bare(each) for each in (found.building, found.unit) if each]
    box = f"box {fold(found.po_box)}" if found.po_box else None
    number = (found.house_number or "").lower().replace(" ", "")
    compare = _words_only(" ".join(filter(None, (number, street, *inside, box))))
    return Parts(
        found.house_number,
        found.street,
        found.building,
        found.unit,
        found.po_box,
        found.district,
        found.city,
        found.province,
        found.postcode,
        found.country,
        compare or _words_only(fold(line)) or None,
        street,
    )


def _bare(part: str) -> str:
    """Fold the number of a part of a building, without the word for the part."""
    return part.lower() if part.isdecimal() else _UNIT_WORDS.sub("", fold(part))


def _words_only(text: str) -> str:
    return text if _ONLY_WORDS.fullmatch(text) else _NO_WORD.sub(" ", text).strip()


@lru_cache(maxsize=1 << 15)
def canonical_street(street: str, words: Words) -> str:
    """Write the words of a street one way.

    >>> from cleanse.rulebook import load_rulebook
    >>> from cleanse.normalise.address_words import words_of
    >>> words = words_of(load_rulebook().vocabulary)
    >>> canonical_street("St. John's Ave N.W.", words)
    'saint johns avenue northwest'
    >>> canonical_street("Hauptstr.", words), canonical_street("Second St", words)
    ('hauptstrasse', '2nd street')
    """
    text = re.sub(r"[.']", "", fold(street))
    if "&" in text or " and " in text:
        return " ".join(_one_street(each, words) for each in _JOINT.split(text)).strip()
    return _one_street(text, words)


def _one_street(text: str, words: Words) -> str:
    parts = _NO_WORD.sub(" ", text).split()
    last = len(parts) - 1
    if last > 1 and parts[-1] in words.directions and parts[-2] == "st":
        parts[-2] = "street"
    if parts and parts[0] in words.first_types:
        return " ".join([words.first_types[parts[0]], *parts[1:]])
    return " ".join(_canonical(part, at, last, words) for at, part in enumerate(parts))


def _canonical(part: str, at: int, last: int, words: Words) -> str:
    if part in words.ordinals:
        return words.ordinals[part]
    if part in words.directions and (at in {0, last} or len(part) > 1):
        return words.directions[part]
    if part == "st" and at < last and at <= 1:
        return "saint"
    if at and part in words.types:
        return words.types[part]
    return re.sub(r"(?<=..)str$", "strasse", part)


def _roads(found: ChineseAddress) -> str:
    """Write the road with its section, and the one it meets or that leads off it."""
    road = (found.street or "") + (found.section or "")
    if not found.cross:
        return road
    leads_off = found.cross.endswith(("巷", "弄", "胡同", "支路"))
    return road + ("" if leads_off else "与") + found.cross


def _one_way(road: str | None) -> str | None:
    """Write the number of a road as digits: 四号大街 is 4号大街."""
    if not road or "号" not in road:
        return road
    return NUMERALS.sub(lambda found: read_numeral(found[0]), road)


def chinese_parts(line: str, found: ChineseAddress) -> Parts:
    """Turn a Chinese address into parts and keys."""
    place = found.place
    cell = (found.unit or "").removesuffix("号") or None
    door = (found.building, cell, found.floor, found.room)
    number = (found.lane or "") + (found.house_number or "") or None
    site = (found.zone or "") + (found.site or "")
    road = _one_way((found.street or "") + (found.section or "")) or None
    village = (found.village or "") + (found.group or "")
    keys = (village, road, _one_way(found.cross), number, site, *door)
    compare = " ".join(key for key in keys if key) or found.town or found.note or ""
    if not compare and place.end < len(line):
        compare = line[place.end :]
    building = site + (f"{found.building}栋" if found.building else "")
    inside = (found.unit, found.floor, found.room)
    unit = "".join(
        number if number.endswith("号") else number + sign
        for number, sign in zip(inside, ("单元", "层", "室"), strict=True)
        if number
    )
    typed = {level for level, _ in place.typed}
    if place.province == place.city:
        typed |= {"province"} if "city" in typed else set()
    divisions = zip(("province", "city", "district"), place[:3], strict=True)
    filled = [level for level, name in divisions if name and level not in typed]
    country = _COUNTRY_OF.get(place.province or "", "CN" if place.province else None)
    street = road or village or site
    names = " ".join(filter(None, (village, site, found.note)))
    roads = " ".join(filter(None, (road, _one_way(found.cross))))
    each = (names, roads, number or "", found.building or "", unit)
    parts = "|".join(part.replace("|", " ") for part in each).lower()
    return Parts(
        number,
        _roads(found) or village or None,
        building or None,
        unit or None,
        None,
        place.district,
        place.city,
        place.province,
        found.postcode,
        country,
        compare.lower() or None,
        street.lower() if street else None,
        parts if parts.strip("|") else None,
        " ".join(filled) or None,
    )
