"""Where a text file breaks off: the last row when the last line has no line end.

Many programs write no last line end, so a whole row without one stays a record, with an
issue. It is a reject where the row itself shows that something is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from cleanse.read.lexer import LONGEST_ROW
from cleanse.read.mixed import REPLACEMENT
from cleanse.read.rows import Integers, Row, Rows
from cleanse.read.shape import Look

CUT_OFF = "cut off: the file ends inside this row"
"""Reason of such rejects."""

OPEN_END = "the file ends without a line end: its last row may be cut off"


def cut_rows(
    rows: Rows,
    body: Integers,
    width: int,
    looks: Sequence[Look],
    *,
    is_short_often: bool,
) -> list[int]:
    """Return the indices at the end of `body` that are the pieces of one broken row.

    Args:
        rows: All rows; those of the last part can be asked for.
        body: Indices of the part's rows, the last of the file at its end.
        width: Cells of an ordinary row.
        looks: Per column.
        is_short_often: Rows with too few cells are usual in this file.
    """
    pieces = _open_quote(rows, body, width)
    if pieces:
        return pieces
    last = int(body[-1])
    row = rows.row(last)
    is_short = len(row.cells) < width and not is_short_often
    if row.flaw or is_short or _breaks_off(row, width, looks):
        return [last]
    return []


def _open_quote(rows: Rows, body: Integers, width: int) -> list[int]:
    """Return the row with the quote that nothing closes, and the lines after it."""
    for back in range(1, min(LONGEST_ROW, len(body)) + 1):
        index = int(body[-back])
        if rows.widths[index] < 0:
            return [int(each) for each in body[-back:]]
        if rows.widths[index] == width:
            break
    return []


def _breaks_off(row: Row, width: int, looks: Sequence[Look]) -> bool:
    """Tell whether the last cell of a whole row is only the beginning of one."""
    if row.cells[-1].endswith(REPLACEMENT):
        return True
    if len(row.cells) != width:
        return False
    look, cell = looks[width - 1], row.cells[-1].strip()
    if not look.fits(cell):
        return True
    is_beginning = any(value.startswith(cell) for value in look.values if value != cell)
    return bool(cell) and cell not in look.values and is_beginning
