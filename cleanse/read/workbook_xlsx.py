"""Facts of .xlsx sheets: errors, formulas without a value, shown digits, hidden rows, totals rows.

Each sheet is looked through in pieces that end with a row, by patterns that cost nothing
where their sign does not occur.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree as ET

from cleanse.read.workbook_fact import Facts, column_index
from cleanse.read.workbook_format import PERCENT_IDS, Show, shower

_PIECE = 8 << 20
_LONGEST_ROW = 64 << 20
_MOST_PART = 64 << 20
_CELL = rb'<(?:\w+:)?c (?=[^>]*\br="([A-Z]{1,3})(\d+)")'
_FORMULA = rb"(?:<(?:\w+:)?f[^>]*/>|<(?:\w+:)?f[^>]*>[^<]*</(?:\w+:)?f>)"
_VALUE = rb"<(?:\w+:)?v>([^<]*)</"
_ERROR = re.compile(
    _CELL + rb'[^>]*\bt="e"[^>]*>' + _FORMULA + rb"?" + _VALUE,
)
_NO_VALUE = re.compile(
    _CELL + rb"[^>]*>" + _FORMULA + rb"(?:<(?:\w+:)?v></(?:\w+:)?v>|<(?:\w+:)?v ?/>)?</"
    rb"(?:\w+:)?c>"
)
_NO_VALUE_HINT = re.compile(
    rb"f>(?:<(?:\w+:)?v></(?:\w+:)?v>|<(?:\w+:)?v ?/>)?</(?:\w+:)?c>"
)
_LONG_HINT = re.compile(rb"v>\d{16}")
_LONG = re.compile(
    _CELL + rb'(?![^>]*\bt="(?!n"))[^>]*>' + _FORMULA + rb"?<(?:\w+:)?v>(\d{16,40})</"
)
_HIDDEN_ROW = re.compile(
    rb'<(?:\w+:)?row (?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d+)"'
)
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col (?=[^>]*\bhidden="(?:1|true)")[^>]*>')
_FILTER = re.compile(rb"<(?:\w+:)?filterColumn\b")


def xlsx_facts(file: IO[bytes]) -> dict[str, Facts]:
    """Find what calamine does not tell, by sheet name."""
    found: dict[str, Facts] = {}
    try:
        with zipfile.ZipFile(file) as archive:
            names = frozenset(archive.namelist())
            shows = _shows(archive, names)
            for name, part in _sheet_parts(archive, names).items():
                found[name] = _sheet_facts(archive, names, part, shows)
    except (
        KeyError,
        zipfile.BadZipFile,
        ValueError,
        NotImplementedError,
        ET.ParseError,
    ):
        return found
    finally:
        file.seek(0)
    return found


def _sheet_facts(
    archive: zipfile.ZipFile, names: frozenset[str], part: str, shows: dict[int, Show]
) -> Facts:
    facts = Facts()
    shown = _shown_pattern(shows)
    is_first = True
    with archive.open(part) as stream:
        for piece in _pieces(stream):
            if is_first:
                _look_at_columns(piece, facts)
            is_first = False
            _look_at(piece, facts)
            if shown:
                _look_at_formats(piece, facts, shown, shows)
    for target in relations(archive, names, part, "/table").values():
        _look_at_table(_tree(archive, target), facts)
    return facts


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a part in pieces that end after a row."""
    rest = b""
    while block := stream.read(_PIECE):
        rest += block
        end = rest.rfind(b"row>") + 4
        if end > 4:  # noqa: PLR2004 - found
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > _LONGEST_ROW:
            return
    yield rest


def _at(letters: bytes, row: bytes) -> tuple[int, int]:
    return int(row) - 1, column_index(letters.decode())


def _look_at(piece: bytes, facts: Facts) -> None:
    if b't="e"' in piece:
        for letters, row, text in _ERROR.findall(piece):
            facts.add_error(_at(letters, row), text.decode(errors="replace"))
    if b"f>" in piece and _NO_VALUE_HINT.search(piece):
        facts.no_values += [_at(*cell) for cell in _NO_VALUE.findall(piece)]
    if _LONG_HINT.search(piece):
        for letters, row, digits in _LONG.findall(piece):
            facts.texts[_at(letters, row)] = digits.decode()
    if b"hidden=" in piece:
        facts.hidden_rows += [int(row) - 1 for row in _HIDDEN_ROW.findall(piece)]
    if _FILTER.search(piece[-4_000:]):
        facts.is_filtered = True


