"""Files glued together from two exports: lines in another encoding than the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleanse.read.plausibility import plausibility

REPLACEMENT = "\ufffd"
"""Stands where bytes could not be decoded."""

_UTF8 = re.compile(
    rb"(?:[\xe2-\xef][\x80-\xbf]{2}){2}|[ -~][\xc3-\xdf][\x80-\xbf][ -~]"
)
"""What UTF-8 leaves in the bytes: two ideographs, or an accented letter between ASCII."""

_FEWEST_BYTES = 4
_MARGIN = 0.2


def other_encoding(name: str) -> str:
    """Return the encoding that stray lines are most likely in."""
    return "gb18030" if name == "utf-8" else "utf-8"


def decode_lines(data: bytes, name: str) -> tuple[str, list[int], list[int]]:
    """Decode, line by line where some lines may be in another encoding than the rest.

    Returns:
        The text, the lines (1-based) with bytes that fit nowhere, the lines that were read
        as the other encoding.
    """
    if name == "utf-8" or not _UTF8.search(data):
        try:
            return data.decode(name), [], []
        except UnicodeDecodeError:
            pass
    bad: list[int] = []
    mixed: list[int] = []
    parts: list[str] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        text, is_other = _decode_line(line, name)
        parts.append(text)
        if is_other:
            mixed.append(number)
        if REPLACEMENT in text:
            bad.append(number)
    return "\n".join(parts), bad, mixed


def _decode_line(line: bytes, name: str) -> tuple[str, bool]:
    """Return the text, and whether it is in the other encoding."""
    mine = line.decode(name, errors="replace")
    if line.isascii() or (name != "utf-8" and not _UTF8.search(line)):
        return mine, False
    if name == "utf-8" and REPLACEMENT not in mine:
        return mine, False
    try:
        theirs = line.decode(other_encoding(name))
    except UnicodeDecodeError:
        return mine, False
    beyond = sum(byte > 0x7F for byte in line)  # noqa: PLR2004 - ASCII ends here
    is_better = plausibility(theirs) > plausibility(mine) + _MARGIN
    # Fewer bytes fit by chance.
    is_other = is_better and beyond >= _FEWEST_BYTES
    return (theirs, True) if is_other else (mine, False)


def ranges(numbers: Sequence[int], most: int = 10) -> str:
    """Write sorted numbers shortly.

    >>> ranges([3, 5, 6, 7])
    '3, 5-7'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in runs[:most]]
    return ", ".join(shown) + (", …" if len(runs) > most else "")
