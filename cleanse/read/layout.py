"""How a table is laid out: its headings, the width and the look of its rows, where it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.read.dialect import DELIMITERS, Dialect
from cleanse.read.heading import LOOK_AT, Heading, Merge, find_heading, unique_names
from cleanse.read.lexer import readings
from cleanse.read.rows import Integers, Row, Rows
from cleanse.read.shape import Look, looks_of
from cleanse.read.words import Words

_SAMPLE = 1_000
_FEWEST_HEADINGS = 3
_HABIT, _HABIT_SHARE = 3, 0.05


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of one table are, and where its records begin and end."""

    width: int
    """Cells of an ordinary row."""
    names: tuple[str, ...]
    """One per column."""
    usual: Sequence[Look]
    heading: Heading
    end: int
    """Index of the first row of a second table; the number of rows when there is none."""
    is_short_often: bool = False
    """Many rows have too few cells: whoever wrote the file leaves out empty ones at the end."""
    is_long_often: bool = False
    """Many rows have too many cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableContext:
    """What is known beside the rows."""

    file: str
    words: Words
    sheet: str | None = None
    dialect: Dialect | None = None
    header_row: int | None = None
    """Row number of the heading row when a rule says it."""
    merges: Sequence[Merge] = ()
    marked: Mapping[int, str] = field(default_factory=dict)
    """Rows (0-based) that are known to be no records, and why."""
    is_open_ended: bool = False
    """The last line of a text file has no line end: the file may be cut off."""


def find_layout(rows: Rows, context: TableContext) -> Layout:
    """Find the headings, and how the rows of the whole table look."""
    count = len(rows.widths)
    top = [rows.row(index) for index in range(min(count, _top(context)))]
    width = _usual_width(rows.widths)
    heading = find_heading(
        _evened(top, width, context.dialect),
        width,
        context.words,
        context.merges,
        context.header_row,
    )
    body = np.arange(heading.body, count, dtype=np.int64)
    end = _second_table(rows, body, heading)
    body = body[body < end]
    width = _usual_width(rows.widths[body]) or width
    columns = max(width, len(heading.names), 1)
    names = unique_names(heading.names, columns)
    sample = body[rows.widths[body] == width][:_SAMPLE]
    if context.is_open_ended and len(sample) < _SAMPLE:
        # The last row may be cut off: the others say how a whole one looks.
        sample = sample[sample != count - 1]
    frame = frame_of(rows, sample, width, names)
    usual = looks_of([frame[name].to_list() for name in names])
    widths = rows.widths[body]
    return Layout(
        width,
        names,
        usual,
        heading,
        end,
        is_short_often=_is_habit((widths > 0) & (widths < width)),
        is_long_often=_is_habit(widths > width),
    )


def _is_habit(which: npt.NDArray[np.bool_]) -> bool:
    count = int(which.sum())
    return count >= _HABIT and count >= _HABIT_SHARE * len(which)


def _top(context: TableContext) -> int:
    return max(LOOK_AT, context.header_row or 0)


def _evened(top: Sequence[Row], width: int, dialect: Dialect | None) -> Sequence[Row]:
    """Read the first filled row again where it is one cell only because it has another delimiter."""
    first = next((i for i, row in enumerate(top) if not row.is_blank), None)
    if dialect is None or first is None or len(top[first].cells) != 1 or width < 3:  # noqa: PLR2004
        return top
    raw = top[first].raw or ""
    for delimiter in (*DELIMITERS, " "):
        cells = readings(raw, replace(dialect, delimiter=delimiter))[0]
        if len(cells) == width:
            return [*top[:first], top[first]._replace(cells=cells), *top[first + 1 :]]
    return top


def _usual_width(widths: Integers) -> int:
    """Return the commonest number of cells; of equals the larger."""
    counts = np.bincount(widths[widths > 0])
    if not len(counts):
        return 0
    return len(counts) - 1 - int(np.argmax(counts[::-1]))


def frame_of(
    rows: Rows, indices: Integers, width: int, names: Sequence[str]
) -> pl.DataFrame:
    """Return rows of the usual width with their numbers, all columns named."""
    cells = rows.frame(indices, width) if width else pl.DataFrame()
    lines = None if rows.lines is None else rows.lines[indices]
    lineage = [
        pl.Series("row_number", indices + 1, pl.Int64),
        pl.Series("line_number", lines, pl.Int64)
        if lines is not None
        else pl.Series("line_number", [None] * len(indices), pl.Int64),
    ]
    named = [cells[f"c{i}"].alias(name) for i, name in enumerate(names[:width])]
    missing = [
        pl.Series(name, [None], pl.String).new_from_index(0, len(indices))
        for name in names[width:]
    ]
    return pl.DataFrame([*lineage, *named, *missing])


def _second_table(rows: Rows, body: Integers, heading: Heading) -> int:
    """Return the index at which other headings start again; the number of rows if nowhere."""
    count = len(rows.widths)
    if not heading.rows or not len(body):
        return count
    known = {cell for row in heading.rows for cell in row if cell}
    widths = rows.widths[body]
    is_new = (np.diff(widths, prepend=widths[0]) != 0) & (widths >= _FEWEST_HEADINGS)
    is_new &= widths != len(heading.rows[-1])
    for index in body[is_new].tolist():
        cells = {cell.strip() for cell in rows.row(index).cells if cell.strip()}
        if len(cells) >= _FEWEST_HEADINGS and len(cells & known) * 4 >= len(cells) * 3:
            return int(index)
    return count
