"""Chinese addresses part by part: names, roads, house, building, and what is inside.

Many name no road, or another one for the same estate: 桃园南区6号楼 is the building at
文城东路与状元路交叉口西北50米桃园南区6号楼. What they name is then compared by pairs of signs,
generic ones (小区, 大厦) counting little, and their numbers by what they count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import polars as pl

from cleanse.compare.table import Floats, Measure
from cleanse.places import Flags


class Standing(IntEnum):
    """What two Chinese addresses say of each other, by their parts."""

    UNKNOWN = 0
    """Their parts tell no more than road and number do."""
    APART = 1
    """One road or estate, and another house, building or name in it; or only one says
    where on the road."""
    PART = 2
    """The same place by its name or number, of which one may name a building or gate."""
    BUILDING = 3
    """The same building of the same place."""


class ChineseParts(NamedTuple):
    """One address as `likeness` and `standing` look at it."""

    names: frozenset[str]
    """Pairs of signs of what has a name and is no road."""
    all_names: frozenset[str]
    """`names`, and pairs of signs of the roads."""
    roads: frozenset[str]
    number: str
    buildings: frozenset[str]
    numbers: frozenset[str]
    """All numbers, whatever they count."""
    has_gate: bool


_RUN = re.compile("[一-鿿]{2,}")
_NUMBER = re.compile(r"[1-9]\d*")
_BUILDING = re.compile(
    r"0*([a-z]?\d+|[a-z](?![a-z])|[甲乙丙丁])(?:号楼|栋|幢|座|坐|#楼?|舍)"
)
_NEARBY = re.compile(
    r"(?:交叉|交汇)路?[口处]|[东南西北]{1,2}[侧面]?约?\d+米|附近|旁边?|对面|口(?: |$)"
)
"""Where a place lies seen from another: no name of its own."""
_GATE = re.compile(r"(?:[东西南北\d]|号)门(?: |$)|(?:^| )[^ ]{0,4}门$")
_GENERIC = re.compile(
    "小区|花[园苑]|家园|大[厦楼]|公寓|广场|中心|附近|公司|有限|社区|村委|委会|办公|写字|"
    "工业|业区|业园|开发|发区|街道|大[道街]|路|街|市场|超市|新村"
)
GENERIC, TELLING = 1.5, 6.5
"""Bits of a shared pair of signs: one of generic words, and any other."""


@lru_cache(maxsize=1 << 16)
def read_parts(text: str) -> ChineseParts:
    """Read the column ``address_parts``.

    >>> found = read_parts("桃园南区 西门|文城东路|8|6|2单元")
    >>> sorted(found.names), found.number, sorted(found.buildings), found.has_gate
    (['南区', '园南', '桃园', '西门'], '8', ['6'], True)
    """
    names, roads, number, building, _ = text.split("|")
    buildings = {*_BUILDING.findall(names), *((building,) if building else ())}
    own = _pairs(_NEARBY.sub(" ", _BUILDING.sub(" ", names)))
    return ChineseParts(
        own,
        own | _pairs(roads),
        frozenset(roads.split()),
        number,
        frozenset(each.lstrip("0") or each for each in buildings),
        frozenset(_NUMBER.findall(text)),
        _GATE.search(names) is not None,
    )


def part_arrays(values: pl.Series) -> dict[str, Flags]:
    """Tell of each value whether it has names, and whether road and number are all it has.

    A unit may stand behind them. The last place serves missing values.
    """
    plain = values.str.contains(r"^\|[^|]+\|[^|]+\|\|")
    named = ~values.str.starts_with("|")
    return {
        "address_has_names": np.append(named.to_numpy(), False),
        "address_is_plain": np.append(plain.to_numpy(), False),
    }


def _pairs(text: str) -> frozenset[str]:
    return frozenset(
        run[at : at + 2] for run in _RUN.findall(text) for at in range(len(run) - 1)
    )


def _bits(pairs: frozenset[str]) -> float:
    return sum(GENERIC if _is_generic(pair) else TELLING for pair in pairs)


@lru_cache(maxsize=1 << 17)
def _is_generic(pair: str) -> bool:
    return _GENERIC.search(pair) is not None


def _shared(left: frozenset[str], right: frozenset[str]) -> tuple[float, float]:
    """Return the bits that are shared, and their part of all (0 to 1)."""
    both = _bits(left & right)
    return both, 2 * both / (_bits(left) + _bits(right)) if both else 0.0


MOST_NUMBERS = 3
"""Numbers of one side that count."""
ENOUGH = 60.0
"""Bits of shared names beyond which more tell nothing."""


def _points(left: ChineseParts, right: ChineseParts) -> float:
    """Weigh how far two addresses mean the same place (`likeness`)."""
    bits, part = _shared(left.all_names, right.all_names)
    points = 2.5 * part + min(bits, ENOUGH) / 50
    if left.names and right.names:
        points += 1.25 * _shared(left.names, right.names)[1] - 0.25
    if left.buildings and right.buildings:
        points += 0.5 if left.buildings & right.buildings else -1.25
    elif left.buildings or right.buildings:
        points -= 1.0
    if left.number and right.number and left.number != right.number:
        points -= 0.5 * bool(left.roads & right.roads)
    shared = len(left.numbers & right.numbers)
    alone = (len(side.numbers) - shared for side in (left, right))
    points += 0.75 * min(shared, MOST_NUMBERS)
    points -= 0.25 * sum(min(each, MOST_NUMBERS) for each in alone)
    return points - 2.0 * (left.has_gate != right.has_gate)


def _likeness(left: Sequence[str], right: Sequence[str]) -> Floats:
    found = [
        _points(read_parts(one), read_parts(two))
        for one, two in zip(left, right, strict=True)
    ]
    return np.asarray(found, dtype=np.float32)


likeness = Measure(_likeness)
"""How far two addresses mean the same place, in points: what is shared of their names (with
2.5, those that are no road's with 1.25 more), the same building (0.5) or another (-1.25) or
one that only one names (-1), another house of one road (-0.5), each number they share (0.75)
or not (-0.25), a gate that only one names (-2). Above 3.5 half of them are one place. The
points were looked at on one half of the queries of a set of real pairs, and rounded."""

ALIKE, UNLIKE = 0.75, 0.3
"""Parts of what two addresses name that are the same: from the first on they name one place,
up to the second two."""
LEAST_BITS = 10.0
"""Bits of shared names from which a name tells a place: two pairs of signs."""


def _stands(left: ChineseParts, right: ChineseParts) -> Standing:
    bits, part = _shared(left.names, right.names)
    one_place = part >= ALIKE and bits >= LEAST_BITS
    one_road = bool(left.roads & right.roads)
    one_house = one_road and left.number == right.number != ""
    if left.buildings and right.buildings:
        if left.buildings & right.buildings:
            return Standing.BUILDING if one_place else Standing.UNKNOWN
        return Standing.APART if one_place or one_house else Standing.UNKNOWN
    if one_house:
        is_part = left.has_gate != right.has_gate or left.buildings != right.buildings
        return Standing.PART if is_part else Standing.UNKNOWN
    if one_place:
        return Standing.PART
    other_number = left.number != right.number
    other_name = left.names != right.names and part <= UNLIKE
    apart = one_road and (other_number or other_name)
    return Standing.APART if apart else Standing.UNKNOWN


def _standing(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Say how two addresses stand to each other (`Standing`).

    >>> _standing(["翠苑小区|||3|501室"], ["翠苑小区|文一路|88|3|501室"]).tolist()
    [3.0]
    >>> _standing(["翠苑小区|||3|"], ["翠苑小区|||5|"]).tolist()
    [1.0]
    """
    found = [
        _stands(read_parts(one), read_parts(two))
        for one, two in zip(left, right, strict=True)
    ]
    return np.asarray(found, dtype=np.float32)


standing = Measure(_standing)
"""`Standing` of each pair of distinct addresses."""
