"""How a text file writes its cells: delimiter, quote, escape."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cleanse.read.shape import Shape, shape_of, usual_shape
from cleanse.read.words import Words, words_of

DELIMITERS = (",", "\t", ";", "|", "，")
"""In the order in which ties are broken."""

_RARE = ("；", "^", "~")
_RARE_WEIGHT = 0.8
ONE_COLUMN = "\x1f"
"""Delimiter of a file of one column, whose cells may hold any of the others."""

SAMPLE_CHARACTERS = 100_000
_SAMPLE_ROWS = 300
_FEW_ROWS, _EVEN = 10, 0.9
_NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar", "，": "wide comma"}
_NAMES |= {ONE_COLUMN: "one column", "；": "wide semicolon"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are told apart."""

    delimiter: str
    quote: str = '"'
    escape: str | None = None
    """Stands before a quote that is text; None: such a quote is doubled."""
    has_space: bool = False
    """A space after each delimiter belongs to the delimiter."""

    @property
    def options(self) -> Mapping[str, Any]:
        """What Python's csv reader needs to know."""
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote,
            "skipinitialspace": self.has_space,
        }

    def describe(self, line_end: str) -> str:
        r"""Say it for a person.

        >>> Dialect(";").describe("CRLF")
        'semicolon, quote ", CRLF'
        """
        escape = f" escaped by {self.escape}" if self.escape else ""
        name = _NAMES.get(self.delimiter, repr(self.delimiter))
        space = " and space" if self.has_space else ""
        return f"{name}{space}, quote {self.quote}{escape}, {line_end}"


def find_dialect(text: str, delimiter: str | None = None) -> Dialect:
    r"""Find the dialect from the beginning of a file.

    A delimiter is good when it gives most rows the same number of cells, and cells
    that look like values (a date, a number, words) rather than several glued together.

    Args:
        text: Decoded beginning of the file.
        delimiter: The delimiter when a rule says it.

    >>> find_dialect("name;amount\nAnn;1,5\nBob;2,5\n").delimiter
    ';'
    """
    sample = _sample(text)
    said = re.match(r"\ufeff?sep=(.)\r?\n", sample)
    if delimiter is None and said:
        delimiter = said[1]
    best = Dialect(delimiter or _best_delimiter(sample))
    if delimiter is None and _is_one_column(sample, best):
        best = Dialect(ONE_COLUMN)
    best = replace(best, quote=_quote(sample, best.delimiter))
    best = replace(best, has_space=_has_space(sample, best))
    return replace(best, escape=_escape(sample, best))


def _sample(text: str) -> str:
    if len(text) <= SAMPLE_CHARACTERS:
        return text
    cut = max(text.rfind(end, 0, SAMPLE_CHARACTERS) for end in "\r\n")
    return text[: cut + 1] if cut > 0 else text[:SAMPLE_CHARACTERS]


def _best_delimiter(sample: str) -> str:
    scores = {
        delimiter: _score(sample, Dialect(delimiter))
        for delimiter in DELIMITERS
        if delimiter in sample
    }
    scores |= {
        delimiter: _score(sample, Dialect(delimiter)) * _RARE_WEIGHT
        for delimiter in _RARE
        if delimiter in sample
    }
    best = max(scores, key=lambda each: scores[each], default=",")
    return best if scores.get(best) else ","


def _is_one_column(sample: str, dialect: Dialect) -> bool:
    """Tell a list of one column, `name` over `Smith, John`, from one whose other headings are missing."""
    rows = [row for row in _rows(sample, dialect) if any(cell.strip() for cell in row)]
    if len(rows) < 2 or len(rows[0]) != 1 or all(len(row) == 1 for row in rows):  # noqa: PLR2004
        return False
    words, body = words_of(None), rows[1:]
    if not words.is_heading(rows[0][0]) or _has_headings(body[:_FEW_ROWS], words):
        return False
    width, count = Counter(map(len, body)).most_common(1)[0]
    if width == 1 or count < _EVEN * len(body):
        return True
    columns = zip(*(row for row in body if len(row) == width), strict=True)
    firm = (usual_shape(column, fewest=1) for column in columns)
    return all(shape in (None, Shape.TEXT) for shape in firm)


def _has_headings(rows: Sequence[Sequence[str]], words: Words) -> bool:
    return any(
        len(row) > 1 and sum(map(words.is_heading, row)) * 2 >= len(row) for row in rows
    )


def _score(sample: str, dialect: Dialect) -> float:
    """Rate a dialect from 0 to 1: even rows of clean cells, the more columns the better."""
    rows = [row for row in _rows(sample, dialect) if any(cell.strip() for cell in row)]
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1] * item[0], item[0]))
    cells = [cell for row in rows if len(row) == width for cell in row]
    clean = sum(_is_clean(cell) for cell in cells) / len(cells)
    return count / len(rows) * (0.3 + 0.7 * clean) * (1 - 1 / (width + 1))


def _is_clean(cell: str) -> bool:
    """Tell one value from several: those still hold another delimiter."""
    if not re.search(r"[;\t|,]", cell):
        return True
    return shape_of(cell) is not Shape.TEXT or not re.search(r"[;\t|]|\S,\S", cell)


def _rows(sample: str, dialect: Dialect) -> list[list[str]]:
    reader = csv.reader(io.StringIO(sample, newline=""), **dialect.options)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) >= _SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return rows


def _quote(sample: str, delimiter: str) -> str:
    """Choose the mark that stands at both edges of cells; a double quote unless the single one clearly does."""
    edge = re.escape(delimiter)

    def edges(quote: str) -> int:
        opens = re.findall(rf"(?:^|{edge}) ?{quote}", sample, re.MULTILINE)
        closes = re.findall(rf"{quote}(?={edge}|\r?$|\r)", sample, re.MULTILINE)
        return min(len(opens), len(closes))

    single = edges("'")
    return "'" if single >= 3 and single > 2 * edges('"') else '"'  # noqa: PLR2004 - fewer may be chance


def _has_space(sample: str, dialect: Dialect) -> bool:
    """Tell whether every delimiter is followed by a space, quoted cells included."""
    delimiter, quote = map(re.escape, (dialect.delimiter, dialect.quote))
    # A quote before a delimiter or a line end closes a cell: the space may be in it.
    spaced = re.search(rf"{delimiter} {quote}(?!{delimiter}|[\r\n]|\Z)", sample)
    tight = f"{dialect.delimiter}{dialect.quote}" in sample
    return spaced is not None and not tight


def _escape(sample: str, dialect: Dialect) -> str | None:
    """Choose the backslash when quotes balance, or rows come out more even, only with it."""
    if f"\\{dialect.quote}" not in sample:
        return None
    doubled = double_escaped(sample, replace(dialect, escape="\\"))
    if _balances(doubled, dialect) and not _balances(sample, dialect):
        return "\\"
    return "\\" if _score(doubled, dialect) > _score(sample, dialect) else None


def _balances(sample: str, dialect: Dialect) -> bool:
    reader = csv.reader(io.StringIO(sample, newline=""), strict=True, **dialect.options)
    try:
        return sum(1 for _ in reader) >= 0
    except csv.Error:
        return False


def double_escaped(text: str, dialect: Dialect) -> str:
    r"""Write escaped quotes as doubled ones, which every reader understands.

    >>> double_escaped(r"'it\'s',a", Dialect(",", quote="'", escape="\\"))
    "'it''s',a"
    """
    if dialect.escape is None:
        return text
    return text.replace(dialect.escape + dialect.quote, dialect.quote * 2)
