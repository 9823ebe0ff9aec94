"""Fast path: find rows and cells by their bytes, let polars cut them, and check the sum.

The index (numpy) and the reader (polars) are independent of each other: rows, cells
and bytes must agree, or the file goes to the exact reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.read.rows import Integers, Row
from cleanse.read.workbook_cell import CELL_END, ROW_END

_BLOCK = 1 << 22
_NEWLINE, _RETURN = 10, 13
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Index:
    """Where the rows are."""

    starts: Integers
    ends: Integers
    """Without the line end."""
    widths: Integers
    lines: Integers
    quotes: Integers
    """Quote signs per row."""
    doubled: Integers
    """Doubled quotes per row: each stands for one quote of the text."""


class IndexedRows:
    """Rows as slices of the file's UTF-8 bytes."""

    def __init__(
        self, data: bytes, delimiter: str, quote: str, index: Index, end: str = "\n"
    ) -> None:
        self._data, self._delimiter, self._quote = data, delimiter, quote
        self._index, self._end = index, end
        self.widths: Integers = index.widths
        self.lines: Integers | None = index.lines if end == "\n" else None
        self.parts: Sequence[tuple[int, int]] = [(0, len(index.widths))]

    def row(self, index: int) -> Row:
        """Return one row (0-based index)."""
        at = self._index
        raw = self._data[at.starts[index] : at.ends[index]].decode()
        cells = _cells(raw, self._delimiter, self._quote) if raw else []
        if self.lines is None:
            return Row(index + 1, None, cells, None, None)
        return Row(index + 1, int(at.lines[index]), cells, raw, None)

    def frame(self, indices: Integers, width: int) -> pl.DataFrame:
        """Return rows of that width as String columns c0, c1, …; an empty cell is null.

        Raises:
            MiscountError: Reader and index disagree.
        """
        schema = dict.fromkeys((f"c{i}" for i in range(width)), pl.String)
        if not len(indices):
            return pl.DataFrame(schema=schema)
        has_quotes = bool(self._index.quotes[indices].any())
        frame = pl.read_csv(
            self._body(indices),
            has_header=False,
            schema=schema,
            separator=self._delimiter,
            quote_char=self._quote if has_quotes else None,
            empty_string_is_null=True,
            eol_char=self._end,
            encoding="utf8",
            ignore_errors=False,
            try_parse_dates=False,
            extra_columns="raise",
        )
        self._check(frame, indices, width)
        if has_quotes:
            text = pl.all()
            frame = frame.select(pl.when(text != "").then(text))
        return frame

    def _body(self, indices: Integers) -> bytes:
        """Return those rows' bytes, runs of neighbours in one slice."""
        at = self._index
        breaks = np.flatnonzero(np.diff(indices) != 1) + 1
        firsts = indices[np.concatenate(([0], breaks))]
        lasts = indices[np.concatenate((breaks - 1, [len(indices) - 1]))]
        view = memoryview(self._data)
        parts = [
            view[at.starts[first] : at.ends[last]]
            for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
        ]
        end = self._end.encode()
        return end.join(parts) + end

    def _check(self, frame: pl.DataFrame, indices: Integers, width: int) -> None:
        """Compare what polars cut with what the index counted: rows, then bytes."""
        at = self._index
        lengths = (at.ends - at.starts)[indices].sum()
        expected = (
            lengths
            - (width - 1) * len(indices)
            - at.quotes[indices].sum()
            + at.doubled[indices].sum()
        )
        sums = frame.select(pl.all().str.len_bytes().sum()).row(0)
        if frame.height != len(indices) or sum(sums) != expected:
            raise MiscountError


class MiscountError(Exception):
    """Index and reader disagree: the exact reader must decide."""


def index_text(data: bytes, delimiter: str, quote: str) -> IndexedRows | None:
    r"""Index delimited UTF-8 text; None when anything about it is unusual.

    Unusual are lone carriage returns, a quote inside an unquoted cell, text after a
    closing quote, and a quote that is never closed.

    >>> rows = index_text(b'a,b\n"c\nd",e\n', ",", '"')
    >>> rows.widths.tolist(), rows.lines.tolist()
    ([2, 2], [1, 2])
    >>> index_text(b'a"b,c\n', ",", '"') is None
    True
    """
    if not delimiter.isascii():
        return None
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return None
    array = np.frombuffer(data, dtype=np.uint8)
    if quote.encode() in data:
        found = _scan_quoted(array, ord(delimiter), ord(quote))
    else:
        found = _scan(array, ord(delimiter), None)
    if found is None:
        return None
    return IndexedRows(data, delimiter, quote, _index(array, found))


