"""Rows with too many or too few cells: mended when there is one way, else rejected.

No cell is ever dropped unless it is empty, and none is moved to a column where it does
not look like the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

from cleanse.read.dialect import DELIMITERS, Dialect
from cleanse.read.lexer import STRAY_QUOTE, readings
from cleanse.read.rows import Row
from cleanse.read.shape import Shape, fits

_MOST_WAYS = 60
_FEWEST_STRONG = 2
_LONGEST_SPLIT = 100


@dataclass(frozen=True, slots=True)
class Mended:
    """A row that has as many cells as there are columns now."""

    cells: list[str]
    how: str | None
    """What was done, for a note; None: only empty cells at the end."""


def mend(
    row: Row, width: int, usual: Sequence[Shape | None], dialect: Dialect | None
) -> Mended | str:
    """Bring a row to `width` cells.

    Args:
        row: The row as read.
        width: Number of columns.
        usual: Per column the shape that nearly all of its cells have, or None.
        dialect: To read its text again when its quotes do not balance.

    Returns:
        The mended row, or the reason why it is a reject.
    """
    if row.flaw:
        return _mend_quotes(row, width, usual, dialect)
    return _mend_width(row, width, usual, dialect)


def _mend_quotes(
    row: Row, width: int, usual: Sequence[Shape | None], dialect: Dialect | None
) -> Mended | str:
    if dialect is None or row.raw is None:
        return STRAY_QUOTE
    for cells in readings(row.raw, dialect):
        unquoted = [cell.strip(dialect.quote) for cell in cells]
        if len(cells) == width and fits(unquoted, usual):
            return Mended(cells, "a stray quote was read as text")
    return STRAY_QUOTE


def _mend_width(
    row: Row, width: int, usual: Sequence[Shape | None], dialect: Dialect | None
) -> Mended | str:
    cells = row.cells
    if len(cells) == 1 and dialect is not None:
        other = _other_delimiter(row, width, usual, dialect)
        return other or f"too few cells: 1 instead of {width}"
    if len(cells) > width:
        cut = cells[:width]
        if not any(cell.strip() for cell in cells[width:]) and fits(cut, usual):
            return Mended(cut, None)
        mended = _without_empty(cells, width, usual)
        return mended or f"too many cells: {len(cells)} instead of {width}"
    if fits(cells, usual) and not _has_gap(cells, usual):
        return Mended([*cells, *[""] * (width - len(cells))], None)
    mended = _split_one(cells, width, usual)
    return mended or f"too few cells: {len(cells)} instead of {width}"


def _has_gap(cells: Sequence[str], usual: Sequence[Shape | None]) -> bool:
    """Tell whether a cell is empty between others where its column has a firm look: the row may be shifted."""
    last = max((index for index, cell in enumerate(cells) if cell.strip()), default=0)
    after = usual[last + 1 : len(cells)]
    return any(shape not in (None, Shape.TEXT) for shape in after)


def _other_delimiter(
    row: Row, width: int, usual: Sequence[Shape | None], dialect: Dialect
) -> Mended | None:
    if row.raw is None or _strength(usual) < _FEWEST_STRONG:
        return None
    for delimiter in (*DELIMITERS, " "):
        cells = readings(row.raw, replace(dialect, delimiter=delimiter))[0]
        if len(cells) == width and fits(cells, usual):
            return Mended(cells, "another delimiter was used")
    return None


def _strength(usual: Sequence[Shape | None]) -> int:
    return sum(shape not in (None, Shape.TEXT) for shape in usual)


def _without_empty(
    cells: Sequence[str], width: int, usual: Sequence[Shape | None]
) -> Mended | None:
    """Take out empty cells when exactly one way leaves every cell where it looks right."""
    empty = [index for index, cell in enumerate(cells) if not cell.strip()]
    surplus = len(cells) - width
    if len(empty) < surplus or _strength(usual) < _FEWEST_STRONG:
        return None
    if comb(len(empty), surplus) > _MOST_WAYS:
        return None
    ways = {
        tuple(cell for index, cell in enumerate(cells) if index not in out)
        for out in combinations(empty, surplus)
    }
    fitting = [way for way in ways if fits(way, usual)]
    if len(fitting) != 1:
        return None
    return Mended(list(fitting[0]), "an empty cell too many was left out")


def _split_one(
    cells: Sequence[str], width: int, usual: Sequence[Shape | None]
) -> Mended | None:
    """Put back one missing delimiter when exactly one way leaves every cell where it looks right."""
    if len(cells) != width - 1 or _strength(usual) < _FEWEST_STRONG:
        return None
    ways: list[list[str]] = []
    for index, cell in enumerate(cells):
        firm = {usual[index], usual[index + 1]}
        if len(cell) > _LONGEST_SPLIT or firm & {None, Shape.TEXT}:
            continue
        for at in range(1, len(cell)):
            way = [*cells[:index], cell[:at], cell[at:], *cells[index + 1 :]]
            if fits(way, usual):
                ways.append(way)
    return (
        Mended(ways[0], "a missing delimiter was put back") if len(ways) == 1 else None
    )
