"""Chinese addresses into parts: 省 市 区县 镇 村 路 号 小区 栋 单元 室."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanse.normalise.division import Divisions, Place


class ChineseAddress(NamedTuple):
    """One address; every part in simplified signs, numbers as digits."""

    place: Place
    town: str | None = None
    """街道, 镇 or 乡."""
    village: str | None = None
    """村, 社区 or 居委会."""
    street: str | None = None
    house_number: str | None = None
    """Digits of the 号, after those of the 弄: "832弄125"."""
    site: str | None = None
    """Estate, tower, market, company: what has a name and no road."""
    building: str | None = None
    """Number of the 栋, 幢, 座 or 号楼."""
    unit: str | None = None
    """Number of the 单元."""
    floor: str | None = None
    room: str | None = None
    postcode: str | None = None


_DIGITS = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True))
_NUMERAL = re.compile(
    r"[〇零○一二三四五六七八九十百]+(?=号|栋|幢|座|单元|层|楼|室|弄|院|期)"
)
_NOTE = re.compile(r"[(\[【《][^)\]】》]*[)\]】》]?")
_POSTCODE = re.compile(r"(?:邮编|邮政编码)?[:\s]*(?<!\d)(\d{6})(?!\d|[号栋幢室弄-])")
_LABEL = re.compile(
    r"^(?:详细|公司|家庭|通讯|通信|收货|联系|单位|办公|注册)?(?:地址|住址)[:\s]*"
)
_GAP = r"[\s,.;:/|_\-·、]*"

_TOWN = re.compile(
    rf"{_GAP}([一-鿿]{{1,7}}?(?:街道办事处|街道|地区办事处|苏木|"
    r"[镇乡](?![东西南北中大]?[一二三]?[路街]|政府|[村镇])))"
)
_VILLAGE = re.compile(
    rf"{_GAP}([^\W\d_路街巷道弄号室楼]{{1,9}}?(?:行政村|自然村|社区|居委会|村委会|新村|村|屯|庄)"
    r"(?:[一二三四五六七八九十\d]+组)?)(?![路口民镇]|大?街|大道|小区)"
)
_ZONE = re.compile(
    rf"{_GAP}([^\W\d_路街道]{{1,12}}?(?:开发区|工业区|工业园区?|园区|高新区|新区|仓储区|滨海区))"
)
_ROAD = re.compile(
    rf"{_GAP}((?:[一-鿿]|\d+(?=[路街道国省县号])|[A-Za-z]\d*(?=[路街道])){{1,10}}?号?"
    r"(?:大道|大街|公路|国道|省道|县道|高速|环路|胡同|路|街|巷|弄(?!\d)|道(?![一-鿿]{0,2}\d*[镇乡]))"
    r"(?!口|边|网|旁|桥)(?:[东西南北中][一二三]?段|[东西南北中](?=\d)|[一二三四五]段)?)"
)
_LANE = re.compile(rf"{_GAP}([甲乙丙丁]?\d+弄)")
_NUMBER = re.compile(
    rf"{_GAP}((?:[甲乙丙丁]|[A-Za-z]-?)?\d+(?:[-、.~/之]\d+)*[A-Za-z]?[甲乙丙丁]?)\s?"
    r"(?:号院?(?![楼库馆厂])|#(?!\d*楼))(?:附(\d+)号?)?"
)
_BARE_NUMBER = re.compile(
    rf"{_GAP}(\d{{1,5}}(?:-\d+)?)(?![\d栋幢座层楼期区组室单号_-])"
)
_BUILDING = re.compile(
    rf"{_GAP}(?:第)?([A-Za-z]?\d+[A-Za-z]?|[A-Za-z]|[甲乙丙丁东西南北])\s?(?:号楼|栋楼?|幢|座|号厂房|号馆|#楼?|(?<=[东西南北])楼)"
)
_UNIT = re.compile(
    rf"{_GAP}([A-Za-z]?\d+|[A-Za-z甲乙丙丁东西])\s?(?:单元|梯|门(?!口|诊|市|店|面))"
)
_FLOOR = re.compile(rf"{_GAP}((?:负|地下|B|-)?\d+)\s?(?:层|楼|F(?![A-Za-z]))")
_ROOM = re.compile(
    rf"{_GAP}([A-Za-z]?-?\d+[A-Za-z]?(?:[-/]\d+)*)\s?(?:室|号房|房间?|户|号|铺)?(?![\d栋幢座层楼期区组米路街])"
)
_DASHED = re.compile(rf"{_GAP}([A-Za-z]?\d+)[-_](\d+)[-_]([A-Za-z]?\d+)\s?(?:室|号)?")
_PAIR = re.compile(rf"{_GAP}([A-Za-z]?\d+)[-_]([A-Za-z]?\d{{3,5}})\s?(?:室|号)?(?!\d)")
_UNIT_ROOM = re.compile(rf"{_GAP}(\d+)[-_](\d{{3,5}})\s?(?:室|号)?(?!\d)")
_SITE = re.compile(
    rf"{_GAP}(.+?)(?={_GAP}(?:第?[A-Za-z]?\d+[A-Za-z]?\s?(?:号楼|栋|幢|座|单元|层|楼|室|号|#)|[A-Za-z甲乙丙丁](?:栋|幢|座)|[A-Za-z]?\d+[-\d]*(?:室|号)?$)|$)"
)


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
    text = _LABEL.sub("", _NOTE.sub("", text).strip())
    postcode = _POSTCODE.search(text)
    if postcode:
        text = (text[: postcode.start()] + " " + text[postcode.end() :]).strip()
    text = _NUMERAL.sub(lambda found: _number(found[0]), text)
    place = divisions.find(text)
    rest = _Rest(text, place.end)
    # Each of these looks far ahead: only where its word stands at all.
    town = rest.take(_TOWN) if rest.has("镇乡道苏") else None
    village = rest.take(_VILLAGE) if rest.has("村社居屯庄") else None
    zone = rest.take(_ZONE) if rest.has("区园") else None
    street = rest.take(_ROAD)
    lane = rest.take(_LANE)
    number = _joined(lane, rest.take(_NUMBER))
    if street and not number:
        number = rest.take(_BARE_NUMBER)
    site = None if rest.starts(_INSIDE) else rest.take(_SITE)
    number = number or (rest.take(_NUMBER) if site or village else None)
    building, unit, room = _door(rest)
    floor = rest.take(_FLOOR)
    return ChineseAddress(
        place=place,
        town=town,
        village=village,
        street=street,
        house_number=number,
        site=_joined(zone, site),
        building=building,
        unit=unit,
        floor=floor,
        room=room or rest.take(_ROOM),
        postcode=postcode[1] if postcode else None,
    )


_INSIDE = re.compile(
    "|".join(
        f"(?:{each.pattern})"
        for each in (_DASHED, _PAIR, _BUILDING, _UNIT, _FLOOR, _ROOM)
    )
)


class _Rest:
    """What of an address is not read yet."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start

    def has(self, signs: str) -> bool:
        return any(sign in self.text for sign in signs)

    def starts(self, pattern: re.Pattern[str]) -> bool:
        return pattern.match(self.text, self.start) is not None

    def take(self, pattern: re.Pattern[str]) -> str | None:
        found = self.take_all(pattern)
        return "-".join(part for part in found if part) if found else None

    def take_all(self, pattern: re.Pattern[str]) -> tuple[str, ...] | None:
        found = pattern.match(self.text, self.start)
        if not found:
            return None
        self.start = found.end()
        return found.groups()


def _door(rest: _Rest) -> tuple[str | None, str | None, str | None]:
    """Building, unit and room, where signs or only dashes tell them apart."""
    if dashed := rest.take_all(_DASHED):
        return dashed[0], dashed[1], dashed[2]
    if pair := rest.take_all(_PAIR):
        return pair[0], None, pair[1]
    building = rest.take(_BUILDING)
    if building and (pair := rest.take_all(_UNIT_ROOM)):
        return building, pair[0], pair[1]
    return building, rest.take(_UNIT), None


def _joined(lane: str | None, number: str | None) -> str | None:
    return (lane or "") + (number or "") or None


def _number(numeral: str) -> str:
    """Write a numeral as digits.

    >>> _number("一百二十"), _number("一二〇"), _number("十五"), _number("一百零五")
    ('120', '120', '15', '105')
    """
    if not set(numeral) & {"十", "百"}:
        return "".join(_DIGITS[sign] for sign in numeral)
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * int(_DIGITS.get(hundreds, "1")) if "百" in numeral else 0
    value += 10 * int(_DIGITS.get(tens.strip("零〇"), "1")) if ten else 0
    return str(value + int(_DIGITS.get(ones.strip("零〇"), "0")))