def last_row_end(data: bytes, quote: str) -> int:
    r"""Return how many bytes hold whole rows, if quotes balance in each.

    >>> last_row_end(b'a,b\nc,"d\ne', '"'), last_row_end(b"a", '"')
    (4, 0)
    """
    mark = quote.encode()
    end = data.rfind(b"\n") + 1
    is_open = data.count(mark, 0, end) % 2
    while end and is_open:
        before = data.rfind(b"\n", 0, end - 1) + 1
        is_open ^= data.count(mark, before, end) % 2
        end = before
    return end


@dataclass(slots=True)
class _Scan:
    ends: Integers
    """Positions of the newlines that end rows."""
    delimiters: Integers
    """Delimiters before each of these, and before the end of the file."""
    newlines: Integers | None = None
    """Positions of all newlines, where some are inside cells."""
    quotes: Integers | None = None
    doubled: Integers | None = None


def index_cells(data: bytes) -> IndexedRows:
    """Index the cells of a sheet as workbook_child writes them."""
    array = np.frombuffer(data, dtype=np.uint8)
    scan = _scan(array, ord(CELL_END), None, ord(ROW_END))
    # No quote can stand at a place where it would mean anything.
    return IndexedRows(data, CELL_END, ROW_END, _index(array, scan), ROW_END)


def _scan(
    array: Bytes, delimiter: int, inside: Bytes | None, end: int = _NEWLINE
) -> _Scan:
    """Find row ends and count delimiters, block by block to stay in the cache."""
    ends: list[Integers] = []
    counts: list[Integers] = []
    total = 0
    for start in range(0, len(array), _BLOCK):
        block = array[start : start + _BLOCK]
        is_end, is_delimiter = block == end, block == delimiter
        if inside is not None:
            outside = inside[start : start + _BLOCK] == 0
            is_end &= outside
            is_delimiter &= outside
        found = np.flatnonzero(is_end)
        marks = np.flatnonzero(is_delimiter)
        ends.append(found + start)
        counts.append(np.searchsorted(marks, found) + total)
        total += len(marks)
    return _Scan(_join(ends), np.append(_join(counts), total))


def _join(parts: list[Integers]) -> Integers:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _scan_quoted(array: Bytes, delimiter: int, quote: int) -> _Scan | None:
    """Scan text with quotes; None when one of them is not at the edge of a cell."""
    is_quote = array == quote
    inside = np.bitwise_xor.accumulate(is_quote.view(np.uint8))
    if inside[-1]:
        return None
    at = np.flatnonzero(is_quote)
    opens, closes = at[::2], at[1::2]
    before = np.where(opens > 0, array[opens - 1], _NEWLINE)
    after = array[np.minimum(closes + 1, len(array) - 1)]
    after = np.where(closes + 1 < len(array), after, _NEWLINE)
    is_doubled = before == quote
    if not (is_doubled | (before == delimiter) | (before == _NEWLINE)).all():
        return None
    edges = (delimiter, quote, _NEWLINE, _RETURN)
    if not np.isin(after, edges).all():
        return None
    scan = _scan(array, delimiter, inside)
    scan.newlines = np.flatnonzero(array == _NEWLINE)
    scan.quotes, scan.doubled = at, opens[is_doubled]
    return scan


def _index(array: Bytes, scan: _Scan) -> Index:
    ends, counts = scan.ends, scan.delimiters
    if len(array) and (not len(ends) or ends[-1] != len(array) - 1):
        ends = np.append(ends, len(array))
    else:
        counts = counts[:-1]
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1))[: len(ends)]
    widths = np.diff(counts, prepend=0) + 1
    stops = ends.copy()
    stops[(ends > starts) & (array[ends - 1] == _RETURN)] -= 1
    widths[stops == starts] = 0
    lines = (
        np.arange(1, len(ends) + 1)
        if scan.newlines is None
        else np.searchsorted(scan.newlines, starts) + 1
    )
    return Index(
        starts,
        stops,
        widths,
        lines,
        _per_row(scan.quotes, ends),
        _per_row(scan.doubled, ends),
    )


def _per_row(positions: Integers | None, ends: Integers) -> Integers:
    if positions is None:
        return np.zeros(len(ends), dtype=np.int64)
    return np.diff(np.searchsorted(positions, ends), prepend=0)


def _cells(raw: str, delimiter: str, quote: str) -> list[str]:
    """Cut one well-formed row."""
    if quote not in raw:
        return raw.split(delimiter)
    cells: list[str] = []
    for part in raw.split(delimiter):
        if cells and cells[-1].count(quote) % 2:
            cells[-1] += delimiter + part
        else:
            cells.append(part)
    return [
        cell[1:-1].replace(quote * 2, quote) if cell.startswith(quote) else cell
        for cell in cells
    ]
