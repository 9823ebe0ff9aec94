"""What calamine does not tell of .xlsx sheets: error cells, and formulas without a stored value."""

from __future__ import annotations

import re
import zipfile
from typing import IO


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


def sheet_faults(file: IO[bytes]) -> dict[str, Faults]:
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
