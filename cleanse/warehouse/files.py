"""Files of the store that a kill at any moment leaves whole: the old one or the new."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

UNFINISHED = ".tmp"
"""Suffix of a file that is not yet what it will be."""


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