def _look_at_columns(piece: bytes, facts: Facts) -> None:
    head = piece[: max(0, piece.find(b"sheetData"))]
    for tag in _HIDDEN_COLUMN.findall(head):
        bounds = dict(re.findall(rb'\b(min|max)="(\d+)"', tag))
        if len(bounds) == 2:  # noqa: PLR2004 - both
            last = min(int(bounds[b"max"]), 1 << 14)
            facts.hidden_columns.update(range(int(bounds[b"min"]) - 1, last))


def _shown_pattern(shows: dict[int, Show]) -> re.Pattern[bytes] | None:
    if not shows:
        return None
    styles = "|".join(map(str, sorted(shows))).encode()
    return re.compile(
        _CELL
        + rb'(?=[^>]*\bs="('
        + styles
        + rb')")(?![^>]*\bt="(?!n"))[^>/]*>'
        + _FORMULA
        + rb"?<(?:\w+:)?v>([-+.\dE]+)</"
    )


def _look_at_formats(
    piece: bytes, facts: Facts, shown: re.Pattern[bytes], shows: dict[int, Show]
) -> None:
    for letters, row, style, value in shown.findall(piece):
        text = shows[int(style)](float(value))
        if text is not None:
            facts.texts[_at(letters, row)] = text


def _look_at_table(table: ET.Element, facts: Facts) -> None:
    count = int(table.get("totalsRowCount", "0"))
    last = re.search(r":[A-Z]+(\d+)$", table.get("ref", ""))
    if count and last:
        facts.total_rows += range(int(last[1]) - count, int(last[1]))


def _shows(archive: zipfile.ZipFile, names: frozenset[str]) -> dict[int, Show]:
    """Return, by cell style, how numbers are shown where that adds something."""
    if "xl/styles.xml" not in names:
        return {}
    root = _tree(archive, "xl/styles.xml")
    space = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
    codes = {
        node.get("numFmtId", ""): node.get("formatCode", "")
        for node in root.iter(f"{space}numFmt")
    }
    shows: dict[int, Show] = {}
    styles = root.find(f"{space}cellXfs")
    for index, style in enumerate(styles if styles is not None else ()):
        number = style.get("numFmtId", "0")
        code = codes.get(number, "0%" if _is_percent(number) else "")
        if show := shower(code) if code else None:
            shows[index] = show
    return shows


def _is_percent(number: str) -> bool:
    return number.isdigit() and int(number) in PERCENT_IDS


def _tree(archive: zipfile.ZipFile, part: str) -> ET.Element:
    """Parse a small part.

    Raises:
        ValueError: It is large or declares entities: no spreadsheet writes such a part.
    """
    if archive.getinfo(part).file_size > _MOST_PART:
        raise ValueError
    text = archive.read(part)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ValueError
    return ET.fromstring(text)  # noqa: S314 - no entities, bounded


def relations(
    archive: zipfile.ZipFile, names: frozenset[str], part: str, kind: str
) -> dict[str, str]:
    """Map relation ids of a part to the parts that they name, those of one kind."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    if path not in names:
        return {}
    found = {
        node.get("Id", ""): posixpath.normpath(
            posixpath.join("/", folder, node.get("Target", ""))
        )[1:]
        for node in _tree(archive, path)
        if node.get("Type", "").endswith(kind)
    }
    return {key: target for key, target in found.items() if target in names}


def _sheet_parts(archive: zipfile.ZipFile, names: frozenset[str]) -> dict[str, str]:
    """Map sheet names to parts of the archive, by the workbook and its relations."""
    roots = _tree(archive, "_rels/.rels") if "_rels/.rels" in names else ()
    book = next(
        (
            node.get("Target", "").lstrip("/")
            for node in roots
            if node.get("Type", "").endswith("/officeDocument")
        ),
        "xl/workbook.xml",
    )
    targets = relations(archive, names, book, "/worksheet")
    parts: dict[str, str] = {}
    for node in _tree(archive, book).iter():
        if node.tag.rpartition("}")[2] == "sheet":
            key = next((v for k, v in node.attrib.items() if k.endswith("}id")), "")
            if key in targets:
                parts[node.get("name", "")] = targets[key]
    return parts
