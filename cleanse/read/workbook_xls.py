"""Facts of .xls sheets, from their records (MS-XLS 2.4): errors, shown digits, hidden rows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from cleanse.read.workbook_fact import ERRORS, Facts
from cleanse.read.workbook_format import PERCENT_IDS, Show, shower

_BOF, _EOF = 0x0809, 0x000A
_BOUNDSHEET, _FORMAT, _XF = 0x0085, 0x041E, 0x00E0
_FORMULA, _NUMBER, _BOOLERR = 0x0006, 0x0203, 0x0205
_RK, _MULRK, _ROW, _COLINFO, _FILTERMODE = 0x027E, 0x00BD, 0x0208, 0x007D, 0x009B
_BIFF8 = 0x0600
_HIDDEN = 0x20
_WORKSHEET = 0
_MOST_COLUMN = 255


@dataclass(slots=True)
class _Globals:
    """What stands before the sheets."""

    is_biff8: bool = True
    sheets: list[tuple[int, str]] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    formats: list[int] = field(default_factory=list)

    def shows(self) -> dict[int, Show]:
        """Return, by cell style, how numbers are shown where that adds something."""
        found: dict[int, Show] = {}
        for style, number in enumerate(self.formats):
            code = self.codes.get(number, "0%" if number in PERCENT_IDS else "")
            if show := shower(code) if code else None:
                found[style] = show
        return found


def xls_facts(file: IO[bytes]) -> dict[str, Facts]:
    """Find what calamine does not tell, by sheet name."""
    import olefile  # noqa: PLC0415 - only for .xls

    file.seek(0)
    found: dict[str, Facts] = {}
    try:
        with olefile.OleFileIO(file) as container:
            names = {name[0].casefold(): name for name in container.listdir()}
            stream = names.get("workbook") or names.get("book")
            data = container.openstream(stream).read() if stream else b""
        book = _globals(data)
        shows = book.shows()
        for offset, name in book.sheets:
            found[name] = _sheet_facts(data, offset, shows)
    except (OSError, ValueError, struct.error, IndexError, AttributeError):
        return found
    finally:
        file.seek(0)
    return found


def _records(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Return the records of one substream, those of charts inside it left out."""
    depth, size = 0, len(data)
    while at + 4 <= size:
        kind, length = struct.unpack_from("<HH", data, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        if depth == 1:
            yield kind, data[at + 4 : at + 4 + length]
        at += 4 + length


def _globals(data: bytes) -> _Globals:
    book = _Globals()
    for kind, body in _records(data, 0):
        if kind == _BOF:
            book.is_biff8 = struct.unpack_from("<H", body)[0] == _BIFF8
        elif kind == _BOUNDSHEET and body[5] == _WORKSHEET:
            offset = struct.unpack_from("<I", body)[0]
            book.sheets.append((offset, _short_text(body[6:], book.is_biff8)))
        elif kind == _FORMAT:
            number = struct.unpack_from("<H", body)[0]
            book.codes[number] = _format_code(body[2:], book.is_biff8)
        elif kind == _XF:
            book.formats.append(struct.unpack_from("<H", body, 2)[0])
    return book


def _short_text(body: bytes, is_biff8: bool) -> str:
    if not is_biff8:
        return body[1 : 1 + body[0]].decode("latin-1")
    if body[1] & 1:
        return body[2 : 2 + 2 * body[0]].decode("utf-16-le", "replace")
    return body[2 : 2 + body[0]].decode("latin-1")


def _format_code(body: bytes, is_biff8: bool) -> str:
    if not is_biff8:
        return _short_text(body, is_biff8=False)
    return _short_text(body[:1] + body[2:], is_biff8=True)


def _sheet_facts(data: bytes, offset: int, shows: dict[int, Show]) -> Facts:
    facts = Facts()
    for kind, body in _records(data, offset):
        if kind in (_NUMBER, _RK, _MULRK):
            if shows:
                _look_at_numbers(kind, body, facts, shows)
        elif kind == _FORMULA:
            _look_at_formula(body, facts, shows)
        elif kind == _BOOLERR and body[7]:
            row, column = struct.unpack_from("<HH", body)
            facts.add_error((row, column), ERRORS.get(body[6], "#ERROR"))
        elif kind == _ROW and body[12] & _HIDDEN:
            facts.hidden_rows.append(struct.unpack_from("<H", body)[0])
        elif kind == _COLINFO and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            facts.hidden_columns.update(range(first, min(last, _MOST_COLUMN) + 1))
        elif kind == _FILTERMODE:
            facts.is_filtered = True
    return facts


def _look_at_formula(body: bytes, facts: Facts, shows: dict[int, Show]) -> None:
    row, column, style = struct.unpack_from("<HHH", body)
    if body[12:14] == b"\xff\xff":
        if body[6] == 2:  # noqa: PLR2004 - MS-XLS 2.5.133: an error
            facts.add_error((row, column), ERRORS.get(body[8], "#ERROR"))
    elif style in shows:
        _show(facts, row, column, shows[style], struct.unpack_from("<d", body, 6)[0])


def _look_at_numbers(
    kind: int, body: bytes, facts: Facts, shows: dict[int, Show]
) -> None:
    row, column = struct.unpack_from("<HH", body)
    if kind == _MULRK:
        for index in range((len(body) - 6) // 6):
            style, packed = struct.unpack_from("<HI", body, 4 + 6 * index)
            if style in shows:
                _show(facts, row, column + index, shows[style], unpacked(packed))
        return
    style = struct.unpack_from("<H", body, 4)[0]
    if style not in shows:
        return
    value = (
        unpacked(struct.unpack_from("<I", body, 6)[0])
        if kind == _RK
        else struct.unpack_from("<d", body, 6)[0]
    )
    _show(facts, row, column, shows[style], value)


def _show(facts: Facts, row: int, column: int, show: Show, value: float) -> None:
    text = show(value)
    if text is not None:
        facts.texts[row, column] = text


def unpacked(packed: int) -> float:
    """Return the number of an RK value (MS-XLS 2.5.217), as .xls and .xlsb keep it.

    >>> unpacked((1234 << 2) | 2), unpacked((1234 << 2) | 3)
    (1234, 12.34)
    """
    value: float
    if packed & 2:
        signed: int = struct.unpack("<i", struct.pack("<I", packed))[0]
        value = signed >> 2
    else:
        value = struct.unpack("<d", bytes(4) + struct.pack("<I", packed & ~3))[0]
    return value / 100 if packed & 1 else value
