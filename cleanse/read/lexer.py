"""Exact reader of delimited text: every line ends up in exactly one row.

Well-formed rows are read by Python's csv in strict mode. A row whose quotes do not
balance is confined to its own line, so that a stray quote cannot swallow its neighbours.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from cleanse.read.dialect import Dialect
from cleanse.read.rows import ParsedRows, Row

LONGEST_ROW = 500
"""Lines that one row may span; beyond, its quote is taken for a stray one."""

STRAY_QUOTE = "quotes do not balance"


class _Feed:
    """Hands lines to the csv reader and remembers how far it went."""

    def __init__(self, lines: Sequence[str], at: int) -> None:
        self.lines, self.at, self.limit = lines, at, at + LONGEST_ROW

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self.lines):
            raise StopIteration
        if self.at >= self.limit:
            raise csv.Error("row of too many lines")
        self.at += 1
        return self.lines[self.at - 1]


def parse_text(
    text: str, dialect: Dialect, width: int | None = None, *, is_whole: bool = True
) -> ParsedRows:
    r"""Read delimited text.

    Args:
        text: The decoded file, any line ends.
        dialect: How cells are told apart.
        width: Cells of an ordinary row, when known: a row of several lines that has
            another number is taken apart when its first line alone has this one.
        is_whole: The text goes to the end of the file; else a last row that what follows
            may belong to is left out.

    >>> [row.cells for row in parse_text('a,b\n"c\nd",e\n', Dialect(",")).rows]
    [['a', 'b'], ['c\nd', 'e']]
    """
    lines = list(io.StringIO(text, newline=""))
    rows: list[Row] = []
    at = 0
    while at < len(lines):
        feed = _Feed(lines, at)
        try:
            for cells in csv.reader(feed, strict=True, **dialect.options):
                raw = "".join(lines[at : feed.at]).rstrip("\r\n")
                if feed.at - at > 1 and _swallowed(
                    cells, (lines[at], lines[feed.at - 1]), dialect, width
                ):
                    raise csv.Error(STRAY_QUOTE)  # noqa: TRY301 - one way to mend a row
                rows.append(Row(len(rows) + 1, at + 1, cells, raw, None))
                at = feed.at
                feed.limit = at + LONGEST_ROW
        except csv.Error:
            if not is_whole and feed.at >= len(lines):
                break
            raw = lines[at].rstrip("\r\n")
            cells = readings(raw, dialect)[0]
            rows.append(Row(len(rows) + 1, at + 1, cells, raw, STRAY_QUOTE))
            at += 1
    return ParsedRows(rows, line_count=at, length=sum(map(len, lines[:at])))


def _swallowed(
    cells: Sequence[str], edges: Sequence[str], dialect: Dialect, width: int | None
) -> bool:
    """Tell whether a row of several lines is several rows: its first and last line are each a whole row."""
    if width is None or len(cells) == width:
        return False
    return all(
        any(len(each) == width for each in readings(line.rstrip("\r\n"), dialect))
        for line in edges
    )


def readings(raw: str, dialect: Dialect) -> list[list[str]]:
    """Return the ways to read one line with a stray quote, the likeliest first.

    >>> readings('1,"2,"a, b",c', Dialect(","))[0]
    ['1', '"2', 'a, b', 'c']
    """
    found: list[list[str]] = []
    for nested in (True, False):
        for doubled in (True, False):
            cells = _split(raw, dialect, nested=nested, doubled=doubled)
            if cells not in found:
                found.append(cells)
    plain = raw.split(dialect.delimiter)
    return found if plain in found else [*found, plain]


def _split(raw: str, dialect: Dialect, *, nested: bool, doubled: bool) -> list[str]:
    delimiter, quote = dialect.delimiter, dialect.quote
    cells: list[str] = []
    at = 0
    while at <= len(raw):
        if dialect.has_space and raw.startswith(" ", at):
            at += 1
        close = -1
        if raw.startswith(quote, at):
            close = _closing(raw, at, dialect, nested=nested, doubled=doubled)
        if close >= 0:
            cells.append(raw[at + 1 : close].replace(quote * 2, quote))
            at = close + 2
            continue
        end = raw.find(delimiter, at)
        end = len(raw) if end < 0 else end
        cells.append(raw[at:end])
        at = end + 1
    return cells


def _closing(
    raw: str, start: int, dialect: Dialect, *, nested: bool, doubled: bool
) -> int:
    """Find the quote that closes the one at `start`; -1 when that one is text.

    nested: a quote that opens another cell on the way shows that this one is text.
    doubled: two quotes in a row are one quote of the text.
    """
    delimiter, quote = dialect.delimiter, dialect.quote
    at = raw.find(quote, start + 1)
    while at >= 0:
        after = raw[at + 1 : at + 2]
        if doubled and after == quote:
            at = raw.find(quote, at + 2)
            continue
        if after in ("", delimiter):
            return at
        if nested and raw[at - 1] == delimiter:
            return -1
        at = raw.find(quote, at + 1)
    return -1
