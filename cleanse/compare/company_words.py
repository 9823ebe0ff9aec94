"""Words of company names: left out, of another trade, or written as initials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from cleanse.compare.outline import leaves_out
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


def _words_within(left: Sequence[str], right: Sequence[str]) -> Floats:
    found = [
        " " in min(one, two, key=len)
        and (
            (words := set(one.split())) <= (others := set(two.split()))
            or others <= words
        )
        for one, two in zip(left, right, strict=True)
    ]
    return np.asarray(found, dtype=np.float32)


words_within = Measure(_words_within, leaves_out)
"""1 where one name has all words of the other, two or more."""


def _shortened(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Say of each pair of cores how one is the other with signs left out (`_leaving`)."""
    found = [
        _leaving(*sorted((one, two), key=len))
        for one, two in zip(left, right, strict=True)
    ]
    return np.asarray(found, dtype=np.float32)


_GROUP = re.compile("集团|控股|自治[县州区旗]|[省市县区]")
"""Signs of a core that tell of its rank, not of who it is."""


def _leaving(short: str, long: str) -> int:
    """Say whether `short` leaves out signs of `long`, ends kept (1), or a word for a group (2).

    >>> _leaving("长沙银行", "长沙商业银行"), _leaving("阳煤平原化工", "阳煤集团平原化工")
    (1, 2)
    """
    if long.isascii() or Indel.distance(short, long) != len(long) - len(short):
        return 0
    if any(
        long[: at.start()] + long[at.end() :] == short for at in _GROUP.finditer(long)
    ):
        return 2
    return int(short[:2] == long[:2] and short[-2:] == long[-2:])


left_out = Measure(_shortened, leaves_out)
"""As `_leaving` says; 0 else."""


def _same_branch(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Say of each pair of branches whether one only leaves out signs of the other."""
    found = [
        _leaves_out(*sorted((one, two), key=len))
        for one, two in zip(left, right, strict=True)
    ]
    return np.asarray(found, dtype=np.float32)


def _leaves_out(short: str, long: str) -> bool:
    """Say whether `short` is `long` with signs left out, of one kind of branch.

    >>> _leaves_out("西湖支行", "杭州西湖支行"), _leaves_out("杭州分行", "杭州分行高新支行")
    (True, False)
    """
    if len(short) < _TELLING or short[-2:] != long[-2:]:
        return False
    if Indel.distance(short, long) == len(long) - len(short):
        return True
    return short.isascii() and Indel.distance(short, long) <= 2  # noqa: PLR2004 - one slip


_TELLING = 4
"""Signs from which a branch tells more than its kind."""

same_branch = Measure(_same_branch)
"""1 where one branch is the other with less."""
