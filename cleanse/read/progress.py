"""How far reading is, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import NamedTuple


class Phase(Enum):
    """One way through a file: what is done before it, and with it, of all the work."""

    CHECK = (0.0, 0.2)
    """Its bytes are text."""
    INDEX = (0.2, 0.45)
    """Where rows begin and end."""
    READ = (0.45, 1.0)
    """The cells of the rows."""


class Progress(NamedTuple):
    """How far the reading of one file is."""

    phase: Phase
    share: float
    """Of all the work on this file, 0 to 1."""
    rows: int
    """Rows done in this phase."""


Watcher = Callable[[Progress], None]
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Have `watcher` told, now and then, how far the reading of a large file is."""
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)


def tell(phase: Phase, done: int, total: int, rows: int = 0) -> None:
    """Tell the watcher, if there is one.

    Args:
        phase: What is being done.
        done: Bytes done in this phase.
        total: Bytes there are.
        rows: Rows done in this phase.
    """
    watcher = _watcher.get()
    if watcher is not None:
        before, after = phase.value
        share = before + (after - before) * done / max(1, total)
        watcher(Progress(phase, share, rows))
