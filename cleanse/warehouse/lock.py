"""One process at a time: the lock file of a store."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleanse.errors import StoreError

_PAUSE_S = 0.1


@contextmanager
def hold_lock(path: Path, *, actor: str, wait_s: float) -> Iterator[None]:
    """Hold the lock file `path`, and say in it who does.

    The system releases it when the process ends, however it ends.

    Raises:
        StoreError: Somebody else still holds it after `wait_s` seconds.
    """
    handle = _acquire(path, wait_s)
    try:
        holder = {"actor": actor, "pid": os.getpid(), "host": socket.gethostname()}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(holder).encode(), 0)
        yield
    finally:
        os.ftruncate(handle, 0)
        os.close(handle)


def _acquire(path: Path, wait_s: float) -> int:
    until = time.monotonic() + wait_s
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if _try_lock(handle):
            if _is_still(path, handle):
                return handle
            os.close(handle)
            continue
        os.close(handle)
        if time.monotonic() >= until:
            raise StoreError(_in_use(path, wait_s))
        time.sleep(_PAUSE_S)


def _try_lock(handle: int) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - POSIX only; the rest of the program starts without it
    except ImportError:
        message = "A store needs Linux or macOS; on Windows, run cleanse under WSL."
        raise StoreError(message) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_still(path: Path, handle: int) -> bool:
    """Tell whether the file we locked is still the one of that name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _in_use(path: Path, wait_s: float) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        who = f"{holder['actor']} (process {holder['pid']} on {holder['host']})"
    except (OSError, ValueError, KeyError):
        who = "another process"
    return (
        f"{path.parent}: the store is in use by {who}; waited {wait_s:g} s.\n"
        "Wait until that run has ended, then try again."
    )
