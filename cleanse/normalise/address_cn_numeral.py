"""Numerals of Chinese addresses: 一号, 壹号 and １号 are 1号."""

from __future__ import annotations

import re

_DIGITS = dict(
    zip(
        "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖",
        "000123456789123456789",
        strict=True,
    )
)
_TENS = str.maketrans("拾佰仟", "十百千")
NUMERAL_SIGNS = frozenset(_DIGITS) | set("十百千拾佰仟")
NUMERALS = re.compile(f"[{''.join(sorted(NUMERAL_SIGNS))}]+")
_COUNTED = re.compile(
    rf"{NUMERALS.pattern}(?=号(?!大?[街路桥线道])|栋|幢|座|单元|层|楼(?!梯)|室|弄|院|期|档|铺)"
)
_ONE_AS_DASH = re.compile(r"(?<=\d)一(?=\d)")


def as_digits(text: str) -> str:
    """Write the numerals before a counting word as digits; names keep theirs.

    A 一 between digits is a dash that somebody typed so.

    >>> as_digits("四号大街一二〇号十五栋二单元")
    '四号大街120号15栋2单元'
    >>> as_digits("342八楼"), as_digits("5一6一1443")
    ('342 8楼', '5-6-1443')
    """
    return _COUNTED.sub(_apart, _ONE_AS_DASH.sub("-", text))


def read_numeral(numeral: str) -> str:
    """Write a numeral as digits.

    >>> read_numeral("一百二十"), read_numeral("一二〇"), read_numeral("拾伍")
    ('120', '120', '15')
    >>> read_numeral("一百零五"), read_numeral("百"), read_numeral("一千二百")
    ('105', '100', '1200')
    """
    numeral = numeral.translate(_TENS)
    if not set(numeral) & {"十", "百", "千"}:
        return "".join(_DIGITS[sign] for sign in numeral)
    thousands, thousand, rest = numeral.rpartition("千")
    hundreds, hundred, rest = rest.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 1000 * _value(thousands, 1) if thousand else 0
    value += 100 * _value(hundreds, 1) if hundred else 0
    value += 10 * _value(tens, 1) if ten else 0
    return str(value + _value(ones, 0))


def _value(signs: str, nothing: int) -> int:
    """Read signs without units; `nothing` where none stands."""
    digits = "".join(_DIGITS.get(sign, "") for sign in signs)
    return int(digits) if digits.strip("0") else nothing


def _apart(found: re.Match[str]) -> str:
    """Keep a numeral apart from digits before it."""
    before = found.string[found.start() - 1] if found.start() else ""
    return (" " if before.isdecimal() else "") + read_numeral(found[0])
