"""Words of company names: left out, of another trade, or written as initials."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel
from rapidfuzz.process import cpdist

from cleanse.compare.outline import leaves_out
from cleanse.compare.table import Floats, Measure, Pairs, by_distinct, spread
from cleanse.places import Flags, Ints

_LIKE = 60
"""Of 100: how alike words are that may be one word written two ways."""
_NUMBER = 0xFFFFFFFF


def two_trades(pairs: Pairs, where: Flags) -> Flags:
    """Find pairs of cores of which each has a word that the other has nothing like.

    keller holding and keller logistics are; keller holding and keller holdings are not. In
    Chinese it is an end: 华夏科技, 华夏贸易.

    Args:
        pairs: Positions in a prepared table.
        where: The pairs to look at.
    """
    left, right = pairs.codes("company_core")
    arrays = pairs.table.arrays
    worded, start = arrays["core_is_worded"], arrays["core_start"]
    both = worded[left] & worded[right]
    signs = where & ~both & (start[left] == start[right])
    # Each has one word of its own: they have as many.
    sizes = np.diff(arrays["core_starts"], append=0)
    words = where & both & (sizes[left] == sizes[right]) & (sizes[left] > 1)
    column = pairs.table.columns["company_core"]
    found: Flags = by_distinct(left, right, signs, column, other_ends) > 0
    places = np.flatnonzero(words)
    found[places] = _other_words(arrays, left[places], right[places])
    return found


def _other_words(arrays: Mapping[str, Any], left: Ints, right: Ints) -> Flags:
    """Say of each pair of cores in words whether they share all but one word of each."""
    keys, back = np.unique((left << 32) | right, return_inverse=True)
    starts, places = arrays["core_starts"], arrays["piece_places"]
    one, two = (spread(side, starts, places) for side in (keys >> 32, keys & _NUMBER))
    both = np.intersect1d(one, two, assume_unique=True)
    own, other = (np.setdiff1d(side, both, assume_unique=True) for side in (one, two))
    shared, *lone = (
        np.bincount(side >> 32, minlength=len(keys)) for side in (both, own, other)
    )
    fits = (shared > 0) & (lone[0] == 1) & (lone[1] == 1)
    words = [side[fits[side >> 32]] & _NUMBER for side in (own, other)]
    found = np.zeros(len(keys), dtype=np.bool_)
    found[fits] = _unlike(arrays["piece_names"], *words)
    return found[back]


def _unlike(names: npt.NDArray[Any], left: Ints, right: Ints) -> Flags:
    """Say of each pair of words whether they are two, each distinct pair once.

    A word cut short or written otherwise is no other word.
    """
    keys, back = np.unique((left << 32) | right, return_inverse=True)
    texts = (names[side].tolist() for side in (keys >> 32, keys & _NUMBER))
    found = np.asarray(cpdist(*texts, scorer=fuzz.partial_ratio, dtype=np.float64))
    return np.asarray(found < _LIKE, dtype=np.bool_)[back]


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


def _other_ends(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Say of each pair of cores in signs whether they only begin alike.

    >>> _other_ends(["华夏科技", "华夏科技"], ["华夏贸易", "华夏"]).tolist()
    [1.0, 0.0]
    """
    found = [
        not one.isascii() and " " not in one + two and _differ_in_signs(one, two)
        for one, two in zip(left, right, strict=True)
    ]
    return np.asarray(found, dtype=np.float32)


other_ends = Measure(_other_ends)
"""1 where each of two cores in signs has an end that the other has nothing like."""


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
