"""Chinese numerals: 三百二十万, 壹佰元, 二〇二三."""

from __future__ import annotations

import re

_DIGITS = dict(
    zip(
        "零〇○一二三四五六七八九两壹贰叁肆伍陆柒捌玖",
        "0001234567892123456789",
        strict=True,
    )
)
_UNITS = "十百千万亿拾佰仟"

NUMERALS = "".join(_DIGITS) + _UNITS
"""Signs of which a numeral is made, in simplified script."""

_D = "[一二三四五六七八九两壹贰叁肆伍陆柒捌玖]"
_SECTION = re.compile(
    rf"(?:({_D})[千仟])?[零〇]?(?:({_D})[百佰])?[零〇]?(?:({_D}|(?=[十拾]))[十拾])?[零〇]?({_D})?"
)
_NUMERAL = re.compile(f"[{NUMERALS}]*[{''.join(_DIGITS)}十拾][{NUMERALS}]*")


def han_number(numeral: str) -> int | None:
    """Read a numeral: sign by sign without units, else by value.

    A last digit right after 百, 千, 万 or 亿 counts in the next smaller unit, as
    people say it (一万二 is 12,000).

    >>> [han_number(n) for n in ("二〇二三", "六十四万零一百四十三", "十五", "一万二", "肆佰叁拾万")]
    [2023, 640143, 15, 12000, 4300000]
    >>> han_number("万") is None
    True
    """
    if not numeral or any(sign not in NUMERALS for sign in numeral):
        return None
    if all(sign in _DIGITS for sign in numeral):
        return int("".join(_DIGITS[sign] for sign in numeral))
    return _by_value(numeral)


def with_digits(text: str) -> str:
    """Write the numerals in a text as digits; bare units stay, as in 3千万.

    >>> with_digits("约二十五万三千二百泰铢"), with_digits("3千万元"), with_digits("两个亿")
    ('约253200泰铢', '3千万元', '200000000')
    """
    text = text.replace("个亿", "亿").replace("个万", "万")
    return _NUMERAL.sub(lambda found: _written(text, found), text)


def _written(text: str, found: re.Match[str]) -> str:
    before = text[: found.start()][-1:]
    number = han_number(found[0])
    is_part = before.isdecimal() or (before and before in "数几多.,")
    return found[0] if number is None or is_part else str(number)


def _by_value(numeral: str) -> int | None:
    for sign, unit in (("亿", 10**8), ("万", 10**4)):
        if sign in numeral:
            head, _, tail = numeral.rpartition(sign)
            count, rest = _by_value(head), _rest(tail, unit)
            return None if count is None or rest is None else count * unit + rest
    found = _SECTION.fullmatch(numeral)
    if not numeral or not found:
        return None
    thousands, hundreds, tens, ones = found.groups()
    number = 1000 * _digit(thousands) + 100 * _digit(hundreds) + 10 * _digit(tens)
    if (
        ones
        and not numeral[-2:].startswith(("零", "〇", "十", "拾"))
        and (thousands or hundreds)
    ):
        return number + _digit(ones) * (10 if hundreds else 100)
    return number + _digit(ones)


def _rest(tail: str, unit: int) -> int | None:
    if not tail:
        return 0
    if len(tail) == 1 and tail in _DIGITS:
        return _digit(tail) * unit // 10
    return _by_value(tail)


def _digit(sign: str | None) -> int:
    """Value of a digit; a unit without one counts once (十五)."""
    if sign is None:
        return 0
    return int(_DIGITS[sign]) if sign else 1
