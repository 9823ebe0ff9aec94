"""What comparisons look at: each column once as codes into its distinct values.

Two records agree on a value when their codes are equal, and a similarity is
computed once per pair of distinct codes, however many candidate pairs share it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz.process import cpdist

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int8]

LATIN, HAN = 1, 4
"""Scripts of names as numbers; 0 is any other."""
MISSING = -1
"""Code of a missing value, and level of a comparison that has nothing to compare."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of all records."""

    codes: Ints
    """Per record the position of its value in `values`; MISSING without one. Lists
    have one row per record and one column per place in the list."""
    values: npt.NDArray[np.object_]
    """Distinct values, sorted; several columns may share them."""
    bearers: Floats
    """Per value: how many records bear it; the last place serves missing values."""
    filled: int
    """Records that have a value."""
    agreeing: Floats
    """Pairs of all records that agree on a value, by the magnitude of its bearers:
    place b counts values with 2**b to 2**(b+1) - 1 bearers."""


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
        frame: Records in the order of record_id.
        names: String or List(String) columns of `frame`.
    """
    flat = [_flat(frame[name]) for name in names]
    values = pl.concat(flat).drop_nulls().unique().sort()
    places = pl.DataFrame({"value": values}).with_row_index("code")
    objects = values.to_numpy().astype(object)
    coded = {name: _codes(frame[name], places) for name in names}
    return {name: _column(codes, objects) for name, codes in coded.items()}


def _column(codes: Ints, values: npt.NDArray[np.object_]) -> Column:
    bearers = np.bincount(codes[codes >= 0], minlength=len(values))
    first = codes if codes.ndim == 1 else codes[:, 0]
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
    flat = (
        series.explode(empty_as_null=True)
        if series.dtype == pl.List(pl.String)
        else series
    )
    return flat.rename("value").cast(pl.String)


MOST_VALUES = 5
"""Values of a list that are compared."""


def _codes(series: pl.Series, places: pl.DataFrame) -> Ints:
    if series.dtype != pl.List(pl.String):
        return _look_up(series, places)
    width = min(
        MOST_VALUES,
        max(1, int(series.list.len().fill_null(0).to_numpy().max(initial=0))),
    )
    slots = [
        _look_up(series.list.get(place, null_on_oob=True), places)
        for place in range(width)
    ]
    return np.stack(slots, axis=1)


def _look_up(series: pl.Series, places: pl.DataFrame) -> Ints:
    found = pl.DataFrame({"value": series.cast(pl.String)}).join(
        places, on="value", how="left", maintain_order="left"
    )
    return found["code"].cast(pl.Int64).fill_null(MISSING).to_numpy()


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
        codes = self.table.columns[name].codes
        return codes[self.left], codes[self.right]

    def arrays(self, name: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return the numbers of both sides."""
        array = self.table.arrays[name]
        return array[self.left], array[self.right]

    def take(self, where: Flags | Ints) -> Pairs:
        """Return only some of the pairs."""
        return Pairs(self.table, self.left[where], self.right[where])


def by_distinct(
    left: Ints,
    right: Ints,
    where: Flags,
    values: npt.NDArray[np.object_],
    measure: Callable[..., npt.NDArray[Any]],
) -> Floats:
    """Measure each distinct pair of values once.

    Args:
        left: Codes of the left side.
        right: Codes of the right side.
        where: The pairs to measure; the rest gets 0.
        values: What the codes stand for.
        measure: Two equally long arrays of values → one number per place; symmetric.
    """
    result = np.zeros(len(left), dtype=np.float32)
    places = np.flatnonzero(where)
    if not len(places):
        return result
    one, two = left[places], right[places]
    low, high = np.minimum(one, two), np.maximum(one, two)
    keys, back = np.unique((low << 32) | high, return_inverse=True)
    measured = measure(values[keys >> 32], values[keys & 0xFFFFFFFF])
    result[places] = np.asarray(measured, dtype=np.float32)[back]
    return result


def scored(scorer: Callable[..., Any], **options: Any) -> Callable[..., Floats]:
    """Turn a rapidfuzz scorer into a measure for `by_distinct`."""

    def measure(
        left: npt.NDArray[np.object_], right: npt.NDArray[np.object_]
    ) -> Floats:
        found = cpdist(left, right, scorer=scorer, **options)
        return np.asarray(found, dtype=np.float32)

    return measure


def mixed_scripts(pairs: Pairs) -> Flags:
    """Find pairs of a Chinese and a Latin name."""
    left, right = pairs.arrays("script")
    return np.asarray((left + right == LATIN + HAN) & (left != right), dtype=np.bool_)


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
