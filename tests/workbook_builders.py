"""Small .ods, .xlsb and .xls workbooks, made of the parts that readers cannot do without."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def ods_cell(text: str, kind: str = "string", value: str = "", more: str = "") -> str:
    """Write one cell; `more` is further attributes."""
    number = f' office:value="{value}"' if value else ""
    return f'<table:table-cell office:value-type="{kind}"{number} {more}><text:p>{text}</text:p></table:table-cell>'


def ods(path: Path, rows: Sequence[tuple[str, str]], columns: str = "") -> Path:
    """Write an .ods of one sheet; a row is its attributes and its cells."""
    body = "".join(
        f"<table:table-row {attributes}>{cells}</table:table-row>"
        for attributes, cells in rows
    )
    spaces = " ".join(
        f'xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as archive:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr("mimetype", kind)
        archive.writestr(
            "content.xml",
            f'<office:document-content {spaces} xmlns:calcext="{_CALC}"><office:body><office:spreadsheet>'
            f'<table:table table:name="a">{columns}{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        manifest = f'<m:manifest xmlns:m="{_ODF}manifest:1.0"/>'
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def _record(kind: int, body: bytes = b"") -> bytes:
    """Write a record of .xlsb."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(body)
    return head + bytes([size & 0x7F | 0x80, size >> 7]) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_text(column: int, text: str) -> bytes:
    """Write a cell of text."""
    return _record(6, struct.pack("<2I", column, 0) + _wide(text))


def xlsb_number(column: int, value: float, style: int = 0) -> bytes:
    """Write a cell with a number."""
    return _record(5, struct.pack("<2Id", column, style, value))


def xlsb_error(column: int, code: int) -> bytes:
    """Write a cell with an error."""
    return _record(3, struct.pack("<2IB", column, 0, code))


def xlsb(
    path: Path,
    rows: Sequence[Sequence[bytes]],
    code: str,
    merge: tuple[int, int, int, int],
    hidden: int,
) -> Path:
    """Write an .xlsb of one sheet; style 1 has the format `code`."""
    sheet = _record(129) + _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, 9))
    sheet += _record(145)
    for number, cells in enumerate(rows):
        flags = 0x10 if number == hidden else 0
        head = struct.pack("<2IH3BI", number, 0, 300, 0, flags, 0, 0)
        sheet += _record(0, head) + b"".join(cells)
    sheet += _record(146) + _record(176, struct.pack("<4I", *merge)) + _record(130)
    book = _record(156, struct.pack("<2I", 0, 1) + _wide("rId1") + _wide("a"))
    style = struct.pack("<HH12x", 0, 0), struct.pack("<HH12x", 0, 164)
    styles = _record(44, struct.pack("<H", 164) + _wide(code)) + _record(617, bytes(4))
    styles += b"".join(_record(47, each) for each in style) + _record(618)
    relation = f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.bin"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{relation}</Relationships>',
        )
        archive.writestr(
            "xl/workbook.bin", _record(143) + book + _record(144) + _record(157)
        )
        archive.writestr("xl/styles.bin", styles)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return path


def _biff(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls_text(row: int, column: int, text: str) -> bytes:
    """Write a cell of text."""
    head = struct.pack("<4HB", row, column, 0, len(text), 1)
    return _biff(0x0204, head + text.encode("utf-16-le"))


def xls_number(row: int, column: int, value: float, style: int = 0) -> bytes:
    """Write a cell with a number."""
    return _biff(0x0203, struct.pack("<3Hd", row, column, style, value))


def xls_error(row: int, column: int, code: int) -> bytes:
    """Write a cell with an error."""
    return _biff(0x0205, struct.pack("<3HBB", row, column, 0, code, 1))


def xls(path: Path, cells: Sequence[bytes], code: str, hidden: int) -> Path:
    """Write an .xls of one sheet; style 1 has the format `code`."""
    start = struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)
    text = code.encode("utf-16-le")
    parts = [
        _biff(0x0809, start),
        _biff(0x041E, struct.pack("<HHB", 164, len(code), 1) + text),
        _biff(0x00E0, struct.pack("<HH16x", 0, 0)),
        _biff(0x00E0, struct.pack("<HH16x", 0, 164)),
    ]
    offset = sum(map(len, parts)) + 4 + 9 + 4
    parts.append(_biff(0x0085, struct.pack("<IBBBB", offset, 0, 0, 1, 0) + b"a"))
    parts += [_biff(0x000A), _biff(0x0809, start[:2] + b"\x10\0" + start[4:])]
    parts.append(_biff(0x0200, struct.pack("<IIHHH", 0, 99, 0, 9, 0)))
    parts.append(
        _biff(0x0208, struct.pack("<6HBBH", hidden, 0, 9, 255, 0, 0, 0x20, 0, 0))
    )
    path.write_bytes(_compound([*parts, *cells, _biff(0x000A)]))
    return path


def _compound(parts: Sequence[bytes]) -> bytes:
    """Write one stream, Workbook, into a compound file (MS-CFB)."""
    data = b"".join(parts)
    data += bytes(-len(data) % 512 + (4096 if len(data) < 4096 else 0))
    count = len(data) // 512
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    chain += [0xFFFFFFFF] * (128 - len(chain))
    none = 0xFFFFFFFF
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<6H", 0x3E, 3, 0xFFFE, 9, 6, 0) + bytes(4)
    head += struct.pack("<3I", 0, 1, 1) + struct.pack("<2I", 0, 4096)
    head += struct.pack("<4I", 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[none] * 108)
    return (
        head
        + struct.pack("<128I", *chain)
        + _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
        + _entry("Workbook", 2, none, 2, len(data))
        + 2 * _entry("", 0, none, 0, 0)
        + data
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    entry = text.ljust(64, b"\0") + struct.pack("<HBB", length, kind, 1)
    entry += struct.pack("<3I", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)
