"""Files of the store that a kill at any moment leaves whole: the old one or the new."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

UNFINISHED = ".tmp"
"""Suffix of a file that is not yet what it will be."""
_PART = 8 << 20
"""Bytes that are copied at a time."""
_PAST_CACHE = getattr(os, "O_DIRECT", 0)
_SHOW_NOW = 22
"""MADV_POPULATE_READ of Linux 5.14, which Python has no name for: read a mapping, or say that it cannot be."""


def unfinished(path: Path) -> Path:
    """Name the file under which `path` is being made."""
    return path.with_name(path.name + UNFINISHED)


def move_into_place(path: Path) -> None:
    """Give the finished file its name, durably; readers see the old one or the new."""
    made = unfinished(path)
    _sync(made)
    made.replace(path)
    _sync(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a small file, whole or not at all."""
    unfinished(path).write_text(text, encoding="utf-8")
    move_into_place(path)


def write_json(path: Path, value: Any) -> None:
    """Write a small JSON file, whole or not at all."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, hex; about a gigabyte per second."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copied(source: Path, target: Path) -> str:
    """Copy a file that nobody writes to, and return the SHA-256 of what is in it, hex.

    Each part is hashed where the system holds it while it is written; past the system's cache
    where it can be, as a large copy would push out of it what is in use.
    """
    digest = hashlib.sha256()
    with (
        source.open("rb") as file,
        _past_cache(target) as handle,
        ThreadPoolExecutor(1) as pool,
    ):
        writing = pool.submit(_write, handle, memoryview(b""))
        for part in _parts(file):
            writing.result()
            writing = pool.submit(_write, handle, part)
            digest.update(part)
        writing.result()
    return digest.hexdigest()


def _parts(file: BinaryIO) -> Iterator[memoryview]:
    """Give a file in parts: as the system holds them, or read where it cannot show them."""
    size = os.fstat(file.fileno()).st_size
    for at in range(0, size, _PART):
        length = min(_PART, size - at)
        shown = mmap.mmap(file.fileno(), length, access=mmap.ACCESS_READ, offset=at)
        if _is_there(shown):
            yield memoryview(shown)
        else:
            file.seek(at)
            yield memoryview(file.read(length))


def _is_there(shown: mmap.mmap) -> bool:
    """Have what is shown read now: later, a disk that fails would end the process."""
    try:
        shown.madvise(_SHOW_NOW)
    except OSError:
        return False
    return True


@contextmanager
def _past_cache(path: Path) -> Iterator[int]:
    """Open a new file, to be written past the system's cache where its disk allows that."""
    plainly = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        handle = os.open(path, plainly | _PAST_CACHE, 0o600)
    except OSError:
        handle = os.open(path, plainly, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _write(handle: int, data: memoryview) -> None:
    """Write all of it; through the cache what does not go past it, as the end of a file."""
    while data:
        try:
            data = data[os.write(handle, data) :]
        except OSError:
            import fcntl  # noqa: PLC0415 - POSIX only, as a store is

            flags = fcntl.fcntl(handle, fcntl.F_GETFL)
            if not flags & _PAST_CACHE:
                raise
            fcntl.fcntl(handle, fcntl.F_SETFL, flags & ~_PAST_CACHE)


def remove(path: Path) -> None:
    """Remove a file, durably; nothing happens when it is not there."""
    path.unlink(missing_ok=True)
    _sync(path.parent)


@contextmanager
def private_files() -> Iterator[None]:
    """Make everything that is created meanwhile readable by its owner only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
