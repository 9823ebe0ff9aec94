"""Workbooks: sheets, headings, digits, damage, passwords, hostile files."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import workbook_builders
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from cleanse.errors import InputError, SourceError, UnreadableError
from cleanse.read import read_file
from cleanse.read.workbook_cell import cell_text, number_text
from cleanse.rulebook.source import FileRule
from cleanse.schema import RawFile, RawTable

Fill = Callable[[xlsxwriter.Workbook], None]


def make(path: Path, fill: Fill, **options: object) -> Path:
    book = xlsxwriter.Workbook(str(path), options)
    fill(book)
    book.close()
    return path


def read(path: Path, **rule: object) -> RawFile:
    return read_file(path, path.name, FileRule.model_validate(rule))


def grid(table: RawTable) -> list[list[str]]:
    rows = table.rows.drop("row_number", "line_number").fill_null("").rows()
    return [list(table.headings), *(list(row) for row in rows)]


def sheet(book: xlsxwriter.Workbook, name: str, rows: list[list[object]], at: int = 0):
    page = book.add_worksheet(name)
    for number, row in enumerate(rows, at):
        for column, value in enumerate(row):
            if value is not None:
                page.write(number, column, value)
    return page


LIST = [["公司名称", "电话"], ["甲公司", 13800138000], ["乙公司", 13900139000]]


def test_cells_come_back_as_typed(tmp_path):
    def fill(book):
        page = book.add_worksheet("客户")
        day = book.add_format({"num_format": "yyyy/m/d"})
        hour = book.add_format({"num_format": "yyyy/m/d hh:mm"})
        page.write_row(0, 0, ["name", "phone", "id", "amount", "on", "at", "active"])
        page.write_row(1, 0, ["010010", 13800138000, 1.1e17, 0.1 + 0.2])
        page.write_datetime(1, 4, dt.datetime(2024, 3, 1), day)  # noqa: DTZ001
        page.write_datetime(1, 5, dt.datetime(2024, 3, 1, 12, 30), hour)  # noqa: DTZ001
        page.write(1, 6, True)

    found = read(make(tmp_path / "a.xlsx", fill))
    assert grid(found.tables[0])[1] == [
        "010010",
        "13800138000",
        "110000000000000000",
        "0.3",
        "2024-03-01",
        "2024-03-01 12:30:00",
        "TRUE",
    ]
    assert [note for note in found.notes if "16 digits or more" in note]
    assert (found.format, found.encoding, found.dialect) == ("xlsx", None, None)


def test_dates_of_the_1904_system(tmp_path):
    def fill(book):
        page = book.add_worksheet("a")
        page.write_row(0, 0, ["name", "on"])
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(1, 0, ["Ann"])
        page.write_datetime(1, 1, dt.datetime(2024, 3, 1), day)  # noqa: DTZ001

    path = make(tmp_path / "a.xlsx", fill, date_1904=True)
    assert grid(read(path).tables[0])[1] == ["Ann", "2024-03-01"]


def test_cover_merged_title_two_data_sheets_and_a_hidden_one(tmp_path):
    def fill(book):
        sheet(book, "封面", [["客户管理信息表"], ["编制：张三"], ["2026年一季度"]])
        page = sheet(book, "华东", [[], *LIST, ["合计", 2]], at=1)
        page.merge_range(0, 0, 0, 1, "华东区客户一览表")
        sheet(book, "华南", LIST)
        sheet(book, "旧", LIST).hide()

    found = read(make(tmp_path / "a.xlsx", fill))
    east, south = found.tables
    assert (east.sheet, south.sheet) == ("华东", "华南")
    assert grid(east) == [
        ["公司名称", "电话"],
        ["甲公司", "13800138000"],
        ["乙公司", "13900139000"],
    ]
    assert east.rows["row_number"].to_list() == [4, 5]
    assert (east.row_count, east.header_count, east.blank_count, east.header_row) == (
        6,
        2,
        1,
        3,
    )
    assert east.rejects["reason"].to_list() == ["total row"]
    notes = " / ".join(found.notes)
    assert "sheet 旧: hidden" in notes
    assert "sheet 封面: not a list" in notes


def test_a_hidden_sheet_is_read_when_a_rule_names_it(tmp_path):
    def fill(book):
        sheet(book, "a", LIST)
        sheet(book, "b", LIST).hide()

    path = make(tmp_path / "a.xlsx", fill)
    assert [table.sheet for table in read(path, sheets=["b"]).tables] == ["b"]
    with pytest.raises(SourceError, match="no sheet named 'c'"):
        read(path, sheets=["c"])


def test_heading_of_two_rows_under_merged_groups(tmp_path):
    def fill(book):
        page = sheet(book, "a", [[], [None, "电话", "邮箱"], ["甲", "1", "a@x.cn"]])
        page.merge_range(0, 0, 1, 0, "公司名称")
        page.merge_range(0, 1, 0, 2, "联系方式")

    table = read(make(tmp_path / "a.xlsx", fill)).tables[0]
    assert grid(table) == [
        ["公司名称", "联系方式 电话", "联系方式 邮箱"],
        ["甲", "1", "a@x.cn"],
    ]
    assert (table.header_row, table.header_count) == (2, 2)


def test_a_merged_cell_belongs_to_every_row_it_spans(tmp_path):
    def fill(book):
        page = sheet(
            book, "a", [["公司名称", "联系人"], [None, "张三"], [None, "李四"]]
        )
        page.merge_range(1, 0, 2, 0, "甲公司")

    table = read(make(tmp_path / "a.xlsx", fill)).tables[0]
    assert grid(table)[1:] == [["甲公司", "张三"], ["甲公司", "李四"]]


def test_a_table_may_start_anywhere(tmp_path):
    def fill(book):
        page = book.add_worksheet("a")
        for number, row in enumerate(LIST):
            page.write_row(10 + number, 3, row)

    table = read(make(tmp_path / "a.xlsx", fill)).tables[0]
    assert table.rows["row_number"].to_list() == [12, 13]
    assert (table.row_count, table.blank_count, table.header_row) == (13, 10, 11)
    assert table.headings == ("公司名称", "电话")


def test_error_cells_and_formulas_without_a_value_are_reported(tmp_path):
    def fill(book):
        page = sheet(book, "a", [["name", "total", "ratio"], ["Ann"]])
        page.write_formula(1, 1, "=1+1", value="")
        page.write_formula(1, 2, "=1/0", value="#DIV/0!")

    found = read(make(tmp_path / "a.xlsx", fill))
    assert grid(found.tables[0])[1] == ["Ann", "", "#DIV/0!"]
    notes = " / ".join(found.notes)
    assert "1 error value(s) (#N/A and the like) in C2" in notes
    assert "formulas without a stored value read as empty, in B2" in notes


FORMATS = [
    ("000000", 42, "000042", "zeros in front"),
    ("000\\-0000\\-0000", 13800138000, "138-0013-8000", "separators"),
    ('"C"00000', 7, "C00007", "letters in front"),
    ("[<=9999999]###\\-####;(000) 000\\-0000", 4155552671, "(415) 555-2671", "by size"),
    ("0%", 0.15342, "15.342%", "percent, not rounded"),
    ("[$¥-804]#,##0.00", 1234.5, "¥1234.5", "currency of a place"),
    ('_ "US$"* #,##0.00_ ', -5, "-US$5", "accounting"),
    ("#,##0.00", 1234.5, "1234.5", "thousands are looks"),
    ("0.00E+00", 13800138000, "13800138000", "an exponent is looks"),
    ('0"人"', 12, "12", "a unit is looks"),
    ("000000000000000000", 1.1e17, "110000000000000000", "more digits than are kept"),
    ("General", 13800138000, "13800138000", "nothing"),
    ("@", 13800138000, "13800138000", "text"),
]


@pytest.mark.parametrize("case", FORMATS, ids=lambda case: case[3])
def test_a_number_is_read_as_its_format_shows_it(tmp_path, case):
    code, value, shown, _ = case

    def fill(book):
        page = sheet(book, "a", [["name", "code"], ["Ann"]])
        page.write_number(1, 1, value, book.add_format({"num_format": code}))

    assert grid(read(make(tmp_path / "a.xlsx", fill)).tables[0])[1] == ["Ann", shown]


def test_digits_that_only_the_file_holds_are_not_lost(tmp_path):
    path = make(
        tmp_path / "a.xlsx",
        lambda book: sheet(
            book, "a", [["name", "id"], ["Ann", 77], ["Bob", 4.4e17], ["Cy", 1]]
        ),
    )
    part = "xl/worksheets/sheet1.xml"
    rewritten(path, part, lambda xml: xml.replace("<v>77<", "<v>110101199003071234<"))
    found = read(path)
    assert grid(found.tables[0])[1:3] == [
        ["Ann", "110101199003071234"],
        ["Bob", "440000000000000000"],
    ]
    assert [note for note in found.notes if ", in B3:" in note]


def test_what_is_hidden_is_read_and_said(tmp_path):
    def fill(book):
        page = sheet(book, "a", LIST)
        page.set_row(1, options={"hidden": True})
        page.set_column("B:B", None, None, {"hidden": True})
        sheet(book, "b", LIST).very_hidden()

    found = read(make(tmp_path / "a.xlsx", fill))
    assert found.tables[0].rows.height == 2
    notes = " / ".join(found.notes)
    assert "hidden are 1 row(s), read all the same (2)" in notes
    assert "hidden column(s), read all the same: B" in notes
    assert "sheet b: very hidden, not read" in notes


def test_the_totals_row_of_a_table_object_is_no_record(tmp_path):
    def fill(book):
        page = book.add_worksheet("a")
        columns = [{"header": "公司名称"}, {"header": "电话"}]
        page.add_table(0, 0, 3, 1, {"columns": columns, "total_row": True})
        for number, row in enumerate([*LIST, ["一共", 2]]):
            page.write_row(number, 0, row)

    table = read(make(tmp_path / "a.xlsx", fill)).tables[0]
    assert table.rows.height == 2
    assert table.rejects["reason"].to_list() == ["total row"]


PEOPLE = ["姓名", "部门", "电话"]
EAST = [["张一", "销售", "13800138001"], ["张二", "销售", "13800138002"]]
WEST = [["李一", "财务", "13900139001"]]
SUPPLIERS = [["供应商名称", "联系人", "手机"], ["某某材料厂", "周八", "021-66668888"]]


def beside(gap: int) -> list[list[object]]:
    spaces = [None] * gap
    return [[*PEOPLE, *spaces, *PEOPLE], [*EAST[0], *spaces, *WEST[0]], EAST[1]]


@pytest.mark.parametrize(
    ("rows", "second", "records"),
    [
        ([["通讯录"], *beside(1)], "a (from E1)", WEST),
        (beside(0), "a (from D1)", WEST),
        ([PEOPLE, *EAST, [], ["供应商"], *SUPPLIERS], "a (from A5)", SUPPLIERS[1:]),
        ([PEOPLE, *EAST, *SUPPLIERS], "a (from A4)", SUPPLIERS[1:]),
    ],
    ids=["side by side", "without a gap", "one under another", "without a blank row"],
)
def test_two_tables_of_one_sheet_are_never_read_as_one(tmp_path, rows, second, records):
    found = read(make(tmp_path / "a.xlsx", lambda book: sheet(book, "a", rows)))
    assert [table.sheet for table in found.tables] == ["a", second]
    assert grid(found.tables[0])[1:] == EAST
    assert grid(found.tables[1])[1:] == records
    assert "2 tables on one sheet" in found.notes[0]


def test_one_of_two_tables_is_read_when_a_rule_names_it(tmp_path):
    path = make(tmp_path / "a.xlsx", lambda book: sheet(book, "a", beside(1)))
    assert [t.sheet for t in read(path, sheets=["a (from E1)"]).tables] == [
        "a (from E1)"
    ]
    found = read(path, sheets=["a"])
    assert [table.sheet for table in found.tables] == ["a"]
    assert [note for note in found.notes if "not named in [file] sheets" in note]


FULL = [
    ["公司名称", "联系人", "电话", "地址"],
    ["甲公司", "王伟", "13800138001", "科技路1号"],
    ["乙公司", "李娜", "13800138002", "张江路8号"],
]


def test_a_blank_column_alone_does_not_divide_a_list(tmp_path):
    rows = [[*row[:2], None, *row[2:]] for row in FULL]
    found = read(make(tmp_path / "a.xlsx", lambda book: sheet(book, "a", rows)))
    assert grid(found.tables[0]) == FULL
    assert not found.notes


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["华东区"], "title of a section or a note, not a record"),
        (["一、重点客户"], "title of a section or a note, not a record"),
        (["客户一览"], "title of a section or a note, not a record"),
        (["华东区小计", None, 3, 800], "total row"),
        (["张三贸易"], None),
    ],
    ids=["area", "ordinal", "title again", "subtotal", "a name alone is a record"],
)
def test_rows_between_the_records(tmp_path, row, reason):
    rows = [["客户一览"], *FULL[:2], row, *FULL[2:]]
    found = read(make(tmp_path / "a.xlsx", lambda book: sheet(book, "a", rows)))
    assert found.tables[0].rows.height == (2 if reason else 3)
    assert found.tables[0].rejects["reason"].to_list() == ([reason] if reason else [])


def test_a_text_over_the_whole_width_is_no_record(tmp_path):
    def fill(book):
        page = sheet(book, "a", [*FULL[:2], [], *FULL[2:]])
        page.merge_range(2, 0, 2, 3, "重要伙伴")

    table = read(make(tmp_path / "a.xlsx", fill)).tables[0]
    assert grid(table) == FULL
    assert table.rejects["row_number"].to_list() == [3]


def test_an_amount_in_a_merged_cell_is_not_doubled(tmp_path):
    def fill(book):
        page = sheet(
            book, "a", [["公司名称", "联系人", "合同金额"], [], [None, "李四"]]
        )
        page.write(1, 1, "张三")
        page.merge_range(1, 0, 2, 0, "甲公司")
        page.merge_range(1, 2, 2, 2, 12000)

    found = read(make(tmp_path / "a.xlsx", fill))
    assert grid(found.tables[0])[1:] == [
        ["甲公司", "张三", "12000"],
        ["甲公司", "李四", ""],
    ]
    assert [note for note in found.notes if "amount in a merged cell" in note]


def test_merged_headings_of_three_rows_in_a_table_further_right(tmp_path):
    def fill(book):
        page = sheet(book, "a", [])
        page.merge_range("C4:G4", "客户台账")
        page.merge_range("C5:C7", "客户名称")
        page.merge_range("D5:F5", "联系方式")
        page.merge_range("D6:E6", "负责人")
        page.merge_range("F6:F7", "传真")
        page.merge_range("G5:G7", "地址")
        page.write_row("D7", ["姓名", "电话"])
        page.write_row("C8", ["甲公司", "王伟", "13800138001", "020-1", "科技路1号"])

    table = read(make(tmp_path / "a.xlsx", fill)).tables[0]
    assert table.headings == (
        "客户名称",
        "联系方式 负责人 姓名",
        "联系方式 负责人 电话",
        "联系方式 传真",
        "地址",
    )


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["行标签", "计数项:公司"], ["甲公司", 1], ["乙公司", 2]], "pivot table"),
        (
            [["客户名称", "甲公司", "联系人", "王伟"], ["电话", "1", "地址", "科技路"]]
            * 2,
            "a form about one customer",
        ),
    ],
    ids=["pivot", "form"],
)
def test_what_is_no_list_is_named(tmp_path, rows, says):
    path = make(tmp_path / "a.xlsx", lambda book: sheet(book, "a", rows))
    with pytest.raises(InputError, match=says):
        read(path)


def test_an_error_right_of_all_else_keeps_its_place(tmp_path):
    def fill(book):
        page = sheet(book, "a", [["name", "phone", "total"], ["Ann", "1"]], at=2)
        page.write_formula(3, 2, "=1/0", value="#DIV/0!")
        page.write_formula(4, 2, "=1/0", value="#N/A")

    table = read(make(tmp_path / "a.xlsx", fill)).tables[0]
    assert grid(table)[1:] == [["Ann", "1", "#DIV/0!"], ["", "", "#N/A"]]


def test_line_ends_and_escapes_in_cells(tmp_path):
    rows = [["name", "note"], ["Ann", "a_x000D_\nb"], ["Bob", "c\r\nd"]]
    table = read(make(tmp_path / "a.xlsx", lambda book: sheet(book, "a", rows))).tables[
        0
    ]
    assert grid(table)[1:] == [["Ann", "a\nb"], ["Bob", "c\nd"]]


def test_the_name_does_not_matter(tmp_path):
    path = make(tmp_path / "a.xlsx", lambda book: sheet(book, "a", LIST))
    renamed = path.rename(tmp_path / "export.csv")
    assert read(renamed).format == "xlsx"


def test_an_empty_workbook_is_an_input_error(tmp_path):
    path = make(tmp_path / "a.xlsx", lambda book: book.add_worksheet("a"))
    with pytest.raises(InputError, match="no sheet holds a list"):
        read(path)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04 cut short", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), "damaged"),
    ],
    ids=["zip", "ole"],
)
def test_a_damaged_workbook_is_refused(tmp_path, data, says):
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match=says) as caught:
        read(path)
    assert caught.value.exit_code == 1


def test_an_archive_is_no_workbook(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("list.csv", "a,b\n1,2\n")
    with pytest.raises(UnreadableError, match="Unpack it first"):
        read(path)


def rewritten(path: Path, part: str, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_a_stray_cell_at_the_far_corner_is_refused(tmp_path):
    path = make(tmp_path / "a.xlsx", lambda book: sheet(book, "a", LIST))
    stray = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    rewritten(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub("</sheetData>", stray, xml),
    )
    with pytest.raises(UnreadableError, match="more memory"):
        read(path)


def test_a_zip_that_explodes_is_refused_unread(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(110):
                part.write(bytes(1 << 20))
    with pytest.raises(UnreadableError, match="times its size"):
        read(path)


def encrypted(path: Path, password: str) -> Path:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = io.BytesIO(path.read_bytes())
    with path.open("wb") as file:
        OOXMLFile(plain).encrypt(password, file)
    return path


def test_a_password_comes_from_the_environment(tmp_path, monkeypatch):
    path = make(tmp_path / "a.xlsx", lambda book: sheet(book, "a", LIST))
    encrypted(path, "geheim")
    with pytest.raises(UnreadableError, match="CLEANSE_XLSX_PASSWORD"):
        read(path)
    monkeypatch.setenv("CLEANSE_XLSX_PASSWORD", "wrong")
    with pytest.raises(UnreadableError, match="does not open it"):
        read(path)
    monkeypatch.setenv("CLEANSE_XLSX_PASSWORD", "geheim")
    assert grid(read(path).tables[0])[1] == ["甲公司", "13800138000"]


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 6))
def test_digits_that_were_typed_come_back(number, places):
    """Any number of 15 digits: what a person typed, without trailing zeros."""
    sign = "-" if number < 0 else ""
    digits = f"{abs(number):0{places + 1}d}"
    whole, rest = digits[: len(digits) - places], digits[len(digits) - places :]
    typed = f"{sign}{whole}.{rest}".rstrip("0").rstrip(".") if places else str(number)
    assert number_text(float(typed)) == ("0" if typed in {"-0", ""} else typed)


def test_signs_that_separate_cells_cannot_stand_in_one():
    assert cell_text("a\x1fb\x1ec\r\nd\0") == "a b c\nd"


HEAD = ("公司名称", "邮编", "金额")


def ods_book(path: Path) -> Path:
    cell = workbook_builders.ods_cell
    spans = 'table:number-rows-spanned="2"'
    rows = [
        ("", "".join(map(cell, HEAD))),
        (
            "",
            cell("甲公司", more=spans)
            + cell("010010", "float", "10010")
            + cell("#N/A", more='calcext:value-type="error"'),
        ),
        (
            'table:visibility="filter"',
            "<table:covered-table-cell/>"
            + cell("010020", "float", "10020")
            + cell("¥5.00", "currency", "5", 'office:currency="CNY"'),
        ),
    ]
    return workbook_builders.ods(path, rows)


def xlsb_book(path: Path) -> Path:
    text, number = workbook_builders.xlsb_text, workbook_builders.xlsb_number
    rows = [
        [text(i, name) for i, name in enumerate(HEAD)],
        [
            text(0, "甲公司"),
            number(1, 10010, style=1),
            workbook_builders.xlsb_error(2, 0x2A),
        ],
        [number(1, 10020, style=1), text(2, "CNY 5")],
    ]
    return workbook_builders.xlsb(path, rows, "000000", (1, 2, 0, 0), hidden=2)


def xls_book(path: Path) -> Path:
    text, number = workbook_builders.xls_text, workbook_builders.xls_number
    cells = [text(0, i, name) for i, name in enumerate(HEAD)]
    cells += [text(1, 0, "甲公司"), number(1, 1, 10010, style=1)]
    cells += [workbook_builders.xls_error(1, 2, 0x2A), text(2, 0, "甲公司")]
    cells += [number(2, 1, 10020, style=1), text(2, 2, "CNY 5")]
    return workbook_builders.xls(path, cells, "000000", hidden=2)


@pytest.mark.parametrize("make_book", [ods_book, xlsb_book, xls_book])
def test_other_formats_say_as_much_as_xlsx(tmp_path, make_book):
    found = read(make_book(tmp_path / "a"))
    assert grid(found.tables[0]) == [
        list(HEAD),
        ["甲公司", "010010", "#N/A"],
        ["甲公司", "010020", "CNY 5"],
    ]
    notes = " / ".join(found.notes)
    assert "1 error value(s) (#N/A and the like) in C2" in notes
    assert "with the zeros, signs or % that their format shows" in notes
    assert "1 row(s), read all the same (3)" in notes
