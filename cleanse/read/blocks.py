"""Delimited text read block by block, so that a file may be larger than the memory.

A block begins where a row begins and holds whole rows. Each is read the fast way where
it is regular and the exact way where not, so a stray quote costs one small block; what
comes out is the same however the text is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import polars as pl

from cleanse.read.dialect import Dialect
from cleanse.read.indexed import IndexedRows, MiscountError, index_text, last_row_end
from cleanse.read.lexer import LONGEST_ROW, parse_text
from cleanse.read.progress import Phase, tell
from cleanse.read.rows import Integers, ParsedRows, Row

BLOCK = 1 << 24
"""Bytes of a block; more where a single row is longer."""
_EXACT = 1 << 20
"""Bytes of a block that is read exactly: that is slow, and the next may be regular."""
_KEPT = 1 << 28
"""Bytes of text up to which all blocks stay in memory."""

_TAIL = 2 * LONGEST_ROW
"""Rows that the last part has at least, where there are as many."""

_Part = IndexedRows | ParsedRows


@dataclass(frozen=True, slots=True)
class _Block:
    """Where a block is, and how it is read."""

    at: int
    length: int
    row: int
    """Rows before it."""
    height: int
    line: int
    """Lines before it."""
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows at the beginning of some bytes."""

    rows: _Part
    length: int
    """Bytes that they take up."""
    line_count: int
    is_exact: bool

    def spanning(self) -> set[int]:
        """Return how many cells rows of several lines have; all such numbers."""
        if self.rows.lines is None or self.line_count == len(self.rows.widths):
            return set()
        spans = np.diff(self.rows.lines, append=self.line_count + 1)
        return set(np.unique(self.rows.widths[spans > 1]).tolist())

    def longest(self) -> int:
        """Return how many lines the longest row has."""
        if self.rows.lines is None or self.line_count == len(self.rows.widths):
            return 1
        return int(np.diff(self.rows.lines, append=self.line_count + 1).max())


