"""Parse one workbook in a process of its own, with a memory limit: what is hostile dies here.

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
from pathlib import Path
from typing import IO, TypedDict

import python_calamine as calamine

from cleanse.read.workbook_cell import (
    CELL_END,
    ROW_END,
    UNUSUAL,
    cell_text,
    is_long,
    plain,
)
from cleanse.read.workbook_container import (
    RefusedError,
    memory_limit,
    open_workbook,
    refusal,
)
from cleanse.read.workbook_fault import column_letters, sheet_faults

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


class Sheet(TypedDict):
    """What the parent needs to know of one sheet."""

    name: str
    is_visible: bool
    is_read: bool
    row_count: int
    width: int
    bytes: int
    merges: list[tuple[tuple[int, int], tuple[int, int]]]
    error_cells: list[str]
    empty_formulas: list[str]
    long_number_count: int


class Report(TypedDict):
    """The first line of the output."""

    format: str
    was_encrypted: bool
    sheets: list[Sheet]
    refused: str


def read_sheets(
    file: IO[bytes], wanted: list[str], kind: str
) -> Iterator[tuple[Sheet, bytes]]:
    """Read the wanted sheets, all visible ones when none is named; the others only by name."""
    book = calamine.load_workbook(file)
    faults = sheet_faults(file) if kind == "xlsx" else {}
    for meta in book.sheets_metadata:
        is_visible = meta.visible == calamine.SheetVisibleEnum.Visible
        is_sheet = meta.typ == calamine.SheetTypeEnum.WorkSheet
        is_read = meta.name in wanted if wanted else is_visible and is_sheet
        if not is_read:
            if is_sheet:
                yield _sheet(meta.name, is_visible=is_visible), b""
            continue
        sheet = book.get_sheet_by_name(meta.name)
        errors, formulas = faults.get(meta.name, ({}, []))
        yield _read_sheet(sheet, errors, formulas, is_visible=is_visible)


def _sheet(name: str, *, is_visible: bool) -> Sheet:
    return Sheet(
        name=name,
        is_visible=is_visible,
        is_read=False,
        row_count=0,
        width=0,
        bytes=0,
        merges=[],
        error_cells=[],
        empty_formulas=[],
        long_number_count=0,
    )


def _read_sheet(
    sheet: calamine.CalamineSheet,
    errors: dict[tuple[int, int], str],
    formulas: list[str],
    *,
    is_visible: bool,
) -> tuple[Sheet, bytes]:
    rows: list[list[str]] = []
    used = width = long_numbers = 0
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), error in errors.items():
        by_row.setdefault(row, []).append((column, error))
    for index, values in enumerate(sheet.iter_rows()):
        cells = [v if type(v) is str else cell_text(v) for v in values]
        if UNUSUAL.search("\t".join(cells)):
            cells = list(map(plain, cells))
        for column, error in by_row.get(index, ()):
            cells += [""] * (column + 1 - len(cells))
            cells[column] = error
        while cells and not cells[-1]:
            cells.pop()
        long_numbers += len([v for v in values if type(v) is float and is_long(v)])
        rows.append(cells)
        if cells:
            used, width = index + 1, max(width, len(cells))
    text = "".join(
        CELL_END.join(cells) + CELL_END * (width - max(1, len(cells))) + ROW_END
        for cells in rows[:used]
    )
    payload = text.encode(errors="replace")
    found = _sheet(sheet.name, is_visible=is_visible)
    found["is_read"] = True
    found["row_count"], found["width"], found["bytes"] = used, width, len(payload)
    found["merges"] = (sheet.merged_cell_ranges or [])[:_MOST_MERGES]
    found["error_cells"] = [f"{column_letters(c)}{r + 1}" for r, c in errors]
    found["empty_formulas"] = formulas
    found["long_number_count"] = long_numbers
    return found, payload


def limit_memory(size: int) -> None:
    """Let allocations fail beyond `size` bytes, where the system can do that."""
    try:
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
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
        limit_memory(memory_limit(io.BytesIO(data)))
        file, report["format"], report["was_encrypted"] = open_workbook(
            data, os.environ.get(PASSWORD_VARIABLE)
        )
        for sheet, payload in read_sheets(file, wanted, report["format"]):
            report["sheets"].append(sheet)
            payloads.append(payload)
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
    for payload in payloads:
        out.write(payload)
