"""The rows of one table before anything is known about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

Integers = npt.NDArray[np.int64]


class Row(NamedTuple):
    """One physical row, cells as typed."""

    number: int
    """As a spreadsheet shows it, 1-based."""
    line: int | None
    """First physical line in a text file, 1-based."""
    cells: list[str]
    raw: str | None
    """The text of the row; None when only the cells are known."""
    flaw: str | None
    """What is wrong with it as written."""

    @property
    def is_blank(self) -> bool:
        """The row has no text."""
        # Control-Z ends a file of DOS days; a byte order mark begins one.
        return not any(cell.strip().strip("\x1a\ufeff") for cell in self.cells)


class Rows(Protocol):
    """All physical rows of one table."""

    widths: Integers
    """Cells per row; 0 for an empty line; -1 for a row with a flaw."""
    lines: Integers | None
    """First physical line per row, 1-based; None for workbooks."""

    @property
    def parts(self) -> Sequence[tuple[int, int]]:
        """Ranges of rows (first, one after the last) to be read one after another."""

    def row(self, index: int) -> Row:
        """Return one row (0-based index)."""

    def frame(self, indices: Integers, width: int) -> pl.DataFrame:
        """Return rows of that width as String columns c0, c1, …; an empty cell is null."""


class ParsedRows:
    """Rows that are Python lists already."""

    def __init__(
        self, rows: Sequence[Row], *, line_count: int = 0, length: int = 0
    ) -> None:
        self.rows = rows
        self.line_count = line_count
        """Physical lines of the text that the rows take up."""
        self.length = length
        """Characters of the text that the rows take up."""
        self.widths = np.array(
            [-1 if row.flaw else len(row.cells) for row in rows], dtype=np.int64
        )
        has_lines = bool(rows) and rows[0].line is not None
        self.lines: Integers | None = (
            np.array([row.line for row in rows], dtype=np.int64) if has_lines else None
        )
        self.parts: Sequence[tuple[int, int]] = [(0, len(rows))]

    def row(self, index: int) -> Row:
        """Return one row (0-based index)."""
        return self.rows[index]

    def frame(self, indices: Integers, width: int) -> pl.DataFrame:
        """Return rows of that width as String columns c0, c1, …; an empty cell is null."""
        chosen = [self.rows[index].cells for index in indices.tolist()]
        columns = zip(*chosen, strict=True) if chosen else iter([()] * width)
        return pl.DataFrame(
            [
                pl.Series(f"c{i}", [cell or None for cell in column], pl.String)
                for i, column in enumerate(columns)
            ]
        )
