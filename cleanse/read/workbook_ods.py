"""Facts of .ods sheets (OpenDocument 1.3 part 3): errors, merges, shown digits, hidden rows."""

from __future__ import annotations

import re
import zipfile
from typing import IO
from xml.parsers import expat

from cleanse.read.workbook_cell import number_text
from cleanse.read.workbook_fact import Facts

_CODED = re.compile(r"[A-Za-z]{0,4}[\d()\- ]+")
_PIECE = 1 << 20
_MOST_REPEATS = 1_000
_HIDDEN = ("collapse", "filter")


def ods_facts(file: IO[bytes]) -> dict[str, Facts]:
    """Find what calamine does not tell, by sheet name."""
    reader = _Reader()
    try:
        with zipfile.ZipFile(file) as archive, archive.open("content.xml") as stream:
            while piece := stream.read(_PIECE):
                reader.parser.Parse(piece)
            reader.parser.Parse(b"", True)
    except (
        KeyError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        ValueError,
        expat.ExpatError,
    ):
        return reader.found
    finally:
        file.seek(0)
    return reader.found


class _Reader:
    """Follows the elements of content.xml; a cell is looked at when it ends."""

    def __init__(self) -> None:
        self.found: dict[str, Facts] = {}
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._refuse
        self._facts = Facts()
        self._row = self._column = self._rows = self._place = 0
        self._cell: dict[str, str] = {}
        self._text: list[str] = []

    @staticmethod
    def _refuse(*_: object) -> None:
        raise ValueError

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell = attributes
            self._text = []
        elif tag == "text:p" and self._cell:
            self.parser.CharacterDataHandler = self._text.append
        elif tag == "table:table-row":
            self._column = 0
            self._rows = _count(attributes, "table:number-rows-repeated")
            if attributes.get("table:visibility") in _HIDDEN:
                last = self._row + min(self._rows, _MOST_REPEATS)
                self._facts.hidden_rows += range(self._row, last)
                self._facts.is_filtered |= attributes["table:visibility"] == "filter"
        elif tag == "table:table-column":
            count = _count(attributes, "table:number-columns-repeated")
            if attributes.get("table:visibility") in _HIDDEN:
                last = self._place + min(count, _MOST_REPEATS)
                self._facts.hidden_columns.update(range(self._place, last))
            self._place += count
        elif tag == "table:table":
            self._facts = Facts()
            self._row = self._place = 0
            self.found.setdefault(attributes.get("table:name", ""), self._facts)

    def _end(self, tag: str) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            count = _count(self._cell, "table:number-columns-repeated")
            if len(self._cell) > 1:
                self._look(count)
            self._column += count
            self._cell = {}
        elif tag == "text:p":
            self.parser.CharacterDataHandler = None
        elif tag == "table:table-row":
            self._row += self._rows

    def _look(self, count: int) -> None:
        cell = self._cell
        down = _count(cell, "table:number-rows-spanned")
        right = _count(cell, "table:number-columns-spanned")
        if down > 1 or right > 1:
            at = (self._row, self._column)
            last = (self._row + down - 1, self._column + right - 1)
            self._facts.merges.append((at, last))
        text = self._shown(cell, "".join(self._text))
        is_error = "error" in (
            cell.get("calcext:value-type"),
            cell.get("office:value-type"),
        )
        if text is None and not is_error:
            return
        rows = min(self._rows, _MOST_REPEATS)
        for row in range(self._row, self._row + rows):
            for column in range(self._column, self._column + min(count, _MOST_REPEATS)):
                if is_error:
                    self._facts.add_error(
                        (row, column), "".join(self._text) or "#ERROR"
                    )
                elif text is not None:
                    self._facts.texts[row, column] = text

    @staticmethod
    def _shown(cell: dict[str, str], text: str) -> str | None:
        """Return what is shown where it says more than the number."""
        kind, value = cell.get("office:value-type"), cell.get("office:value", "")
        try:
            number = float(value)
        except ValueError:
            return None
        if kind == "percentage":
            return number_text(float(f"{number * 100:.12g}")) + "%"
        if kind == "currency":
            sign = cell.get("office:currency", "")
            return f"{sign} {number_text(number)}".strip()
        if kind == "float" and _CODED.fullmatch(text):
            digits = re.sub(r"\D", "", text)
            is_same = digits.lstrip("0") == value.lstrip("0")
            return text.strip() if is_same and text.strip() != value else None
        return None


def _count(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "1")
    return int(value) if value.isdigit() else 1
