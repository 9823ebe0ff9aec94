"""Parse one workbook in a process of its own, with limits: what is hostile dies here.

The parent starts it with COMMAND, which imports these few modules but not the rest of the
package, so that it is up in 80 ms. stdout: one line of JSON (`Report`), then per sheet the
cells as text, CELL_END between cells and ROW_END after rows. Errors are codes, never values.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import IO, TypedDict

import python_calamine as calamine

from cleanse.read.workbook_container import (
    RefusedError,
    limits,
    open_workbook,
    refusal,
)
from cleanse.read.workbook_encode import encoded_cells
from cleanse.read.workbook_fact import Facts, Merge, cell_names, column_letters

PASSWORD_VARIABLE = "CLEANSE_XLSX_PASSWORD"  # noqa: S105 - its name, not the password

_BOOT = """
import sys, types
for name, folder in (("cleanse", sys.argv[1]), ("cleanse.read", sys.argv[1] + "/read")):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [folder]
from cleanse.read.workbook_child import run
run(sys.argv[2], sys.argv[3], sys.stdout.buffer)
"""
# -P: the current folder is not searched for modules.
COMMAND = (sys.executable, "-P", "-c", _BOOT, str(Path(__file__).parent.parent))
"""Starts the child; the path and the options (JSON: sheets) follow."""

_MOST_MERGES = 100_000
_FAR = 1 << 14
_MOST_NAMED = 20


class Places(TypedDict):
    """Cells of one kind: how many, and the first of them by name."""

    count: int
    first: list[str]


class Sheet(TypedDict):
    """What the parent needs to know of one sheet."""

    name: str
    visible: str
    """visible, hidden or very hidden."""
    is_read: bool
    row_count: int
    width: int
    left: int
    """Empty columns on the left, which are left out of `width` and `merges`."""
    bytes: int
    merges: list[Merge]
    error_cells: Places
    empty_formulas: Places
    long_numbers: Places
    shown_count: int
    """Numbers read with the zeros, signs or % that their format shows."""
    hidden_rows: list[int]
    """0-based, those that hold something or not."""
    hidden_columns: list[str]
    is_filtered: bool
    total_rows: list[int]
    """0-based."""


class Report(TypedDict):
    """The first line of the output."""

    format: str
    was_encrypted: bool
    sheets: list[Sheet]
    refused: str


def read_sheets(
    file: IO[bytes], wanted: list[str], kind: str
) -> Iterator[tuple[Sheet, list[bytes]]]:
    """Read the wanted sheets, all visible ones when none is named; the others only by name."""
    book = calamine.load_workbook(file)
    facts = _facts(file, kind)
    for meta in book.sheets_metadata:
        is_sheet = meta.typ == calamine.SheetTypeEnum.WorkSheet
        visible = {"Hidden": "hidden", "VeryHidden": "very hidden"}.get(
            str(meta.visible).rpartition(".")[2], "visible"
        )
        is_read = meta.name in wanted if wanted else visible == "visible" and is_sheet
        if is_read:
            sheet = book.get_sheet_by_name(meta.name)
            yield _read_sheet(sheet, facts.pop(meta.name, Facts()), visible)
        elif is_sheet:
            yield _sheet(meta.name, visible), []


def _facts(file: IO[bytes], kind: str) -> dict[str, Facts]:
    """Look at the file again for what calamine does not tell."""
    if kind == "xlsx":
        from cleanse.read.workbook_xlsx import xlsx_facts as facts  # noqa: PLC0415
    elif kind == "xls":
        from cleanse.read.workbook_xls import xls_facts as facts  # noqa: PLC0415
    elif kind == "xlsb":
        from cleanse.read.workbook_xlsb import xlsb_facts as facts  # noqa: PLC0415
    else:
        from cleanse.read.workbook_ods import ods_facts as facts  # noqa: PLC0415
    return facts(file)


def _sheet(name: str, visible: str) -> Sheet:
    return Sheet(
        name=name,
        visible=visible,
        is_read=False,
        row_count=0,
        width=0,
        left=0,
        bytes=0,
        merges=[],
        error_cells=_places([]),
        empty_formulas=_places([]),
        long_numbers=_places([]),
        shown_count=0,
        hidden_rows=[],
        hidden_columns=[],
        is_filtered=False,
        total_rows=[],
    )


def _places(cells: list[tuple[int, int]]) -> Places:
    return Places(count=len(cells), first=cell_names(cells[:_MOST_NAMED]))


def _read_sheet(
    sheet: calamine.CalamineSheet, facts: Facts, visible: str
) -> tuple[Sheet, list[bytes]]:
    # calamine leaves out empty columns on the left (not rows), and holds errors for empty.
    start, end = sheet.start or (0, _FAR), sheet.end or (-1, -1)
    columns = [column for _, column in facts.errors]
    left = min([start[1], *columns])
    right = max([end[1], *columns])
    below = max((row for row, _ in facts.errors), default=-1) - end[0]
    pad = [""] * (start[1] - left) if sheet.start else []
    rows = ([*pad, *row] for row in sheet.iter_rows()) if pad else sheet.iter_rows()
    cells = encoded_cells(
        chain(rows, repeat([], max(0, below))),
        max(0, right + 1 - left),
        {(row, column - left): text for (row, column), text in facts.texts.items()},
    )
    found = _sheet(sheet.name, visible)
    found["is_read"] = True
    found["row_count"], found["width"] = cells.row_count, cells.width
    found["bytes"] = sum(map(len, cells.pieces))
    found["left"] = left if cells.row_count else 0
    found["merges"] = [
        ((top, a - left), (bottom, b - left))
        for (top, a), (bottom, b) in (sheet.merged_cell_ranges or facts.merges)
        if a >= left
    ][:_MOST_MERGES]
    found["error_cells"] = _places(facts.errors)
    found["empty_formulas"] = _places(facts.no_values)
    found["long_numbers"] = _places(
        [(row, column + left) for row, column in cells.long_numbers]
    )
    found["shown_count"] = cells.shown_count - len(facts.errors)
    found["hidden_rows"] = [row for row in facts.hidden_rows if row < cells.row_count]
    hidden = sorted(facts.hidden_columns.intersection(range(left, left + cells.width)))
    found["hidden_columns"] = list(map(column_letters, hidden))
    found["is_filtered"] = facts.is_filtered
    found["total_rows"] = facts.total_rows
    return found, cells.pieces


def limit(memory: int, seconds: int) -> None:
    """Let allocations beyond `memory` bytes fail and end the process after `seconds` of work."""
    try:
        import resource  # noqa: PLC0415 - not on Windows

        for kind, most in (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CPU, seconds),
        ):
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
    except (ImportError, ValueError, OSError):
        return


def run(path: str, options: str, out: IO[bytes]) -> None:
    """Read the workbook at `path` and write report and cells to `out`."""
    wanted: list[str] = json.loads(options)["sheets"]
    report = Report(format="", was_encrypted=False, sheets=[], refused="")
    payloads: list[bytes] = []
    file: IO[bytes] = io.BytesIO()
    try:
        data = Path(path).read_bytes()
        limit(*limits(io.BytesIO(data)))
        file, report["format"], report["was_encrypted"] = open_workbook(
            data, os.environ.get(PASSWORD_VARIABLE)
        )
        if report["was_encrypted"]:
            limit(*limits(file))
        for sheet, pieces in read_sheets(file, wanted, report["format"]):
            report["sheets"].append(sheet)
            payloads += pieces
    except RefusedError as error:
        report["refused"] = str(error)
    except calamine.PasswordError:
        report["refused"] = "password_ods:"
    except calamine.CalamineError as error:
        report["refused"] = refusal(file, str(error))
    except MemoryError:
        report["refused"] = "memory:"
    except BaseException as error:  # noqa: BLE001 - Rust panics are no Exception
        report["refused"] = f"corrupt:{type(error).__name__}"
    out.write(json.dumps(report).encode() + b"\n")
    if not report["refused"]:
        for payload in payloads:
            out.write(payload)
