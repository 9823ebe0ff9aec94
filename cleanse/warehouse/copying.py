"""Copies of a database file that begin before it is what it will be: in the end only what changed is copied.

A small run writes a fortieth of the blocks of a large store anew. So the published copy is begun
beside the transaction, and brought up when that is committed; and of the blocks that the
copy before has too, the digests are known.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

PART = 8 << 20
"""Bytes that are copied and hashed at a time."""
_WORKERS = 2
"""Parts in work at a time: a disk takes no more."""
_HEADERS, _MAGIC, _SIZES = 3 * 4096, (b"DUCK", 65), (4096 + 40, 8192 + 40)
"""DuckDB's file: three headers of 4 KB, then blocks, each beginning with a checksum of 8 bytes. Magic
bytes and the version of the layout (ours; of another nothing is presumed) stand after the checksum
of the first header, the size of a block in both others. See DuckDB's documentation, "Storage
Versions and Format"."""
_PAST_CACHE = getattr(os, "O_DIRECT", 0)


def digest_of(path: Path) -> str:
    """Return `PART`, a colon, and the SHA-256 of the SHA-256s of the parts of a file, hex: cores share the work."""
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        return joint(_hashed(lambda at, part: _read(file.fileno(), at, part), size))


@dataclass(frozen=True, slots=True)
class Earlier:
    """A copy that was made before."""

    path: Path
    digests: Sequence[bytes]
    """Of its parts; none: not known."""


