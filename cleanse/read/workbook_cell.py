"""Cells of a workbook as the text that was typed."""

from __future__ import annotations

import datetime as dt
import re

CELL_END, ROW_END = "\x1f", "\x1e"
"""Unit and record separator; they cannot stand in a cell (a space is put instead)."""

_EXACT_DIGITS = 15
_TOO_LONG = 1e15


def cell_text(value: object) -> str:
    """Return what was typed into a cell.

    >>> [cell_text(v) for v in (13800138000.0, 0.1 + 0.2, True, dt.date(2024, 3, 1), 1e20)]
    ['13800138000', '0.3', 'TRUE', '2024-03-01', '100000000000000000000']
    """
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value)
    return _time_text(value)


def number_text(value: float) -> str:
    """Write a number with the digits that were typed: a workbook keeps 15 of them.

    >>> number_text(110101199001011234.0), number_text(-1.5), number_text(1e-7)
    ('110101199001011000', '-1.5', '0.0000001')
    """
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        return ""
    if value == int(value) and abs(value) < 10**_EXACT_DIGITS:
        return str(int(value))
    digits = f"{value:.{_EXACT_DIGITS}g}"
    if "e" not in digits:
        return digits
    mantissa, _, exponent = digits.partition("e")
    places = len(mantissa.partition(".")[2])
    return (
        f"{float(digits):.{max(0, places - int(exponent))}f}"
        if int(exponent) < 0
        else _whole(mantissa, int(exponent))
    )


def _whole(mantissa: str, exponent: int) -> str:
    whole, _, rest = mantissa.partition(".")
    return whole + rest.ljust(exponent, "0")


def _time_text(value: object) -> str:
    """Write dates as yyyy-mm-dd, with hh:mm:ss where there is a time of day."""
    if isinstance(value, dt.datetime):
        value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return plain(str(value))


UNUSUAL = ("\r", "\0", "_x000D_", "_x000d_")
"""What a cell is freed from, beside CELL_END and ROW_END."""


def plain(text: str) -> str:
    """Write line ends as newlines and leave out what separates our cells.

    ``_x000D_`` is how workbooks write a carriage return; exports escape it twice.
    """
    if any(sign in text for sign in UNUSUAL):
        text = re.sub(r"_x000[dD]_\n?|\r\n?", "\n", text).replace("\0", "")
    return text.replace(CELL_END, " ").replace(ROW_END, " ")


def is_long(value: float) -> bool:
    """Tell a number with more digits than a workbook keeps."""
    return abs(value) >= _TOO_LONG
