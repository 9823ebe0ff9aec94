"""Parse one workbook in a process of its own, with a memory limit: what is hostile dies here.

Run as a script (``python workbook_child.py PATH OPTIONS``), so that it imports nothing of
ours and starts in 60 ms. stdout: one line of JSON (`Report`), then per sheet the cells as
text, CELL_END between cells and ROW_END after rows. Errors are codes, never values.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TypedDict

import python_calamine as calamine

CELL_END, ROW_END = "\x1f", "\x1e"
"""Unit and record separator; they cannot stand in a cell (a space is put instead)."""

PASSWORD_VARIABLE = "CLEANSE_XLSX_PASSWORD"  # noqa: S105 - its name, not the password

_OLE = b"\xd0\xcf\x11\xe0"
_MB = 1 << 20
_MOST_ENTRIES = 20_000
_MOST_BYTES = 4_096 * _MB
_MOST_RATIO = 200
_RATIO_FROM = 100 * _MB
_EXACT_DIGITS = 15
_TOO_LONG = 1e15
_MERGES_AT_TOP = 100_000


class RefusedError(Exception):
    """The workbook will not be read; the text is a code and, after a colon, a detail."""


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


def check_zip(file: IO[bytes]) -> str:
    """Refuse a zip that would explode; return the format of the workbook in it.

    Raises:
        RefusedError: Too many parts, too large, too well packed, or no workbook.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise RefusedError("corrupt:the zip inside is cut short or damaged") from error
    finally:
        file.seek(0)
    total = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > _MOST_ENTRIES:
        raise RefusedError(f"hostile:{len(parts)} parts")
    if total > _MOST_BYTES:
        raise RefusedError(f"hostile:{total // _MB} MB unpacked")
    if total > _RATIO_FROM and total > packed * _MOST_RATIO:
        raise RefusedError(
            f"hostile:it unpacks to {total // max(1, packed)} times its size"
        )
    names = {part.filename.replace("\\", "/").lstrip("/").casefold() for part in parts}
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    if "content.xml" in names:
        return "ods"
    if "[content_types].xml" in names or any(n.endswith("workbook.xml") for n in names):
        return "xlsx"
    raise RefusedError("archive:")


def memory_limit(file: IO[bytes]) -> int:
    """Return the bytes that a workbook may take: a base, and more where much is in it."""
    base = 1_200 * _MB
    file.seek(0)
    if not zipfile.is_zipfile(file):
        return base
    with zipfile.ZipFile(file) as archive:
        total = sum(part.file_size for part in archive.infolist())
    return min(base + 4 * max(0, total - 50 * _MB), 6_144 * _MB)


def cell_text(value: object) -> str:
    """Return what was typed into a cell.

    >>> [cell_text(v) for v in (13800138000.0, 0.1 + 0.2, True, dt.date(2024, 3, 1), 1e20)]
    ['13800138000', '0.3', 'TRUE', '2024-03-01', '100000000000000000000']
    """
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value)
    return _time_text(value)


def number_text(value: float) -> str:
    """Write a number with the digits that were typed: a workbook keeps 15 of them.

    >>> number_text(110101199001011234.0), number_text(-1.5), number_text(1e-7)
    ('110101199001011000', '-1.5', '0.0000001')
    """
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        return ""
    if value == int(value) and abs(value) < 10**_EXACT_DIGITS:
        return str(int(value))
    digits = f"{value:.{_EXACT_DIGITS}g}"
    if "e" not in digits:
        return digits
    mantissa, _, exponent = digits.partition("e")
    places = len(mantissa.partition(".")[2])
    return (
        f"{float(digits):.{max(0, places - int(exponent))}f}"
        if int(exponent) < 0
        else _whole(mantissa, int(exponent))
    )


def _whole(mantissa: str, exponent: int) -> str:
    whole, _, rest = mantissa.partition(".")
    return whole + rest.ljust(exponent, "0")


def _time_text(value: object) -> str:
    """Write dates as yyyy-mm-dd, with hh:mm:ss where there is a time of day."""
    if isinstance(value, dt.datetime):
        value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return _plain(str(value))


_UNUSUAL = re.compile(r"[\r\x00-\x08\x0b\x0c\x0e-\x1f]")


