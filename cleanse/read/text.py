"""Delimited text: decode, find the dialect, read fast where all is regular, exactly where not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cleanse.errors import InputError
from cleanse.read.dialect import (
    SAMPLE_CHARACTERS,
    Dialect,
    double_escaped,
    find_dialect,
)
from cleanse.read.encoding import Decoded, decode
from cleanse.read.indexed import MiscountError, index_text
from cleanse.read.lexer import parse_text
from cleanse.read.rows import ParsedRows
from cleanse.read.table import TableContext, build_table
from cleanse.read.words import Words
from cleanse.rulebook.source import FileRule
from cleanse.schema import RawTable


@dataclass(frozen=True, slots=True)
class TextFile:
    """What a text file held."""

    encoding: str
    confidence: float
    dialect: str
    tables: tuple[RawTable, ...]
    notes: tuple[str, ...]


def read_text(data: bytes, file: str, rule: FileRule, words: Words) -> TextFile:
    """Read a delimited text file.

    Raises:
        UnreadableError: It is no text, or no encoding fits.
        InputError: There is nothing in it but blank lines.
    """
    decoded = decode(data, file, rule.encoding)
    decoded, notes = _without_zero_bytes(decoded)
    if not decoded.utf8.strip():
        raise InputError(
            f"{file}: the file holds no text. Export it again, or leave it out."
        )
    beginning = decoded.beginning(SAMPLE_CHARACTERS)
    dialect = find_dialect(beginning, rule.delimiter)
    context = TableContext(
        file=file, words=words, dialect=dialect, header_row=rule.header_row
    )
    if dialect.escape is not None:
        text = double_escaped(decoded.text, dialect)
        decoded = replace(decoded, utf8=text.encode())
    table, table_notes = _read(decoded, dialect, context)
    return TextFile(
        encoding=decoded.encoding,
        confidence=decoded.confidence,
        dialect=dialect.describe(_line_end(beginning)),
        tables=(table,),
        notes=(*decoded.notes, *notes, *table_notes),
    )


def _read(
    decoded: Decoded, dialect: Dialect, context: TableContext
) -> tuple[RawTable, list[str]]:
    """Take the fast path where the whole file is regular, else the exact one."""
    if not dialect.has_space:
        fast = index_text(decoded.utf8, dialect.delimiter, dialect.quote)
        if fast is not None and not _is_swallowing(fast.widths, fast.lines):
            try:
                return build_table(fast, context)
            except MiscountError:
                pass
    return build_table(_parse(decoded.text, dialect), context)


def _parse(text: str, dialect: Dialect) -> ParsedRows:
    """Read exactly; once the width is known, look again at rows of several lines."""
    rows = parse_text(text, dialect)
    if not _is_swallowing(rows.widths, rows.lines):
        return rows
    widths = rows.widths[rows.widths > 0]
    return parse_text(text, dialect, width=int(np.bincount(widths).argmax()))


def _is_swallowing(widths: np.ndarray, lines: np.ndarray | None) -> bool:
    """Tell whether a row of several lines has an unusual number of cells: its quote may be a stray one."""
    if lines is None or len(widths) < 2 or not (widths > 0).any():  # noqa: PLR2004
        return False
    usual = np.bincount(widths[widths > 0]).argmax()
    spans = np.diff(lines) > 1
    return bool((spans & (widths[:-1] != usual)).any() or widths[-1] not in (usual, 0))


def _without_zero_bytes(decoded: Decoded) -> tuple[Decoded, list[str]]:
    count = decoded.utf8.count(b"\0")
    if not count:
        return decoded, []
    clean = replace(decoded, utf8=decoded.utf8.replace(b"\0", b""))
    return clean, [f"{count} zero byte(s) (NUL) were left out"]


def _line_end(text: str) -> str:
    if "\r\n" in text:
        return "CRLF"
    return "CR" if "\r" in text and "\n" not in text else "LF"
