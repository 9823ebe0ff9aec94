"""What a cell looks like: enough to tell headings from values and to notice a shifted row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
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
    (Shape.EMAIL, r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+"),
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

    At least 95 % of them, and `fewest`.
    """
    counts = Counter(shape_of(cell) for cell in cells)
    counts.pop(Shape.EMPTY, None)
    if counts.total() < fewest:
        return None
    shape, count = counts.most_common(1)[0]
    return shape if count >= _STRONG * counts.total() else None


def fits(cells: Sequence[str], usual: Sequence[Shape | None]) -> bool:
    """Tell whether every filled cell looks as its column usually does."""
    return all(
        wanted is None or not cell.strip() or shape_of(cell) is wanted
        for cell, wanted in zip(cells, usual, strict=False)
    )
