"""One run of digits and punctuation: a number, its extension, or several numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

EXCEL = "phone.spreadsheet"
"""Rule: a spreadsheet took the number for an amount (13800138000.0)."""
RANGE = "phone.range"
"""Rule: a number of a row of lines that was typed by its ending (88886666/7, 88886666-8)."""
CARRIER = "phone.carrier_prefix"
"""Rule: digits that choose a carrier (17951, 12593) were typed before the number."""
SPLIT = "phone.split"
"""Rule: two numbers stood together without a separator."""


class Run(NamedTuple):
    """A number in a run."""

    digits: str
    """Its digits, with ``+`` before them when typed so."""
    extension: str | None = None
    rule: str | None = None


LONGEST = 15
"""Digits of the longest number (E.164)."""
_ALONE = 7
"""Digits that each of several numbers in one run must have."""
_WIDEST = 20
"""Lines of the largest row that is believed."""

# Numbers of fixed length, as only China, Hong Kong, Macau and Taiwan have them:
# elsewhere what follows a hyphen belongs to the number.
_TAILED = (
    r"\s*("
    r"\(?0\d{2,3}[)\s-]*\d{7,8}"
    r"|\(?0\d{2,3}[)\s-]+\d{4}[\s-]\d{4}"
    r"|\(?(?:\+|00)?\(?86\)?[\s-]*(?:\(0\)|\(?0?)(?:10|2\d|[3-9]\d\d)[)\s-]+\d{7,8}"
    r"|[48]00-?\d{3}-?\d{4}|[48]00-\d{4}-\d{3}"
    r"|[2-9]\d{6,7}"
    r")\s*-\s*(\d{1,6})\s*"
)
_CARRIED = (
    r"(?:12593|125831|12520|17951|17950|17911|17910|17909|17908|17901|10193|10131)"
    r"(0?1[3-9]\d{9}|0(?:10|2\d|[3-9]\d\d)\d{7,8}|(?:00)?86\d{10,11})"
)
_WITH_TAIL, _CARRIER = re.compile(_TAILED), re.compile(_CARRIED)
_MOBILES = re.compile(r"(?:1[3-9]\d{9}){2,4}")
_GAP = re.compile(r"(?<=\d)\s+(?=\+?\(?\d)")
_MAINLAND = re.compile(
    r"(?<!\d)(?:(?:\+|00)?86[\s-]*)?1[3-9]\d(?:[\s-]?\d{4}){2}(?!\d)"
    r"|(?<!\d)\(?0\d{2,3}[)\s-]*\d{7,8}(?!\d)|(?<!\d)[2-9]\d{6,7}(?!\d)"
)
_NO_DIGIT = re.compile("[^0-9]+")


def numbers_of(text: str) -> list[Run]:
    """Read a run of digits, spaces and ``().+-``.

    >>> numbers_of("(020) 8123-4567")
    [Run(digits='02081234567', extension=None, rule=None)]
    >>> [run.digits for run in numbers_of("62345678-80")]
    ['62345678', '62345679', '62345680']
    >>> numbers_of("17951 13800138001")[0].digits
    '13800138001'
    """
    tailed = _WITH_TAIL.fullmatch(text)
    if tailed:
        return _with_tail(_number(tailed[1]), tailed[2])
    whole = _number(text)
    carried = _CARRIER.fullmatch(whole.removeprefix("+86"))
    if carried:
        return [Run(carried[1], rule=CARRIER)]
    if len(bare(whole)) <= LONGEST:
        return [Run(whole)] if whole else []
    return _several(text) or [Run(whole)]


def bare(number: str) -> str:
    """Take the plus, or the 00 that stands for it, off a number."""
    return number.removeprefix("+").removeprefix("00")


def is_whole(text: pl.Series, digits: pl.Series) -> pl.Series:
    """Tell the runs that `numbers_of` reads as one number and nothing else.

    Args:
        text: The runs as typed.
        digits: Their digits, with ``+`` before them when typed so.
    """
    size = digits.str.strip_prefix("+").str.strip_prefix("00").str.len_chars()
    carried = digits.str.strip_prefix("+86").str.contains(f"^(?:{_CARRIED})$")
    tailed = text.str.contains(f"^(?:{_TAILED})$")
    return ~tailed & ~carried & (size <= LONGEST)


def _with_tail(number: str, tail: str) -> list[Run]:
    """Tell the last of a row of lines (62345678-80) from an extension (62345678-801)."""
    first = int(number[-len(tail) :])
    last = int(tail)
    is_row = len(tail) <= len("80") and first < last < first + _WIDEST
    if not is_row:
        return [Run(number, extension=tail)]
    stem, size = number[: -len(tail)], len(tail)
    row = [Run(f"{stem}{line:0{size}}", rule=RANGE) for line in range(first, last + 1)]
    return [Run(number), *row[1:]]


def _several(text: str) -> list[Run]:
    """Read what is too long for one number as several, where that leaves none over."""
    spaced = [_number(part) for part in _GAP.split(text)]
    if len(spaced) > 1 and all(len(number) >= _ALONE for number in spaced):
        return [Run(number) for number in spaced]
    digits = _NO_DIGIT.sub("", text)
    if _MOBILES.fullmatch(digits):
        mobiles = [digits[i : i + 11] for i in range(0, len(digits), 11)]
        return [Run(mobile, rule=SPLIT) for mobile in mobiles]
    found = [_number(each[0]) for each in _MAINLAND.finditer(text)]
    if sum(len(number.lstrip("+")) for number in found) == len(digits):
        return [Run(number, rule=SPLIT) for number in found]
    return []


def _number(text: str) -> str:
    return "+" * text.lstrip("( ").startswith("+") + _NO_DIGIT.sub("", text)
