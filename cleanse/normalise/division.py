"""Administrative divisions of China: found at the head of an address, upper levels filled.

A name may be typed without its last word (广东, 深圳), in traditional signs, or as
it was before it was renamed (襄樊市). Upper levels follow from the lower one only
where there is one division of that name: 鼓楼区 alone stands for no city.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property, lru_cache
from typing import NamedTuple

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


_WORDS = ("东方",)
"""Short names that are too common as words."""
_SHORTEST = 2
"""Signs of names that are words as well: 城区, 郊区."""
_LEVELS = ("province", "city", "district")
_MUNICIPALITIES = ("11", "12", "31", "50")
_SUFFIX = re.compile(
    r"(?<=..)(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|省|市|地区|盟|林区|矿区|新区|区|县|旗)$"
)
_PEOPLES = re.compile(
    r"(?<=..)(?:(?:蒙古|朝鲜|满|回|藏|苗|彝|侗|壮|傣|白|瑶|土家|哈尼|布依|黎|佤|畲|土|羌|怒|僳|"
    r"哈萨克|柯尔克孜|达斡尔|鄂温克|鄂伦春|仫佬|毛南|各|拉祜|纳西|景颇|傈僳|布朗|撒拉|保安|东乡|"
    r"裕固|锡伯|塔吉克|俄罗斯|独龙|普米|阿昌|德昂|基诺|仡佬|水|族)+族?)?"
    r"(?:自治州|自治县|自治旗|联合旗)$"
)
_STREETS = re.compile(
    r"[东西南北中]{0,2}[一二三四五六七八九十]?(?:路|街|大道|大街|道|巷|弄|里|桥|园|村|镇|乡|苑|"
    r"大厦|广场|小区|花园|公寓|大学|学院|医院|公司|中心|国际|高速|公路|胡同|线)"
)
_ROADS = re.compile(
    r"[东西南北中]{0,2}[一二三四五六七八九十]?(?:路|街|大道|道|巷|弄|桥|镇|乡|高速|公路|胡同|线)"
)
_DIGIT = re.compile("[0-9]")
_BETWEEN = re.compile(r"(?:[\s,.;:/|_\-·、>]|null)*")
_TOWN_FIRST = re.compile(r"[^省市区县\d]{1,6}?(?:镇|乡|街道)(?=[^\d路街]{2,8}[省市])")
_COUNTRY = re.compile(r"^(?:中华人民共和国|中国|大陆)[\s,]*")


class Divisions:
    """The divisions by every name they go by."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._name = dict(vocabulary.mapping("cn_division", "name"))
        self._former = vocabulary.mapping("cn_division_former", "code")
        # Nothing looks beyond the first digit, and heads repeat: one per street.
        self._head = lru_cache(maxsize=1 << 16)(self._read_head)

    @cached_property
    def _forms(self) -> dict[str, tuple[str, ...]]:
        """Codes by form: full names, former names, short names."""
        forms: dict[str, set[str]] = defaultdict(set)
        for code, name in self._name.items():
            forms[name].add(code)
            short = _SUFFIX.sub("", _PEOPLES.sub("", name))
            if len(short) > 1 and short not in _WORDS:
                forms[short].add(code)
            if name.endswith(("自治州", "自治县", "自治旗")):
                forms[short + name[-1]].add(code)
        for name, code in self._former.items():
            forms[name].add(code)
            if _level(code) == "city":
                forms[_SUFFIX.sub("", name)].add(code)
        return {form: tuple(sorted(codes)) for form, codes in forms.items()}

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        """Lengths of the forms that begin with two given signs, longest first."""
        lengths: dict[str, set[int]] = defaultdict(set)
        for form in self._forms:
            lengths[form[:2]].add(len(form))
        return {
            head: tuple(sorted(each, reverse=True)) for head, each in lengths.items()
        }

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
        return self._head(text[: digit.start()] if digit else text)

    def _read_head(self, text: str) -> Place:
        country = _COUNTRY.match(text)
        place = self._find(text, country.end() if country else 0)
        town = None if place.typed else _TOWN_FIRST.match(text)
        if town:
            # "金城镇江苏省常州市…": a form put its own field in front.
            later = self._find(text, town.end())
            return later if later.province else place
        return place

    def _find(self, text: str, start: int) -> Place:
        end = start
        codes: tuple[str, ...] = ()
        typed: list[tuple[str, str]] = []
        while found := self._at(text, start, codes):
            form, inside = found
            if inside:
                codes = inside
                typed.append((_typed_level(codes[0]), form))
            elif typed and form.startswith(typed[-1][1]):
                typed[-1] = (typed[-1][0], form)
            else:
                typed.append(("redundant", form))
            end = start + len(form)
            start = end + _between(text, end)
        return self._place(codes, typed, end)

    def _at(
        self, text: str, start: int, codes: tuple[str, ...]
    ) -> tuple[str, tuple[str, ...]] | None:
        """Find the longest name at a place of the text that fits what stands before it.

        Returns:
            The name and the divisions it may be; none when it only repeats one.
        """
        for length in self._lengths.get(text[start : start + 2], ()):
            form = text[start : start + length]
            named = self._forms.get(form, ()) if len(form) == length else ()
            if not named or self._is_street(named, form, text, start + length, codes):
                continue
            inside = _inside(named, codes)
            if inside:
                return form, inside
            if any(_contains(code, deep) for code in named for deep in codes):
                return form, ()
        return None

    def _is_street(
        self,
        named: tuple[str, ...],
        form: str,
        text: str,
        end: int,
        codes: tuple[str, ...],
    ) -> bool:
        """A short name may be a word of its own: 南京 of 南京西路, 朝阳 of 朝阳科技."""
        full = form in self._former or any(self._name[code] == form for code in named)
        if full:
            return not codes and len(form) == _SHORTEST
        if codes:
            return _ROADS.match(text, end) is not None and not self._full(text, end)
        counties = [self._name[code] for code in named if _level(code) == "district"]
        if len(counties) == len(named) and not (
            len(named) == 1 and counties[0].endswith("市")
        ):
            return True
        return _STREETS.match(text, end) is not None and not self._full(text, end)

    def _full(self, text: str, start: int) -> bool:
        """Whether the full name of a county stands here: 路桥区 after 台州."""
        names = (
            text[start : start + n]
            for n in self._lengths.get(text[start : start + 2], ())
        )
        return any(
            self._name.get(code) == name
            for name in names
            for code in self._forms.get(name, ())
        )

    def _place(
        self, codes: tuple[str, ...], typed: list[tuple[str, str]], end: int
    ) -> Place:
        """Name the levels that are the same for all divisions it may be."""
        names = [self._levels(code) for code in codes]
        columns = list(zip(*names, strict=True)) or [(None,)] * len(_LEVELS)
        province, city, district = (
            column[0] if len(set(column)) == 1 else None for column in columns
        )
        return Place(province, city, district, tuple(typed), end)

    def _levels(self, code: str) -> tuple[str | None, str | None, str | None]:
        province = self._name.get(code[:2] + "0000")
        level = _level(code)
        if level == "province":
            return province, province if code[:2] in _MUNICIPALITIES else None, None
        if level == "city":
            return province, self._name.get(code), None
        if code[:2] in _MUNICIPALITIES:
            return province, province, self._name[code]
        # Counties right under a province: 济源市, 石河子市.
        city = self._name.get(code[:4] + "00")
        return (
            (province, city, self._name[code])
            if city
            else (province, self._name[code], None)
        )


@lru_cache(maxsize=4)
def divisions_of(rulebook_vocabulary: Vocabulary) -> Divisions:
    """Build the divisions of a vocabulary once."""
    return Divisions(rulebook_vocabulary)


def _level(code: str) -> str:
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "district"


def _typed_level(code: str) -> str:
    """Level a typed name stands for; a municipality is a city."""
    return (
        "city"
        if code[:2] in _MUNICIPALITIES and code.endswith("0000")
        else _level(code)
    )


def _inside(named: tuple[str, ...], codes: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the named divisions that lie inside one found before."""
    if not codes:
        # 吉林 is a province and a city: the upper one until more is known.
        top = min(_LEVELS.index(_level(code)) for code in named)
        return tuple(code for code in named if _LEVELS.index(_level(code)) == top)
    return tuple(
        code
        for code in named
        if any(_contains(up, code) and up != code for up in codes)
    )


def _contains(up: str, code: str) -> bool:
    """Whether division `up` is `code`, or one above it."""
    if up.endswith("0000"):
        return code.startswith(up[:2])
    return code.startswith(up[:4]) if up.endswith("00") else up == code


def _between(text: str, end: int) -> int:
    gap = _BETWEEN.match(text, end)
    return len(gap[0]) if gap else 0
