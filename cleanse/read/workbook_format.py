"""What a number format adds to a stored number: leading zeros, separators, %, a currency.

Codes are those of ECMA-376 part 1, 18.8.31. What is shown is written without rounding:
0.15342 under ``0%`` is 15.342%. Dates are not our business here; calamine knows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from cleanse.read.workbook_cell import number_text

Show = Callable[[float], str | None]
"""Writes a stored number as the format shows it; None: nothing is added."""

PERCENT_IDS = frozenset((9, 10))
"""Formats built into every workbook that are percentages."""

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[[^\]]*\]')
_CURRENCY = re.compile(
    r'\[\$([^\]-]+)(?:-[0-9A-Fa-f]+)?\]|"\s*((?:[A-Z]{1,3})?[$¥￥€£₩]|[A-Z]{3})\s*"|\\?([$¥￥€£])'
)
_CONDITION = re.compile(r"\[(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
_DATE = re.compile(r"[ymdhsgeb]|am/pm", re.IGNORECASE)
_FEWEST_ZEROS = 2
_MOST_EXACT = 1e15
_HOLDS = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
}


@lru_cache(maxsize=1_024)
def shower(code: str) -> Show | None:
    r"""Return how a format writes numbers, or None when it adds nothing to be kept.

    >>> shower("000000")(42), shower("000\\-0000\\-0000")(13800138000)
    ('000042', '138-0013-8000')
    >>> shower("0.0%")(0.153), shower("[$¥-804]#,##0.00")(1234.5), shower("#,##0.00")
    ('15.3%', '¥1234.5', None)
    """
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)
    if any(_CONDITION.search(section) for section in sections):
        return _conditional(sections)
    return _section(sections[0])


def _conditional(sections: list[str]) -> Show | None:
    r"""Choose the section whose condition holds, as in ``[<=9999999]###\-####;000``."""
    known = [(_CONDITION.search(each), _section(each)) for each in sections]
    if not any(show for _, show in known):
        return None

    def show(value: float) -> str | None:
        for condition, write in known:
            if condition is None or _HOLDS[condition[1]](value, float(condition[2])):
                return write(value) if write else None
        return None

    return show


def _section(section: str) -> Show | None:
    currency = _CURRENCY.search(section)
    bare = _LITERAL.sub("", section)
    if _DATE.search(re.sub(r"General|Standard", "", bare, flags=re.IGNORECASE)):
        return None
    if "%" in bare:
        return _percent
    if currency:
        sign = next(part for part in currency.groups() if part).strip()
        return lambda value: (
            f"{'-' if value < 0 else ''}{sign}{number_text(abs(value))}"
        )
    if re.search(r"[.,E/@]|General|Standard", bare) or not re.search(r"[0#]", bare):
        return None
    tokens = _tokens(section)
    first, last = _edges(tokens)
    has_middle = any(is_text for is_text, _ in tokens[first : last + 1])
    is_coded = bare.count("0") >= _FEWEST_ZEROS or has_middle or first > 0
    return _digits(tuple(tokens)) if is_coded else None


def _percent(value: float) -> str:
    return number_text(float(f"{value * 100:.12g}")) + "%"


def _tokens(section: str) -> list[tuple[bool, str]]:
    """Cut a section into (is text, sign), one per digit place or literal."""
    tokens: list[tuple[bool, str]] = []
    for match in re.finditer(_LITERAL.pattern + r"|(.)", section):
        quoted, escaped, other = match.groups()
        if quoted or escaped:
            tokens.append((True, quoted or escaped))
        elif other:
            tokens.append((other not in "0#?", other))
    return tokens


def _edges(tokens: list[tuple[bool, str]]) -> tuple[int, int]:
    places = [i for i, (is_text, _) in enumerate(tokens) if not is_text]
    return places[0], places[-1]


def _digits(tokens: tuple[tuple[bool, str], ...]) -> Show:
    """Fill the places from the right, as a spreadsheet does; more digits go to the first."""
    first, _ = _edges(list(tokens))

    def show(value: float) -> str | None:
        if not 0 <= value < _MOST_EXACT or value != int(value):
            return None
        digits = list(str(int(value)))
        out: list[str] = []
        for index in range(len(tokens) - 1, -1, -1):
            is_text, sign = tokens[index]
            if is_text:
                out.append(sign)
                continue
            out.append(digits.pop() if digits else "0" if sign == "0" else "")
            if index == first:
                out += reversed(digits)
        return "".join(reversed(out)).strip()

    return show
