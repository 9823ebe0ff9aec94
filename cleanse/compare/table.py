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
from cleanse.schema import who_counts

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int8]

LATIN, OTHER, HAN = 1, 2, 4
"""Scripts of names as numbers; 0 is none or a mixture, OTHER any other (Cyrillic, Arabic)."""
MISSING = -1
"""Code of a missing value, and level of a comparison that has nothing to compare."""


Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Column:
    """One column of all records."""

    codes: Codes
    """Per record the position of its value in `values`; MISSING without one. Lists
    have one row per record and one column per place in the list."""
    values: pl.Series
    """Distinct values, in no order; several columns may share them."""
    bearers: Floats
    """Per value: how many records bear it, of those that count (see `IS_EVIDENCE`); the last
    place serves missing values."""
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

    def __contains__(self, name: str) -> bool:
        """Say whether a column is there."""
        return name in self.columns or name in self.arrays


def encode(frame: pl.DataFrame, names: Sequence[str]) -> dict[str, Column]:
    """Encode columns that share one set of values (given and family names do).

    Args:
        frame: Records in the order of record_id, with is_evidence where some do not count.
        names: String or List(String) columns of `frame`.
    """
    flat = [_flat(frame[name]) for name in names]
    codes, values = _distinct(pl.concat(flat))
    ends = np.cumsum([len(series) for series in flat]).tolist()
    counts = who_counts(frame)
    return {
        name: _column(
            _laid_out(frame[name], codes[end - len(series) : end]), values, counts
        )
        for name, series, end in zip(names, flat, ends, strict=True)
    }


def _distinct(series: pl.Series) -> tuple[Codes, pl.Series]:
    """Return the code of each value, and the values: told apart by 64 bits of hash."""
    codes = np.full(len(series), MISSING, dtype=np.int32)
    there = np.flatnonzero(series.is_not_null().to_numpy())
    codes[there], first = by_hash(series.hash(HASH_SEED).to_numpy()[there])
    return codes, series.gather(there[first])


def by_hash(hashes: npt.NDArray[np.uint64]) -> tuple[Codes, Ints]:
    """Number hashes by their order; return the number of each, and where each first stands.

    >>> [each.tolist() for each in by_hash(np.array([7, 3, 7], dtype=np.uint64))]
    [[1, 0, 1], [1, 0]]
    """
    order = np.argsort(hashes)
    ordered = hashes[order]
    first = np.ones(len(order), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    codes = np.empty(len(order), dtype=np.int32)
    codes[order] = np.cumsum(first, dtype=np.int32) - 1
    return codes, order[first]


HASH_SEED = 1


def _column(codes: Codes, values: pl.Series, counts: Flags | None) -> Column:
    counted = codes if counts is None else codes[counts]
    bearers = np.bincount(counted[counted >= 0], minlength=len(values))
    first = counted if counted.ndim == 1 else counted[:, 0]
    filled = int(np.count_nonzero(first >= 0))
    pairs = bearers * (bearers - 1.0) / 2
    agreeing = np.bincount(magnitude(bearers), pairs, minlength=MAGNITUDES)
    with_missing = np.append(bearers, 0).astype(np.float32)
    return Column(codes, values, with_missing, filled, agreeing.astype(np.float32))


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


def _flat(series: pl.Series) -> pl.Series:
    if series.dtype == pl.List(pl.String):
        series = series.filter(series.list.len() > 0).explode(empty_as_null=True)
    return series.rename("value").cast(pl.String)


MOST_VALUES = 5
"""Values of a list that are compared."""


def _laid_out(series: pl.Series, codes: Codes) -> Codes:
    """Lay the codes of lists out in rows."""
    if series.dtype != pl.List(pl.String):
        return codes
    sizes = series.list.len().fill_null(0).to_numpy().astype(np.int64)
    width = min(MOST_VALUES, max(1, int(sizes.max(initial=0))))
    rows = np.repeat(np.arange(len(sizes)), sizes)
    slot = np.arange(len(codes)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    laid = np.full((len(sizes), width), MISSING, dtype=np.int32)
    held = slot < width
    laid[rows[held], slot[held]] = codes[held]
    return laid


def flags(values: pl.Series) -> npt.NDArray[np.bool_]:
    """Turn flags of values into an array; False in the last place, for missing ones."""
    return np.append(values.to_numpy(), False)


def numbered(texts: pl.Series) -> npt.NDArray[np.int64]:
    """Give equal texts one number (63 bits of hash); MISSING in the last place."""
    numbers = (texts.hash(HASH_SEED).to_numpy() >> np.uint64(1)).astype(np.int64)
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
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
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
