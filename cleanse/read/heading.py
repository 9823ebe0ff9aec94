"""Which row holds the headings, what stands above it, and what the columns are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cleanse.read.rows import Row
from cleanse.read.shape import Shape, shape_of, usual_shape
from cleanse.read.words import Words

LOOK_AT = 60
"""Rows at the beginning of a table that are looked at."""

_VALUES = frozenset((Shape.EMAIL, Shape.URL, Shape.DATE, Shape.TIME, Shape.NUMBER))
_LONGEST = 80
_MOST_ROWS = 3
_RESERVED = ("row_number", "line_number")

Merge = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell of a merged range, each (row, column), 0-based, both included."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The rows above the records."""

    body: int
    """Index of the first row below."""
    row_number: int
    """Row number of the last heading row; 0: the table has none."""
    rows: tuple[tuple[str, ...], ...]
    """The heading rows' cells as typed; they may come again inside the data."""
    names: tuple[str, ...]
    """One per column, "" where there is none; may repeat."""
    first: int = 0
    """Index of the first heading row; what stands above is preamble."""
    units: tuple[str, ...] = ()
    """What a row of units below the headings says, for a person."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What one row looks like as a heading."""

    fill: float
    filled: int
    known: float
    typed: float
    contrast: float
    recurs: bool

    def accepted(self, width: int) -> bool:
        if self.typed > 0.25 and self.known < 0.5:  # noqa: PLR2004 - shares of the filled cells
            return False
        if self.recurs and self.known < 0.5:  # noqa: PLR2004
            return False
        return width > 1 or self.known > 0 or self.contrast > 0


def find_heading(
    rows: Sequence[Row],
    width: int,
    words: Words,
    merges: Sequence[Merge] = (),
    row_number: int | None = None,
) -> Heading:
    """Find the heading rows.

    The heading is the first row that fills most columns, unless it holds values (dates,
    numbers, mails) or its cells come again below: then the table has none. What stands
    above is preamble.

    Args:
        rows: The first rows of the table, without gaps.
        width: Cells of an ordinary row.
        words: Vocabulary.
        merges: Merged ranges of a sheet.
        row_number: The heading row when a rule says it.
    """
    if row_number is not None:
        last = min(row_number, len(rows)) - 1
        return _with_units(_heading(rows, last, last, width, merges), rows, words)
    chosen = _choose(rows, width, words)
    if chosen is None:
        body = next((i for i, row in enumerate(rows) if _is_full(row, width)), 0)
        return Heading(body, 0, (), (), first=body)
    first, last = _block(rows, chosen, width, words, merges)
    return _with_units(_heading(rows, first, last, width, merges), rows, words)


def _with_units(heading: Heading, rows: Sequence[Row], words: Words) -> Heading:
    """Take a row of units or types right below the headings to them: 元, kg, varchar."""
    if heading.body >= len(rows):
        return heading
    row = rows[heading.body]
    if not words.is_unit_row(row.cells):
        return heading
    cells = [words.unit(cell) for cell in row.cells]
    cells += [""] * (len(heading.names) - len(cells))
    pairs = list(zip(heading.names, cells, strict=False))
    return replace(
        heading,
        body=heading.body + 1,
        row_number=row.number,
        names=tuple(f"{name} {unit}".strip() for name, unit in pairs),
        units=tuple(f"{name}: {unit}" for name, unit in pairs if unit),
    )


def _is_full(row: Row, width: int) -> bool:
    return sum(bool(cell.strip()) for cell in row.cells[:width]) * 2 >= width


def _choose(rows: Sequence[Row], width: int, words: Words) -> int | None:
    first: int | None = None
    for index, row in enumerate(rows):
        if row.is_blank:
            continue
        look = _look(rows, index, width, words)
        is_known = look.known >= 0.6 and look.filled >= 2  # noqa: PLR2004 - most of several cells
        if look.fill < 0.5 and not (is_known and look.fill >= 0.25):  # noqa: PLR2004
            continue
        if first is None:
            if not look.accepted(width):
                return None
            first = index
            if look.known >= 0.3:  # noqa: PLR2004
                return index
        elif index - first > 5:  # noqa: PLR2004 - a preamble of even rows is short
            return first
        elif is_known and look.fill >= 0.8 and look.typed <= 0.1:  # noqa: PLR2004
            return index
    return first


def _look(rows: Sequence[Row], index: int, width: int, words: Words) -> _Look:
    cells = [cell.strip() for cell in rows[index].cells[:width]]
    filled = [cell for cell in cells if cell]
    if not filled:
        return _Look(0, 0, 0, 0, 0, recurs=False)
    below = [row.cells for row in rows[index + 1 :] if row.cells != rows[index].cells]
    columns = [[c[i] for c in below if len(c) > i] for i in range(len(cells))]
    usual = [usual_shape(column, fewest=1) for column in columns]
    contrast = sum(
        bool(cell) and shape not in (None, Shape.TEXT, shape_of(cell))
        for cell, shape in zip(cells, usual, strict=True)
    )
    recurs = sum(
        bool(cell) and cell in {each.strip() for each in column}
        for cell, column in zip(cells, columns, strict=True)
    )
    return _Look(
        fill=len(filled) / width,
        filled=len(filled),
        known=sum(map(words.is_heading, filled)) / len(filled),
        typed=sum(map(_is_value, filled)) / len(filled),
        contrast=contrast / len(filled),
        recurs=recurs > len(filled) * 0.1,
    )


