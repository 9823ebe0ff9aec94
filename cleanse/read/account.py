"""The account of one table: where every row went, and what a person should know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from cleanse.errors import ReconciliationError
from cleanse.read.heading import Heading
from cleanse.read.layout import Layout, TableContext
from cleanse.read.mixed import ranges
from cleanse.read.rows import Row, Rows
from cleanse.schema import REJECT, REPAIR, RawTable

NO_HEADINGS = (
    "no heading row found: the columns are called column_1, column_2 …; "
    "say what they are in [columns] of the source rule"
)
"""Note on a text file whose first row is a record already."""

MERGED = "value of a merged cell taken for every row that it spans,"
_SHOWN, _LONGEST_SHOWN = 6, 80


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
        preamble=tuple(_preamble(rows, layout.heading)),
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
    # A merged cell is how a sheet says that rows share a value: nothing to look at.
    told = {how: numbers for how, numbers in pile.how.items() if how != MERGED}
    data = {(number, how) for how, numbers in told.items() for number in numbers}
    return pl.DataFrame(sorted(data), schema=REPAIR, orient="row")


def _preamble(rows: Rows, heading: Heading) -> list[str]:
    """Return the lines above the headings."""
    lines = [
        " ".join(cell.strip() for cell in row.cells if cell.strip())
        for row in map(rows.row, range(heading.first))
        if not row.is_blank
    ]
    return [line for line in lines if not line.lower().startswith("sep=")]


def _above(rows: Rows, heading: Heading, context: TableContext) -> list[str]:
    """Show what stands above the headings and the units below them: they are no records."""
    where = f"sheet {context.sheet}: " if context.sheet else ""
    notes: list[str] = []
    if lines := _preamble(rows, heading):
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
    reasons: dict[str, list[int]] = {}
    for row, reason in pile.rejects:
        reasons.setdefault(reason.partition(":")[0], []).append(row.number)
    notes += [
        f"{where}{len(numbers)} reject(s): {why} (row {ranges(sorted(numbers))})"
        for why, numbers in sorted(reasons.items())
    ]
    return notes
