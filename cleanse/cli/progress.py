"""Progress on stderr: a moving line on a terminal, one line per stage elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from cleanse.read.progress import Progress, Watcher

P = ParamSpec("P")
T = TypeVar("T")

_WORDS = {
    "CHECK": "checking the text",
    "INDEX": "finding rows",
    "READ": "reading rows",
}
_SOON = 2.0
"""Seconds before time left is told: earlier it is a guess."""


def showing(stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a stage and show it on stderr while it runs."""
    name = stage.__name__.strip("_")
    began = time.perf_counter()
    with _moving(name):
        result = stage(*args, **kwargs)
    sys.stderr.write(f"  {name:<10} {time.perf_counter() - began:6.1f} s\n")
    return result


def quietly(stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a stage and show it on a terminal while it runs; leave no line behind."""
    with _moving(stage.__name__.strip("_")):
        return stage(*args, **kwargs)


@contextmanager
def _moving(name: str) -> Iterator[None]:
    """Show a moving line while something runs, if stderr is a terminal."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    from rich.console import Console

    from cleanse.read.progress import watched

    # rich itself heeds NO_COLOR.
    status = Console(stderr=True).status(f"{name} …")
    with status, watched(_teller(name, status.update)):
        yield


def _teller(name: str, show: Callable[[str], None]) -> Watcher:
    """Return what shows how far reading is, with the rows per second and the time left."""
    began = time.perf_counter()

    def tell(progress: Progress) -> None:
        nonlocal began
        now = time.perf_counter()
        if progress.share <= 0:
            began = now
        show(f"{name} … {said(progress, now - began)}")

    return tell


def said(progress: Progress, seconds: float) -> str:
    """Say how far reading is.

    Args:
        progress: As the reader tells it.
        seconds: Since it began with this file.

    >>> from cleanse.read.progress import Phase, Progress
    >>> said(Progress(Phase.READ, 0.75, 3_000_000), 30.0)
    'reading rows 75 % · 3,000,000 rows · 100,000 rows/s · 10 s left'
    >>> said(Progress(Phase.CHECK, 0.02, 0), 0.5)
    'checking the text 2 %'
    """
    words = [f"{_WORDS[progress.phase.name]} {progress.share:.0%}".replace("%", " %")]
    if progress.rows:
        words.append(f"{progress.rows:,} rows")
    if progress.rows and seconds >= _SOON:
        words.append(f"{progress.rows / seconds:,.0f} rows/s")
    if seconds >= _SOON and progress.share > 0:
        left = seconds * (1 - progress.share) / progress.share
        words.append(f"{left:.0f} s left")
    return " · ".join(words)
