"""Threads: work on several things at a time, with results in the order of the things.

Sorting, hashing and comparing happen outside the interpreter's lock, so threads keep
all cores busy without copying a table into another process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread, local
from typing import TypeVar

import polars as pl

A = TypeVar("A")
B = TypeVar("B")
THREADS = 4
"""Items worked on at a time, at most."""


@contextmanager
def aside(call: Callable[[], B]) -> Iterator[Future[B]]:
    """Do something beside what is done within, and wait for it at the end.

    What it raises is raised where its result is asked for.

    >>> with aside(lambda: 7) as found:
    ...     found.result()
    7
    """
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(call)
        # What it is given goes as soon as it is done.
        del call
        yield doing


def later(call: Callable[[], object]) -> None:
    """Do something that nobody waits for, but the end of the program."""
    Thread(target=call).start()


_here = local()


@contextmanager
def one_by_one() -> Iterator[None]:
    """Let `in_threads` take one item after the other in this thread: few are not worth threads of their own."""
    was, _here.is_alone = getattr(_here, "is_alone", False), True
    try:
        yield
    finally:
        _here.is_alone = was


def in_threads(call: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
    """Yield the results in the order of the items, few of which are held at a time.

    >>> list(in_threads(str, [1, 2, 3]))
    ['1', '2', '3']
    """
    if getattr(_here, "is_alone", False):
        yield from map(call, items)
        return
    count = min(THREADS, pl.thread_pool_size())
    with ThreadPoolExecutor(count) as pool:
        waiting: deque[Future[B]] = deque()
        for item in items:
            waiting.append(pool.submit(call, item))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
