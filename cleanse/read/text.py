"""Delimited text: decode, find the dialect, read fast where all is regular, exactly where not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO, TypeVar

from cleanse.errors import InputError
from cleanse.read.blocks import BLOCK, TextRows
from cleanse.read.dialect import (
    SAMPLE_CHARACTERS,
    Dialect,
    double_escaped,
    find_dialect,
)
from cleanse.read.encoding import Decoded, decode
from cleanse.read.indexed import MiscountError
from cleanse.read.layout import TableContext
from cleanse.read.table import build_table
from cleanse.read.words import Words
from cleanse.rulebook.source import FileRule
from cleanse.schema import RawFile, RawTable

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text file as UTF-8, ready to be read."""

    source: BinaryIO
    start: int = 0
    """Bytes of the byte order mark."""
    sha256: str
    """Of the file as it is."""
    encoding: str
    confidence: float
    dialect: Dialect
    beginning: str
    notes: tuple[str, ...]

    def context(self, file: str, rule: FileRule, words: Words) -> TableContext:
        """Say what is known of its one table."""
        return TableContext(
            file=file,
            words=words,
            dialect=self.dialect,
            header_row=rule.header_row,
            is_open_ended=not self._ends_in_a_line_end(),
        )

    def _ends_in_a_line_end(self) -> bool:
        """Tell whether the last line is whole; CR alone ends none where LF follows it elsewhere."""
        self.source.seek(max(self.start, self.source.seek(0, 2) - 1))
        last = self.source.read(1)
        return last == b"\n" or (last == b"\r" and "\n" not in self.beginning)

    def read(self, build: Callable[[TextRows], T], block_size: int | None = None) -> T:
        """Find the rows and make something of them; exactly where the fast way fails."""
        try:
            return build(self._rows(block_size, is_exact=False))
        except MiscountError:
            return build(self._rows(block_size, is_exact=True))

    def _rows(self, block_size: int | None, *, is_exact: bool) -> TextRows:
        return TextRows(
            self.source,
            self.dialect,
            start=self.start,
            block_size=block_size or BLOCK,
            is_exact=is_exact,
        )

    def as_file(self, file: str, table: RawTable, notes: list[str]) -> RawFile:
        """Describe the file with its table."""
        return RawFile(
            file=file,
            sha256=self.sha256,
            format="csv",
            encoding=self.encoding,
            encoding_confidence=self.confidence,
            dialect=self.dialect.describe(_line_end(self.beginning)),
            tables=(table,),
            notes=(*self.notes, *notes),
        )


def read_text(
    text: Text, file: str, rule: FileRule, words: Words, block_size: int | None = None
) -> RawFile:
    """Read the table of a text; `block_size` in bytes, BLOCK unless said otherwise."""
    context = text.context(file, rule, words)
    table, notes = text.read(lambda rows: build_table(rows, context), block_size)
    return text.as_file(file, table, notes)


def whole_text(data: bytes, sha256: str, file: str, rule: FileRule) -> Text:
    """Decode a file that is in memory.

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
    utf8 = decoded.utf8
    if dialect.escape is not None:
        utf8 = double_escaped(decoded.text, dialect).encode()
    return Text(
        source=BytesIO(utf8),
        sha256=sha256,
        encoding=decoded.encoding,
        confidence=decoded.confidence,
        dialect=dialect,
        beginning=beginning,
        notes=(*decoded.notes, *notes),
    )


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
