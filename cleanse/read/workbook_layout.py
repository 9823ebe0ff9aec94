"""Where the tables of a sheet are, and which of its rows are titles of sections or totals.

A sheet may hold two lists, one under another or side by side. They are told apart by
their headings and never read as one; a blank column alone does not divide a list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from cleanse.read.heading import Merge
from cleanse.read.rows import Integers
from cleanse.read.shape import Shape, shape_of
from cleanse.read.words import TOTAL, Words
from cleanse.read.workbook_cell import CELL_END, ROW_END
from cleanse.schema import RawTable

SECTION = "title of a section or a note, not a record"

_HAN = re.compile(r"[\u4e00-\u9fff]")
_VALUE = r"\d{4}|@"
_ORDINAL = re.compile(
    r"[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十\d]+[部组类区章节]"
)
_AREA = re.compile(
    r"(?:[\u4e00-\u9fff]{1,8}(?:区|大区|片区|地区|区域|片|组|类|级))|[A-Z]类?(?:级)?客户|\w+ (?:region|area|zone|group)",
    re.IGNORECASE,
)
_FEWEST = 2
_FEWEST_WIDE = 3
_MOST_CANDIDATES = 5_000
_HEADING_NEAR = 8
_ARE_KNOWN = 0.6
_WHO = re.compile(
    r"名|客户|公司|单位|联系人|name|company|customer|client", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Region:
    """One table's part of a sheet; ends are not included."""

    top: int
    bottom: int
    left: int
    right: int

    def merges(self, merges: Sequence[Merge]) -> list[Merge]:
        """Return the merged ranges inside, counted from the region's own corner."""
        top, left = self.top, self.left
        return [
            ((a - top, b - left), (c - top, d - left))
            for (a, b), (c, d) in merges
            if top <= a < self.bottom and left <= b < self.right
        ]


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as a frame, its rows counted."""

    frame: pl.DataFrame
    filled: Integers
    """Filled cells per row."""
    merges: Sequence[Merge]

    def cells(self, row: int) -> list[str]:
        """Return one row, "" where nothing is."""
        return [(cell or "").strip() for cell in self.frame.row(row)]


def grid_of(frame: pl.DataFrame, merges: Sequence[Merge]) -> Grid:
    """Count the filled cells of every row."""
    if not frame.width:
        return Grid(frame, np.zeros(0, dtype=np.int64), merges)
    counts = frame.select(
        pl.sum_horizontal(pl.all().is_not_null().cast(pl.Int32))
    ).to_series()
    return Grid(frame, counts.to_numpy().astype(np.int64), merges)


def regions(grid: Grid, words: Words) -> list[Region]:
    """Find the tables of a sheet: from top to bottom, then from left to right."""
    width = grid.frame.width
    found: list[Region] = []
    for top, bottom, heading in _stacked(grid, words):
        for left, right in _beside(grid, heading, bottom, words):
            found.append(Region(top, bottom, left, right))
    return found or [Region(0, grid.frame.height, 0, width)]


def _is_heading(cells: Iterable[str], words: Words, share: float = _ARE_KNOWN) -> bool:
    filled = [cell for cell in cells if cell]
    known = sum(map(words.is_heading, filled))
    return known >= _FEWEST and known >= share * len(filled)


def _candidates(grid: Grid) -> list[int]:
    """Return the rows of several cells without a value: a heading has no long digits."""
    has_value = pl.any_horizontal(pl.all().str.contains(_VALUE)).fill_null(value=False)
    is_text = grid.frame.select(~has_value).to_series().to_numpy()
    rows = np.flatnonzero(is_text & (grid.filled >= _FEWEST)).tolist()
    return rows if len(rows) <= _MOST_CANDIDATES else rows[:_HEADING_NEAR]


def _stacked(grid: Grid, words: Words) -> Iterator[tuple[int, int, int | None]]:
    """Cut a sheet where other headings begin: (first row, end, heading row)."""
    top, heading = 0, None
    names: set[str] = set()
    for row in _candidates(grid):
        cells = grid.cells(row)
        is_apart = row > 0 and grid.filled[row - 1] <= 1
        if not _is_heading(cells, words, _ARE_KNOWN if is_apart else 0.9):
            continue
        if heading is None and not _has_records(grid, top, row):
            heading, names = row, set(cells)
            continue
        if heading is not None and row - heading <= _FEWEST and not is_apart:
            names |= set(cells)
            continue
        given = {cell for cell in cells if cell}
        is_repeat = len(given & names) * 5 >= len(given) * 4
        is_short = not is_apart and len(given) < _FEWEST_WIDE
        has_more = row + 1 < len(grid.filled) and grid.filled[row + 1 :].any()
        if is_repeat or is_short or not has_more:
            continue
        start = _with_titles(grid, row)
        yield top, start, heading
        top, heading, names = start, row, set(cells)
    yield top, len(grid.filled), heading


def _has_records(grid: Grid, top: int, row: int) -> bool:
    """Tell whether rows of several cells, one of them a value, stand above."""
    above = grid.frame[top:row].filter(
        pl.any_horizontal(pl.all().str.contains(_VALUE)).fill_null(value=False)
    )
    wide = above.filter(
        pl.sum_horizontal(pl.all().is_not_null().cast(pl.Int32)) > _FEWEST
    )
    return wide.height > 0


def _with_titles(grid: Grid, row: int) -> int:
    """Take title rows right above a heading to it."""
    while row > 0 and grid.filled[row - 1] == 1:
        row -= 1
    return row


def _beside(
    grid: Grid, heading: int | None, bottom: int, words: Words
) -> list[tuple[int, int]]:
    """Cut between tables that stand side by side: (first column, end)."""
    width = grid.frame.width
    whole = [(0, width)]
    if heading is None or _is_grouped(grid, heading):
        return whole
    cells = grid.cells(heading)
    body = grid.frame[heading:bottom]
    is_empty = [body[name].null_count() == body.height for name in body.columns]
    parts = _runs(is_empty)
    if len(parts) == 1:
        parts = _periods(cells, *parts[0])
    if len(parts) == 1:
        return whole
    if not all(_is_table(cells[a:b], words) for a, b in parts):
        return whole
    names = [{cell for cell in cells[a:b] if cell} for a, b in parts]
    are_alike = all(
        len(names[0] & each) * 2 >= min(len(names[0]), len(each)) for each in names[1:]
    )
    ends = [_length(body[:, a:b]) for a, b in parts]
    if not are_alike and (None in ends or len(set(ends)) == 1):
        return whole
    starts = [0, *(a for a, _ in parts[1:])]
    return list(zip(starts, [*starts[1:], width], strict=True))


def _is_grouped(grid: Grid, heading: int) -> bool:
    """Tell whether names of groups stand above the headings: then equal ones differ."""
    return heading > 0 and grid.filled[heading - 1] >= _FEWEST


def _is_table(cells: Sequence[str], words: Words) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) >= _FEWEST and _is_heading(filled, words)


def _runs(is_empty: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the runs of columns that hold something (first, end)."""
    found: list[tuple[int, int]] = []
    for column, empty in enumerate(is_empty):
        if empty:
            continue
        if found and found[-1][1] == column:
            found[-1] = (found[-1][0], column + 1)
        else:
            found.append((column, column + 1))
    return found


