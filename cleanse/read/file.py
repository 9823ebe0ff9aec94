"""Read one file, whatever it is: what it is is told by its first bytes, not by its name."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path

from cleanse.errors import InputError, UnreadableError
from cleanse.read.spool import open_text
from cleanse.read.text import Text, read_text, whole_text
from cleanse.read.words import words_of
from cleanse.read.workbook import read_workbook
from cleanse.rulebook import Vocabulary
from cleanse.rulebook.source import FileRule
from cleanse.schema import RawFile

LARGE = 1 << 26
"""Bytes above which a text file is read block by block from the disk."""

_HEAD = 4096
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    (b"%PDF", "a PDF", "Ask the sender for the list behind it as .xlsx or .csv."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"\x89PNG", "a picture", "Ask the sender for the list as .xlsx or .csv."),
    (b"\xff\xd8\xff", "a picture", "Ask the sender for the list as .xlsx or .csv."),
    (b"PAR1", "a Parquet file", "Export it as .csv."),
    (b"SQLite format 3", "a SQLite database", "Export the table as .csv."),
    (b"\x09\x00\x04\x00", "a workbook of before 1995", "Open it and save it as .xlsx."),
    (b"\x09\x02\x06\x00", "a workbook of before 1995", "Open it and save it as .xlsx."),
    (b"\x09\x04\x06\x00", "a workbook of before 1995", "Open it and save it as .xlsx."),
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<div", b"<style")


def read_file(
    path: Path,
    file: str,
    rule: FileRule | None = None,
    vocabulary: Vocabulary | None = None,
    *,
    any_list: bool = False,
) -> RawFile:
    """Read one input file; every cell as the text that was typed.

    Args:
        path: Where the file is.
        file: Its name relative to INPUT.
        rule: What the source rule says about reading it.
        vocabulary: Heading and footer words; None: the shipped ones.
        any_list: Of a workbook, the sheets of other lists too, not only of customers.

    Raises:
        InputError: The file is missing, empty, or has no table.
        UnreadableError: It is corrupt, needs a password, or is no list.
        ReconciliationError: What was read does not add up (law 1).
    """
    rule, words = rule or FileRule(), words_of(vocabulary)
    if is_workbook(path, file):
        book = read_workbook(path, file, rule, words, any_list=any_list)
        return RawFile(
            file=file,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            format=book.format,
            encoding=None,
            encoding_confidence=1.0,
            dialect=None,
            tables=book.tables,
            notes=book.notes,
        )
    with ExitStack() as stack:
        text = open_list(path, file, rule, stack)
        return read_text(text, file, rule, words)


def open_list(path: Path, file: str, rule: FileRule, stack: ExitStack) -> Text:
    """Open a text file: a small one in memory, a large one where it is."""
    if path.stat().st_size > LARGE:
        return open_text(path, file, rule, stack)
    data = path.read_bytes()
    return whole_text(data, hashlib.sha256(data).hexdigest(), file, rule)


def is_workbook(path: Path, file: str) -> bool:
    """Tell a workbook from a text file by its first bytes.

    Raises:
        InputError: The file is missing or empty.
        UnreadableError: It cannot be opened, or is something else.
    """
    return _first_bytes(path, file).startswith((_ZIP, _OLE))


def _first_bytes(path: Path, file: str) -> bytes:
    try:
        with path.open("rb") as source:
            head = source.read(_HEAD)
    except FileNotFoundError as error:
        raise InputError(f"{file}: no such file. Check the path.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableError(
            f"{file}: cannot be read: {reason}. Check its permissions."
        ) from error
    if not head:
        raise InputError(
            f"{file}: the file is empty. Export it again, or leave it out."
        )
    _refuse_foreign(head, file)
    return head


def _refuse_foreign(data: bytes, file: str) -> None:
    for mark, what, advice in _FOREIGN:
        if data.startswith(mark):
            raise UnreadableError(f"{file}: this is {what}, not a list. {advice}")
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_MARKUP):
        raise UnreadableError(
            f"{file}: this is a web page or XML under another name. Open it in a spreadsheet and save it as .xlsx."
        )
