"""Words of company names: of another trade, or their initials."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import numpy as np
from rapidfuzz import fuzz

from cleanse.compare.table import Floats, Measure


def _two_trades(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Say of each pair of cores whether each has a word that the other has nothing like.

    >>> _two_trades(["keller holding", "华夏科技"], ["keller logistics", "华夏贸易"]).tolist()
    [1.0, 1.0]
    >>> _two_trades(["keller holding", "华夏科技"], ["keller holdings", "华夏"]).tolist()
    [0.0, 0.0]
    """
    found = [_differ(one, two) for one, two in zip(left, right, strict=True)]
    return np.asarray(found, dtype=np.float32)


_LIKE = 60
"""Of 100: how alike words are that may be one word written two ways."""


def _differ(one: str, two: str) -> bool:
    if not one.isascii() and " " not in one + two:
        return _differ_in_signs(one, two)
    words, others = set(one.split()), set(two.split())
    own, other = words - others, others - words
    if len(own) != 1 or len(other) != 1 or not words & others:
        return False
    # A word cut short or written otherwise is no other word.
    return fuzz.partial_ratio(own.pop(), other.pop()) < _LIKE


_LEAST_SIGNS = 2


def _differ_in_signs(one: str, two: str) -> bool:
    """Tell whether two cores share their beginning, two signs, and nothing behind it."""
    start = _beginning(one, two)
    rest, other = one[start:], two[start:]
    return (
        start >= _LEAST_SIGNS
        and min(len(rest), len(other)) >= _LEAST_SIGNS
        and not set(rest) & set(other)
    )


def _beginning(one: str, two: str) -> int:
    same = (left == right for left, right in zip(one, two, strict=False))
    return sum(takewhile(bool, same))


two_trades = Measure(_two_trades)
"""1 where each core has a word (Chinese: an end) that the other has nothing like."""


def _initials(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Say of each pair of cores whether one is the other's initials.

    >>> _initials(["ibm", "boa"], ["international business machines", "bank america"]).tolist()
    [1.0, 1.0]
    """
    found = [
        _are_initials(*sorted((one, two), key=len))
        for one, two in zip(left, right, strict=True)
    ]
    return np.asarray(found, dtype=np.float32)


_SMALL_WORDS = str.maketrans("", "", "aof")
"""First letters of and, of, for, which a core leaves out."""


def _are_initials(short: str, long: str) -> bool:
    first = "".join(word[0] for word in long.split())
    if len(first) > 1 and short == first:
        return True
    inside = short[1:-1].translate(_SMALL_WORDS)
    return len(first) > 1 and short[0] + inside + short[-1] == first


initials = Measure(_initials)
"""1 where one core is the initials of the other."""
