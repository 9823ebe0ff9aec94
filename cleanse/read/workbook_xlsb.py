"""Facts of .xlsb sheets, from their records (MS-XLSB 2.4): errors, merges, shown digits, hidden rows."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree as ET

from cleanse.read.workbook_fact import ERRORS, Facts
from cleanse.read.workbook_format import PERCENT_IDS, Show, shower
from cleanse.read.workbook_xls import unpacked
from cleanse.read.workbook_xlsx import relations

_ROW, _RK, _ERROR, _REAL, _FORMULA_NUMBER, _FORMULA_ERROR = 0, 2, 3, 5, 9, 11
_FORMAT, _XF, _COLUMN, _FILTER_COLUMN = 44, 47, 60, 163
_SHEET, _MERGE, _STYLES, _STYLES_END = 156, 176, 617, 618
_HIDDEN_ROW = 0x10
_MOST_COLUMN = (1 << 14) - 1
_CELLS = frozenset((_RK, _REAL, _FORMULA_NUMBER))


def xlsb_facts(file: IO[bytes]) -> dict[str, Facts]:
    """Find what calamine does not tell, by sheet name."""
    found: dict[str, Facts] = {}
    try:
        with zipfile.ZipFile(file) as archive:
            names = frozenset(archive.namelist())
            shows = _shows(archive, names)
            parts = relations(archive, names, "xl/workbook.bin", "/worksheet")
            for kind, body in _records(archive.read("xl/workbook.bin")):
                if kind == _SHEET:
                    key, at = _text(body, 8)
                    if key in parts:
                        data = archive.read(parts[key])
                        found[_text(body, at)[0]] = _sheet_facts(data, shows)
    except (
        KeyError,
        zipfile.BadZipFile,
        ValueError,
        IndexError,
        NotImplementedError,
        struct.error,
        ET.ParseError,
    ):
        return found
    finally:
        file.seek(0)
    return found


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Return kind and body of every record; kinds and lengths take 7 bits to a byte."""
    at, size = 0, len(data)
    while at < size:
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[at] << 7)
            at += 1
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 21:  # noqa: PLR2004 - the last of at most four
                break
        yield kind, data[at : at + length]
        at += length


def _text(body: bytes, at: int) -> tuple[str, int]:
    """Return a string of 16-bit characters, and where it ends."""
    end = at + 4 + 2 * struct.unpack_from("<I", body, at)[0]
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _shows(archive: zipfile.ZipFile, names: frozenset[str]) -> dict[int, Show]:
    """Return, by cell style, how numbers are shown where that adds something."""
    if "xl/styles.bin" not in names:
        return {}
    codes: dict[int, str] = {}
    shows: dict[int, Show] = {}
    style = -1
    for kind, body in _records(archive.read("xl/styles.bin")):
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
        elif kind == _STYLES:
            style = 0
        elif kind == _STYLES_END:
            break
        elif kind == _XF and style >= 0:
            number = struct.unpack_from("<H", body, 2)[0]
            code = codes.get(number, "0%" if number in PERCENT_IDS else "")
            if show := shower(code) if code else None:
                shows[style] = show
            style += 1
    return shows


def _sheet_facts(data: bytes, shows: dict[int, Show]) -> Facts:
    facts = Facts()
    row = 0
    for kind, body in _records(data):
        if kind == _ROW:
            row = struct.unpack_from("<I", body)[0]
            if body[11] & _HIDDEN_ROW:
                facts.hidden_rows.append(row)
        elif kind in _CELLS:
            if shows:
                _look_at_number(kind, body, row, facts, shows)
        elif kind in (_ERROR, _FORMULA_ERROR):
            column = struct.unpack_from("<I", body)[0]
            facts.add_error((row, column), ERRORS.get(body[8], "#ERROR"))
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<4I", body)
            facts.merges.append(((top, left), (bottom, right)))
        elif kind == _COLUMN and body[16] & 1:
            first, last = struct.unpack_from("<2I", body)
            facts.hidden_columns.update(range(first, min(last, _MOST_COLUMN) + 1))
        elif kind == _FILTER_COLUMN:
            facts.is_filtered = True
    return facts


def _look_at_number(
    kind: int, body: bytes, row: int, facts: Facts, shows: dict[int, Show]
) -> None:
    column, style = struct.unpack_from("<2I", body)
    show = shows.get(style & 0xFFFFFF)
    if show is None:
        return
    value = (
        unpacked(struct.unpack_from("<I", body, 8)[0])
        if kind == _RK
        else struct.unpack_from("<d", body, 8)[0]
    )
    text = show(value)
    if text is not None:
        facts.texts[row, column] = text