def _plain(text: str) -> str:
    if not _UNUSUAL.search(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return re.sub(f"[{CELL_END}{ROW_END}]", " ", text)


def open_workbook(data: bytes, password: str | None) -> tuple[IO[bytes], str, bool]:
    """Return the workbook without its encryption, its format, and whether it had one.

    Raises:
        RefusedError: It needs a password, or the one given is wrong.
    """
    file: IO[bytes] = io.BytesIO(data)
    if not data.startswith(_OLE):
        return file, check_zip(file), False
    encrypted = _encrypted(file)
    if encrypted is None:
        return file, "xls", False
    if not password:
        raise RefusedError("password:")
    plain = io.BytesIO()
    try:
        encrypted.load_key(password=password)
        encrypted.decrypt(plain)
    except Exception as error:  # the library raises many kinds
        raise RefusedError("wrong_password:") from error
    is_zip = plain.getvalue().startswith(b"PK")
    return plain, check_zip(plain) if is_zip else "xls", True


def _encrypted(file: IO[bytes]) -> Any | None:
    """Return the handle that decrypts, or None for a plain workbook."""
    import msoffcrypto  # noqa: PLC0415 - half of the start-up time, and seldom needed

    try:
        office = msoffcrypto.OfficeFile(file)
        return office if office.is_encrypted() else None
    except Exception:  # noqa: BLE001 - what it does not know, calamine judges
        return None
    finally:
        file.seek(0)


def read_sheets(
    file: IO[bytes], wanted: list[str], kind: str
) -> Iterator[tuple[Sheet, bytes]]:
    """Read the wanted sheets, all visible ones when none is named; the others only by name."""
    book = calamine.load_workbook(file)
    faults = _sheet_faults(file) if kind == "xlsx" else {}
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
        if _UNUSUAL.search("\t".join(cells)):
            cells = list(map(_plain, cells))
        for column, error in by_row.get(index, ()):
            cells += [""] * (column + 1 - len(cells))
            cells[column] = error
        while cells and not cells[-1]:
            cells.pop()
        long_numbers += len([v for v in values if type(v) is float and _is_long(v)])
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
    found["merges"] = (sheet.merged_cell_ranges or [])[:_MERGES_AT_TOP]
    found["error_cells"] = [f"{column_letters(c)}{r + 1}" for r, c in errors]
    found["empty_formulas"] = formulas
    found["long_number_count"] = long_numbers
    return found, payload


def _is_long(value: float) -> bool:
    return abs(value) >= _TOO_LONG


def column_letters(index: int) -> str:
    """Name a column as a spreadsheet does.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_CELL = rb'<c (?=[^>]*\br="([A-Z]{1,3})(\d+)")'
_ERROR = re.compile(
    _CELL + rb'[^>]*\bt="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>'
)
_NO_VALUE = re.compile(
    _CELL + rb"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)(?:<v></v>|<v ?/>)?</c>"
)
_NO_VALUE_HINTS = (b"</f></c>", b"</f><v></v></c>", b"</f><v/></c>", b"</f><v /></c>")

Faults = tuple[dict[tuple[int, int], str], list[str]]


def _sheet_faults(file: IO[bytes]) -> dict[str, Faults]:
    """Find error cells (calamine reads them as empty) and formulas without a stored value."""
    found: dict[str, Faults] = {}
    try:
        with zipfile.ZipFile(file) as archive:
            for name, part in _sheet_parts(archive).items():
                xml = archive.read(part)
                found[name] = (_error_cells(xml), _empty_formulas(xml))
    except (KeyError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return found
    finally:
        file.seek(0)
    return found


def _error_cells(xml: bytes) -> dict[tuple[int, int], str]:
    if b't="e"' not in xml:
        return {}
    return {
        (int(row) - 1, column_index(letters.decode())): text.decode(errors="replace")
        for letters, row, text in _ERROR.findall(xml)
    }


def column_index(letters: str) -> int:
    """Return the 0-based index of a column.

    >>> column_index("A"), column_index("AB")
    (0, 27)
    """
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _empty_formulas(xml: bytes) -> list[str]:
    if not any(hint in xml for hint in _NO_VALUE_HINTS):
        return []
    return [letters.decode() + row.decode() for letters, row in _NO_VALUE.findall(xml)]


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Map sheet names to parts of the archive, by xl/workbook.xml and its relations."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - no entities: see below

    texts = [
        archive.read("xl/workbook.xml"),
        archive.read("xl/_rels/workbook.xml.rels"),
    ]
    if any(b"<!DOCTYPE" in text or b"<!ENTITY" in text for text in texts):
        return {}
    book, relations = (ET.fromstring(text) for text in texts)  # noqa: S314
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    parts: dict[str, str] = {}
    for node in book.iter():
        if node.tag.endswith("}sheet"):
            key = next((v for k, v in node.attrib.items() if k.endswith("}id")), "")
            target = targets.get(key, "")
            parts[node.get("name", "")] = (
                target[1:] if target.startswith("/") else f"xl/{target}"
            )
    return {name: part for name, part in parts.items() if part in archive.namelist()}


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
        report["refused"] = _refusal(file, str(error))
    except MemoryError:
        report["refused"] = "memory:"
    except BaseException as error:  # noqa: BLE001 - Rust panics are no Exception
        report["refused"] = f"corrupt:{type(error).__name__}"
    out.write(json.dumps(report).encode() + b"\n")
    for payload in payloads:
        out.write(payload)


def _refusal(file: IO[bytes], message: str) -> str:
    """Name what calamine found; its message may hold values and stays here."""
    if "limit" in message.casefold():
        return "hostile:more cells than a sheet can have"
    file.seek(0)
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            manifest = "META-INF/manifest.xml"
            if manifest in archive.namelist():
                is_locked = b"encryption-data" in archive.read(manifest)
                return "password_ods:" if is_locked else "corrupt:"
    return "corrupt:"


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], sys.stdout.buffer)
