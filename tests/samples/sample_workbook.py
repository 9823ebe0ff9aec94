"""The ERP's workbook as it is handed over: cover, merged titles, numbers for phones, a hidden sheet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter
from sample_erp import HEADINGS, HIDDEN
from sample_line import Line, Sheet
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

COVER = (
    "某某机电制造有限公司", "", "客户管理信息表", "",
    "编制部门：财务部", "版本：V2.3", "说明：各区域客户见后续工作表，红色为重点客户。",
)  # fmt: skip
OLD = (
    ("停用客户甲", "张三", "00000000", "", "", "2001年", "", 0, 0, "", "停用", "D"),
    ("停用客户乙", "李四", "00000000", "", "", "2003年", "", 0, 0, "", "停用", "D"),
)


def write_workbook(path: Path, sheets: list[Sheet]) -> None:
    """Write the data sheets between a cover and a hidden sheet."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties(
            {"title": "客户管理信息表", "created": datetime(2026, 1, 5, tzinfo=UTC)}
        )
        bold = book.add_format({"bold": True, "align": "center", "border": 1})
        _write_cover(book.add_worksheet("封面"), bold)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.sheet), sheet, bold)
        old = book.add_worksheet(HIDDEN)
        for row, cells in enumerate([HEADINGS, *OLD]):
            old.write_row(row, 0, cells)
        old.hide()


def _write_cover(page: Worksheet, bold: Format) -> None:
    page.merge_range("B2:H2", COVER[0], bold)
    for row, text in enumerate(COVER[1:], 3):
        page.write_string(row, 1, text)


def _write_sheet(page: Worksheet, sheet: Sheet, bold: Format) -> None:
    last = len(HEADINGS) - 1
    page.freeze_panes(4, 1)
    page.set_column(0, last, 16)
    for row, line in enumerate(sheet.lines):
        if line.kind in {"title", "preamble"}:
            page.merge_range(row, 0, row, last, line.cells[0], bold)
        elif line.kind == "total":
            _write_total(page, row, line)
        else:
            _write_cells(page, row, line, bold if line.kind == "header" else None)


def _write_cells(page: Worksheet, row: int, line: Line, style: Format | None) -> None:
    for column, cell in enumerate(line.cells):
        if isinstance(cell, date):
            page.write_datetime(row, column, datetime(cell.year, cell.month, cell.day))  # noqa: DTZ001
        elif isinstance(cell, float | int):
            page.write_number(row, column, cell)
        elif cell:
            page.write_string(row, column, str(cell), style)


def _write_total(page: Worksheet, row: int, line: Line) -> None:
    """Write 合计 with a formula and the value that Excel last computed for it."""
    page.write_string(row, 0, str(line.cells[0]))
    page.write_formula(row, 7, f"=SUM(H5:H{row})", None, line.cells[7])