class Copying:
    """A copy of a database file, to be brought up as often as the file may have changed.

    What is copied goes past the system's cache where it can, as a large copy would push out of
    it what is in use.
    """

    def __init__(self, source: Path, target: Path) -> None:
        """Take a file and the name of its copy, which is made anew; nothing is copied yet."""
        self._source, self._target = source, target
        self._digests: list[bytes] = []
        self._marks = _NOTHING
        self._early: Future[None] | None = None
        self._is_given_up = False

    def begin(self, before: Earlier) -> None:
        """Copy the file, aside; what goes wrong shows when it is brought up.

        Nobody may write to it when this is called, but from then on: what is written meanwhile is
        copied once more.

        Args:
            before: An earlier copy: what has not changed since is not hashed again.
        """
        pool = ThreadPoolExecutor(1)
        self._early = pool.submit(self._copy, _marks_of(self._source), before)
        pool.shutdown(wait=False)

    def bring_up(self) -> list[bytes]:
        """Copy the parts that the copy lacks, or that have changed since they were copied.

        Nobody may write to the file meanwhile.

        Returns:
            The SHA-256 of each part of the copy: see `joint`.

        Raises:
            OSError: There is no room, or no right.
        """
        self._wait()
        self._copy(_marks_of(self._source))
        return self._digests

    def give_up(self) -> None:
        """Stop what was begun, and take away a copy that has not got another name."""
        self._is_given_up = True
        self._wait()
        self._target.unlink(missing_ok=True)

    def _wait(self) -> None:
        early, self._early = self._early, None
        if early:
            with suppress(OSError):
                early.result()

    def _copy(self, marks: _Marks, before: Earlier | None = None) -> None:
        """Copy what is not what it was when it was copied, by the marks that it has now."""
        with (
            self._source.open("rb", buffering=0) as file,
            _past_cache(self._target, is_new=not self._digests) as handle,
        ):
            source, size = file.fileno(), marks.size
            parts = _changed(self._marks, marks)
            known = _unchanged(before, marks) if before else {}
            self._digests, self._marks = self._digests[: -(-size // PART)], _NOTHING
            self._digests += [b""] * (-(-size // PART) - len(self._digests))

            def copied(at: int, part: memoryview) -> int:
                if self._is_given_up:
                    raise InterruptedError
                count = _read(source, at, part)
                if count < len(part):
                    raise OSError(errno.EIO, "it became shorter while it was copied")
                _write(handle, part, at)
                return count

            found = _hashed(copied, size, parts, known)
            for number, digest in zip(parts, found, strict=True):
                self._digests[number] = digest
            os.ftruncate(handle, size)
            self._marks = marks


def joint(digests: Sequence[bytes]) -> str:
    """Return the digest of a file of whose parts the digests are known: see `digest_of`."""
    return f"{PART}:{hashlib.sha256(b''.join(digests)).hexdigest()}"


def _hashed(
    read: Callable[[int, memoryview], int],
    size: int,
    parts: Sequence[int] | None = None,
    known: Mapping[int, bytes] | None = None,
) -> list[bytes]:
    """Return the SHA-256 of each part of a file, or of some of them.

    Args:
        read: Takes where a part begins and where to put it; returns how many bytes it has.
        size: Of the file.
        parts: Their numbers; None: all.
        known: Those that need not be hashed, by the number of the part; they are read all the same.
    """
    known = known or {}
    wanted = range(-(-size // PART)) if parts is None else parts
    buffers: SimpleQueue[memoryview] = SimpleQueue()
    for _ in range(min(_WORKERS, len(wanted))):
        # Of a mapping the first byte lies where a page begins, as writing past the cache asks for.
        buffers.put(memoryview(mmap.mmap(-1, PART)))

    def digest(number: int) -> bytes:
        buffer = buffers.get()
        try:
            count = read(number * PART, buffer[: min(PART, size - number * PART)])
            return known.get(number) or hashlib.sha256(buffer[:count]).digest()
        finally:
            buffers.put(buffer)

    with ThreadPoolExecutor(_WORKERS) as pool:
        return [*pool.map(digest, wanted)]


@dataclass(frozen=True, slots=True)
class _Marks:
    """What tells the blocks of a database file from what they were."""

    size: int
    """Bytes of the file."""
    block: int = 0
    """Bytes of a block; 0: it is not laid out as is known, and nothing is told apart."""
    checksums: Sequence[bytes] = ()


_NOTHING = _Marks(0)


def _marks_of(path: Path) -> _Marks:
    """Read the checksum of each block."""
    with path.open("rb", buffering=0) as opened:
        file, size = opened.fileno(), os.fstat(opened.fileno()).st_size
        head = os.pread(file, _HEADERS, 0)
        if len(head) < _HEADERS or struct.unpack_from("<4sQ", head, 8) != _MAGIC:
            return _Marks(size)
        block, other = (struct.unpack_from("<Q", head, at)[0] for at in _SIZES)
        if not block or block != other or (size - _HEADERS) % block:
            return _Marks(size)
        places = range(_HEADERS, size, block)
        return _Marks(size, block, [os.pread(file, 8, at) for at in places])


def _changed(before: _Marks, now: _Marks) -> list[int]:
    """Number the parts in which a block is not what it was; the first has the headers, the last an end."""
    if not now.block or before.block != now.block:
        return [*range(-(-now.size // PART))]
    found = {0, (now.size - 1) // PART}
    was = before.checksums
    for number, checksum in enumerate(now.checksums):
        if number >= len(was) or was[number] != checksum:
            first = _HEADERS + number * now.block
            found |= {first // PART, (first + now.block - 1) // PART}
    return sorted(found)


def _unchanged(before: Earlier, now: _Marks) -> dict[int, bytes]:
    """Return the digests of the parts that an earlier copy has too, by their numbers."""
    if not before.digests:
        return {}
    changed = {*_changed(_marks_of(before.path), now)}
    told = enumerate(before.digests)
    return {number: digest for number, digest in told if number not in changed}


def _read(file: int, at: int, part: memoryview) -> int:
    """Fill a part of memory from a file; return how many bytes there were."""
    count = 0
    while count < len(part):
        some = os.preadv(file, [part[count:]], at + count)
        if not some:
            break
        count += some
    return count


@contextmanager
def _past_cache(path: Path, *, is_new: bool) -> Iterator[int]:
    """Open a file, to be written past the system's cache where its disk allows that."""
    plainly = os.O_WRONLY | (os.O_CREAT | os.O_TRUNC if is_new else 0)
    try:
        handle = os.open(path, plainly | _PAST_CACHE, 0o600)
    except OSError:
        handle = os.open(path, plainly, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _write(handle: int, data: memoryview, at: int) -> None:
    """Write all of it; through the cache what does not go past it, as the end of a file."""
    while data:
        try:
            count = os.pwrite(handle, data, at)
            data, at = data[count:], at + count
        except OSError:
            import fcntl  # noqa: PLC0415 - POSIX only, as a store is

            flags = fcntl.fcntl(handle, fcntl.F_GETFL)
            if not flags & _PAST_CACHE:
                raise
            fcntl.fcntl(handle, fcntl.F_SETFL, flags & ~_PAST_CACHE)
