"""Outlines: what tells cheaply that two texts cannot be alike enough.

An outline is a text's length, its first sign and the set of its signs as bits. A
bound never calls a pair unlike that a measure would find alike, so that leaving
out what it rejects changes no result; most pairs never reach a string measure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
BITS = 64
_AT_ONCE = 200_000
"""Texts of which the signs are in memory at a time."""
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Outline:
    """The outlines of the distinct values of a column; the last place serves missing ones."""

    length: npt.NDArray[np.int32]
    signs: npt.NDArray[np.uint64]
    """Bit n is set where a sign falls on n; few signs share a bit."""
    first: npt.NDArray[np.uint32]

    def shared(self, left: Codes, right: Codes) -> npt.NDArray[np.int32]:
        """Return at most how many signs of each two texts are in both."""
        one, two = self.signs[left], self.signs[right]
        lone, other = np.bitwise_count(one & ~two), np.bitwise_count(two & ~one)
        found = np.minimum(self.length[left] - lone, self.length[right] - other)
        return np.asarray(found, dtype=np.int32)


Bound = Callable[[Outline, Codes, Codes], Flags]


def outline(values: pl.Series) -> Outline:
    """Compute the outlines of texts."""
    count = len(values)
    length = np.zeros(count + 1, dtype=np.int32)
    length[:-1] = values.str.len_chars().to_numpy()
    signs = np.zeros(count + 1, dtype=np.uint64)
    first = np.zeros(count + 1, dtype=np.uint32)
    for start in range(0, count, _AT_ONCE):
        stop = min(count, start + _AT_ONCE)
        text = values[start:stop].str.join().item()
        points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
        sizes = length[start:stop]
        full = np.flatnonzero(sizes)
        starts = (np.cumsum(sizes) - sizes)[full]
        if len(starts):
            bits = np.uint64(1) << _bit_of(points)
            signs[start + full] = np.bitwise_or.reduceat(bits, starts)
            first[start + full] = points[starts]
    return Outline(length, signs, first)


def _bit_of(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """Give small letters and digits a bit of their own; the rest shares what is left."""
    table = np.arange(1 << 7, dtype=np.uint64) % np.uint64(BITS - 36) + np.uint64(36)
    table[ord("a") : ord("z") + 1] = np.arange(26)
    table[ord("0") : ord("9") + 1] = np.arange(26, 36)
    found = table[np.minimum(points, len(table) - 1)]
    other = np.flatnonzero(points >= len(table))
    found[other] = points[other].astype(np.uint64) % np.uint64(BITS)
    return found


def within_slips(most: int) -> Bound:
    """Bound an edit distance: one slip adds and takes away one sign at most."""

    def bound(texts: Outline, left: Codes, right: Codes) -> Flags:
        apart = np.abs(texts.length[left] - texts.length[right])
        found = np.asarray(apart <= most, dtype=np.bool_)
        places = np.flatnonzero(found)
        one, two = texts.signs[left[places]], texts.signs[right[places]]
        near = np.bitwise_count(one & ~two) <= most
        near &= np.bitwise_count(two & ~one) <= most
        found[places] = near
        return found

    return bound


def within_jaro(least: float) -> Bound:
    """Bound Jaro-Winkler's similarity, 0 to 1.

    Jaro's similarity is at most (s / a + s / b + 1) / 3 with s signs shared by texts of
    length a and b; Winkler adds .4 of the rest at most, nothing if they begin differently.
    """
    begun = (least - 0.4) / 0.6 - _ROUNDING
    least -= _ROUNDING

    def bound(texts: Outline, left: Codes, right: Codes) -> Flags:
        share = 1.0 / np.maximum(texts.length[left], 1)
        share += 1.0 / np.maximum(texts.length[right], 1)
        most = (texts.shared(left, right) * share + 1.0) / 3.0
        begin = texts.first[left] == texts.first[right]
        return np.asarray(most >= np.where(begin, begun, least), dtype=np.bool_)

    return bound


def within_ratio(least: float) -> Bound:
    """Bound rapidfuzz's ratio, 0 to 100: 200 s / (a + b), with s signs in common in order."""

    def bound(texts: Outline, left: Codes, right: Codes) -> Flags:
        both = texts.length[left] + texts.length[right]
        return np.asarray(
            200.0 * texts.shared(left, right) >= (least - _ROUNDING) * both,
            dtype=np.bool_,
        )

    return bound


def leaves_out(texts: Outline, left: Codes, right: Codes) -> Flags:
    """Bound texts of which one leaves out signs of the other."""
    one, two = texts.signs[left], texts.signs[right]
    found = ((one & ~two) == 0) | ((two & ~one) == 0)
    return np.asarray(found, dtype=np.bool_)
