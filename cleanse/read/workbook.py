"""Workbooks: parsed in a child process, told apart into data sheets and covers here."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from cleanse.errors import InputError, SourceError, UnreadableError, did_you_mean
from cleanse.read.indexed import index_cells
from cleanse.read.layout import TableContext
from cleanse.read.table import build_table
from cleanse.read.words import TOTAL, Words
from cleanse.read.workbook_child import COMMAND, PASSWORD_VARIABLE, Report, Sheet
from cleanse.read.workbook_choice import NOT_NAMED, data_tables
from cleanse.read.workbook_fact import column_letters
from cleanse.read.workbook_layout import (
    Region,
    encoded_frame,
    grid_of,
    marked_rows,
    moved_down,
    regions,
)
from cleanse.read.workbook_note import sheet_notes
from cleanse.rulebook.source import FileRule
from cleanse.schema import RawTable

_FROM = re.compile(r" \(from [A-Z]{1,3}\d+\)$")
_BASE_SECONDS = 60
_SECONDS_PER_MB = 20
_REFUSALS = {
    "password": f"it is protected by a password. Set the environment variable {PASSWORD_VARIABLE}, or save it without a password.",
    "wrong_password": f"the password in the environment variable {PASSWORD_VARIABLE} does not open it.",
    "password_ods": "it is protected by a password, which cannot be given for .ods. Open it, and save it without one or as .xlsx.",
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


def read_workbook(
    path: Path, file: str, rule: FileRule, words: Words, *, any_list: bool = False
) -> Workbook:
    """Read the data sheets of a workbook; of `any_list`, see `data_tables`.

    Raises:
        UnreadableError: Corrupt, protected by a password, or refused as hostile.
        InputError: No sheet holds a table.
        SourceError: The rule names a sheet that is not there.
    """
    report, payload = _parse(path, file, sorted({_sheet_of(n) for n in rule.sheets}))
    _require_sheets(report, file, [_sheet_of(name) for name in rule.sheets])
    notes: list[str] = []
    tables: list[RawTable] = []
    at = 0
    for sheet in report["sheets"]:
        cells = payload[at : at + sheet["bytes"]]
        at += sheet["bytes"]
        notes += sheet_notes(sheet)
        if sheet["row_count"]:
            found = _tables(sheet, cells, file, rule, words)
            tables += [table for table, _ in found]
            notes += [note for _, each in found for note in each]
    why: dict[str, str] = {}
    if rule.sheets:
        kept = [t for t in tables if t.sheet in rule.sheets]
    else:
        kept, why = data_tables(tables, words, any_list=any_list)
    notes += [
        f"sheet {table.sheet}: {why.get(str(table.sheet), NOT_NAMED)}, {table.row_count} rows not read"
        for table in tables
        if table not in kept
    ]
    if not kept:
        said = "".join(f"\n  - {note}" for note in notes if "not read" in note)
        raise InputError(
            f"{file}: no sheet holds a list. Check that the right file was sent.{said}"
        )
    names = {table.sheet for table in kept}
    dropped = {f"sheet {table.sheet}: " for table in tables if table.sheet not in names}
    notes = [n for n in notes if not n.startswith(tuple(dropped)) or "not read" in n]
    return Workbook(report["format"], tuple(kept), tuple(notes))


def _sheet_of(name: str) -> str:
    """Return the sheet that a table is on.

    >>> _sheet_of("客户 (from E1)")
    '客户'
    """
    return _FROM.sub("", name)


def _parse(path: Path, file: str, sheets: Collection[str]) -> tuple[Report, bytes]:
    options = json.dumps({"sheets": list(sheets)})
    command = [*COMMAND, str(path.resolve()), options]
    # The child counts its own seconds of work; this is for one that only waits.
    limit = _BASE_SECONDS + _SECONDS_PER_MB * path.stat().st_size / (1 << 20)
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            command, capture_output=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _refused(file, "time:") from error
    if -done.returncode == getattr(signal, "SIGXCPU", None):
        raise _refused(file, "time:")
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


def _tables(
    sheet: Sheet, cells: bytes, file: str, rule: FileRule, words: Words
) -> list[tuple[RawTable, list[str]]]:
    """Read the tables of a sheet, each with its notes."""
    rows = index_cells(cells)
    merges = [((a, b), (c, d)) for (a, b), (c, d) in sheet["merges"]]
    count, width = sheet["row_count"], sheet["width"]
    frame = rows.frame(np.arange(count), width) if width > 1 else pl.DataFrame()
    grid = grid_of(frame, merges)
    whole = Region(0, count, 0, width)
    found = [whole]
    if rule.header_row is None and width > 1:
        found = regions(grid, words)
    # What build_table decides by itself goes before: a total that says so is a total.
    marked = dict.fromkeys(sheet["total_rows"], TOTAL) | (
        marked_rows(grid, words) if found == [whole] else {}
    )
    tables: list[tuple[RawTable, list[str]]] = []
    for region in found:
        part = frame[region.top : region.bottom, region.left : region.right]
        name = sheet["name"]
        if tables:
            name += (
                f" (from {column_letters(sheet['left'] + region.left)}{region.top + 1})"
            )
        context = TableContext(
            file=file,
            words=words,
            sheet=name,
            header_row=rule.header_row,
            merges=region.merges(merges),
            marked=marked
            if region == whole
            else marked_rows(grid_of(part, region.merges(merges)), words),
        )
        table, notes = build_table(
            rows if region == whole else index_cells(encoded_frame(part)), context
        )
        tables.append((moved_down(table, region.top), notes))
    if len(tables) > 1:
        names = ", ".join(str(table.sheet) for table, _ in tables)
        tables[0][1].insert(
            0,
            f"sheet {sheet['name']}: {len(tables)} tables on one sheet, each looked at by itself: {names}; to read only some, name them in [file] sheets",
        )
    return tables
