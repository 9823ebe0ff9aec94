"""Chinese addresses into parts: 省 市 区县 镇 村 路 号 小区 栋 单元 室."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cleanse.normalise import address_cn_pattern as cn
from cleanse.normalise.address_cn_numeral import (
    NUMERAL_SIGNS,
    NUMERALS,
    as_digits,
    read_numeral,
)
from cleanse.normalise.address_cn_rest import INSIDE, Parts, Rest, read_door
from cleanse.normalise.division import Divisions, Place


class ChineseAddress(NamedTuple):
    """One address; every part in simplified signs, numbers as digits."""

    place: Place
    town: str | None = None
    """街道, 镇 or 乡."""
    village: str | None = None
    """村, 社区 or 居委会."""
    group: str | None = None
    """村民小组, 组 or 队."""
    zone: str | None = None
    """开发区, 工业园区, 新区."""
    street: str | None = None
    section: str | None = None
    """Part of the road: 三段, 中段, or 西 of 苏州大道西10号."""
    cross: str | None = None
    """A second road: that of a crossing, or one off the first."""
    lane: str | None = None
    """弄 or 巷 by its number: "832弄"."""
    house_number: str | None = None
    """Digits of the 号: "125", "654-12", "456-458"."""
    site: str | None = None
    """Estate, tower, market, company: what has a name and no road."""
    building: str | None = None
    """Number of the 栋, 幢, 座 or 号楼."""
    unit: str | None = None
    """Number of the 单元."""
    floor: str | None = None
    room: str | None = None
    postcode: str | None = None
    note: str | None = None
    """The rest: what stands in brackets, 东侧, 交叉口, who is in the room."""


_DIGIT = re.compile("[0-9]")
_IN_NAME = re.compile(r"\d+(?:号?[大路街道线]|[国省县乡]道|米|村?民?小?[组队社])")
"""A number that is part of a name: 3号大街, 12组, 东100米."""
_SHORTEST_ROAD = 3
"""Signs of a road behind the name of something else."""
_SKIPS = 4
"""Names between the numbers behind an estate, at most."""


def parse_chinese(text: str, divisions: Divisions) -> ChineseAddress:
    """Take an address apart. Never raises.

    Args:
        text: Simplified and tidy (text.simplify, text.tidy).
        divisions: To know where the name of one division ends and the next begins.

    >>> from cleanse.rulebook import load_rulebook
    >>> found = parse_chinese(
    ...     "深圳市南山区中山路一二〇号翠苑小区3栋2单元501室", Divisions(load_rulebook().vocabulary)
    ... )
    >>> found.place.province, found.street, found.house_number, found.site
    ('广东省', '中山路', '120', '翠苑小区')
    >>> found.building, found.unit, found.room
    ('3', '2', '501')
    """
    notes: list[str] = []
    if "(" in text or "[" in text or "【" in text or "《" in text:
        notes.extend(each for each in cn.NOTE.findall(text) if each)
        text = cn.NOTE.sub("", text).strip()
    if "址" in text:
        text = cn.LABEL.sub("", text)
    postcode = cn.POSTCODE.search(text)
    if postcode:
        before = cn.POSTCODE_LABEL.sub("", text[: postcode.start()])
        text = (before + " " + text[postcode.end() :]).strip()
    if not NUMERAL_SIGNS.isdisjoint(text):
        text = as_digits(text)
    place, parts, start = _read_names(text, notes, divisions)
    _numbers(Rest(text, start, notes), parts)
    return ChineseAddress(
        place,
        postcode=postcode[0] if postcode else None,
        note=" ".join(filter(None, notes)) or None,
        **parts,
    )


def _read_names(
    text: str, notes: list[str], divisions: Divisions
) -> tuple[Place, Parts, int]:
    """Read divisions and names; what stands before the first number is remembered.

    Returns:
        The place, the parts (for the caller to fill) and where the numbers begin.
    """
    digit = _DIGIT.search(text)
    if not digit:
        place, parts, start, aside = _names_of(text, divisions)
        notes.extend(aside)
        return place, dict(parts), start
    if not _IN_NAME.match(text, digit.start()):
        place, parts, start, aside = _names_of(text[: digit.start()] + "0", divisions)
        if start <= digit.start():
            notes.extend(aside)
            return place, dict(parts), start
    place, parts, start, aside = _names_of.__wrapped__(text, divisions)
    notes.extend(aside)
    return place, dict(parts), start


@lru_cache(maxsize=1 << 16)
def _names_of(
    text: str, divisions: Divisions
) -> tuple[Place, tuple[tuple[str, str | None], ...], int, tuple[str, ...]]:
    """Read divisions and names of a text: place, parts, where they end, notes."""
    place = divisions.find(text)
    rest = Rest(text, place.end, [])
    parts = _names(rest, place, divisions)
    if place.skipped:
        _skipped(rest, parts, place.skipped)
    counties = parts.pop("counties", None)
    if counties and not place.district:
        place = _with_county(place, divisions, counties)
    return place, tuple(parts.items()), rest.start, tuple(rest.notes)


def _names(rest: Rest, place: Place, divisions: Divisions) -> Parts:
    """Read town, village, zone and roads: what has a name and stands before the numbers."""
    parts: Parts = {}
    _town(rest, parts, place, divisions)
    if parts.get("town") and rest.has("镇乡道"):
        # A town that was split, or made a part of another: both are typed.
        parts["village"] = rest.take(cn.TOWN)
    if rest.has("村社居屯庄") and (village := rest.take(cn.VILLAGE)):
        parts["village"] = (parts.get("village") or "") + village
    if rest.has("组队社"):
        parts["group"] = rest.take(cn.GROUP)
    if rest.has("区园"):
        parts["zone"] = rest.take(cn.ZONE)
        if parts["zone"] and not parts.get("town"):
            _town(rest, parts, place, divisions)
    if not rest.has("路街道巷弄线速同"):
        return parts
    if not (road := rest.take(cn.ROAD)):
        return parts
    if (split := cn.ROAD_SPLIT.match(road)) and len(
        road
    ) - split.end() >= _SHORTEST_ROAD:
        parts["site"] = split[0]
        parts["street"] = road[split.end() :]
    else:
        parts["street"] = road
    _beside_road(rest, parts)
    if not parts.get("town") and rest.has("镇乡道"):
        parts["town"] = rest.take(cn.TOWN)
    return parts


def _town(rest: Rest, parts: Parts, place: Place, divisions: Divisions) -> None:
    """Read a town, known to the city or known by its last word."""
    if len(place.codes) == 1 and (place.city or place.district):
        rest.skip_gap()
        town = divisions.towns.find(rest.text, rest.start, place.codes[0])
        if town:
            rest.start = town.end
            parts["town"] = town.name
            if town.is_full:
                parts["counties"] = ",".join(town.counties)
            return
    if rest.has("镇乡道苏办"):
        parts["town"] = rest.take(cn.TOWN)


def _beside_road(rest: Rest, parts: Parts) -> None:
    """Read what goes on behind a road: a part of it, a second road, a side."""
    parts["section"] = rest.take_whole(cn.PART)
    before = rest.start
    rest.take_whole(cn.AND)
    if rest.has("路街道巷弄") and not rest.text[rest.start : rest.start + 1].isdigit():
        parts["cross"] = rest.take(cn.ROAD)
    if not parts.get("cross"):
        rest.start = before
    side = ""
    if rest.has("口处角侧面边旁首端头近壁交内"):
        side += rest.take_whole(cn.CROSSING) or ""
        side += rest.take_whole(cn.ASIDE) or ""
    if side:
        rest.notes.append(side)


def _numbers(rest: Rest, parts: Parts) -> None:
    """Read the numbers, and the names between them."""
    street = parts.get("street")
    number = None
    if rest.is_number():
        if rest.has("弄巷同"):
            parts["lane"] = rest.take(cn.LANE)
        number = rest.take(cn.NUMBER)
        if street and not number:
            number = rest.take(cn.CHAIN) or rest.take(cn.BARE_NUMBER)
    if not rest.is_number() or not rest.starts(INSIDE):
        site = rest.take_until(cn.SITE_END)
        parts["site"] = ((parts.get("site") or "") + site) or None
    if number and not number.isascii():
        number = NUMERALS.sub(lambda found: read_numeral(found[0]), number)
    parts["house_number"] = number
    read_door(rest, parts)
    for _ in range(_SKIPS):
        if rest.is_over():
            return
        if not rest.skip_name():
            break
        read_door(rest, parts)
    rest.notes.append(rest.left())


def _skipped(rest: Rest, parts: Parts, skipped: str) -> None:
    """Keep what stands before the divisions: the town, where no other is typed."""
    town = cn.TOWN.fullmatch(skipped.strip())
    if town and not parts.get("town"):
        parts["town"] = town[1]
    else:
        rest.notes.append(skipped.strip(" ,.;:/|_-·、"))


def _with_county(place: Place, divisions: Divisions, counties: str) -> Place:
    """Fill the county of a town, where the city has one town of its name."""
    codes = tuple(counties.split(","))
    if len(codes) != 1 or codes[0].endswith("00"):
        return place
    found = divisions.place(codes, place.typed, place.end)
    return found._replace(skipped=place.skipped)
