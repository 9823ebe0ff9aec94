"""What is typed in one phone cell: the numbers, their extensions, what was lost."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanse.normalise.text import tidy


class Piece(NamedTuple):
    """One number of a cell."""

    number: str
    """Its digits, with ``+`` before them when typed so; empty when they were lost."""
    typed: str
    """The part of the cell it stands in, tidied."""
    extension: str | None = None
    is_lossy: bool = False
    """A spreadsheet has rounded it (1.39E+10) or somebody has masked it (138****8000):
    digits are gone, and not guessed."""


_LONGEST = 15
"""Digits of the longest number (E.164)."""
_SHORTEST = 5
"""Digits below which a piece is no number of its own."""

_NO_DIGIT = re.compile("[^0-9]+")
_PLAIN = re.compile(r"(\(?\+?)([0-9\s().-]+)")
_HYPHEN_EXTENSION = re.compile(r"(\(?0\d{2,3}[)\s-]*\d{7,8})\s*-\s*(\d{1,6})")
_DECIMALS = re.compile(r"(?<![\d.])(\+?\d{7,})[.,]0+(?!\d)")
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_MASKED = re.compile(r"\d[ -]?(?:\*{2,}|[xX]{3,})[ -]?\d")
_VANITY = re.compile(r"\+?1?[ .-]?\(?8\d\d\)?[ .-]?[\dA-Za-z-]{7,12}")
_EXTENSION = re.compile(
    r"(?:\s*(?:转接?|轉接?|分机号?|分機號?|內線|内线|extension|extn?\.?|x|#|;ext=)"
    r"[\s:.]*)(\d{1,7})\b\)?",
    re.IGNORECASE,
)
_URI = re.compile(r"^\s*tel:(?=\+?\d)", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"\s*(?:[;,、|\n/\\]|或者?|及|和|\band\b|\bor\b)\s*", re.IGNORECASE
)
_GAP = re.compile(r"(?<=\d)\s+(?=\+?\(?\d)")
_RUN = re.compile(r"\+?[\d(][\d\s().+-]*")
_KEYS = str.maketrans(
    {s: str(i // 3 + 2) for i, s in enumerate("ABCDEFGHIJKLMNO")}
    | dict(zip("PQRSTUVWXYZ", "77778889999", strict=True))
)


def cell_pieces(cell: str) -> tuple[Piece, ...]:
    """Take a cell apart into the numbers that stand in it, in their order.

    Several numbers may stand beside each other (``; , 、 /``, a new line, labels
    such as 手机 or Tel, or spaces when it cannot be one number). Never raises.

    >>> [piece.number for piece in cell_pieces("手机：138 0013 8001；宅(010)6234-5678")]
    ['13800138001', '01062345678']
    >>> cell_pieces("020-81234567转801")[0][:3:2]
    ('02081234567', '801')
    >>> cell_pieces("1.39E+10")[0].is_lossy
    True
    """
    plain = _PLAIN.fullmatch(cell)
    if plain and not _HYPHEN_EXTENSION.fullmatch(cell.strip()) and ".0" not in cell:
        digits = _digits(plain[2])
        if _SHORTEST <= len(digits) <= _LONGEST and "\n" not in cell:
            return (Piece("+" * ("+" in plain[1]) + digits, cell.strip()),)
    lines = [tidy(line) for line in cell.split("\n")]
    return tuple(piece for line in lines for piece in _line_pieces(line))


def _line_pieces(line: str) -> list[Piece]:
    line = _URI.sub("", _DECIMALS.sub(r"\1", line))
    if _VANITY.fullmatch(line) and re.search("[A-Za-z]{3}", line):
        line = "+1" + _digits(line.upper().translate(_KEYS))[-10:]
    parts = [part for part in _SEPARATOR.split(line) if part]
    return [piece for part in _joined(parts) for piece in _part_pieces(part)]


def _joined(parts: list[str]) -> list[str]:
    """Put back together what a slash only groups: ``089/1234567``."""
    joined: list[str] = []
    for part in parts:
        before = joined[-1] if joined else ""
        is_area = before.startswith(("0", "+", "(0")) and part[0].isdigit()
        if is_area and len(_digits(before)) < _SHORTEST:
            joined[-1] += " " + part
        else:
            joined.append(part)
    return joined


def _part_pieces(part: str) -> list[Piece]:
    scientific = _SCIENTIFIC.search(part)
    if scientific:
        return [_unrounded(scientific, part)]
    if _MASKED.search(part):
        return [Piece("", part, is_lossy=True)]
    pieces: list[Piece] = []
    start = 0
    while run := _RUN.search(part, start):
        text, end, extension = run[0], run.end(), None
        found = _EXTENSION.match(part, len(part[: run.end()].rstrip(" (.-")))
        hyphen = _HYPHEN_EXTENSION.fullmatch(text.strip())
        if found:
            extension, end = found[1], found.end()
        elif hyphen:
            text, extension = hyphen[1], hyphen[2]
        pieces += [Piece(number, part, extension) for number in _numbers(text)]
        start = end
    return pieces


def _numbers(text: str) -> list[str]:
    """Read a run of digits as one number, or as several between spaces."""
    whole = _number(text)
    if len(whole.lstrip("+")) > _LONGEST:
        several = [_number(part) for part in _GAP.split(text)]
        if all(len(number) > _SHORTEST + 1 for number in several):
            return several
    return [whole] if len(whole.lstrip("+")) >= _SHORTEST else []


def _number(text: str) -> str:
    return "+" * text.lstrip("( ").startswith("+") + _digits(text)


def _unrounded(found: re.Match[str], typed: str) -> Piece:
    """Read scientific notation, where it still has all its digits."""
    digits, exponent = found[1] + (found[2] or ""), int(found[3])
    if len(digits) == exponent + 1:
        return Piece(digits, typed)
    return Piece("", typed, is_lossy=True)


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", text)
