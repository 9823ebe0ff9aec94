"""Read many distinct values in several processes: parsers in Python keep one core busy only.

A value is read by itself, so the result is the same whatever the number of processes.
Processes are started afresh (a fork would copy the locks of polars' threads), which takes
seconds: short lists are read in this one. They do not import the caller's script again, as
those of multiprocessing do, so a script needs no guard around what it runs.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from contextvars import ContextVar

import polars as pl
from loky import ProcessPoolExecutor, cpu_count

from cleanse.rulebook import Rulebook

Read = Callable[[pl.DataFrame, Rulebook], pl.DataFrame]
"""Reads distinct values, row by row: importable by name, its result as high as its input."""

FEWEST_ROWS = 200_000
"""Records from which several processes are worth their start."""
FEWEST_VALUES = 20_000
"""Distinct values from which they are worth the way to them and back."""
_SLICE = 10_000
_MOST = 8
_COLLECT_EVERY = (50_000, 20, 50)

_crew: ContextVar[ProcessPoolExecutor | None] = ContextVar("crew", default=None)
_rulebook: Rulebook
"""In a process of the crew: the rules of the run."""


@contextmanager
def crew(rulebook: Rulebook, rows: int, own: int = 1) -> Iterator[None]:
    """Have `spread` use the other processors while this lasts, if there are many rows.

    Args:
        rulebook: The rules to read by.
        rows: How many records there are.
        own: Processors that this process keeps, for all but the parsing; 0: it waits for the crew.
    """
    count = min(cpu_count() - own, _MOST)
    if rows < FEWEST_ROWS or count == 0 or multiprocessing.current_process().daemon:
        yield
        return
    pool = ProcessPoolExecutor(
        count,
        initializer=_begin,
        initargs=(rulebook,),
    )
    before = _crew.set(pool)
    try:
        for _ in range(count):
            pool.submit(_ready)
        yield
    finally:
        _crew.reset(before)
        pool.shutdown(kill_workers=True)


def spread(read: Read, distinct: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read distinct values, in several processes where a crew is at hand.

    Args:
        read: What reads a slice of them.
        distinct: One row per value.
        rulebook: The rules that the crew was made with.

    Returns:
        What `read` returns for the whole, rows in the same order.
    """
    pool = _crew.get()
    if pool is None or distinct.height < FEWEST_VALUES:
        return _read_here(read, distinct, rulebook)
    slices = list(distinct.iter_slices(_SLICE))
    try:
        found: Iterator[pl.DataFrame] = pool.map(_read, [read] * len(slices), slices)
        return pl.concat(found)
    except (BrokenProcessPool, OSError):
        # No process could be started, or the system took one away: do it here.
        return _read_here(read, distinct, rulebook)


def _read_here(read: Read, distinct: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    return read(distinct, rulebook)


def _begin(rulebook: Rulebook) -> None:
    global _rulebook  # noqa: PLW0603 - a process of the crew has one rulebook for life
    _rulebook = rulebook
    # Ctrl-C goes to the whole group; the first process tells the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*_COLLECT_EVERY)


def _ready() -> None:
    """Do nothing: a process that has begun is one that has loaded its packages."""


def _read(read: Read, part: pl.DataFrame) -> pl.DataFrame:
    return read(part, _rulebook)
