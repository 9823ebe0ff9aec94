"""A large text file as UTF-8 that can be read block by block, never whole in memory.

A file that is UTF-8 already is read where it is. Any other is written once to an unnamed
temporary file, as UTF-8, by the same decoding as small files.
"""

from __future__ import annotations

import codecs
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cleanse.read.dialect import (
    SAMPLE_CHARACTERS,
    Dialect,
    double_escaped,
    find_dialect,
)
from cleanse.read.encoding import choose_encoding, decode, line_notes
from cleanse.read.mixed import REPLACEMENT, decode_lines
from cleanse.read.progress import Phase, tell
from cleanse.read.text import Text
from cleanse.rulebook.source import FileRule

_CHUNK = 1 << 22
_HEAD = 1 << 20
_PLACES = 256
_PLACE = 1 << 16
_SAMPLE = _PLACES * _PLACE
"""Bytes that tell the encoding; files up to this size are looked at whole."""
_WIDE = ("utf-16", "utf-32")
_UTF8 = ("utf-8", "utf-8-sig")


def open_text(path: Path, file: str, rule: FileRule, stack: ExitStack) -> Text:
    """Open a large text file.

    Args:
        path: Where the file is.
        file: Its name, for messages.
        rule: What the source rule says about reading it.
        stack: Closes what is opened.

    Raises:
        UnreadableError: It is no text, or no encoding fits.
        UsageError: The rule names an encoding that does not exist.
    """
    source = stack.enter_context(path.open("rb"))
    check = _check(source)
    head = _beginning(source, _HEAD)
    decoded = decode(head, file, rule.encoding)
    if not check.is_utf8 or decoded.encoding not in _UTF8 or check.zero_count:
        return _spooled(source, file, rule, check, stack)
    beginning = decoded.beginning(SAMPLE_CHARACTERS)
    dialect = find_dialect(beginning, rule.delimiter)
    if dialect.escape is not None:
        return _spooled(source, file, rule, check, stack)
    return Text(
        source=source,
        start=len(codecs.BOM_UTF8) * head.startswith(codecs.BOM_UTF8),
        sha256=check.sha256,
        encoding=decoded.encoding,
        confidence=decoded.confidence,
        dialect=dialect,
        beginning=beginning,
        notes=decoded.notes,
    )


@dataclass(frozen=True, slots=True)
class _Check:
    """What is to be known of all bytes."""

    sha256: str
    is_utf8: bool
    zero_count: int
    size: int


def _check(source: BinaryIO) -> _Check:
    """Go through the file once."""
    size = source.seek(0, 2)
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    is_utf8, zero_count = True, 0
    for chunk in _chunks(source, 0):
        digest.update(chunk)
        zero_count += chunk.count(0) if 0 in chunk else 0
        if is_utf8:
            is_utf8 = _accepts(decoder, chunk, is_last=source.tell() >= size)
        tell(Phase.CHECK, source.tell(), size)
    return _Check(digest.hexdigest(), is_utf8, zero_count, size)


def _accepts(
    decoder: codecs.IncrementalDecoder, chunk: bytes, *, is_last: bool
) -> bool:
    try:
        decoder.decode(chunk, is_last)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(source: BinaryIO, start: int) -> Iterator[bytes]:
    source.seek(start)
    while chunk := source.read(_CHUNK):
        yield chunk


