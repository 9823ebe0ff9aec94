"""What a cell looks like: enough to tell headings from values and to notice a shifted row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache


class Shape(Enum):
    """The look of one cell."""

    EMPTY = "empty"
    EMAIL = "email"
    URL = "url"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    """A number, an amount or a percentage."""
    CODE = "code"
    """Digits mixed with letters or dashes, no space: a phone, an id, a product code."""
    TEXT = "text"


_PATTERNS = (
    (Shape.EMAIL, r"[^@\s,;]+@[^@\s,;]+\.(?:[^\W\d_]{2,}|xn--[a-z0-9-]+)"),
    (Shape.URL, r"(?:https?://|www\.)\S+"),
    (
        Shape.DATE,
        r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?Z?",
    ),
    (Shape.DATE, r"\d{4}年\d{1,2}月(?:\d{1,2}[日号])?"),
    (Shape.TIME, r"\d{1,2}:\d{2}(?::\d{2})?"),
    (Shape.NUMBER, r"[-+(]?[$€£¥￥]? ?\d[\d,. ]*(?:[eE][-+]\d+)?[%元万]?\)?"),
    (Shape.CODE, r"(?=[^\s]*\d)[-+/()#_.*A-Za-z0-9]+"),
)
_COMPILED = tuple((shape, re.compile(pattern)) for shape, pattern in _PATTERNS)
_LONGEST = 200
_STRONG = 0.95


@lru_cache(maxsize=65_536)
def shape_of(cell: str) -> Shape:
    """Look at one cell.

    >>> [shape_of(c).value for c in ("a@b.cn", "1993年3月4日", "$ 1,200.50", "MG-87", "张伟", " ")]
    ['email', 'date', 'number', 'code', 'text', 'empty']
    """
    text = cell.strip()
    if not text:
        return Shape.EMPTY
    if len(text) <= _LONGEST:
        for shape, pattern in _COMPILED:
            if pattern.fullmatch(text):
                return shape
    return Shape.TEXT


def usual_shape(cells: Iterable[str], fewest: int = 5) -> Shape | None:
    """Return the shape that nearly all filled cells of a column have, or None.

    At least 95 % of them, and `fewest`; two are enough for a mail, a link or a date.
    """
    counts = Counter(shape_of(cell) for cell in cells)
    counts.pop(Shape.EMPTY, None)
    if not counts:
        return None
    shape, count = counts.most_common(1)[0]
    if counts.total() < (min(fewest, 2) if shape in _TELLING else fewest):
        return None
    return shape if count >= _STRONG * counts.total() else None


_TELLING = frozenset((Shape.EMAIL, Shape.URL, Shape.DATE))
_ENOUGH = 20
_RARE = 0.02
_FEW_VALUES = 50
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How nearly all cells of one column look: what a mended row is held against."""

    shape: Shape | None = None
    length: int | None = None
    """Characters that nearly all filled cells have, when that is one number."""
    starts: frozenset[str] = frozenset()
    """Kinds of sign that filled cells begin with; none: too few cells to tell."""
    is_always_filled: bool = False
    is_never_filled: bool = False
    values: frozenset[str] = frozenset()
    """The values of a column that has few; none: it has many."""
    foreign: frozenset[Shape] = frozenset()
    """Shapes that belong to other columns and that this one has never had."""

    @property
    def is_firm(self) -> bool:
        """A wrong cell would be noticed: dates, numbers, mails, codes."""
        return self.shape not in (None, Shape.TEXT)

    def fits(self, cell: str) -> bool:
        """Tell whether a cell looks as this column does.

        >>> Look(Shape.NUMBER, length=4).fits("12345"), Look(is_always_filled=True).fits(" ")
        (False, False)
        """
        text = cell.strip()
        if not text:
            return not self.is_always_filled
        if self.is_never_filled:
            return False
        if self.shape is not None and shape_of(cell) is not self.shape:
            return False
        if self.foreign and shape_of(cell) in self.foreign:
            return False
        if self.length is not None and len(text) != self.length:
            return False
        return not self.starts or kind_of_sign(text[0]) in self.starts


def looks_of(columns: Sequence[Sequence[str | None]]) -> list[Look]:
    """Look at all columns of a table; a mail belongs to a column of mails if there is one."""
    looks = [look_of(cells) for cells in columns]
    telling = {look.shape for look in looks if look.shape} & _TELLING
    return [
        look
        if look.shape or not telling
        else replace(
            look, foreign=frozenset(telling - {shape_of(cell or "") for cell in cells})
        )
        for look, cells in zip(looks, columns, strict=True)
    ]


def look_of(cells: Sequence[str | None]) -> Look:
    """Look at a column.

    >>> look_of(["2024-01-01"] * 30).length
    10
    """
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    shape = usual_shape(filled)
    if len(cells) < _ENOUGH:
        return Look(shape)
    is_full, is_empty = len(filled) == len(cells), not filled
    if len(filled) < _ENOUGH:
        return Look(shape, is_always_filled=is_full, is_never_filled=is_empty)
    length, count = Counter(map(len, filled)).most_common(1)[0]
    is_even = count >= _STRONG * len(filled) and length >= _SHORTEST
    kinds = Counter(kind_of_sign(cell[0]) for cell in filled)
    distinct = frozenset(filled)
    return Look(
        shape,
        length if is_even else None,
        frozenset(k for k, n in kinds.items() if n > _RARE * len(filled)),
        is_always_filled=is_full,
        values=distinct
        if len(distinct) <= min(_FEW_VALUES, len(filled) // 4)
        else frozenset(),
    )


def kind_of_sign(sign: str) -> str:
    """Name the kind of one sign; a split between two cells falls between two kinds.

    >>> [kind_of_sign(sign) for sign in "7Aa张 .\u0663"]
    ['digit', 'upper', 'lower', 'letter', 'space', '.', 'digit']
    """
    if sign.isalpha():
        return "upper" if sign.isupper() else "lower" if sign.islower() else "letter"
    return "digit" if sign.isdigit() else "space" if sign.isspace() else sign


def fits(cells: Sequence[str], looks: Sequence[Look]) -> bool:
    """Tell whether every filled cell has the shape that its column usually has."""
    return all(
        look.shape is None or not cell.strip() or shape_of(cell) is look.shape
        for cell, look in zip(cells, looks, strict=False)
    )
