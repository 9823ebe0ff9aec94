"""Names of divisions: full, short and former ones, and where a name is a street's."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, cached_property, lru_cache

from cleanse.rulebook import Vocabulary

_WORDS = ("东方", "城区", "郊区")
"""Short names that are too common as words."""
_SHORTEST = 2
"""Signs of names that are words as well: 城区, 郊区."""
LEVELS = ("province", "city", "district")
"""Levels of divisions, from the top."""
_MUNICIPALITIES = ("11", "12", "31", "50")
_CITIES = {"81": "香港", "82": "澳门"}
"""Provinces that are one city, by its usual name."""
_OUTSIDE = ("71", "81", "82")
"""Their districts are named as others of the mainland are: only below their own city."""
_SUFFIX = re.compile(
    r"(?<=..)(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|省|市|地区|盟|林区|矿区|新区|堂区|区|县|旗)$"
)
_PEOPLES = re.compile(
    r"(?<=..)(?:(?:蒙古|朝鲜|满|回|藏|苗|彝|侗|壮|傣|白|瑶|土家|哈尼|布依|黎|佤|畲|土|羌|怒|僳|"
    r"哈萨克|柯尔克孜|达斡尔|鄂温克|鄂伦春|仫佬|毛南|各|拉祜|纳西|景颇|傈僳|布朗|撒拉|保安|东乡|"
    r"裕固|锡伯|塔吉克|俄罗斯|独龙|普米|阿昌|德昂|基诺|仡佬|水|族)+族?)?"
    r"(?:自治州|自治县|自治旗|联合旗)$"
)
_STREETS = re.compile(
    r"[东西南北中]{0,2}[一二三四五六七八九十]?(?:路|街|大道|大街|道|巷|弄|里|桥|园|村|镇|乡|苑|湾|"
    r"大厦|广场|小区|花园|公寓|大学|学院(?!路)|医院|公司|中心|国际|高速|公路|胡同|线|工业|经济|国家|高新|开发|新区|校区|[一二三四五六七八九]?区)|[一-鿿][路街]"
)
_ROADS = re.compile(
    r"[东西南北中]{0,2}[一二三四五六七八九十]?(?:路|街|大道|道(?!教)|巷|弄|桥|镇|乡|高速|公路|胡同|线|湾新区)"
    r"|[一-鿿][路街](?!道)"
)
_TOWN_OR_END = re.compile(r"[\s,]*(?:$|[^\d\s路街区县市]{1,5}?(?:街道|镇|乡))")


class DivisionNames:
    """The divisions by every name they go by."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._name = dict(vocabulary.mapping("cn_division", "name"))
        self._former = vocabulary.mapping("cn_division_former", "code")
        self._fitting = lru_cache(maxsize=1 << 16)(self._fit)
        self.levels = lru_cache(maxsize=1 << 13)(self._levels)

    @cached_property
    def forms(self) -> dict[str, tuple[str, ...]]:
        """Codes by form: full names, former names, short names."""
        forms: dict[str, set[str]] = defaultdict(set)
        for code, name in self._name.items():
            forms[name].add(code)
            short = _SUFFIX.sub("", _PEOPLES.sub("", name))
            if len(short) > 1 and short not in _WORDS:
                forms[short].add(code)
            if name.endswith(("自治州", "自治县", "自治旗")):
                forms[short + name[-1]].add(code)
            if name.endswith("自治区"):
                forms[short + "省"].add(code)
            if level_of(code) == "city" and name.endswith("市"):
                forms[short + "地区"].add(code)
        forms["内蒙"].add("150000")
        cities = {form for form in forms if any(c.endswith("00") for c in forms[form])}
        for name, code in self._former.items():
            forms[name].add(code)
            short = _SUFFIX.sub("", name)
            if level_of(code) == "city" or (
                len(short) > 1 and short not in cities and short not in _WORDS
            ):
                forms[short].add(code)
        return {form: tuple(sorted(codes)) for form, codes in forms.items()}

    @cached_property
    def full(self) -> frozenset[str]:
        """Names with their last word, of today or before."""
        long = (form for form in self.forms if form.endswith("省"))
        return frozenset((*self._name.values(), *self._former, *long))

    @cached_property
    def counties(self) -> tuple[tuple[str | None, str | None, str | None], ...]:
        """Province, city and name of all counties."""
        return tuple(
            self.levels(code) for code in self._name if level_of(code) == "district"
        )

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        """Lengths of the forms that begin with two given signs, longest first."""
        lengths: dict[str, set[int]] = defaultdict(set)
        for form in self.forms:
            lengths[form[:2]].add(len(form))
        return {
            head: tuple(sorted(each, reverse=True)) for head, each in lengths.items()
        }

    def at(
        self, text: str, start: int, codes: tuple[str, ...]
    ) -> tuple[str, tuple[str, ...]] | None:
        """Find the longest name at a place of the text that fits what stands before it.

        Returns:
            The name and the divisions it may be: inside those before, or repeating
            them or what they lie in, or beside a county that was typed before.
        """
        for length in self._lengths.get(text[start : start + 2], ()):
            form = text[start : start + length]
            named = self.forms.get(form, ()) if len(form) == length else ()
            if not named or self._is_street(named, form, text, start + length, codes):
                continue
            if fitting := self._fitting(form, codes):
                return form, fitting
        return None

    def _fit(self, form: str, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Choose the divisions of a name that fit those before it."""
        named = self.forms[form]
        return (
            _inside(named, codes)
            or tuple(code for code in named if is_up((code,), codes))
            or self._beside(named, form, codes)
        )

    def _beside(
        self, named: tuple[str, ...], form: str, codes: tuple[str, ...]
    ) -> tuple[str, ...]:
        """A county in full that lies elsewhere in the province: the city was another once."""
        if form not in self.full or len(form) <= _SHORTEST:
            return ()
        provinces = {code[:2] for code in codes}
        found = tuple(
            code
            for code in named
            if code[:2] in provinces and level_of(code) == "district"
        )
        return found if len(found) == 1 else ()

    def _is_street(
        self,
        named: tuple[str, ...],
        form: str,
        text: str,
        end: int,
        codes: tuple[str, ...],
    ) -> bool:
        """A short name may be a word of its own: 南京 of 南京西路, 朝阳 of 朝阳科技."""
        if form in self.full:
            return not codes and len(form) == _SHORTEST
        if codes:
            return _ROADS.match(text, end) is not None and not self._below(
                named, text, end
            )
        if all(level_of(code) == "district" for code in named):
            if len(named) > 1 or named[0][:2] in _OUTSIDE:
                return True
            was_alone = form + "市" in self.forms or form + "县" in self.forms
            if not was_alone and not _TOWN_OR_END.match(text, end):
                return True
        return _STREETS.match(text, end) is not None and not self._below(
            named, text, end
        )

    def _below(self, named: tuple[str, ...], text: str, start: int) -> bool:
        """Whether a division below stands here: 路桥 after 台州, 镇海 after 宁波."""
        names = (
            text[start : start + n]
            for n in self._lengths.get(text[start : start + 2], ())
        )
        return any(_inside(self.forms.get(name, ()), named) for name in names)

    def _levels(self, code: str) -> tuple[str | None, str | None, str | None]:
        """Name the province, city and county of a division."""
        province = self._name.get(code[:2] + "0000")
        level = level_of(code)
        if code[:2] in _CITIES:
            name = self._name[code] if level == "district" else None
            return province, _CITIES[code[:2]], name
        if level == "province":
            return province, province if code[:2] in _MUNICIPALITIES else None, None
        if level == "city":
            return province, self._name.get(code), None
        if code[:2] in _MUNICIPALITIES:
            return province, province, self._name[code]
        name = self._name[code]
        if city := self._name.get(code[:4] + "00"):
            return province, city, name
        # Right under a province: 济源市 is a city, 屯昌县 a county.
        return (province, name, None) if name.endswith("市") else (province, None, name)


@cache
def level_of(code: str) -> str:
    """Tell the level of a division by its code."""
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "district"


@cache
def typed_level(code: str) -> str:
    """Level a typed name stands for; a municipality is a city."""
    return (
        "city"
        if code[:2] in _MUNICIPALITIES and code.endswith("0000")
        else level_of(code)
    )


def _inside(named: tuple[str, ...], codes: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the named divisions that lie inside one found before."""
    if not codes:
        mainland = tuple(code for code in named if code[:2] not in _OUTSIDE)
        named = mainland or named
        # 吉林 is a province and a city: the upper one until more is known.
        top = min(LEVELS.index(level_of(code)) for code in named)
        return tuple(code for code in named if LEVELS.index(level_of(code)) == top)
    return tuple(
        code for code in named if any(contains(up, code) and up != code for up in codes)
    )


def is_up(upper: tuple[str, ...], codes: tuple[str, ...]) -> bool:
    """Whether one of the upper divisions is, or contains, one of the others."""
    return any(contains(up, code) for up in upper for code in codes)


def contains(up: str, code: str) -> bool:
    """Whether division `up` is `code`, or one above it."""
    return code.startswith(_stem(up))


@cache
def _stem(code: str) -> str:
    """Return the digits that all divisions inside one begin with."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code
