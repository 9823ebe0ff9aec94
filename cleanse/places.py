"""Places: where numbers stand among others. Numbers of records lie close together, so a table of them is quicker than a search."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
N = TypeVar("N", bound=np.integer)

_SPARSE = 50
"""Numbers per record up to which a table of all numbers is small."""
_OFTEN = 5
"""Records asked for that are worth as large a table as one that is known."""


def by_number(records: pl.DataFrame) -> pl.DataFrame:
    """Sort records by record_id: in one piece and by place, a tenth of the time that sorting whole rows takes.

    >>> by_number(pl.DataFrame({"record_id": [2, 1], "name": ["b", "a"]})).to_dicts()
    [{'record_id': 1, 'name': 'a'}, {'record_id': 2, 'name': 'b'}]
    """
    ids = records["record_id"]
    return records if ids.is_sorted() else records.rechunk()[ids.arg_sort()]


def searched(known: Ints, asked: Ints) -> Ints:
    """Return where in sorted numbers, each there once, others would stand.

    >>> searched(np.array([3, 5, 6]), np.array([1, 5, 9])).tolist()
    [0, 1, 3]
    """
    if _has_no_gap(known):
        places: Ints = np.clip(asked - known[0], 0, len(known))
        return places
    if not _has_table(known, asked):
        return np.searchsorted(known, asked)
    low, span = int(known[0]), int(known[-1] - known[0]) + 1
    table = np.zeros(span + 1, dtype=np.int64)
    table[known - low + 1] = 1
    np.cumsum(table, out=table)
    return table[np.clip(asked - low, 0, span)]


def found(known: Ints, asked: Ints) -> tuple[Ints, Flags]:
    """Return where in sorted numbers, each there once, others stand, and whether they do; else any place."""
    if not len(known):
        return np.zeros(len(asked), dtype=np.int64), np.zeros(
            len(asked), dtype=np.bool_
        )
    if _has_no_gap(known):
        places = asked - known[0]
        there = (places >= 0) & (places < len(known))
        return np.where(there, places, 0), there
    places = np.minimum(searched(known, asked), len(known) - 1)
    return places, np.asarray(known[places] == asked, dtype=np.bool_)


def firsts(ordered: npt.NDArray[np.integer]) -> Flags:
    """Mark the first of each run of equal numbers.

    >>> firsts(np.array([3, 3, 5])).tolist()
    [True, False, True]
    """
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return first


def distinct(numbers: npt.NDArray[N]) -> npt.NDArray[N]:
    """Return the numbers that there are, ascending: numpy's own way, by hashing, takes ten times as long.

    >>> distinct(np.array([5, 3, 5])).tolist()
    [3, 5]
    """
    ordered = np.sort(numbers, kind="stable")
    return ordered[firsts(ordered)]


def starts_of(sizes: npt.NDArray[np.integer | np.bool_]) -> Ints:
    """Return where rows of some sizes begin that stand one after the other, and where the last ends.

    >>> starts_of(np.array([2, 0, 3])).tolist()
    [0, 2, 2, 5]
    """
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])


def spread_rows(starts: Ints, rows: Ints) -> Ints:
    """List the positions from starts[r] to starts[r + 1] of each row r.

    >>> spread_rows(np.array([0, 2, 2, 5]), np.array([2, 0])).tolist()
    [2, 3, 4, 0, 1]
    """
    sizes = starts[rows + 1] - starts[rows]
    before = np.cumsum(sizes) - sizes
    offsets = np.repeat(starts[rows] - before, sizes)
    found: Ints = np.arange(len(offsets), dtype=np.int64) + offsets
    return found


def is_among(asked: pl.Series, known: pl.Series) -> pl.Series:
    """Say of each number whether it is among others, sorted and each there once.

    >>> is_among(pl.Series([7, 2, 7]), pl.Series([1, 7])).to_list()
    [True, False, True]
    """
    numbers, wanted = known.to_numpy(), asked.to_numpy()
    if _has_no_gap(numbers) or not _has_table(numbers, wanted):
        return pl.Series(found(numbers, wanted)[1], dtype=pl.Boolean)
    low, high = numbers[0], numbers[-1]
    table = np.zeros(int(high) - int(low) + 1, dtype=np.bool_)
    table[numbers - low] = True
    inside = (wanted >= low) & (wanted <= high)
    return pl.Series(inside & table[np.clip(wanted, low, high) - low], dtype=pl.Boolean)


def coded(numbers: Ints) -> tuple[Ints, int]:
    """Return the rank of each number among those that are there, from 0, and how many they are.

    >>> coded(np.array([40, 42, 40]))[0].tolist(), coded(np.array([10**9, 1]))[0].tolist()
    ([0, 1, 0], [1, 0])
    """
    if not len(numbers):
        return numbers, 0
    low, high = numbers.min(), numbers.max()
    if not _is_dense(low, high, len(numbers)):
        known, codes = np.unique(numbers, return_inverse=True)
        return codes, len(known)
    table = np.zeros(int(high - low) + 1, dtype=np.int64)
    table[numbers - low] = 1
    np.cumsum(table, out=table)
    return table[numbers - low] - 1, int(table[-1])


def _has_no_gap(known: Ints) -> bool:
    """Say whether sorted numbers, each there once, follow each other: then no table is needed."""
    return len(known) > 0 and int(known[-1]) - int(known[0]) == len(known) - 1


def _has_table(known: Ints, asked: Ints) -> bool:
    """Say whether a table of all numbers up to the last is worth its making."""
    if not len(known):
        return False
    return _is_dense(known[0], known[-1], len(known) + len(asked) // _OFTEN)


def _is_dense(low: np.int64, high: np.int64, count: int) -> bool:
    return int(high) - int(low) < _SPARSE * count