def _periods(cells: Sequence[str], left: int, right: int) -> list[tuple[int, int]]:
    """Cut where the same headings, a name among them, come again in the same order."""
    names = list(cells[left:right])
    for size in range(_FEWEST, len(names) // 2 + 1):
        is_again = len(names) % size == 0 and all(names)
        if is_again and names[:size] * (len(names) // size) == names:
            if any(_WHO.search(name) for name in names[:size]):
                return [(at, at + size) for at in range(left, right, size)]
            break
    return [(left, right)]


def _length(part: pl.DataFrame) -> int | None:
    """Count the rows of a table without gaps; None where it has some."""
    has = part.select(pl.any_horizontal(pl.all().is_not_null())).to_series().to_numpy()
    count = int(has.sum())
    return count if bool(has[:count].all()) else None


def marked_rows(grid: Grid, words: Words) -> dict[int, str]:
    """Find rows that are no records by their place: section titles, subtotals (0-based)."""
    frame, filled = grid.frame, grid.filled
    if frame.width < _FEWEST_WIDE:
        return {}
    some = filled[filled > 0]
    usual = int(np.median(some)) if len(some) else 0
    found: dict[int, str] = {}
    wide = {a: d - b + 1 for (a, b), (c, d) in grid.merges if a == c}
    looks: dict[int, Shape | None] = {}
    titles = _titles(grid, usual)
    if usual >= _FEWEST_WIDE:
        for row in np.flatnonzero(filled == 1).tolist():
            cells = grid.cells(row)
            column = next((i for i, cell in enumerate(cells) if cell), None)
            if column is None:
                continue
            is_wide = wide.get(row, 1) * 2 > frame.width
            if column not in looks:
                looks[column] = _look(frame.to_series(column))
            is_odd = looks[column] in (Shape.NUMBER, Shape.CODE) and (
                shape_of(cells[column]) is Shape.TEXT
            )
            is_title = row > len(titles) and cells[column] in titles
            if is_wide or is_odd or is_title or _names_section(cells[column]):
                found[row] = SECTION
    return found | _subtotals(grid, words)


def _titles(grid: Grid, usual: int) -> set[str]:
    """Return the titles above the table: they come again on every printed page."""
    titles: set[str] = set()
    for row, filled in enumerate(grid.filled[:_HEADING_NEAR].tolist()):
        if filled * 2 > usual:
            break
        titles.update(cell for cell in grid.cells(row) if cell)
    return titles


def _names_section(text: str) -> bool:
    return bool(_ORDINAL.match(text) or _AREA.fullmatch(text))


def _look(column: pl.Series) -> Shape | None:
    """Return what most filled cells of a column look like."""
    counts = Counter(shape_of(cell) for cell in column.drop_nulls().head(500).to_list())
    if counts.total() < _FEWEST_WIDE:
        return None
    shape, count = counts.most_common(1)[0]
    return shape if count * 10 >= counts.total() * 7 else None


def _subtotals(grid: Grid, words: Words) -> dict[int, str]:
    """Find rows such as 「华东区小计」: a text that ends so, and nothing but numbers."""
    ends = "|".join(sorted(re.escape(w) for w in words.totals if _HAN.search(w)))
    if not ends:
        return {}
    first = pl.coalesce(pl.all().str.strip_chars())
    is_suspect = first.str.contains(rf"(?:{ends})[:：]?$").fill_null(value=False)
    rows = grid.frame.select(is_suspect.arg_true()).to_series().to_list()
    found: dict[int, str] = {}
    for row in rows:
        filled = [cell for cell in grid.cells(row) if cell]
        if len(filled) > 1 and all(shape_of(c) is Shape.NUMBER for c in filled[1:]):
            found[row] = TOTAL
    return found


def encoded_frame(part: pl.DataFrame) -> bytes:
    """Write a part of a sheet as workbook_encode writes a sheet."""
    text = part.select(
        pl.concat_str(pl.all().fill_null(""), separator=CELL_END)
    ).to_series()
    return "".join(f"{row}{ROW_END}" for row in text).encode()


def moved_down(table: RawTable, by: int) -> RawTable:
    """Count the rows of a table from the first row of its sheet."""
    if not by:
        return table
    number = pl.col("row_number") + by
    return replace(
        table,
        rows=table.rows.with_columns(number),
        rejects=table.rejects.with_columns(number),
        repairs=table.repairs.with_columns(number),
        header_row=table.header_row + by if table.header_row else 0,
    )
