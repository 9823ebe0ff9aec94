"""Dates: the same day, or the slips that people make when they write one."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from cleanse.compare.table import Compared, Pairs
from cleanse.encoded import MISSING


class DateLevel(IntEnum):
    """How far two dates agree."""

    MISSING = -1
    """Absent on either side."""
    ELSE = 0
    """Different years and none of the below."""
    YEAR = 1
    """The same year only."""
    NEAR = 2
    """Two of year, month and day are the same."""
    CLOSE = 3
    """At most 31 days apart."""
    YEAR_ONLY = 4
    """The same year, and one side knows no more (or says 1 January)."""
    ONE_DIGIT = 5
    """One digit differs, or two neighbouring digits are swapped."""
    SWAPPED = 6
    """Day and month are swapped."""
    SAME = 7
    """The same day, or all that both know is the same."""


_MONTH = 31


def compare_dates(pairs: Pairs, name: str) -> Compared:
    """Compare a date column, kept as digits YYYYMMDD (0: missing) with its precision."""
    left, right = pairs.arrays(name)
    vague_l, vague_r = pairs.arrays(f"{name}_vague")
    both = (left > 0) & (right > 0)
    (year_l, month_l, day_l), (year_r, month_r, day_r) = _parts(left), _parts(right)
    year, month, day = year_l == year_r, month_l == month_r, day_l == day_r
    levels = np.full(len(pairs), MISSING, dtype=np.int8)
    levels[both] = DateLevel.ELSE
    levels[both & year] = DateLevel.YEAR
    levels[both & ((year & (month | day)) | (month & day))] = DateLevel.NEAR
    days = (year_l - year_r) * 365 + (month_l - month_r) * 30.5 + day_l - day_r
    levels[both & (np.abs(days) <= _MONTH)] = DateLevel.CLOSE
    levels[both & year & (vague_l | vague_r)] = DateLevel.YEAR_ONLY
    places = np.flatnonzero(both & (left != right))
    slip = _one_slip(left[places], right[places])
    levels[places[slip & (levels[places] != DateLevel.YEAR_ONLY)]] = DateLevel.ONE_DIGIT
    swapped = both & year & (month_l == day_r) & (day_l == month_r) & ~month
    levels[swapped] = DateLevel.SWAPPED
    same = both & (left == right)
    levels[same] = DateLevel.SAME
    codes, _ = pairs.codes(name)
    column = pairs.table.columns[name]
    bearers = np.where(same, column.bearers[codes], np.nan).astype(np.float32)
    return Compared(levels, bearers, column)


def _parts(digits: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # A remainder by multiplying back: numpy's own is several times slower.
    months, years = digits // 100, digits // 10_000
    return years, months - years * 100, digits - months * 100


def _one_slip(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Find dates one digit or one swap of neighbours apart."""
    wrong = np.zeros(len(left), dtype=np.int8)
    swap = np.zeros(len(left), dtype=np.bool_)
    one, two = _digits(left), _digits(right)
    for place in range(_PLACES):
        differ = one[place] != two[place]
        wrong += differ
        if place:
            crossed = (one[place] == two[place - 1]) & (one[place - 1] == two[place])
            swap |= crossed & differ
    return np.asarray((wrong == 1) | ((wrong == 2) & swap))  # noqa: PLR2004 - a swap touches two places


_PLACES = 8
"""Digits of YYYYMMDD."""


def _digits(dates: np.ndarray) -> list[np.ndarray]:
    """Return the digits of dates by place, the last one first."""
    found, rest = [], dates.astype(np.int32)
    for _ in range(_PLACES):
        tens = rest // 10
        found.append((rest - tens * 10).astype(np.int8))
        rest = tens
    return found
