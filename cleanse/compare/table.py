"""What comparisons look at: each column once as codes into its distinct values.

Two records agree on a value when their codes are equal, and a similarity is
computed once per pair of distinct codes, however many candidate pairs share it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from cleanse.compare.outline import (
    Bound,
    Outline,
    outline,
    within_jaro,
    within_ratio,
    within_slips,
)
from cleanse.encoded import MISSING, SEED, Codes, Hashes, Texts
from cleanse.places import Flags, Ints, firsts

Floats = npt.NDArray[np.float32]
Levels = npt.NDArray[np.int8]

LATIN, OTHER, HAN = 1, 2, 4
"""Scripts of names as numbers; 0 is none or a mixture, OTHER any other (Cyrillic, Arabic)."""


@dataclass(frozen=True)
class Column:
    """One column of all records."""

    codes: Codes
    """Per record the position of its value in `values`; MISSING without one. Lists
    have one row per record and one column per place in the list."""
    values: pl.Series
    """Distinct values, in the order of their hashes; several columns may share them."""
    hashes: Hashes
    """Of each value, ascending."""
    bearers: Floats
    """Per value: how many records bear it, of those that count (see `IS_EVIDENCE`), as the
    model takes it; the last place serves missing values."""
    present: Ints
    """Per value: how many of the records at hand bear it that count."""
    filled: int
    """Records that have a value, of those that count."""
    agreeing: Floats
    """Pairs of all records that agree on a value, by the magnitude of its bearers:
    place b counts values with 2**b to 2**(b+1) - 1 bearers."""

    @cached_property
    def outline(self) -> Outline:
        """What tells cheaply that two values are not alike."""
        return outline(self.values)


@dataclass(frozen=True, slots=True)
class Table:
    """All columns that comparisons need, one row per record, in the order of record_id."""

    record_ids: Ints
    columns: Mapping[str, Column]
    arrays: Mapping[str, npt.NDArray[Any]]
    """Columns that are numbers by nature (days, flags), one per record."""
    has_forms: bool = False
    """The forms of all values are in it: see `cleanse.compare.forms`."""

    def __contains__(self, name: str) -> bool:
        """Say whether a column is there."""
        return name in self.columns or name in self.arrays


def counted(texts: Texts, counts: Flags | None) -> Column:
    """Count how many bear each value of a column.

    Args:
        texts: The column of all records.
        counts: Of each record whether it counts; None: all do.
    """
    codes, values = _laid_out(texts), texts.values
    standing = codes if counts is None else codes[counts]
    bearers = np.bincount(standing[standing >= 0], minlength=len(values))
    first = standing if standing.ndim == 1 else standing[:, 0]
    filled = int(np.count_nonzero(first >= 0))
    pairs = bearers * (bearers - 1.0) / 2
    agreeing = np.bincount(magnitude(bearers), pairs, minlength=MAGNITUDES)
    with_missing = np.append(bearers, 0).astype(np.float32)
    return Column(
        codes,
        values.texts,
        values.hashes,
        with_missing,
        bearers,
        filled,
        agreeing.astype(np.float32),
    )


MAGNITUDES = 24
"""Magnitudes of bearers that are told apart."""


def magnitude(bearers: npt.NDArray[Any]) -> Ints:
    """Return the magnitude of numbers of bearers: 1 is 0, 2 and 3 are 1, 4 to 7 are 2.

    >>> magnitude(np.array([1, 2, 3, 4, 7, 8])).tolist()
    [0, 1, 1, 2, 2, 3]
    """
    exponents = np.frexp(np.maximum(bearers, 1.0))[1] - 1
    magnitudes: Ints = np.minimum(exponents, MAGNITUDES - 1).astype(np.int64)
    return magnitudes


MOST_VALUES = 5
"""Values of a list that are compared."""


def _laid_out(texts: Texts) -> Codes:
    """Lay the codes of lists out in rows."""
    if texts.starts is None:
        return texts.codes
    sizes = np.diff(texts.starts)
    width = min(MOST_VALUES, max(1, int(sizes.max(initial=0))))
    rows = texts.rows()
    slot = np.arange(len(texts.codes)) - texts.starts[rows]
    laid = np.full((texts.height, width), MISSING, dtype=np.int32)
    held = slot < width
    laid[rows[held], slot[held]] = texts.codes[held]
    return laid


def flags(values: pl.Series) -> npt.NDArray[np.bool_]:
    """Turn flags of values into an array; False in the last place, for missing ones."""
    return np.append(values.to_numpy(), False)


def numbered(texts: pl.Series) -> npt.NDArray[np.int64]:
    """Give equal texts one number (63 bits of hash); MISSING in the last place."""
    numbers = (texts.hash(SEED).to_numpy() >> np.uint64(1)).astype(np.int64)
    return np.append(numbers, MISSING)


def digits_of(texts: pl.Series) -> pl.Series:
    """Keep the digits of texts: to gather what stays is four times as quick as to take out the rest.

    >>> digits_of(pl.Series(["a1b23", "ab", None])).to_list()
    ['123', '', None]
    """
    return texts.str.extract_all(r"\d+").list.join("")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs as positions in a table."""

    table: Table
    left: Ints
    right: Ints

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.left)

    def codes(self, name: str) -> tuple[Ints, Ints]:
        """Return the codes of both sides."""
        left, right = self._taken(self.table.columns[name].codes)
        return left.astype(np.int64), right.astype(np.int64)

    def arrays(self, name: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return the numbers of both sides."""
        return self._taken(self.table.arrays[name])

    def _taken(
        self, array: npt.NDArray[Any]
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        # By index, rows of a table of lists take thirty times as long.
        return array.take(self.left, axis=0), array.take(self.right, axis=0)

    def take(self, where: Flags | Ints) -> Pairs:
        """Return only some of the pairs."""
        return Pairs(self.table, self.left[where], self.right[where])

    def parts(self, size: int) -> list[Pairs]:
        """Cut the pairs into parts of at most so many; one, empty, of none."""
        starts = range(0, max(1, len(self)), size)
        cuts = [slice(start, start + size) for start in starts]
        return [Pairs(self.table, self.left[cut], self.right[cut]) for cut in cuts]


@dataclass(frozen=True, slots=True)
class Measure:
    """How alike two texts are: symmetric, and perhaps with a bound that spares most pairs."""

    call: Callable[[Sequence[str], Sequence[str]], npt.NDArray[Any]]
    """Two equally long lists of texts → one number per place."""
    bound: Bound | None = None
    """Says of which pairs `call` may find more than `unlike`."""
    unlike: float = 0.0
    """What `call` says of texts that are not alike enough."""


def by_distinct(
    left: Ints, right: Ints, where: Flags, column: Column, measure: Measure
) -> Floats:
    """Measure each distinct pair of values once.

    Args:
        left: Codes of the left side.
        right: Codes of the right side.
        where: The pairs to measure; the rest gets 0.
        column: What the codes stand for.
        measure: How alike two values are.
    """
    result = np.zeros(len(left), dtype=np.float32)
    places = np.flatnonzero(where)
    one, two = left[places], right[places]
    if measure.bound and len(places):
        maybe = measure.bound(*_outlined(column, one, two))
        result[places[~maybe]] = measure.unlike
        places, one, two = places[maybe], one[maybe], two[maybe]
    if not len(places):
        return result
    keys = (np.minimum(one, two) << 32) | np.maximum(one, two)
    order = np.argsort(keys)
    ordered = keys[order]
    first = firsts(ordered)
    one, two = _unpacked(ordered[first])
    texts = _in_runs(column.values, one), column.values[two].to_list()
    measured = np.asarray(measure.call(*texts), dtype=np.float32)
    result[places[order]] = measured[np.cumsum(first) - 1]
    return result


_FEW = 8
"""Values per pair from which it is cheaper to look at those of the pairs only."""


def _outlined(column: Column, one: Ints, two: Ints) -> tuple[Outline, Ints, Ints]:
    """Return outlines, and where in them each side stands."""
    if len(one) * _FEW > len(column.values):
        return column.outline, one, two
    used, places = np.unique(np.concatenate([one, two]), return_inverse=True)
    return outline(column.values[used]), places[: len(one)], places[len(one) :]


def _in_runs(values: pl.Series, codes: Ints) -> list[str]:
    """Return the value of each code; each run of equal codes is read once."""
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    texts = np.asarray(values[codes[starts]].to_list(), dtype=object)
    found: list[str] = np.repeat(texts, np.diff(starts, append=len(codes))).tolist()
    return found


def _unpacked(keys: Ints) -> tuple[Ints, Ints]:
    return keys >> 32, keys & 0xFFFFFFFF


_BOUNDS: dict[Callable[..., Any], Callable[[Any], Bound]] = {
    OSA.distance: within_slips,
    JaroWinkler.normalized_similarity: within_jaro,
    fuzz.ratio: within_ratio,
    fuzz.token_sort_ratio: within_ratio,
}


def scored(scorer: Callable[..., Any], **options: Any) -> Measure:
    """Turn a rapidfuzz scorer into a measure for `by_distinct`."""
    cutoff = options.get("score_cutoff")
    bound = (
        _BOUNDS[scorer](cutoff) if cutoff is not None and scorer in _BOUNDS else None
    )
    is_distance = scorer is OSA.distance

    def call(left: Sequence[str], right: Sequence[str]) -> Floats:
        found = cpdist(left, right, scorer=scorer, **options)
        return np.asarray(found, dtype=np.float32)

    unlike = cutoff + 1.0 if is_distance and cutoff is not None else 0.0
    return Measure(call, bound, unlike)


def spread(codes: Ints, starts: Ints, places: Ints) -> Ints:
    """List (number of the pair, piece) packed in one number, for all pieces of all codes."""
    sizes = starts[codes + 1] - starts[codes]
    ends = np.cumsum(sizes)
    offset = np.arange(int(sizes.sum())) - np.repeat(ends - sizes, sizes)
    pieces = places[np.repeat(starts[codes], sizes) + offset]
    packed: Ints = (np.repeat(np.arange(len(codes)), sizes) << 32) | pieces
    return packed


def mixed_scripts(pairs: Pairs) -> Flags:
    """Find pairs of a Chinese and a Latin name."""
    left, right = pairs.arrays("script")
    return np.asarray((left + right == LATIN + HAN) & (left != right), dtype=np.bool_)


def other_scripts(pairs: Pairs) -> Flags:
    """Find pairs of names in two scripts of which one is neither Chinese nor Latin."""
    left, right = pairs.arrays("script")
    other = (left == OTHER) | (right == OTHER)
    return np.asarray(other & (left > 0) & (right > 0) & (left != right), np.bool_)


@dataclass(frozen=True, slots=True)
class Compared:
    """What one comparison says of each pair."""

    levels: Levels
    bearers: Floats | None = None
    """How many records bear the agreed value; NaN where none is agreed."""
    column: Column | None = None
    """Where the agreed value stands."""
    whole: Flags | None = None
    """Pairs that agree on a value of `column` whose strangers are worth learning by the
    magnitude of its bearers: where a few values are very common and most are unique."""
