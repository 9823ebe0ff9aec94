"""From physical rows to one table: headings, records, rejects, and the sum that must come out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

import numpy as np
import polars as pl

from cleanse.read.account import MERGED, Pile, finish_table
from cleanse.read.ending import CUT_OFF, OPEN_END, cut_rows
from cleanse.read.heading import Heading, Merge
from cleanse.read.layout import Layout, TableContext, find_layout, frame_of
from cleanse.read.progress import Phase, tell
from cleanse.read.ragged import mend
from cleanse.read.rows import Integers, Row, Rows
from cleanse.read.shape import Shape, shape_of
from cleanse.read.words import Words
from cleanse.schema import RawTable

REPEATED_HEADING = "heading row repeated"
UNIT_ROW = "row of units, not a record"
SECOND_TABLE = "row of a second table with other headings"

MERGED_SUM = "amount in a merged cell left to the first row that it spans,"
_SUMMED = re.compile(
    r"[额款费]|金额|数量|次数|合计|销售|余额|欠|amount|total|sales|revenue|balance|count|qty|quantity",
    re.IGNORECASE,
)

_LINEAGE = {"row_number": pl.Int64, "line_number": pl.Int64}


def build_table(rows: Rows, context: TableContext) -> tuple[RawTable, list[str]]:
    """Tell headings, records, rejects and blank rows apart.

    Returns:
        The table, and notes for a person.

    Raises:
        ReconciliationError: The parts do not add up to the physical rows (law 1).
    """
    layout, pile = find_layout(rows, context), Pile()
    frame = pl.concat(record_frames(rows, layout, context, pile))
    nameless = nameless_columns(filled_columns(frame), layout, context)
    return finish_table(frame.drop(nameless), rows, layout, context, pile)


def record_frames(
    rows: Rows, layout: Layout, context: TableContext, pile: Pile
) -> Iterator[pl.DataFrame]:
    """Yield the records, part by part as `rows` come; what is no record goes to `pile`."""
    for first, last in rows.parts:
        frame = _records(rows, first, last, layout, context, pile)
        pile.record_count += frame.height
        yield frame
        tell(Phase.READ, last, len(rows.widths), last)


def _records(
    rows: Rows, first: int, last: int, layout: Layout, context: TableContext, pile: Pile
) -> pl.DataFrame:
    """Sort out the rows of one part: `first` up to, not including, `last`."""
    heading = layout.heading
    body = np.arange(max(first, heading.body), min(last, layout.end), dtype=np.int64)
    body = _without_cut(rows, body, last, layout, context, pile)
    is_regular = rows.widths[body] == layout.width
    frame = frame_of(rows, body[is_regular], layout.width, layout.names)
    frame = _without_footers(frame, rows, heading, context, pile)
    frame = _with_merged_down(frame, rows, heading, context.merges, pile)
    mended = _sort_out(rows, body[~is_regular], layout, context, pile)
    for index in range(max(first, layout.end), last):
        _reject(rows.row(index), SECOND_TABLE, pile)
    return _with_mended(frame, mended, layout.names)


def _without_cut(
    rows: Rows,
    body: Integers,
    last: int,
    layout: Layout,
    context: TableContext,
    pile: Pile,
) -> Integers:
    """Reject the row in which a file without a last line end breaks off."""
    if not context.is_open_ended or last < len(rows.widths) or not len(body):
        return body
    end = rows.row(int(body[-1]))
    if end.is_blank or _footer_reason(end, layout.heading, context.words):
        return body
    cut = cut_rows(
        rows, body, layout.width, layout.usual, is_short_often=layout.is_short_often
    )
    for index in cut:
        _reject(rows.row(index), CUT_OFF, pile)
    if not cut:
        pile.how.setdefault(OPEN_END, []).append(end.number)
    return body[: len(body) - len(cut)]


def _reject(row: Row, reason: str, pile: Pile) -> None:
    if row.is_blank:
        pile.blank_count += 1
    else:
        pile.rejects.append((row, reason))


def _without_footers(
    frame: pl.DataFrame,
    rows: Rows,
    heading: Heading,
    context: TableContext,
    pile: Pile,
) -> pl.DataFrame:
    """Take blank rows, totals, notes and repeated headings out of the regular rows."""
    out: list[int] = []
    suspects = set(_suspects(frame, heading, context.words))
    if context.marked:
        marked = [index + 1 for index in context.marked]
        is_marked = pl.col("row_number").is_in(marked)
        suspects.update(frame.select(is_marked.arg_true()).to_series().to_list())
    for position in sorted(suspects):
        row = rows.row(int(frame["row_number"][position]) - 1)
        reason = _footer_reason(row, heading, context.words)
        reason = reason or context.marked.get(row.number - 1)
        if row.is_blank:
            pile.blank_count += 1
        elif reason:
            pile.rejects.append((row, reason))
        else:
            continue
        out.append(position)
    if not out:
        return frame
    keep = np.ones(frame.height, dtype=np.bool_)
    keep[out] = False
    return frame.filter(pl.Series(keep))


def _with_merged_down(
    frame: pl.DataFrame,
    rows: Rows,
    heading: Heading,
    merges: Sequence[Merge],
    pile: Pile,
) -> pl.DataFrame:
    """Give every row that a merged cell spans that cell's value, as a spreadsheet shows it.

    An amount or a count is one for all rows: given to each it would be summed up twice.
    """
    if not merges:
        return frame
    positions = {number: at for at, number in enumerate(frame["row_number"])}
    names = frame.columns[2:]
    values: dict[str, list[str | None]] = {}
    for (top, left), (bottom, _) in merges:
        is_body = heading.body <= top < min(bottom, len(rows.widths))
        if not is_body or left >= min(len(names), rows.widths[top]):
            continue
        value = rows.row(top).cells[left].strip()
        column = values.setdefault(names[left], frame[names[left]].to_list())
        is_sum = bool(_SUMMED.search(names[left])) and shape_of(value) is Shape.NUMBER
        how = MERGED_SUM if is_sum else MERGED
        for row in range(top + 1, bottom + 1):
            if value and (at := positions.get(row + 1)) is not None:
                pile.merged.setdefault(how, []).append(row + 1)
                if not is_sum:
                    column[at] = value
    return frame.with_columns(
        pl.Series(name, column, pl.String) for name, column in values.items()
    )


def _suspects(frame: pl.DataFrame, heading: Heading, words: Words) -> list[int]:
    """Return the positions of rows that may be blank, a footer or a repeated heading."""
    names = frame.columns[2:]
    first = pl.coalesce(pl.col(names))
    footer = first.str.contains(words.footer_pattern)
    is_suspect = footer | first.is_null() | first.str.contains(r"^\s+$")
    for row in heading.rows:
        for name, cell in zip(names, row, strict=False):
            if cell:
                typed = pl.col(name).str.strip_chars()
                is_suspect |= (typed == cell) | (typed == f"\ufeff{cell}")
                break
    found = frame.select(is_suspect.fill_null(value=False).arg_true()).to_series()
    return sorted({*found.to_list(), *_unit_suspects(frame, words)})


def _unit_suspects(frame: pl.DataFrame, words: Words) -> list[int]:
    """Return the positions of rows without a first cell whose next one is a unit."""
    names = frame.columns[2:]
    found = frame[names[0]].is_null().arg_true()
    next_cell = pl.coalesce(pl.col(names)).str.to_lowercase()
    is_unit = next_cell.str.strip_chars(" ()（）[]").is_in(words.all_units)
    return found.filter(frame[found].select(is_unit).to_series()).to_list()


def _footer_reason(row: Row, heading: Heading, words: Words) -> str | None:
    # A byte order mark inside a file shows where two files were put together.
    cells = [cell.lstrip("\ufeff").strip() for cell in row.cells]
    filled = sum(bool(cell) for cell in cells)
    for each in heading.rows:
        same = sum(bool(a) and a == b for a, b in zip(cells, each, strict=False))
        if same and same * 5 >= filled * 4 and same * 2 >= len(heading.names):
            return REPEATED_HEADING
    if heading.rows and len(cells) > 1 and words.is_unit_row(cells):
        return UNIT_ROW
    return words.footer_reason(row.cells)


def _sort_out(
    rows: Rows, odd: Integers, layout: Layout, context: TableContext, pile: Pile
) -> list[Row]:
    """Decide on every row that has not the usual number of cells; return the mended ones."""
    mended: list[Row] = []
    columns = len(layout.names)
    for index in odd.tolist():
        row = rows.row(index)
        if row.is_blank:
            pile.blank_count += 1
            continue
        reason = _footer_reason(row, layout.heading, context.words)
        is_habit = (
            layout.is_long_often if len(row.cells) > columns else layout.is_short_often
        )
        result = reason or mend(row, layout.usual, context.dialect, is_habit=is_habit)
        if isinstance(result, str):
            pile.rejects.append((row, result))
            continue
        mended.append(row._replace(cells=result.cells))
        if result.how:
            pile.how.setdefault(result.how, []).append(row.number)
    return mended


def _with_mended(
    frame: pl.DataFrame, mended: Iterable[Row], names: Sequence[str]
) -> pl.DataFrame:
    data = [
        (row.number, row.line, *(cell or None for cell in row.cells)) for row in mended
    ]
    if not data:
        return frame
    schema = {**_LINEAGE, **dict.fromkeys(names, pl.String)}
    added = pl.DataFrame(data, schema=schema, orient="row")
    return pl.concat([frame, added]).sort("row_number")


def filled_columns(frame: pl.DataFrame) -> set[str]:
    """Return the columns that hold a value."""
    nulls = frame.null_count().row(0)
    return {
        name
        for name, count in zip(frame.columns, nulls, strict=True)
        if count < frame.height
    }


def nameless_columns(
    filled: Container[str], layout: Layout, context: TableContext
) -> list[str]:
    """Return the columns that have neither a heading nor a value: they are left out."""
    heading = layout.heading
    if not heading.row_number and context.sheet is None:
        return []
    unnamed = [
        name
        for index, name in enumerate(layout.names)
        if index >= len(heading.names) or not heading.names[index]
    ]
    empty = [name for name in unnamed if name not in filled]
    return empty if len(empty) < len(layout.names) else []
