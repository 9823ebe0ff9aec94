"""What is typed in one phone cell: the numbers, their extensions, what was lost."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanse.normalise.phone_run import EXCEL, LONGEST, RANGE, bare, numbers_of
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
    label: str | None = None
    """The words beside it, as typed, in small letters: "手机", "fax"."""
    rule: str | None = None
    """What was done beyond leaving out punctuation."""


LOSSY = "phone.digits_lost"
"""Rule: there is no number, because not all of its digits are there."""
_VANITY_RULE = "phone.letters"

_SHORTEST = 4
"""Digits of the shortest one, which some islands have; beside others, one more."""

_EXACT = 10
"""Digits that only a number written out whole has: it ends in zeros. A spreadsheet
shows at most six of a rounded one, a program with short floats nine."""

_PLAIN = re.compile(r"(\(?\+?)([0-9\s().-]+)")
_DECIMALS = re.compile(r"(?<![\d.])(\+?\d{7,})[.,]0+(?!\d)")
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:,\d{3}){2,}(?:\.0+)?")
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_MASKED = re.compile(
    r"\d[ -]?(?:[*●•×]{2,}|[xX]{3,}|_{3,}|\.{3,}|…+)[ -]?\d|[*●•×]{3,}[ -]?\d"
)
_VANITY = re.compile(r"\+?1?[ .-]?\(?8\d\d\)?[ .-]?[\dA-Za-z-]{7,12}")
_EXTENSION = re.compile(
    r"(?:[\s,]*(?:转接?|轉接?|分机号?|分機號?|內線|内线|extension|extn?\.?|x|#|;ext=)"
    r"[\s:.]*)(\d{1,7})\b\)?",
    re.IGNORECASE,
)
_URI = re.compile(r"^\s*tel:(?=\+?\d)", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"\s*(?:[;,、|\n/\\&]|或者?|及|和|\band\b|\bor\b)"
    # A comma may stand before an extension.
    r"(?!\s*(?:转接?|分机号?|内线|extension|extn?\.?|x|#)[\s:.]*\d)\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"([^\W\d_]+)(?:\s+(?:no|nr|num|number))?[^\w]*$", re.IGNORECASE)
_LABEL_BEHIND = re.compile(r"\s*[(\[【]\s*([^\W\d_]+)")
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
    >>> [piece.number for piece in cell_pieces("020-88886666/7")]
    ['02088886666', '02088886667']
    >>> cell_pieces("1.39E+10")[0].is_lossy
    True
    """
    number = plain_number(cell)
    if number:
        return (Piece(number, cell.strip()),)
    lines = [tidy(line) for line in cell.split("\n")]
    pieces = tuple(piece for line in lines for piece in _line_pieces(line))
    longer = tuple(piece for piece in pieces if len(piece.number) != _SHORTEST)
    return longer or pieces


def plain_number(cell: str) -> str | None:
    """Read a cell that holds one number and nothing that asks for a closer look."""
    plain = _PLAIN.fullmatch(cell)
    if not plain or ".0" in cell or "\n" in cell:
        return None
    read = numbers_of(cell)
    is_one = len(read) == 1 and not (read[0].extension or read[0].rule)
    return read[0].digits if is_one and _fits(read[0].digits) else None


def _fits(number: str) -> bool:
    """Tell whether it has as many digits as a number; 00 may stand for a plus."""
    return len(number.lstrip("+")) >= _SHORTEST and len(bare(number)) <= LONGEST


def _line_pieces(line: str) -> list[Piece]:
    if _GROUPS.fullmatch(line):
        whole = line.partition(".")[0].replace(",", "")
        return [Piece(whole, line, rule=EXCEL)]
    plain = _DECIMALS.sub(r"\1", _URI.sub("", line))
    rule = EXCEL if _DECIMALS.search(line) else None
    if _VANITY.fullmatch(plain) and re.search("[A-Za-z]{3}", plain):
        keyed = re.sub(r"\D", "", plain.upper().translate(_KEYS))
        return [Piece("+1" + keyed[-10:], line, rule=_VANITY_RULE)]
    parts = [part for part in _SEPARATOR.split(plain) if part]
    pieces = [piece for part in _joined(parts) for piece in _part_pieces(part)]
    return [piece._replace(rule=piece.rule or rule) for piece in pieces]


def _joined(parts: list[str]) -> list[str]:
    """Put back together what a slash only groups (``089/1234567``) or ends anew (``/7``)."""
    joined: list[str] = []
    for part in parts:
        before = joined[-1] if joined else ""
        is_area = before.startswith(("0", "+", "(0")) and part[0].isdigit()
        if is_area and len(re.sub(r"\D", "", before)) < _SHORTEST + 1:
            joined[-1] += " " + part
        elif re.fullmatch(r"\d{1,2}|\d{4}", part) and re.search(r"\d{7}$", before):
            joined[-1] += "/" + part
        else:
            joined.append(part)
    return joined


def _part_pieces(part: str) -> list[Piece]:
    scientific = _SCIENTIFIC.search(part)
    if scientific:
        return [_unrounded(scientific, part)]
    if _MASKED.search(part):
        return [Piece("", part, is_lossy=True, rule=LOSSY)]
    part, _, ending = part.partition("/")
    pieces: list[Piece] = []
    start = 0
    while run := _RUN.search(part, start):
        end, extension = run.end(), None
        found = _EXTENSION.match(part, len(part[: run.end()].rstrip(" (.-")))
        if found:
            extension, end = found[1], found.end()
        label = _label(part[start : run.start()], part[end:])
        pieces += [
            Piece(one.digits, part, extension or one.extension, False, label, one.rule)
            for one in numbers_of(run[0])
            if _fits(one.digits)
        ]
        start = end
    return pieces + [
        _ended(pieces[-1], each) for each in ending.split("/") if pieces and each
    ]


def _label(before: str, behind: str) -> str | None:
    found = _LABEL.search(before) or _LABEL_BEHIND.match(behind)
    return found[1].lower() if found else None


def _ended(piece: Piece, ending: str) -> Piece:
    """The number of `piece` with another ending: 88886666/7."""
    number = piece.number[: -len(ending)] + ending
    return piece._replace(number=number, extension=None, rule=RANGE)


def _unrounded(found: re.Match[str], typed: str) -> Piece:
    """Read scientific notation, where it still has all its digits."""
    digits, size = found[1] + (found[2] or ""), int(found[3]) + 1
    if len(digits) == size or _EXACT <= len(digits) < size <= LONGEST:
        return Piece(digits.ljust(size, "0"), typed, rule=EXCEL)
    return Piece("", typed, is_lossy=True, rule=LOSSY)
