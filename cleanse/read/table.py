"""From physical rows to one table: headings, records, rejects, and the sum that must come out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.errors import ReconciliationError
from cleanse.read.dialect import DELIMITERS, Dialect
from cleanse.read.ending import CUT_OFF, OPEN_END, cut_rows
from cleanse.read.heading import LOOK_AT, Heading, Merge, find_heading, unique_names
from cleanse.read.lexer import readings
from cleanse.read.mixed import ranges
from cleanse.read.progress import Phase, tell
from cleanse.read.ragged import mend
from cleanse.read.rows import Integers, Row, Rows
from cleanse.read.shape import Look, Shape, looks_of, shape_of
from cleanse.read.words import Words
from cleanse.schema import REJECT, REPAIR, RawTable

REPEATED_HEADING = "heading row repeated"
UNIT_ROW = "row of units, not a record"
SECOND_TABLE = "row of a second table with other headings"

MERGED = "value of a merged cell taken for every row that it spans,"
MERGED_SUM = "amount in a merged cell left to the first row that it spans,"
_SUMMED = re.compile(
    r"[额款费]|金额|数量|次数|合计|销售|余额|欠|amount|total|sales|revenue|balance|count|qty|quantity",
    re.IGNORECASE,
)

_SAMPLE = 1_000
_FEWEST_HEADINGS = 3
_HABIT, _HABIT_SHARE = 3, 0.05
_SHOWN, _LONGEST_SHOWN = 6, 80
NO_HEADINGS = (
    "no heading row found: the columns are called column_1, column_2 …; "
    "say what they are in [columns] of the source rule"
)
"""Note on a text file whose first row is a record already."""
_LINEAGE = {"row_number": pl.Int64, "line_number": pl.Int64}


@dataclass(slots=True)
class Pile:
    """Where the rows of one table go that are no plain records."""

    rejects: list[tuple[Row, str]] = field(default_factory=list)
    how: dict[str, list[int]] = field(default_factory=dict)
    """What was mended, and the rows that a person should look at."""
    merged: dict[str, list[int]] = field(default_factory=dict)
    """What became of merged cells, and the rows that they span."""
    blank_count: int = 0
    record_count: int = 0


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
    frame = _frame(rows, sample, width, names)
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
    frame = _frame(rows, body[is_regular], layout.width, layout.names)
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


def finish_table(
    frame: pl.DataFrame, rows: Rows, layout: Layout, context: TableContext, pile: Pile
) -> tuple[RawTable, list[str]]:
    """Account for every row.

    Args:
        frame: The records to show; `pile` counts all there are.
        rows: All physical rows.
        layout: Of the table.
        context: What is known beside.
        pile: As `record_frames` left it.

    Raises:
        ReconciliationError: The parts do not add up to the physical rows (law 1).
    """
    header_count, blank_above = _count_above(rows, layout.heading.body)
    table = RawTable(
        sheet=context.sheet,
        headings=tuple(frame.columns[2:]),
        rows=frame,
        rejects=_rejects(pile.rejects, context),
        row_count=len(rows.widths),
        blank_count=pile.blank_count + blank_above,
        header_count=header_count,
        header_row=layout.heading.row_number,
        repairs=_repairs(pile),
    )
    require_sum(table, context.file, pile.record_count)
    notes = [*_above(rows, layout.heading, context), *_notes(pile, context)]
    if context.sheet is None and not layout.heading.row_number:
        notes.insert(0, NO_HEADINGS)
    return table, notes


def require_sum(table: RawTable, file: str, record_count: int | None = None) -> None:
    """Hold law 1: physical rows = records + rejects + blank rows + header rows.

    Args:
        table: As read.
        file: For the message.
        record_count: Records read, where the table shows a part of them only.

    Raises:
        ReconciliationError: They do not add up.
    """
    records = table.rows.height if record_count is None else record_count
    parts = (records, table.rejects.height, table.blank_count, table.header_count)
    if sum(parts) != table.row_count:
        where = f"{file}, sheet {table.sheet}" if table.sheet else file
        raise ReconciliationError(
            f"{where}: {table.row_count} rows, but {parts[0]} records + {parts[1]} rejects "
            f"+ {parts[2]} blank + {parts[3]} header rows were read. Nothing was used; please report this file's layout."
        )


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


def _frame(
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
    unit = first.str.to_lowercase().str.strip_chars(" ()（）[]").is_in(words.all_units)
    is_suspect = footer | unit | first.is_null() | first.str.contains(r"^\s+$")
    for row in heading.rows:
        for name, cell in zip(names, row, strict=False):
            if cell:
                typed = pl.col(name).str.strip_chars()
                is_suspect |= (typed == cell) | (typed == f"\ufeff{cell}")
                break
    found = frame.select(is_suspect.fill_null(value=False).arg_true())
    return found.to_series().to_list()


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


def _count_above(rows: Rows, body: int) -> tuple[int, int]:
    """Count header rows (preamble, titles, headings) and blank rows above the body."""
    blank = sum(rows.row(index).is_blank for index in range(body))
    return body - blank, blank


def _rejects(rejects: Iterable[tuple[Row, str]], context: TableContext) -> pl.DataFrame:
    data = [
        (
            context.file,
            context.sheet,
            row.number,
            row.line,
            reason,
            row.raw if row.raw is not None else ",".join(row.cells).rstrip(","),
        )
        for row, reason in sorted(rejects, key=lambda item: item[0].number)
    ]
    return pl.DataFrame(data, schema=REJECT, orient="row")


def _repairs(pile: Pile) -> pl.DataFrame:
    data = {(number, how) for how, numbers in pile.how.items() for number in numbers}
    return pl.DataFrame(sorted(data), schema=REPAIR, orient="row")


def _above(rows: Rows, heading: Heading, context: TableContext) -> list[str]:
    """Show what stands above the headings and the units below them: they are no records."""
    where = f"sheet {context.sheet}: " if context.sheet else ""
    notes: list[str] = []
    lines = [
        " ".join(cell.strip() for cell in row.cells if cell.strip())
        for row in map(rows.row, range(heading.first))
        if not row.is_blank
    ]
    lines = [line for line in lines if not line.lower().startswith("sep=")]
    if lines:
        shown = " · ".join(_shortened(line) for line in lines[:_SHOWN])
        more = " · …" if len(lines) > _SHOWN else ""
        notes.append(f"{where}above the headings, not read as records: {shown}{more}")
    if heading.units:
        shown = " · ".join(heading.units)
        notes.append(f"{where}units below the headings: {shown}")
    return notes


def _shortened(line: str) -> str:
    text = " ".join(line.split())
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _notes(pile: Pile, context: TableContext) -> list[str]:
    where = f"sheet {context.sheet}: " if context.sheet else ""
    notes = [
        f"{where}{how} in {len(set(numbers))} row(s) ({ranges(sorted(set(numbers)))})"
        for how, numbers in sorted((pile.how | pile.merged).items())
    ]
    reasons = Counter(reason.partition(":")[0] for _, reason in pile.rejects)
    notes += [
        f"{where}{count} reject(s): {why}" for why, count in sorted(reasons.items())
    ]
    return notes
