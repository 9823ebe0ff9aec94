"""Administrative divisions of China: found at the head of an address, upper levels filled.

A name may be typed without its last word (广东, 深圳), in traditional signs, or as
it was before it was renamed (襄樊市). Upper levels follow from the lower one only
where there is one division of that name: 鼓楼区 alone stands for no city.

Forms put a division of their own before the one that is typed (浙江省宁波市江北区
浙江省金华市兰溪市): the last that is typed from its province or city on counts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cleanse.normalise.address_cn_town import Towns
from cleanse.normalise.division_name import (
    LEVELS,
    DivisionNames,
    is_up,
    level_of,
    typed_level,
)
from cleanse.rulebook import Vocabulary


class Place(NamedTuple):
    """Where the head of an address lies, in the names of today."""

    province: str | None
    city: str | None
    """Prefecture; the municipality itself in 北京, 上海, 天津 and 重庆."""
    district: str | None
    """County, district, or city at the level of a county."""
    typed: tuple[tuple[str, str], ...]
    """Level and text of each name that is typed, in order; repeated ones are "redundant"."""
    end: int
    """Where the rest of the address begins."""
    codes: tuple[str, ...] = ()
    """The divisions it may be: one, unless several bear the name."""
    skipped: str = ""
    """What stands before the divisions, or between those of a form and those typed."""


class _Chain(NamedTuple):
    """Names read one behind the other."""

    codes: tuple[str, ...]
    typed: tuple[tuple[str, str], ...]
    end: int


_ABBREVIATIONS = dict(
    zip(
        "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新台",
        "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 51 52 52 "
        "53 53 54 61 61 62 62 63 64 65 71".split(),
        strict=True,
    )
)
_DIGIT = re.compile("[0-9]")
_BETWEEN = re.compile(
    r"(?:[\s,.;:/|_\-·、>?*]|null|市辖[区县]|其[它他]区|(?:省|自治区)直辖县级行政区划|县(?=重庆市?))*"
)
_TOWN_FIRST = re.compile(
    r"[^省市区县\d]{1,6}?(?:镇|乡|街道)(?=[^\d路街]{2,8}[省市县区])"
)
_COUNTRY = re.compile(r"(?:中华人民共和国|中国|大陆)[\s,]*")
_REGION = re.compile(r"(?:香港岛|港岛|九龙半岛|九龙|新界)[\s,]*(?!城区)")
"""Parts of Hong Kong that are no division."""
_NEW_DISTRICT = re.compile(
    r"((?!高新|经济|技术|开发|综合|保税|旅游)[^\W\da-zA-Z_路街道镇乡村省市县区]{1,3}(?<![小社园校库景业发东西南北中一二三四五六七八九十城商居军生防专货厂站])"
    r"(?:区(?!域|间|块|直)|新区|县)|新区|(?:国家级?|经济|技术|高新|产业|旅游|综合|保税|工业|开发|示范|实验|试验)+区)(?![路街号\d东南西北])"
)
"""A district that the table does not know, behind its city."""
_ZONES = ("高新区", "开发区", "保税区", "产业区", "示范区", "工业区", "试验区")
_WRONG_WORD = re.compile("(?:区(?![域间块])|县(?!城)|市(?![区场]))(?!$|[路街])")
_MENDED = re.compile("(?:新区|[区县市旗])$")
_AGAIN = re.compile("[省市县区中]")
_LATER = re.compile("[省市]|自治区")


class Divisions:
    """Reads the divisions at the head of an address."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.names = DivisionNames(vocabulary)
        self.towns = Towns(vocabulary)
        # Nothing looks beyond the first digit, and heads repeat: one per street.
        self._head = lru_cache(maxsize=1 << 16)(self._read_head)

    def find(self, text: str) -> Place:
        """Read the divisions at the head of an address (simplified signs).

        >>> from cleanse.rulebook import load_rulebook
        >>> divisions = Divisions(load_rulebook().vocabulary)
        >>> divisions.find("深圳南山区中山路10号")[:3]
        ('广东省', '深圳市', '南山区')
        >>> divisions.find("鼓楼区中山路1号")[:3]
        (None, None, '鼓楼区')
        >>> divisions.find("南京西路88号").end
        0
        """
        digit = _DIGIT.search(text)
        return self._head(text[: digit.start()] + "0" if digit else text)

    def place(
        self, codes: tuple[str, ...], typed: tuple[tuple[str, str], ...], end: int
    ) -> Place:
        """Name the levels that are the same for all divisions it may be."""
        if len(codes) == 1:
            return Place(*self.names.levels(codes[0]), typed, end, codes)
        names = [self.names.levels(code) for code in codes]
        columns = list(zip(*names, strict=True)) or [(None,)] * len(LEVELS)
        province, city, district = (
            column[0] if len(set(column)) == 1 else None for column in columns
        )
        return Place(province, city, district, typed, end, codes)

    def _read_head(self, text: str) -> Place:
        country = _COUNTRY.match(text)
        start = country.end() if country else 0
        chain = self._chain(text, start, ())
        skipped = ""
        if not chain.typed and (later := self._hong_kong(text, start)):
            skipped, chain = text[start : later[0]], later[1]
        while again := self._again(text, chain):
            at, chain = again
            skipped += at
        if not chain.typed and (found := self._later(text)):
            skipped, chain = text[: found[0]], found[1]
        place = self.place(chain.codes, chain.typed, chain.end)
        if not place.district and chain.codes and chain.typed[-1][0] != "district":
            place = self._unknown(text, place)
        return place._replace(skipped=skipped) if skipped else place

    def _hong_kong(self, text: str, start: int) -> tuple[int, _Chain] | None:
        """Read 九龙观塘: a district of Hong Kong behind its part of it."""
        region = _REGION.match(text, start)
        if not region:
            return None
        chain = self._chain(text, region.end(), ("810000",))
        return (region.end(), chain) if chain.typed else None

    def _again(self, text: str, chain: _Chain) -> tuple[str, _Chain] | None:
        """Read a second address behind the first, which a form put there."""
        start = chain.end + _between(text, chain.end) if chain.end else 0
        if _AGAIN.search(text, start) is None:
            return None
        town = _TOWN_FIRST.match(text, start)
        starts = [start] if chain.typed else []
        for at in (*starts, *([town.end()] if town else ())):
            country = _COUNTRY.match(text, at)
            later = self._chain(text, country.end() if country else at, ())
            if later.typed and self._is_whole(later, after=bool(chain.typed)):
                typed = (*_kept(chain, later), *later.typed)
                return text[start:at], later._replace(typed=typed)
        return None

    def _is_whole(self, chain: _Chain, *, after: bool) -> bool:
        """Whether names are an address of their own: from the province or city on."""
        level, name = chain.typed[0]
        count = sum(level != "redundant" for level, _ in chain.typed)
        if name not in self.names.full and count == 1:
            return False
        if level == "province":
            return True
        if level == "city":
            return not after or count > 1
        return not after

    def _later(self, text: str) -> tuple[int, _Chain] | None:
        """Find an address that does not begin at the head: two levels in full."""
        for found in _LATER.finditer(text, 2):
            for length in (3, 4, 5, 6, 7, 8):
                start = found.end() - length
                if start <= 0 or text[start : found.end()] not in self.names.full:
                    continue
                chain = self._chain(text, start, ())
                if len(chain.typed) > 1 and self._is_whole(chain, after=True):
                    return start, chain
        return None

    def _unknown(self, text: str, place: Place) -> Place:
        """Take a district that is not in the table: 镜湖新区, or 夏邑区 for 夏邑县."""
        start = place.end + _between(text, place.end)
        found = _NEW_DISTRICT.match(text, start)
        if not found or len(place.codes) != 1:
            return place
        if typed_level(place.codes[0]) != "city":
            return place
        name = found[1]
        city = place.codes[0][: 4 if level_of(place.codes[0]) == "city" else 2]
        stem = _MENDED.sub("", name)
        known = [
            code
            for code in self.names.forms.get(stem, ())
            if code.startswith(city) and code != place.codes[0]
        ]
        level = "zone" if name.endswith(_ZONES) else "district"
        typed = (*place.typed, (level, name))
        if len(known) == 1:
            return self.place(tuple(known), typed, found.end())
        return place._replace(district=name, typed=typed, end=found.end())

    def _chain(self, text: str, start: int, codes: tuple[str, ...]) -> _Chain:
        """Read names that lie one inside the other, as far as they go."""
        end = start
        typed: list[tuple[str, str]] = []
        before = codes
        if not codes and text[start : start + 1] in _ABBREVIATIONS:
            up = (_ABBREVIATIONS[text[start]] + "0000",)
            found = self.names.at(text, start + 1, up)
            if found and found[0] in self.names.full:
                typed.append(("province", text[start]))
                codes, start = up, start + 1
        while found := self.names.at(text, start, codes):
            form, named = found
            if is_up(named, codes):
                is_full = form in self.names.full
                if not is_full and not self._goes_on(text, start + len(form), named):
                    break
                if not is_up(codes, named):
                    before = before if is_up(named, before) else codes
            codes = named
            if form not in self.names.full and _WRONG_WORD.match(
                text, start + len(form)
            ):
                # 兰溪县, a city today; 嘉善区, a county.
                form = text[start : start + len(form) + 1]
            _type(typed, typed_level(named[0]), form)
            end = start + len(form)
            start = end + _between(text, end)
            if codes[0].startswith("81") and (part := _REGION.match(text, start)):
                start = part.end()
        deeper = before and is_up(codes, before)
        return _Chain(before if deeper else codes, tuple(typed), end)

    def _goes_on(self, text: str, end: int, codes: tuple[str, ...]) -> bool:
        """Whether a further division stands behind a short name that repeats one."""
        found = self.names.at(text, end + _between(text, end), codes)
        return found is not None and not is_up(found[1], codes)


@lru_cache(maxsize=4)
def divisions_of(rulebook_vocabulary: Vocabulary) -> Divisions:
    """Build the divisions of a vocabulary once."""
    return Divisions(rulebook_vocabulary)


def _kept(chain: _Chain, later: _Chain) -> list[tuple[str, str]]:
    """What the names before a second address still say: the levels it leaves out."""
    said = {level for level, _ in later.typed}
    signs = {"province": 2, "city": 4}
    return [
        (level, name)
        if level not in said
        and level in signs
        and chain.codes[0][: signs[level]] == later.codes[0][: signs[level]]
        else ("redundant", name)
        for level, name in chain.typed
    ]


def _type(typed: list[tuple[str, str]], level: str, form: str) -> None:
    """Note a typed name; one of the same level before it was a form's own."""
    for at, (other, name) in enumerate(typed):
        if other != level:
            continue
        if form in name:
            # 新疆 behind 新疆维吾尔自治区 says less.
            typed.append(("redundant", form))
            return
        typed[at] = ("redundant", name)
    typed.append((level, form))


def _between(text: str, end: int) -> int:
    gap = _BETWEEN.match(text, end)
    return len(gap[0]) if gap else 0
