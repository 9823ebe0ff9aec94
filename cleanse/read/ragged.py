"""Rows with too many or too few cells: mended when there is one way, else rejected.

A way is a reading of the row in which every cell looks as its column does (`Look`). No
cell is ever dropped unless it is empty, and none is moved to a column where it does not
look like the others.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from cleanse.read.dialect import DELIMITERS, Dialect
from cleanse.read.lexer import STRAY_QUOTE, readings
from cleanse.read.rows import Row
from cleanse.read.shape import Look, fits, kind_of_sign, shape_of

_FEWEST_STRONG = 2
_LONGEST_SPLIT = 1_000
_MOST_CELLS = 300
_MOST_SURPLUS = 40
_MOST_QUOTES = 60

QUOTE_AS_TEXT = "a stray quote was read as text"
OTHER_DELIMITER = "another delimiter was used"
EMPTY_DROPPED = "an empty cell too many was left out"
CELLS_JOINED = "a delimiter inside a cell without quotes was read as text"
DELIMITER_PUT_BACK = "a missing delimiter was put back"
CELL_PUT_BACK = "a missing empty cell was put back"
END_PUT_BACK = "cells missing at the end were taken as empty"


@dataclass(frozen=True, slots=True)
class Mended:
    """A row that has as many cells as there are columns now."""

    cells: list[str]
    how: str | None
    """What was done, for a person; None: what most such rows of the file have."""


def mend(
    row: Row,
    looks: Sequence[Look],
    dialect: Dialect | None,
    *,
    is_habit: bool = False,
) -> Mended | str:
    """Bring a row to one cell per column.

    Args:
        row: The row as read.
        looks: Per column how its cells look.
        dialect: To read its text again when its quotes do not balance.
        is_habit: Many rows of the file have too few or too many cells, as spreadsheets
            write them: empty cells at the end are then no sign of damage.

    Returns:
        The mended row, or the reason why it is a reject.
    """
    if row.flaw:
        return _mend_quotes(row, looks, dialect)
    return _mend_width(row, looks, dialect, is_habit=is_habit)


def _mend_quotes(
    row: Row, looks: Sequence[Look], dialect: Dialect | None
) -> Mended | str:
    if dialect is None or row.raw is None:
        return STRAY_QUOTE
    for cells in readings(row.raw, dialect):
        unquoted = [cell.strip(dialect.quote) for cell in cells]
        if len(cells) == len(looks) and fits(unquoted, looks):
            return Mended(cells, QUOTE_AS_TEXT)
    return _only(_split_at_quotes(row.raw, looks, dialect)) or STRAY_QUOTE


def _split_at_quotes(
    raw: str, looks: Sequence[Look], dialect: Dialect
) -> Iterator[Mended]:
    """Put a delimiter before or after each quote: it may be the edge of a cell."""
    marks = [at for at, sign in enumerate(raw) if sign == dialect.quote]
    for at in marks[:_MOST_QUOTES] if _strength(looks) >= _FEWEST_STRONG else []:
        for cut in (at, at + 1):
            text = raw[:cut] + dialect.delimiter + raw[cut:]
            try:
                cells = next(csv.reader([text], strict=True, **dialect.options))
            except csv.Error:
                continue
            if _fits_all(cells, looks):
                yield Mended(cells, DELIMITER_PUT_BACK)


def _mend_width(
    row: Row, looks: Sequence[Look], dialect: Dialect | None, *, is_habit: bool
) -> Mended | str:
    cells, width = row.cells, len(looks)
    if len(cells) * 3 <= width and dialect is not None:
        other = _other_delimiter(row, looks, dialect)
        if other or len(cells) == 1:
            return other or f"too few cells: 1 instead of {width}"
    if len(cells) > width:
        mended = _too_many(cells, looks, dialect, is_habit=is_habit)
        return mended or f"too many cells: {len(cells)} instead of {width}"
    mended = _too_few(cells, looks, dialect, is_habit=is_habit)
    return mended or f"too few cells: {len(cells)} instead of {width}"


def _too_many(
    cells: Sequence[str],
    looks: Sequence[Look],
    dialect: Dialect | None,
    *,
    is_habit: bool,
) -> Mended | None:
    """Leave out empty cells, else join neighbours, when there is one way to do it."""
    width = len(looks)
    is_tail = not any(cell.strip() for cell in cells[width:])
    cut = list(cells[:width])
    if is_tail and is_habit and fits(cut, looks):
        return Mended(cut, None)
    ways = _joinings(cells, looks, None)
    if len(ways) == 1 and (is_tail or _strength(looks) >= _FEWEST_STRONG):
        is_plain = is_tail and list(ways[0]) == cut
        return Mended(list(ways[0]), None if is_plain else EMPTY_DROPPED)
    if ways or dialect is None:
        return None
    ways = _joinings(cells, looks, dialect.delimiter)
    is_told = width == 1 or any(look.is_firm for look in looks)
    if len(ways) == 1 and is_told:
        return Mended(list(ways[0]), CELLS_JOINED)
    return None


def _joinings(
    cells: Sequence[str], looks: Sequence[Look], glue: str | None
) -> list[tuple[str, ...]]:
    """Return at most two ways to make as many cells as there are columns.

    Args:
        cells: Too many cells.
        looks: Per column.
        glue: Stands between joined cells; None: only empty cells may go.
    """
    count, width = len(cells), len(looks)
    surplus = count - width
    if count > _MOST_CELLS or surplus > _MOST_SURPLUS:
        return []
    firm = {look.shape for look in looks if look.is_firm}

    def joined(group: Sequence[str]) -> str | None:
        filled = [cell for cell in group if cell.strip()]
        if len(filled) < 2:  # noqa: PLR2004 - nothing to join
            return filled[0] if filled else ""
        # A whole mail or phone is never a part of a text.
        if glue is None or any(shape_of(cell) in firm for cell in filled):
            return None
        # What holds the delimiter already was a quoted cell: whole.
        return None if any(glue in cell for cell in filled) else glue.join(group)

    @cache
    def ways(at: int, column: int) -> list[tuple[str, ...]]:
        if column == width:
            return [()] if at == count else []
        found: list[tuple[str, ...]] = []
        for end in range(at + 1, count - (width - column - 1) + 1):
            value = joined(cells[at:end])
            if value is None or not looks[column].fits(value):
                continue
            found += [(value, *rest) for rest in ways(end, column + 1)]
            if len(set(found)) > 1:
                break
        return sorted(set(found))[:2]

    return ways(0, 0)


def _too_few(
    cells: Sequence[str],
    looks: Sequence[Look],
    dialect: Dialect | None,
    *,
    is_habit: bool,
) -> Mended | None:
    """Put back empty cells, or one delimiter, when there is one way to do it."""
    width = len(looks)
    padded = [*cells, *[""] * (width - len(cells))]
    if is_habit and fits(cells, looks) and not _has_gap(cells, looks):
        return Mended(padded, None)
    found = [Mended(list(way), CELL_PUT_BACK) for way in _placings(cells, looks)]
    if len(cells) == width - 1:
        found += _splits(cells, looks, dialect.quote if dialect else None)
    mended = _only(found)
    if mended and mended.cells == padded:
        return Mended(padded, END_PUT_BACK)
    return mended


def _has_gap(cells: Sequence[str], looks: Sequence[Look]) -> bool:
    """Tell whether a cell is empty between others where its column has a firm look: the row may be shifted."""
    last = max((index for index, cell in enumerate(cells) if cell.strip()), default=0)
    return any(look.is_firm for look in looks[last + 1 : len(cells)])


def _placings(cells: Sequence[str], looks: Sequence[Look]) -> list[tuple[str, ...]]:
    """Return at most two ways to spread the cells, in their order, over the columns."""
    count, width = len(cells), len(looks)
    if width > _MOST_CELLS:
        return []

    @cache
    def ways(at: int, column: int) -> list[tuple[str, ...]]:
        if column == width:
            return [()] if at == count else []
        found: list[tuple[str, ...]] = []
        if at < count and looks[column].fits(cells[at]):
            found += [(cells[at], *rest) for rest in ways(at + 1, column + 1)]
        if width - column > count - at and looks[column].fits(""):
            found += [("", *rest) for rest in ways(at, column + 1)]
        return sorted(set(found))[:2]

    return ways(0, 0)


def _splits(
    cells: Sequence[str], looks: Sequence[Look], quote: str | None
) -> Iterator[Mended]:
    """Yield the rows that one more delimiter inside a cell would make."""
    for index, cell in enumerate(cells):
        before, after = cells[:index], cells[index + 1 :]
        pair = looks[index : index + 2]
        if not (
            _fits_all(before, looks[:index]) and _fits_all(after, looks[index + 2 :])
        ):
            continue
        for left, right in _halves(cell, pair, quote):
            if pair[0].fits(left) and pair[1].fits(right):
                yield Mended([*before, left, right, *after], DELIMITER_PUT_BACK)
        if not any(look.is_firm for look in pair) and _may_be_two(cell, quote):
            # Two texts can be cut anywhere: name two ways, so that there is not just one.
            yield Mended([*before, cell[:1], cell[1:], *after], DELIMITER_PUT_BACK)
            yield Mended([*before, cell[:-1], cell[-1:], *after], DELIMITER_PUT_BACK)


def _may_be_two(cell: str, quote: str | None) -> bool:
    return len(cell.strip()) > 1 and not _marks(cell, quote)


def _marks(cell: str, quote: str | None) -> list[int]:
    """Return where a quote stands inside a cell: it may have been the edge of two."""
    marks = [at for at, sign in enumerate(cell) if sign == quote]
    return [at for at in marks[:_MOST_QUOTES] if 0 < at < len(cell) - 1]


def _halves(
    cell: str, pair: Sequence[Look], quote: str | None
) -> Iterator[tuple[str, str]]:
    """Yield the ways to cut a cell in two.

    At a quote, if there is one; else between two firm columns before any sign, and
    beside one where the kind of sign changes.
    """
    if marks := _marks(cell, quote):
        yield from ((cell[:at], cell[at + 1 :]) for at in marks)
        return
    firm = sum(look.is_firm for look in pair)
    if not firm or len(cell) > _LONGEST_SPLIT:
        return
    for at in range(1, len(cell)):
        changes = kind_of_sign(cell[at - 1]) != kind_of_sign(cell[at])
        if changes or firm == len(pair):
            yield cell[:at].rstrip(), cell[at:].lstrip()


def _only(ways: Iterator[Mended] | Sequence[Mended]) -> Mended | None:
    """Return the way when there is just one."""
    found: dict[tuple[str, ...], Mended] = {}
    for way in ways:
        found.setdefault(tuple(cell.strip() for cell in way.cells), way)
        if len(found) > 1:
            return None
    return next(iter(found.values()), None)


def _fits_all(cells: Sequence[str], looks: Sequence[Look]) -> bool:
    return len(cells) == len(looks) and all(
        look.fits(cell) for cell, look in zip(cells, looks, strict=True)
    )


def _other_delimiter(
    row: Row, looks: Sequence[Look], dialect: Dialect
) -> Mended | None:
    """Read a row again that another program may have written."""
    if row.raw is None or _strength(looks) < _FEWEST_STRONG:
        return None
    for delimiter in (*DELIMITERS, " "):
        cells = readings(row.raw, replace(dialect, delimiter=delimiter))[0]
        if len(cells) == len(looks) and fits(cells, looks):
            return Mended(cells, OTHER_DELIMITER)
        if delimiter == " " and len(cells) > len(looks):
            ways = _joinings(cells, looks, delimiter)
            if len(ways) == 1:
                return Mended(list(ways[0]), OTHER_DELIMITER)
    return None


def _strength(looks: Sequence[Look]) -> int:
    return sum(look.is_firm for look in looks)