def _is_value(cell: str) -> bool:
    """Tell a value from a heading; years and `phone1` may be headings."""
    shape = shape_of(cell)
    if shape is Shape.NUMBER:
        return not re.fullmatch(r"(?:19|20)\d\d", cell)
    if shape is Shape.CODE:
        return len(re.findall(r"\d", cell)) >= 5  # noqa: PLR2004
    return shape in _VALUES or len(cell) > _LONGEST


def _block(
    rows: Sequence[Row], chosen: int, width: int, words: Words, merges: Sequence[Merge]
) -> tuple[int, int]:
    """Widen the heading row to all heading rows: merged ones, group rows, repeated ones."""
    first = last = chosen
    for (top, _), (bottom, _) in merges:
        if top <= rows[chosen].number - 1 <= bottom and bottom - top < _MOST_ROWS:
            first = min(first, max(0, top - rows[0].number + 1))
            last = max(last, bottom - rows[0].number + 1)
    if first > 0 and _is_group_row(rows[first - 1], rows[chosen], width, merges):
        first -= 1
    if last == chosen and _has_groups(rows[chosen], merges):
        last += 1
    while last + 1 < len(rows) and last + 1 - first < _MOST_ROWS:
        look = _look(rows, last + 1, width, words)
        repeats = rows[last + 1].cells == rows[chosen].cells and width > 1
        is_second = look.known >= 0.8 and look.fill >= 0.5 and look.typed == 0  # noqa: PLR2004
        if not repeats and not (is_second and look.contrast > 0.3):  # noqa: PLR2004
            break
        last += 1
    return first, min(last, len(rows) - 1)


def _spans(row: Row, merges: Sequence[Merge]) -> list[tuple[int, int]]:
    """Return the columns (first, last) of the ranges that are merged sideways in a row."""
    return [
        (left, right)
        for (top, left), (bottom, right) in merges
        if top <= row.number - 1 <= bottom and right > left
    ]


def _has_groups(row: Row, merges: Sequence[Merge]) -> bool:
    return any(
        "".join(row.cells[left : left + 1]).strip() for left, _ in _spans(row, merges)
    )


def _is_group_row(
    above: Row, heading: Row, width: int, merges: Sequence[Merge]
) -> bool:
    """Tell a row of group names over the headings from a title."""
    filled = sum(bool(cell.strip()) for cell in above.cells)
    if filled < 2 or len(above.cells) != len(heading.cells):  # noqa: PLR2004 - one is a title
        return False
    if any(right - left + 1 < width for left, right in _spans(above, merges)):
        return True
    names = [cell.strip() for cell in heading.cells if cell.strip()]
    # Without merged cells only headings that repeat show that a group tells them apart.
    return len(set(names)) < len(names) and bool(above.cells[0].strip())


def _heading(
    rows: Sequence[Row], first: int, last: int, width: int, merges: Sequence[Merge]
) -> Heading:
    chosen = rows[first : last + 1]
    columns = max(width, *(len(row.cells) for row in chosen))
    parts = [
        _filled(row, columns, merges, group=row is not chosen[-1]) for row in chosen
    ]
    names = [
        " ".join(part for part in column if part) for column in zip(*parts, strict=True)
    ]
    while len(names) > width and not names[-1]:
        names.pop()
    return Heading(
        body=last + 1,
        row_number=rows[last].number,
        rows=tuple(tuple(cell.strip() for cell in row.cells) for row in chosen),
        names=tuple(names),
        first=first,
    )


def _filled(
    row: Row, columns: int, merges: Sequence[Merge], *, group: bool
) -> list[str]:
    """Return a heading row's cells, a group's name over all of its columns."""
    cells = [" ".join(cell.split()) for cell in row.cells]
    cells += [""] * (columns - len(cells))
    if not group:
        return cells
    for left, right in _spans(row, merges):
        for index in range(left + 1, min(right + 1, columns)):
            cells[index] = cells[left]
    if not merges:
        for index in range(1, len(cells)):
            cells[index] = cells[index] or cells[index - 1]
    return cells


def unique_names(names: Sequence[str], width: int) -> tuple[str, ...]:
    """Name every column: ``column_N`` where there is no heading, ``_2`` for a repeated one.

    >>> unique_names(["电话", "", "电话"], 4)
    ('电话', 'column_2', '电话_2', 'column_4')
    """
    given = [*names, *[""] * (width - len(names))]
    taken = set(given) | set(_RESERVED)
    result: list[str] = []
    for number, name in enumerate(given, 1):
        base = name or f"column_{number}"
        if base not in result and base not in _RESERVED and (name or base not in taken):
            result.append(base)
            continue
        copy = 2
        while f"{base}_{copy}" in taken or f"{base}_{copy}" in result:
            copy += 1
        result.append(f"{base}_{copy}")
    return tuple(result)
