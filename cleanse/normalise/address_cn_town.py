"""Towns of China: 街道, 镇 and 乡, known by the city they lie in.

A city knows its towns also without their last word (临平 in 余杭区临平西大街).
Counties have been cut anew since many addresses were written, so a town is looked
for in the whole city, and tells the county only where none is typed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property, lru_cache
from typing import NamedTuple

from cleanse.rulebook import Vocabulary

_WORD = re.compile(r"(?<=..)(?:街道|镇|[一-鿿]{1,3}族乡|乡|苏木|市|区)$")
_OFFICE = "办事处"
_SUFFIX = re.compile("街道(?:办事处)?|办事处|镇|乡")
_NO_TOWN = re.compile(
    r"[一-鿿][路街]|[一-鿿]?[园苑城]|[东西南北中上下大小新老]{0,2}[一二三四五六七八九十]?(?:路|街|大道|道|巷|弄|里|桥|村|社区|小区|"
    r"花园|公园|广场|大厦|大楼|市场|商城|国际|中学|小学|大学|学校|医院|派出所|车站|火车|客运|高速|"
    r"公路|工业|经济|开发|新城|苑|园|府|院|山庄|酒店|宾馆|公司|有限|集团|银行|号|湖|江|河|港|湾|山|文化|区)"
)
_LONGEST = 12
_MUNICIPALITIES = ("11", "12", "31", "50", "81", "82")


_Counties = dict[str, tuple[str, ...]]


class Town(NamedTuple):
    """A town found in a text."""

    name: str
    end: int
    counties: tuple[str, ...]
    """Codes of the divisions of the city that have one of this name."""
    is_full: bool


class Towns:
    """The towns by city and name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._rows = vocabulary.mapping("cn_town", "towns")
        self._in_city = lru_cache(maxsize=1 << 10)(self._read_city)

    def find(self, text: str, start: int, code: str) -> Town | None:
        """Read a town of a city at a place of a text.

        Args:
            text: Simplified.
            start: Where the town would begin.
            code: Of the city, or of one of its counties.
        """
        heads, full, short = self._in_city(_city(code))
        if text[start : start + 2] not in heads:
            return None
        most = len(text) - start
        for length in range(min(_LONGEST, most), 1, -1):
            name = text[start : start + length]
            if name in full:
                end = start + length
                if text.startswith(_OFFICE, end):
                    end += len(_OFFICE)
                return Town(text[start:end], end, full[name], is_full=True)
            if name not in short:
                continue
            if word := _SUFFIX.match(text, start + length):
                # A 镇 of old, a 街道 now.
                name += word[0]
                return Town(name, word.end(), (), is_full=True)
            if not _NO_TOWN.match(text, start + length):
                return Town(name, start + length, short[name], is_full=False)
        return None

    def _read_city(self, city: str) -> tuple[frozenset[str], _Counties, _Counties]:
        """First two signs, and counties by full and by short name, of the towns of a city."""
        full: _Counties = defaultdict(tuple)
        short: _Counties = defaultdict(tuple)
        for code in self._counties.get(city, ()):
            for name in self._rows[code].split():
                full[name] += (code,)
                stem = _WORD.sub("", name)
                if stem != name and not stem.endswith(("路", "街", "道")):
                    short[stem] += (code,)
        heads = frozenset(name[:2] for name in full)
        return heads, full, {name: short[name] for name in short if name not in full}

    @cached_property
    def _counties(self) -> dict[str, list[str]]:
        """Codes of the rows by the city they lie in."""
        counties: dict[str, list[str]] = defaultdict(list)
        for code in self._rows:
            counties[_city(code)].append(code)
        return counties


@lru_cache(maxsize=4)
def towns_of(vocabulary: Vocabulary) -> Towns:
    """Build the towns of a vocabulary once."""
    return Towns(vocabulary)


def _city(code: str) -> str:
    """Tell the city of a county: four digits of its code, two in a municipality."""
    if code[:2] in _MUNICIPALITIES:
        return code[:2]
    # Counties right under a province are cities of their own.
    return code if code[2:4] == "90" else code[:4]