def _beginning(source: BinaryIO, size: int) -> bytes:
    """Return the first bytes, cut where no sign is cut in two: behind a line end."""
    source.seek(0)
    data = source.read(size)
    if len(data) < size:
        return data
    end = data.rfind(b"\n") + 1
    # In UTF-16 and UTF-32 the zero bytes of a line end may follow it.
    while end < len(data) and data[end] == 0 and end % 4:
        end += 1
    return data[:end] or data[: size // 4 * 4]


@dataclass(slots=True)
class _Found:
    """What was noticed while a file was decoded: line numbers, and a count."""

    bad: list[int] = field(default_factory=list)
    mixed: list[int] = field(default_factory=list)
    zero_count: int = 0


def _spooled(
    source: BinaryIO, file: str, rule: FileRule, check: _Check, stack: ExitStack
) -> Text:
    """Write the file as UTF-8 without zero bytes, escaped quotes doubled."""
    head = _beginning(source, _HEAD)
    name = decode(head, file, rule.encoding).encoding
    start, confidence, doubts = 0, 1.0, tuple[str, ...]()
    is_chosen = rule.encoding is None and not name.startswith(_WIDE)
    if is_chosen and not check.is_utf8:
        start = len(codecs.BOM_UTF8) * head.startswith(codecs.BOM_UTF8)
        name, confidence, doubts = choose_encoding(_sample(source, start, check), file)
    elif name.startswith("utf-16-"):
        confidence = decode(head, file).confidence
    found = _Found()
    texts = (
        _by_lines(source, name, start, found)
        if is_chosen
        else _streamed(source, name, found)
    )
    out = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    beginning, dialect = "", None
    for text in texts:
        found.zero_count += text.count("\0")
        clean = text.replace("\0", "")
        if dialect is None:
            beginning = clean.removeprefix("\ufeff")[:SAMPLE_CHARACTERS]
            dialect = find_dialect(beginning, rule.delimiter)
            clean = clean.removeprefix("\ufeff")
        out.write(double_escaped(clean, dialect).encode())
        tell(Phase.CHECK, source.tell(), check.size)
    out.flush()
    notes = (*line_notes(found.bad, found.mixed, name), *doubts)
    if found.zero_count:
        notes = (*notes, f"{found.zero_count} zero byte(s) (NUL) were left out")
    return Text(
        source=out,
        start=0,
        sha256=check.sha256,
        encoding=name,
        confidence=confidence,
        dialect=dialect or Dialect(","),
        beginning=beginning,
        notes=notes,
    )


def _sample(source: BinaryIO, start: int, check: _Check) -> bytes:
    """Return whole lines from all over the file, some that are no UTF-8 among them."""
    if check.size <= _SAMPLE:
        source.seek(start)
        return source.read()
    parts = []
    for place in range(_PLACES):
        source.seek(start + check.size * place // _PLACES)
        part = source.read(_PLACE)
        parts.append(part[part.find(b"\n") + 1 : part.rfind(b"\n") + 1])
    sample = b"".join(parts)
    return sample if _has_stray(sample) else sample + _strays(source, start)


def _has_stray(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


def _strays(source: BinaryIO, start: int) -> bytes:
    """Return the first lines that are no UTF-8."""
    found: list[bytes] = []
    for part in _whole_lines(source, start):
        if _has_stray(part):
            found += [line for line in part.split(b"\n") if _has_stray(line)]
        if sum(map(len, found)) > _HEAD:
            break
    return b"\n".join(found)


def _whole_lines(source: BinaryIO, start: int) -> Iterator[bytes]:
    """Yield the file in parts that end behind a line feed."""
    rest = b""
    for chunk in _chunks(source, start):
        end = chunk.rfind(b"\n") + 1
        if end:
            yield rest + chunk[:end]
            rest = chunk[end:]
        else:
            rest += chunk
    if rest:
        yield rest


def _by_lines(source: BinaryIO, name: str, start: int, found: _Found) -> Iterator[str]:
    """Decode line by line where some lines may be in another encoding."""
    before = 0
    for part in _whole_lines(source, start):
        text, bad, mixed = decode_lines(part, name)
        found.bad += [before + number for number in bad]
        found.mixed += [before + number for number in mixed]
        before += part.count(b"\n")
        yield text


def _streamed(source: BinaryIO, name: str, found: _Found) -> Iterator[str]:
    """Decode what a rule or a byte order mark says, in whole lines."""
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    rest, before = "", 0
    for chunk in _chunks(source, 0):
        text = rest + decoder.decode(chunk)
        end = text.rfind("\n") + 1
        rest, text = text[end:], text[:end]
        before += _note_damage(text, before, found)
        yield text
    rest += decoder.decode(b"", final=True)
    _note_damage(rest, before, found)
    yield rest


def _note_damage(text: str, before: int, found: _Found) -> int:
    """Note the lines that hold what could not be decoded; return how many lines there are."""
    if REPLACEMENT in text:
        found.bad += [
            before + number
            for number, line in enumerate(text.split("\n"), 1)
            if REPLACEMENT in line
        ]
    return text.count("\n")
