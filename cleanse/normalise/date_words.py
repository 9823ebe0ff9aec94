"""The words of dates: Chinese numerals, eras, and what only dateutil can read."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

import polars as pl
from dateutil import parser  # type: ignore[import-untyped]

_DIGITS = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True))
_NUMERALS = "[〇零○一二三四五六七八九十廿]"
_SMALL = re.compile(rf"({_NUMERALS}+)(?=[年月日号])")
_ERAS = {
    "民国": 1911,
    "民國": 1911,
    "roc": 1911,
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
}
"""Year before the first of each era: Republic of China; Japan."""
_ERA = re.compile(rf"^({'|'.join(_ERAS)})\s?(\d{{1,3}}|元)(?=[年/.-])")
_WEEKDAY = (
    r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]?\s+|(?:星期|周)[一二三四五六日天]"
)
_DAY_AND_MONTH = re.compile(r"\d.*[a-z]{3}|[a-z]{3}.*\d")
_LONGEST = 40


def plain_digits(values: pl.Series) -> pl.Series:
    """Write Chinese numerals and years of an era (民国, 令和) as digits; take weekdays off.

    >>> plain_digits(pl.Series(["二〇二三年十二月廿一日", "民国102年5月", "mon, 3 may 2021"])).to_list()
    ['2023年12月21日', '2013年5月', '3 may 2021']
    """
    values = values.str.replace(_WEEKDAY, "").str.strip_chars(" ,")
    distinct = values.drop_nulls().unique()
    special = distinct.filter(
        distinct.str.contains(rf"{_NUMERALS}|^(?:{'|'.join(_ERAS)})")
    )
    if special.is_empty():
        return values
    plain = pl.Series([_plain(text) for text in special], dtype=pl.String)
    return values.replace(special, plain)


@cache
def _plain(text: str) -> str:
    text = _SMALL.sub(lambda found: _number(found[1]), text)
    era = _ERA.match(text)
    if not era:
        return text
    year = 1 if era[2] == "元" else int(era[2])
    return f"{year + _ERAS[era[1]]}{text[era.end() :]}"


def _number(numeral: str) -> str:
    """Read 二〇二三 sign by sign, 二十一 by value.

    >>> _number("二〇二三"), _number("廿一"), _number("十")
    ('2023', '21', '10')
    """
    numeral = numeral.replace("廿", "二十")
    if "十" not in numeral:
        return "".join(_DIGITS[sign] for sign in numeral)
    tens, _, ones = numeral.partition("十")
    value = 10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0"))
    return str(value)


def dateutil_day(text: str, order: str) -> dt.date | None:
    """Read what no form fits with dateutil, if all of the day is in the text.

    dateutil fills what is missing from a default, so a text is read over two
    different defaults, and counts only when both give the same day.

    >>> dateutil_day("2021 3rd of may", "dmy")
    datetime.date(2021, 5, 3)
    >>> dateutil_day("early in may 2021", "dmy") is None
    True
    """
    if len(text) > _LONGEST or not text.isascii() or not _DAY_AND_MONTH.search(text):
        return None
    days = set()
    for default in (dt.datetime(2000, 1, 1), dt.datetime(2003, 2, 2)):  # noqa: DTZ001
        try:
            read = parser.parse(text, default=default, dayfirst=order == "dmy")
        except (ValueError, OverflowError, TypeError):
            return None
        days.add(read.date())
    return days.pop() if len(days) == 1 else None
