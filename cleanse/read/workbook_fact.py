"""What calamine does not tell of a sheet, whatever the format of the workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

Cell = tuple[int, int]
"""Row and column, 0-based."""
Merge = tuple[Cell, Cell]
"""First and last cell, both included."""

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
"""Error codes of .xls and .xlsb (MS-XLS 2.5.10)."""


@dataclass(slots=True)
class Facts:
    """What was found beside the values of one sheet."""

    texts: dict[Cell, str] = field(default_factory=dict)
    """Cells that show more than the number that they store, and errors."""
    errors: list[Cell] = field(default_factory=list)
    no_values: list[Cell] = field(default_factory=list)
    """Formulas without a stored value."""
    merges: list[Merge] = field(default_factory=list)
    """Where calamine gives none: .xlsb and .ods."""
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    is_filtered: bool = False
    total_rows: list[int] = field(default_factory=list)
    """Totals rows of table objects."""

    def add_error(self, cell: Cell, text: str) -> None:
        """Keep an error as it is shown."""
        self.texts[cell] = text
        self.errors.append(cell)


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


def column_index(letters: str) -> int:
    """Return the 0-based index of a column.

    >>> column_index("A"), column_index("AB")
    (0, 27)
    """
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell_names(cells: Iterable[Cell]) -> list[str]:
    """Name cells as a spreadsheet does.

    >>> cell_names([(0, 0), (9, 27)])
    ['A1', 'AB10']
    """
    return [f"{column_letters(column)}{row + 1}" for row, column in cells]
