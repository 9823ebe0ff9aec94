"""Workbooks: parsed in a child process, told apart into data sheets and covers here."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cleanse.errors import InputError, SourceError, UnreadableError, did_you_mean
from cleanse.read.indexed import index_cells
from cleanse.read.table import TableContext, build_table
from cleanse.read.words import Words
from cleanse.read.workbook_child import COMMAND, PASSWORD_VARIABLE, Report, Sheet
from cleanse.rulebook.source import FileRule
from cleanse.schema import RawTable

_BASE_SECONDS = 30
_SECONDS_PER_MB = 20
_REFUSALS = {
    "password": f"it is protected by a password. Set the environment variable {PASSWORD_VARIABLE}, or save it without a password.",
    "wrong_password": f"the password in the environment variable {PASSWORD_VARIABLE} does not open it.",
    "password_ods": "it is protected by a password. Open it and save it without one.",
    "archive": "this is a zip archive without a workbook in it. Unpack it first.",
    "corrupt": "the workbook is damaged and cannot be read. Open it in a spreadsheet, let that repair it, and save it as .xlsx.",
    "memory": "it asks for more memory than a list of customers can need, which a stray cell far right and down may cause. Copy the list into a new workbook.",
    "hostile": "it is packed in a way that no ordinary workbook is. Copy the list into a new workbook.",
    "time": "it takes too long to read. Save the list alone as .xlsx or .csv.",
}


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a workbook held."""

    format: str
    tables: tuple[RawTable, ...]
    notes: tuple[str, ...]


def read_workbook(path: Path, file: str, rule: FileRule, words: Words) -> Workbook:
    """Read the data sheets of a workbook.

    Raises:
        UnreadableError: Corrupt, protected by a password, or refused as hostile.
        InputError: No sheet holds a table.
        SourceError: The rule names a sheet that is not there.
    """
    report, payload = _parse(path, file, rule.sheets)
    _require_sheets(report, file, rule.sheets)
    notes: list[str] = []
    tables: list[RawTable] = []
    at = 0
    for sheet in report["sheets"]:
        cells = payload[at : at + sheet["bytes"]]
        at += sheet["bytes"]
        notes += _sheet_notes(sheet)
        if sheet["row_count"]:
            table, table_notes = _table(sheet, cells, file, rule, words)
            tables.append(table)
            notes += table_notes
    kept = tables if rule.sheets else data_tables(tables, words)
    notes += [
        f"sheet {table.sheet}: not a list (cover or notes), {table.row_count} rows not read"
        for table in tables
        if table not in kept
    ]
    if not kept:
        raise InputError(
            f"{file}: no sheet holds a list. Check that the right file was sent."
        )
    names = {table.sheet for table in kept}
    dropped = {f"sheet {table.sheet}: " for table in tables if table.sheet not in names}
    notes = [n for n in notes if not n.startswith(tuple(dropped)) or "not a list" in n]
    return Workbook(report["format"], tuple(kept), tuple(notes))


def _parse(path: Path, file: str, sheets: Collection[str]) -> tuple[Report, bytes]:
    options = json.dumps({"sheets": list(sheets)})
    command = [*COMMAND, str(path.resolve()), options]
    limit = _BASE_SECONDS + _SECONDS_PER_MB * path.stat().st_size / (1 << 20)
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            command, capture_output=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _refused(file, "time:") from error
    head, newline, payload = done.stdout.partition(b"\n")
    # A failed allocation aborts the child: nothing, or half a report, is left behind.
    if done.returncode != 0 or not newline:
        raise _refused(file, "memory:")
    report: Report = json.loads(head)
    if report["refused"]:
        raise _refused(file, report["refused"])
    return report, payload


def _refused(file: str, refusal: str) -> UnreadableError:
    code, _, detail = refusal.partition(":")
    return UnreadableError(
        f"{file}: {_REFUSALS[code]}" + (f" ({detail})" if detail else "")
    )


def _require_sheets(report: Report, file: str, wanted: Sequence[str]) -> None:
    found = [sheet["name"] for sheet in report["sheets"]]
    for name in wanted:
        if name not in found:
            raise SourceError(
                f"{file}: no sheet named {name!r}{did_you_mean(name, found)}. Found: {', '.join(found)}. "
                "Edit [file] sheets of its source rule."
            )


def _table(
    sheet: Sheet, cells: bytes, file: str, rule: FileRule, words: Words
) -> tuple[RawTable, list[str]]:
    merges = [((a, b), (c, d)) for (a, b), (c, d) in sheet["merges"]]
    context = TableContext(
        file=file,
        words=words,
        sheet=sheet["name"],
        header_row=rule.header_row,
        merges=merges,
    )
    return build_table(index_cells(cells), context)


def _sheet_notes(sheet: Sheet) -> list[str]:
    name = sheet["name"]
    if not sheet["is_read"]:
        hidden = "" if sheet["is_visible"] else "hidden, "
        return [f"sheet {name}: {hidden}not read (name it in [file] sheets to read it)"]
    notes = []
    if sheet["error_cells"]:
        cells = _some(sheet["error_cells"])
        notes.append(f"sheet {name}: error values (#N/A and the like) in {cells}")
    if sheet["empty_formulas"]:
        cells = _some(sheet["empty_formulas"])
        notes.append(
            f"sheet {name}: formulas without a stored value read as empty, in {cells}; open and save it in a spreadsheet"
        )
    if sheet["long_number_count"]:
        notes.append(
            f"sheet {name}: {sheet['long_number_count']} number(s) of 16 digits or more, of which the workbook keeps 15: "
            "ids among them are damaged at the end; format such columns as text"
        )
    return notes


def _some(cells: Sequence[str]) -> str:
    more = f" and {len(cells) - 5} more" if len(cells) > 5 else ""  # noqa: PLR2004
    return ", ".join(cells[:5]) + more


_FEWEST_COLUMNS = 3
_FEWEST_ROWS = 20
_KNOWN = 0.3


def data_tables(tables: Sequence[RawTable], words: Words) -> list[RawTable]:
    """Choose the sheets that hold lists; the others are covers, notes and the like.

    When one sheet has known headings, a sheet without them is a list only if it is as
    wide, or long and under headings of its own. Else every sheet that is mostly filled counts,
    and of sheets that are not, the largest.
    """
    strong = [
        table
        for table in tables
        if _known(table, words) > _KNOWN and len(table.headings) > 1
    ]
    if strong:
        widths = {len(table.headings) for table in strong}
        return [table for table in tables if table in strong or _is_list(table, widths)]
    filled = [table for table in tables if table.rows.height and _fill(table) >= 0.5]  # noqa: PLR2004
    return filled or sorted(tables, key=lambda each: -each.row_count)[:1]


def _known(table: RawTable, words: Words) -> float:
    if not table.header_row:
        return 0.0
    return sum(map(words.is_heading, table.headings)) / max(1, len(table.headings))


def _is_list(table: RawTable, widths: Collection[int]) -> bool:
    columns = len(table.headings)
    if columns < _FEWEST_COLUMNS or _fill(table) < 0.4:  # noqa: PLR2004
        return False
    is_long = bool(table.header_row) and table.rows.height >= _FEWEST_ROWS
    return is_long or columns in widths


def _fill(table: RawTable) -> float:
    """Return the share of cells that hold something."""
    cells = table.rows.height * len(table.headings)
    empty = sum(table.rows.select(pl.col(table.headings).null_count()).row(0))
    return 1 - empty / cells if cells else 0.0