class TextRows:
    """The rows of a text file; of a large one only the block of the moment is in memory."""

    def __init__(
        self,
        source: BinaryIO,
        dialect: Dialect,
        *,
        start: int = 0,
        block_size: int = BLOCK,
        is_exact: bool = False,
    ) -> None:
        """Find the rows.

        Args:
            source: UTF-8 text.
            dialect: How cells are told apart.
            start: Where the text begins, behind a byte order mark.
            block_size: Bytes of a block.
            is_exact: Read every block the exact way.
        """
        self._source, self._dialect, self._start = source, dialect, start
        self._size = block_size
        self._is_exact = is_exact or dialect.has_space
        self._end = source.seek(0, 2)
        self._width: int | None = None
        spanning = self._scan()
        usual = usual_width(self.widths)
        if spanning - {usual}:
            # A quote may have swallowed rows: look again now that the width is known.
            self._width = usual
            self._scan()

    @property
    def parts(self) -> Sequence[tuple[int, int]]:
        """Ranges of rows (first, one after the last) to be read one after another.

        The last one holds the longest row that the end of the file may have cut in two.
        """
        count = len(self.widths)
        firsts = [block.row for block in self._blocks if block.row < count - _TAIL]
        firsts = firsts or [0]
        return list(zip(firsts, [*firsts[1:], count], strict=True))

    def row(self, index: int) -> Row:
        """Return one row (0-based index)."""
        place = self._place(index)
        block = self._blocks[place]
        row = self._rows(place).row(index - block.row)
        line = None if row.line is None else row.line + block.line
        return row._replace(number=index + 1, line=line)

    def frame(self, indices: Integers, width: int) -> pl.DataFrame:
        """Return rows of that width as String columns c0, c1, …; an empty cell is null.

        Raises:
            MiscountError: Index and reader disagree on where rows end.
        """
        if not len(indices):
            return pl.DataFrame(schema={f"c{i}": pl.String for i in range(width)})
        frames = []
        first, last = self._place(int(indices[0])), self._place(int(indices[-1]))
        for place in range(first, last + 1):
            block = self._blocks[place]
            low, high = np.searchsorted(indices, (block.row, block.row + block.height))
            if low < high:
                part = indices[low:high] - block.row
                frames.append(self._frame(place, part, width))
        return pl.concat(frames)

    def _frame(self, place: int, indices: Integers, width: int) -> pl.DataFrame:
        block, rows = self._blocks[place], self._rows(place)
        try:
            return rows.frame(indices, width)
        except MiscountError:
            exact = self._parsed(block)
            if not np.array_equal(exact.widths, rows.widths):
                raise
            self._keep(block, exact)
            return exact.frame(indices, width)

    def _place(self, index: int) -> int:
        """Return which block holds a row."""
        return int(np.searchsorted(self._firsts, index, side="right")) - 1

    def _rows(self, place: int) -> _Part:
        """Return the rows of a block; those not in memory are read again."""
        block = self._blocks[place]
        rows = self._cache.get(block.at)
        if rows is None:
            rows = self._parsed(block) if block.is_exact else self._indexed(block)
            self._keep(block, rows)
        return rows

    def _indexed(self, block: _Block) -> _Part:
        data = self._read(block.at, block.length)
        rows = index_text(data, self._dialect.delimiter, self._dialect.quote)
        return rows or self._parsed(block)

    def _parsed(self, block: _Block) -> ParsedRows:
        text = self._read(block.at, block.length).decode()
        return parse_text(text, self._dialect, self._width)

    def _keep(self, block: _Block, rows: _Part) -> None:
        if self._end > _KEPT:
            self._cache.clear()
        self._cache[block.at] = rows

    def _read(self, at: int, length: int) -> bytes:
        self._source.seek(at)
        return self._source.read(length)

    def _scan(self) -> set[int]:
        """Walk through the text and note where blocks and rows are.

        Returns:
            How many cells rows of several lines have; all such numbers.
        """
        self._blocks: list[_Block] = []
        self._cache: dict[int, _Part] = {}
        spanning: set[int] = set()
        widths, lines = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for block, found in self._walk():
            self._blocks.append(block)
            self._keep(block, found.rows)
            widths.append(found.rows.widths)
            if found.rows.lines is not None:
                lines.append(found.rows.lines + block.line)
            spanning |= found.spanning()
        self.widths: Integers = np.concatenate(widths)
        self.lines: Integers | None = np.concatenate(lines)
        self._firsts = np.array([block.row for block in self._blocks], dtype=np.int64)
        return spanning

    def _walk(self) -> Iterator[tuple[_Block, _Found]]:
        at, row, line = self._start, 0, 0
        size = self._size
        while at < self._end:
            found = self._next(at, size)
            if found is None:
                size *= 2  # not one whole row
                continue
            height = len(found.rows.widths)
            yield _Block(at, found.length, row, height, line, found.is_exact), found
            at, row, line = at + found.length, row + height, line + found.line_count
            tell(Phase.INDEX, at - self._start, self._end - self._start, row)
            size = min(_EXACT if found.is_exact else size * 2, self._size)

    def _next(self, at: int, size: int) -> _Found | None:
        """Find the rows that begin at a byte, about `size` bytes of them."""
        data = self._read(at, size)
        found = self._regular(data, is_last=at + len(data) >= self._end)
        if found is None:
            data = data if size <= self._size else self._read(at, size)
            piece = data[:_EXACT] if size <= self._size else data
            is_last = at + len(piece) >= self._end
            found = self._irregular(piece, is_last=is_last)
        return found

    def _regular(self, data: bytes, *, is_last: bool) -> _Found | None:
        if self._is_exact:
            return None
        quote = self._dialect.quote
        if not is_last:
            data = data[: last_row_end(data, quote)]
        rows = index_text(data, self._dialect.delimiter, quote) if data else None
        if rows is None:
            return None
        line_count = data.count(b"\n") + (not data.endswith(b"\n"))
        found = _Found(rows, len(data), line_count, is_exact=False)
        is_doubtful = self._width is not None and found.spanning() - {self._width}
        return None if is_doubtful or found.longest() > LONGEST_ROW else found

    def _irregular(self, data: bytes, *, is_last: bool) -> _Found | None:
        if not is_last:
            data = data[: _last_line_end(data)]
        text = data.decode()
        rows = parse_text(text, self._dialect, self._width, is_whole=is_last)
        if not rows.line_count:
            return None
        length = len(text[: rows.length].encode())
        return _Found(rows, length, rows.line_count, is_exact=True)


def usual_width(widths: Integers) -> int:
    """Return the commonest number of cells of rows that are not blank; of equals the smaller."""
    filled = widths[widths > 0]
    return int(np.bincount(filled).argmax()) if len(filled) else 0


def _last_line_end(data: bytes) -> int:
    r"""Return how many bytes hold whole lines.

    >>> _last_line_end(b"a\nb"), _last_line_end(b"a\rb\r"), _last_line_end(b"ab")
    (2, 2, 0)
    """
    end = data.rfind(b"\n")
    # The last carriage return may be the first half of a line end.
    return (end if end >= 0 else data.rfind(b"\r", 0, len(data) - 1)) + 1
