"""The words that tell headings, totals and notes from records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cleanse.read.shape import Shape, shape_of
from cleanse.rulebook import Vocabulary, shipped_rules
from cleanse.rulebook.vocabulary import read_vocabulary

_VOCABULARY = ("heading_word", "footer_word")
_COUNTED = re.compile(
    r"共?\s*[\d,.]+\s*(?:条|行|笔|户|家|个|人|页|元|万元|rows?|records?)?"
)
_RULE_LINE = r"[-=*_—─]{3,}"
_PAGE = r"(?:第\s*\d+\s*页|page\s+\d+|共\s*\d+\s*[条页行]|\(?\d+ (?:rows?|records?)\b)"
_HAN = re.compile(r"[\u4e00-\u9fff]")

TOTAL, NOTE, RULE_LINE = "total row", "note, not a record", "line of dashes"


@dataclass(frozen=True)
class Words:
    """Vocabulary of the reader."""

    headings: frozenset[str]
    totals: frozenset[str]
    notes: frozenset[str]
    units: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    """Names of column types, as databases write them below headings."""

    @cached_property
    def footer_pattern(self) -> str:
        """Regular expression (linear time) that every first cell of a footer row matches."""
        longest_first = sorted(
            self.totals | self.notes, key=lambda word: (-len(word), word)
        )
        words = "|".join(map(re.escape, longest_first))
        return rf"(?i)^\s*(?:{words}|{_RULE_LINE}|{_PAGE})"

    @cached_property
    def _footer(self) -> re.Pattern[str]:
        return re.compile(self.footer_pattern)

    def is_heading(self, cell: str) -> bool:
        """Tell whether a cell is made of heading words.

        Latin: one of at most four words is known. Chinese: it ends with a known word.
        """
        text = cell.strip().casefold()
        if text in self.headings:
            return True
        if _HAN.search(text):
            text = re.sub(r"[\s\d*:：]+$|[(（\[【].*$", "", text)
            return len(text) <= 12 and any(  # noqa: PLR2004 - longer is a sentence
                text.endswith(word) for word in self.headings if _HAN.match(word)
            )
        parts = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell))
        return 0 < len(parts) <= 4 and any(p.casefold() in self.headings for p in parts)  # noqa: PLR2004

    @cached_property
    def all_units(self) -> frozenset[str]:
        """Units and types."""
        return self.units | self.types

    def is_unit_row(self, cells: Sequence[str]) -> bool:
        """Tell whether every filled cell is a unit or a type, and nothing is a value.

        A single one may be a value that happens to be a word (张 is a surname): it must
        stand in brackets, or be no single letter and not in the first column.
        """
        filled = [cell.strip() for cell in cells if cell.strip()]
        if not filled or any(_bare_unit(c) not in self.all_units for c in filled):
            return False
        is_bracketed = all(_bare_unit(cell) != _folded(cell) for cell in filled)
        is_word = _folded(filled[0]) in self.units and not _LETTER.fullmatch(filled[0])
        return len(filled) > 1 or is_bracketed or (is_word and not cells[0].strip())

    def unit(self, cell: str) -> str:
        """Return the unit of a cell without brackets; "" for the name of a type."""
        bare = _bare_unit(cell)
        typed = _UNIT_BRACKETS.sub(r"\1", cell.strip())
        return typed if bare in self.units else ""

    def footer_reason(self, cells: list[str]) -> str | None:
        """Say why a row is a footer (total, note, line of dashes), or None for a record."""
        filled = [cell.strip() for cell in cells if cell.strip()]
        if not filled or not self._footer.match(filled[0]):
            return None
        if all(re.fullmatch(_RULE_LINE, cell) for cell in filled):
            return RULE_LINE
        if self._is_total(filled):
            return TOTAL
        return NOTE if self._is_note(filled, len(cells)) else None

    def _is_total(self, filled: list[str]) -> bool:
        word, _, count = (
            re.sub(r"[(（）)]", ":", filled[0]).replace("：", ":").partition(":")
        )
        if _folded(word) not in self.totals:
            return False
        rest = [each for each in (count.strip(" :"), *filled[1:]) if each]
        return all(
            shape_of(each) is Shape.NUMBER
            or _COUNTED.fullmatch(each)
            or _folded(each) in self.totals
            for each in rest
        )

    def _is_note(self, filled: list[str], width: int) -> bool:
        if re.match(_PAGE, filled[0], re.IGNORECASE):
            return len(filled) == 1
        starts = [self._starts_note(cell) for cell in filled]
        few = len(filled) * 2 <= width or len(filled) == 1
        return all(starts) or (starts[0] and few)

    def _starts_note(self, cell: str) -> bool:
        word, colon, _ = cell.replace("：", ":").partition(":")
        return _folded(word) in self.notes and (bool(colon) or len(word) == len(cell))


_LETTER = re.compile(r"[^\W\d_元]")
_UNIT_BRACKETS = re.compile(r"^[(（\[【]?(?:单位[:：])?\s*(.*?)\s*[)）\]】]?$")


def _bare_unit(cell: str) -> str:
    """Take the brackets off: (元), 单位：元, varchar(50)."""
    bare = _UNIT_BRACKETS.sub(r"\1", cell.strip())
    return _folded(re.sub(r"\s*\(\d+(?:,\s*\d+)?\)?$", "", bare))


def _folded(word: str) -> str:
    text = re.sub(r"\s+", " ", word.strip().casefold())
    return text.replace(" ", "") if _HAN.search(text) else text


def words_of(vocabulary: Vocabulary | None) -> Words:
    """Take the reader's words from a vocabulary; None: the shipped one."""
    given = _shipped() if vocabulary is None else vocabulary
    return Words(
        given.words("heading_word"),
        given.words("footer_word", kind="total"),
        given.words("footer_word", kind="note"),
        given.words("footer_word", kind="unit"),
        given.words("footer_word", kind="type"),
    )


@lru_cache(maxsize=1)
def _shipped() -> Vocabulary:
    return read_vocabulary([shipped_rules() / "vocabulary"], only=_VOCABULARY)
