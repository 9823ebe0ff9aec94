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
from typing import Any

UNFINISHED = ".tmp"
"""Suffix of a file that is not yet what it will be."""
_PART = 8 << 20
"""Bytes that are copied at a time."""
_PAST_CACHE = getattr(os, "O_DIRECT", 0)


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
    """Copy a file, and return the SHA-256 of what is in it, hex.

    Each part is hashed while it is written and the next one is read; past the system's cache
    where it can be, as a large copy would push out of it what is in use.
    """
    digest = hashlib.sha256()
    # Of a mapping the first byte lies where a page begins, as writing past the cache asks for.
    part, other = (memoryview(mmap.mmap(-1, _PART)) for _ in range(2))
    with (
        source.open("rb", buffering=0) as file,
        _past_cache(target) as handle,
        ThreadPoolExecutor(2) as pool,
    ):
        reading = pool.submit(file.readinto, part)
        writing = pool.submit(_write, handle, part[:0])
        while size := reading.result():
            writing.result()
            reading = pool.submit(file.readinto, other)
            writing = pool.submit(_write, handle, part[:size])
            digest.update(part[:size])
            part, other = other, part
        writing.result()
    return digest.hexdigest()


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
