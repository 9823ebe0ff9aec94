"""Rows of a sheet as text that the parent can cut: quick for what is usual."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from cleanse.read.workbook_cell import (
    CELL_END,
    ROW_END,
    UNUSUAL,
    cell_text,
    is_long,
    plain,
)
from cleanse.read.workbook_fact import Cell

_PIECE = 4_096
_KEPT = 15
_FORMAT = f"%.{_KEPT}g"
_ODD = frozenset("en")


@dataclass(slots=True)
class EncodedCells:
    """The cells of a sheet as UTF-8 text, CELL_END between cells and ROW_END after rows."""

    pieces: list[bytes] = field(default_factory=list)
    row_count: int = 0
    """Rows down to the last that holds something."""
    width: int = 0
    """Columns up to the last that holds something; every row has this many cells."""
    long_numbers: list[Cell] = field(default_factory=list)
    """Numbers with more digits than the workbook kept."""
    shown_count: int = 0
    """Cells written as the given texts say."""


def encoded_cells(
    rows: Iterable[Sequence[object]], width: int, texts: Mapping[Cell, str]
) -> EncodedCells:
    """Write rows as text, piece by piece: only the text stays in memory.

    Args:
        rows: Values, from the first row of the sheet on.
        width: Columns that any row has at most.
        texts: Cells that are written as said here.
    """
    out = EncodedCells(width=width)
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in texts.items():
        by_row.setdefault(row, []).append((column, text))
    stream = iter(rows)
    number = blank = 0
    has_last = False
    while piece := list(islice(stream, _PIECE)):
        columns = _columns(piece, width)
        out.long_numbers += _long_numbers(columns, number, texts)
        written = list(map(_written, columns))
        for row in range(len(piece)) if by_row else ():
            for column, text in by_row.get(number + row, ()):
                written[column][row] = text
                out.shown_count += 1
        lines = list(zip(*written, strict=True))
        used = _used(lines)
        if used:
            out.pieces.append(_text([*[("",) * width] * blank, *lines[:used]], width))
            out.row_count = number + used
            has_last = has_last or any(written[-1])
        blank = len(piece) - used + (0 if used else blank)
        number += len(piece)
    return out if has_last else _narrowed(out)


def _columns(piece: Sequence[Sequence[object]], width: int) -> list[tuple[object, ...]]:
    if set(map(len, piece)) != {width}:
        piece = [[*row, *[""] * (width - len(row))] for row in piece]
    return list(zip(*piece, strict=True))


def _written(column: Sequence[Any]) -> list[str]:
    """Write one column's values, all at once where they are of one type."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return list(column)
    if kinds == {float}:
        texts = list(map(_FORMAT.__mod__, column))
        # An exponent, nan, inf and -0 are for number_text.
        if not _ODD.intersection("".join(texts)) and "-0" not in texts:
            return texts
    if kinds == {dt.date}:
        return list(map(dt.date.isoformat, column))
    return [value if type(value) is str else cell_text(value) for value in column]


def _used(lines: Sequence[Sequence[str]]) -> int:
    """Count the rows down to the last that holds something."""
    used = len(lines)
    while used and not any(lines[used - 1]):
        used -= 1
    return used


def _text(lines: Sequence[Sequence[str]], width: int) -> bytes:
    text = ROW_END.join(map(CELL_END.join, lines)) + ROW_END
    has_stray = (
        text.count(ROW_END) != len(lines)
        or text.count(CELL_END) != len(lines) * (width - 1)
        or any(sign in text for sign in UNUSUAL)
    )
    if has_stray:
        text = "".join(CELL_END.join(map(plain, cells)) + ROW_END for cells in lines)
    return text.encode(errors="replace")


def _long_numbers(
    columns: Iterable[Sequence[Any]], first: int, texts: Mapping[Cell, str]
) -> list[Cell]:
    """Find numbers of 16 digits or more, except those whose every digit the file holds."""
    found: list[Cell] = []
    for index, column in enumerate(columns):
        if float not in set(map(type, column)):
            continue
        numbers = [value for value in column if type(value) is float]
        if is_long(max(numbers)) or is_long(min(numbers)):
            found += [
                (row, index)
                for row, value in enumerate(column, first)
                if type(value) is float and is_long(value)
            ]
    return [cell for cell in found if not texts.get(cell, "").rstrip("0")[_KEPT:]]


def _narrowed(cells: EncodedCells) -> EncodedCells:
    """Cut the columns on the right that hold nothing."""
    rows = [row.split(CELL_END) for piece in cells.pieces for row in _rows_of(piece)]
    cells.width = max((len(_stripped(row)) for row in rows), default=0)
    kept = [row + [""] * (cells.width - len(row)) for row in rows]
    cells.pieces = [_text(kept, cells.width)] if cells.width else []
    return cells


def _rows_of(piece: bytes) -> list[str]:
    return piece.decode().split(ROW_END)[:-1]


def _stripped(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row
