"""Addresses part by part: another house number is evidence against.

2026-11-22: another building of one house number (一号翠苑3栋, 一号翠苑5栋) is another place, and
two units of one house are told apart from one that is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from cleanse.compare.address_chinese import Standing, likeness, standing
from cleanse.compare.table import (
    Column,
    Compared,
    Floats,
    Levels,
    Pairs,
    by_distinct,
    scored,
)
from cleanse.encoded import MISSING
from cleanse.places import Flags, Ints


class AddressLevel(IntEnum):
    """How far street, house and unit agree."""

    MISSING = -1
    """No house and street to compare."""
    ELSE = 0
    """Another place."""
    STREET = 1
    """The same street or estate, another house or building in it: not the same place."""
    NUMBER = 2
    """The same house number, another street."""
    SIMILAR = 3
    """The same house number, the street written alike; or the same place by its name, of
    which one may name a building or shop."""
    UNIT = 4
    """The same house, another unit in it."""
    HOUSE = 5
    """The same house, one without a unit."""
    SAME = 6
    """The same house and unit."""


class PlaceLevel(IntEnum):
    """How far postcode and city agree."""

    MISSING = -1
    """Neither can be compared."""
    ELSE = 0
    """Another place."""
    CITY = 1
    """The same city; the postcode differs or is missing."""
    NEAR = 2
    """Postcodes one slip apart, or alike but for the last part."""
    POSTCODE = 3
    """The same postcode."""


_WHERE = ("doorstep", "house_number", "po_box")
_AREA = ("postcode_compare", "city_compare")
_ALIKE = 82
alike = scored(fuzz.ratio, score_cutoff=_ALIKE)
misspelt = scored(fuzz.ratio, score_cutoff=70)
tokens = scored(fuzz.token_set_ratio, score_cutoff=90)
slips = scored(OSA.distance, score_cutoff=1)
roughly = scored(fuzz.ratio, score_cutoff=45)


def _codes(pairs: Pairs, name: str) -> tuple[Ints, Ints]:
    if name in pairs.table.columns:
        return pairs.codes(name)
    none = np.full(len(pairs), MISSING, dtype=np.int64)
    return none, none


def _both(left: Ints, right: Ints) -> Flags:
    return (left >= 0) & (right >= 0)


def compare_addresses(pairs: Pairs) -> Compared:
    """Compare street, house number and unit (`AddressLevel`)."""
    house_l, house_r = _codes(pairs, "house_number")
    street_l, street_r = _codes(pairs, "street_compare")
    unit_l, unit_r = _codes(pairs, "unit")
    street = _both(street_l, street_r)
    house = _both(house_l, house_r)
    same_house = house & (house_l == house_r)
    same_street = street & (street_l == street_r)
    similar = np.zeros(len(pairs), dtype=np.bool_)
    if street.any():
        values = pairs.table.columns["street_compare"]
        todo = street & ~same_street & ~(house & ~same_house)
        similar = by_distinct(street_l, street_r, todo, values, alike) >= _ALIKE
        rest = todo & ~similar & same_house
        similar |= by_distinct(street_l, street_r, rest, values, tokens) > 0
    levels = np.full(len(pairs), MISSING, dtype=np.int8)
    levels[street | house] = AddressLevel.ELSE
    levels[same_street & ~same_house] = AddressLevel.STREET
    # A street without a house number (a village, a building) agrees as a whole.
    nowhere = (house_l < 0) & (house_r < 0)
    levels[same_house] = AddressLevel.NUMBER
    levels[(similar & (same_house | nowhere)) | (same_street & ~house & ~nowhere)] = (
        AddressLevel.SIMILAR
    )
    exact = same_street & (same_house | nowhere)
    levels[exact] = _inside(unit_l, unit_r)[exact]
    if "address_parts" in pairs.table:
        levels = _by_parts(pairs, levels, _inside(unit_l, unit_r))
    boxes_l, boxes_r = _codes(pairs, "po_box")
    boxes = _both(boxes_l, boxes_r)
    levels[boxes & (levels == MISSING)] = AddressLevel.ELSE
    levels[boxes & (boxes_l == boxes_r)] = AddressLevel.SAME
    column = _first(pairs, _WHERE)
    return Compared(levels, _bearers(pairs, levels), column)


def _inside(left: Ints, right: Ints) -> Levels:
    """Return the level of each pair, were both in one house."""
    levels = np.full(len(left), AddressLevel.HOUSE, dtype=np.int8)
    levels[_both(left, right)] = AddressLevel.UNIT
    levels[left == right] = AddressLevel.SAME
    return levels


def _by_parts(pairs: Pairs, levels: Levels, inside: Levels) -> Levels:
    """Correct the levels of Chinese addresses by what else they name.

    Another building of the same house number is another place, and one estate is the
    same place whatever road it is said to lie at.
    """
    left, right = pairs.codes("address_parts")
    column = pairs.table.columns["address_parts"]
    differ = _both(left, right) & (left != right)
    near = levels >= AddressLevel.SIMILAR
    # Road, number and unit alone are compared already.
    plain, named = (
        pairs.table.arrays[f"address_{name}"] for name in ("is_plain", "has_names")
    )
    worth = differ & near & ~(plain[left] & plain[right])
    rest = differ & ~near & named[left] & named[right]
    worth |= rest & (by_distinct(left, right, rest, column, roughly) > 0)
    stands = by_distinct(left, right, worth, column, standing)
    apart = (stands == Standing.APART) & (levels >= AddressLevel.SIMILAR)
    part = (stands == Standing.PART) & (levels < AddressLevel.SIMILAR)
    house = (stands == Standing.BUILDING) & (levels <= AddressLevel.SIMILAR)
    corrected = levels.copy()
    corrected[apart] = AddressLevel.STREET
    corrected[(stands == Standing.PART) & (levels == AddressLevel.SAME)] = (
        AddressLevel.HOUSE
    )
    corrected[part] = AddressLevel.SIMILAR
    corrected[house] = inside[house]
    return corrected


def address_likeness(pairs: Pairs) -> Floats:
    """Return how far two Chinese addresses mean one place, for ranking (`likeness`).

    0 where either is missing or not Chinese.
    """
    if "address_parts" not in pairs.table:
        return np.zeros(len(pairs), dtype=np.float32)
    left, right = pairs.codes("address_parts")
    column = pairs.table.columns["address_parts"]
    return by_distinct(left, right, _both(left, right), column, likeness)


def _bearers(pairs: Pairs, levels: np.ndarray) -> Floats:
    bearers = np.full(len(pairs), np.nan, dtype=np.float32)
    agreed = levels >= AddressLevel.UNIT
    if "doorstep" in pairs.table.columns:
        codes, other = pairs.codes("doorstep")
        known = agreed & (codes >= 0) & (codes == other)
        bearers[known] = pairs.table.columns["doorstep"].bearers[codes[known]]
    number = levels == AddressLevel.NUMBER
    if number.any():
        codes, _ = pairs.codes("house_number")
        bearers[number] = pairs.table.columns["house_number"].bearers[codes[number]]
    return bearers


def compare_places(pairs: Pairs) -> Compared:
    """Compare postcode and city (`PlaceLevel`)."""
    post_l, post_r = _codes(pairs, "postcode_compare")
    city_l, city_r = _codes(pairs, "city_compare")
    post, city = _both(post_l, post_r), _both(city_l, city_r)
    if city.any():
        # A city's Chinese and Latin names are not known to be one: no evidence.
        latin = pairs.table.arrays["city_is_latin"]
        city &= latin[city_l] == latin[city_r]
    levels = np.full(len(pairs), MISSING, dtype=np.int8)
    bearers = np.full(len(pairs), np.nan, dtype=np.float32)
    levels[post | city] = 0
    if city.any():
        values = pairs.table.columns["city_compare"]
        same = city & (city_l == city_r)
        levels[same] = PlaceLevel.CITY
        todo = city & ~same
        levels[by_distinct(city_l, city_r, todo, values, misspelt) > 0] = (
            PlaceLevel.CITY
        )
        bearers[same] = pairs.table.columns["city_compare"].bearers[city_l[same]]
    if post.any():
        values = pairs.table.columns["postcode_compare"]
        same = post & (post_l == post_r)
        todo = post & ~same
        near = todo & (by_distinct(post_l, post_r, todo, values, slips) <= 1)
        area = pairs.table.arrays["postcode_area"]
        near |= todo & (area[post_l] == area[post_r])
        levels[near] = PlaceLevel.NEAR
        levels[same] = PlaceLevel.POSTCODE
        bearers[near] = np.nan
        bearers[same] = pairs.table.columns["postcode_compare"].bearers[post_l[same]]
    column = _first(pairs, _AREA)
    return Compared(levels, bearers, column)


def _first(pairs: Pairs, names: Sequence[str]) -> Column:
    """Return the first of some columns that is there."""
    return next(pairs.table.columns[n] for n in names if n in pairs.table.columns)
