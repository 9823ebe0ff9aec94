"""Which encoding a text file is in, how sure that is, and what did not fit.

The ladder: byte order mark; strict UTF-8; UTF-16 by its zero bytes; else every
legacy encoding that is at home in customer lists is tried, and rated by how much of
its text is made of characters that people use (`plausibility`), with chardetng's guess
as a second vote. Bytes that fit nowhere become U+FFFD and are named by line.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from chardetng_py import EncodingDetector

from cleanse.errors import UnreadableError, UsageError
from cleanse.read.mixed import REPLACEMENT, decode_lines, other_encoding, ranges
from cleanse.read.plausibility import plausibility

LOW_CONFIDENCE = 0.75
"""Below this the reader says so and names the alternatives."""

LEGACY = ("gbk", "gb18030", "cp950", "big5hkscs", "cp1252")
"""Tried in this order; chardetng may add one more."""

_SAMPLE = 1_000_000
_RATED = 300_000
_FEW = 0.1
_STRAY_LINES = 3
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=False)
class Decoded:
    """A text file as UTF-8, and what to know about it."""

    utf8: bytes
    """Without byte order mark."""
    encoding: str
    """Python codec name."""
    confidence: float
    """0 to 1."""
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def text(self) -> str:
        """The text."""
        return self.utf8.decode()

    def beginning(self, characters: int) -> str:
        """Return about the first `characters` of the text."""
        return self.utf8[: characters * 3].decode(errors="ignore")[:characters]


def decode(data: bytes, file: str, encoding: str | None = None) -> Decoded:
    """Decode a text file.

    Args:
        data: The whole file.
        file: Its name, for messages.
        encoding: The encoding when a rule says it; bytes that do not fit are noted.

    Raises:
        UnreadableError: No encoding fits, or this is no text.
        UsageError: The rule names an encoding that does not exist.
    """
    if encoding is not None:
        return _forced(data, file, encoding)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _marked(data, file, name)
    if (wide := _wide(data)) is not None:
        text = data.decode(wide, errors="replace")
        return Decoded(text.encode(), wide, 0.95)
    _refuse_binary(data, file)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return _cut_off(data, error) or _legacy(data, file)
    return Decoded(data, "utf-8", 1.0)


def _cut_off(data: bytes, error: UnicodeDecodeError) -> Decoded | None:
    """Keep UTF-8 that only breaks off inside its last character."""
    whole = data.decode(errors="ignore").encode()
    if error.reason != "unexpected end of data" or whole.isascii():
        return None
    note = "the file breaks off inside a character"
    return Decoded(whole + REPLACEMENT.encode(), "utf-8", 1.0, (note,))


def _forced(data: bytes, file: str, encoding: str) -> Decoded:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise UsageError(
            f"{file}: encoding {encoding!r} is not known. Edit [file] encoding of its source rule, e.g. 'gb18030'."
        ) from error
    text, bad = _decode_whole(data, name)
    _require_agreement(data, file, name, text, bad)
    return Decoded(
        text.removeprefix("\ufeff").encode(), name, 1.0, _damage_notes(bad, name)
    )


def _require_agreement(
    data: bytes, file: str, name: str, text: str, bad: Sequence[int]
) -> None:
    """Stop when the file contradicts the encoding that a rule names.

    Raises:
        UnreadableError: Most lines do not fit, or it is UTF-8 and would be garbled.
    """
    beyond = sum(not line.isascii() for line in data.split(b"\n"))
    is_wide = name.startswith(("utf-16", "utf-32"))
    is_other = name not in ("utf-8", "utf-8-sig") and _fits(data, "utf-8")
    is_garbled = (is_other and is_wide and b"\0" not in data) or (
        is_other and beyond and plausibility(data.decode()) > plausibility(text) + 0.2
    )
    if is_garbled or len(bad) * 2 > max(beyond, 1):
        how = "the file is UTF-8" if is_garbled else f"{len(bad)} line(s) do not fit"
        raise UnreadableError(
            f"{file}: its source rule says encoding {name!r}, but {how}. "
            "Correct [file] encoding, or take it out: the reader finds it by itself."
        )


def _marked(data: bytes, file: str, name: str) -> Decoded:
    try:
        return Decoded(data.decode(name).encode(), name, 1.0)
    except UnicodeDecodeError as error:
        if name != "utf-8-sig":
            text = data.decode(name, errors="replace")
            lines = _lines_with(text, REPLACEMENT)
            return Decoded(text.encode(), name, 1.0, _damage_notes(lines, name))
        cut = _cut_off(data.removeprefix(codecs.BOM_UTF8), error)
    if cut is not None:
        return replace(cut, encoding=name)
    return _legacy(data.removeprefix(codecs.BOM_UTF8), file)


def _wide(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: ASCII characters leave every other byte zero."""
    data = data[: len(data) // 2 * 2]
    sample = data[:_SAMPLE]
    if sample.count(0) < len(sample) * 0.02 or len(sample) < 4:  # noqa: PLR2004 - two characters
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    if min(even, odd) * 20 > max(even, odd):
        return None
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return None
    return name if re.search(r"[\r\n,;\t|]", text) else None


_CONTROLS = bytes(sorted(set(range(32)) - set(b"\0\t\n\v\f\r\x1a\x1b\x1c\x1d\x1e\x1f")))


def _refuse_binary(data: bytes, file: str) -> None:
    """Refuse what is no text: control characters, or more zero bytes than accidents leave."""
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls * 200 > len(sample) or sample.count(0) * 10 > len(sample):
        raise UnreadableError(
            f"{file}: this is neither a text file nor a workbook. Export the list again as CSV or .xlsx."
        )


@dataclass(frozen=True, slots=True)
class _Candidate:
    encoding: str
    score: float
    damage: float
    """Share of the lines beyond ASCII that do not fit."""


def _legacy(data: bytes, file: str) -> Decoded:
    name, confidence, doubts = choose_encoding(data, file)
    text, bad, mixed = decode_lines(data, name)
    notes = (*line_notes(bad, mixed, name), *doubts)
    return Decoded(text.encode(), name, confidence, notes)


def choose_encoding(data: bytes, file: str) -> tuple[str, float, tuple[str, ...]]:
    """Choose the encoding of text that is not UTF-8 throughout.

    Args:
        data: The file, or lines from all over it.
        file: Its name, for messages.

    Returns:
        Codec name, confidence, and a note where that is low.

    Raises:
        UnreadableError: No encoding fits.
    """
    lines = _beyond_ascii(data)
    # What is UTF-8 in a legacy file speaks for itself; the other lines tell its encoding.
    others = [line for line in lines if not _fits(line, "utf-8")]
    is_mostly_utf8 = len(others) <= _FEW * len(lines)
    sample = b"\n".join(lines if is_mostly_utf8 else others)
    guess = _guess(sample)
    names = dict.fromkeys(("utf-8",) if is_mostly_utf8 else (*LEGACY, guess))
    rated = sorted(
        (_rate(sample, name, guess) for name in names), key=lambda each: -each.score
    )
    best = rated[0]
    name = _wide_enough(data, best.encoding)
    if best.score <= 0 and len(lines) <= _STRAY_LINES + data.count(b"\n") // 100:
        name = "utf-8"
    elif best.score <= 0:
        raise UnreadableError(
            f"{file}: no encoding fits this text ({', '.join(names)} were tried). "
            "Save it as 'CSV UTF-8', or set [file] encoding in its source rule."
        )
    confidence = _confidence(rated, sample)
    if confidence >= LOW_CONFIDENCE:
        return name, confidence, ()
    rivals = [r.encoding for r in rated if r.score > 0 and not _same(r.encoding, name)]
    doubt = (
        f"encoding is probably {name} (confidence {confidence:.2f}); "
        f"it might be {' or '.join(rivals[:2]) or 'another'}: look at a row with accents or Chinese, "
        "and set [file] encoding in the source rule if it is wrong"
    )
    return name, confidence, (doubt,)


def line_notes(bad: Sequence[int], mixed: Sequence[int], name: str) -> tuple[str, ...]:
    """Name the lines (1-based) that are in another encoding than the rest, or in none."""
    return (*_mixed_notes(mixed, name), *_damage_notes(bad, name))


def _wide_enough(data: bytes, name: str) -> str:
    """Return the wider encoding of the family when only that one holds the whole file."""
    wider = {"gbk": "gb18030", "cp950": "big5hkscs"}.get(name)
    if wider is None or _fits(data, name):
        return name
    narrow, wide = (data.decode(n, errors="replace") for n in (name, wider))
    return wider if wide.count(REPLACEMENT) < narrow.count(REPLACEMENT) else name


def _fits(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _beyond_ascii(data: bytes) -> list[bytes]:
    """Return lines beyond ASCII, evenly from the whole file."""
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    size = sum(map(len, lines))
    return lines[:: 1 + size // _RATED]


_FAMILIES = ({"gbk", "gb18030"}, {"cp950", "big5hkscs", "big5"})


def _same(one: str, other: str) -> bool:
    """Tell whether two names are one family, the wider holding the narrower."""
    return one == other or any({one, other} <= family for family in _FAMILIES)


def _guess(sample: bytes) -> str:
    detector = EncodingDetector()
    detector.feed(sample, last=True)
    name: str = detector.guess(tld=None, allow_utf8=False)
    known = {"big5": "cp950", "windows-1252": "cp1252", "gb18030": "gbk"}
    folded = name.casefold()
    try:
        return known.get(folded) or codecs.lookup(folded).name
    except LookupError:
        return "cp1252"


def _rate(sample: bytes, name: str, guess: str) -> _Candidate:
    """Rate one encoding: how plausible its text is, less what it cannot decode."""
    # A file that breaks off inside its last character is not in another encoding.
    text = sample.decode(name, errors="replace").removesuffix(REPLACEMENT)
    lines = text.split("\n")
    damage = sum(REPLACEMENT in line for line in lines) / max(1, len(lines))
    score = plausibility(text) - 1.5 * damage
    # A wider encoding must earn its place: gbk before gb18030, cp950 before big5hkscs.
    score -= 0.001 * (name in ("gb18030", "big5hkscs"))
    score += 0.1 * _same(name, guess)
    return _Candidate(name, score, damage)


def _confidence(rated: Sequence[_Candidate], sample: bytes) -> float:
    """Grow with the margin over the next family and with the evidence seen."""
    best = rated[0]
    others = (r.score for r in rated[1:] if not _same(r.encoding, best.encoding))
    next_score = max(others, default=0.0)
    margin = best.score - max(0.0, next_score)
    beyond = sum(byte > 0x7F for byte in sample[:10_000])  # noqa: PLR2004 - ASCII ends here
    evidence = beyond / (beyond + 8)
    return round(max(0.05, min(0.99, 0.4 + 1.2 * margin)) * evidence, 2)


def _decode_whole(data: bytes, name: str) -> tuple[str, list[int]]:
    """Decode; where it fails, go line by line and return the lines (1-based) with bad bytes."""
    try:
        return data.decode(name), []
    except UnicodeDecodeError:
        text = data.decode(name, errors="replace")
        return text, _lines_with(text, REPLACEMENT)


def _lines_with(text: str, mark: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), 1) if mark in line]


def _damage_notes(lines: Sequence[int], name: str) -> tuple[str, ...]:
    if not lines:
        return ()
    return (
        f"bytes that are not {name} in {len(lines)} line(s), shown as {REPLACEMENT} (lines {ranges(lines)})",
    )


def _mixed_notes(lines: Sequence[int], name: str) -> list[str]:
    if not lines:
        return []
    other = other_encoding(name)
    return [
        f"mixed encodings: {len(lines)} line(s) are {other} in a {name} file and were read so (lines {ranges(lines)})"
    ]
