"""What a run is asked to do, and how its stages are called."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

IO_STAGES = frozenset(("read", "publish", "report"))
"""Stages that read or write files, and may be tried again."""


class Step(Protocol):
    """How a stage is called."""

    def __call__(
        self, stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `stage` with its arguments and return what it returns."""


def plainly(stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a stage as the function it is.

    >>> plainly(max, 1, 2)
    2
    """
    return stage(*args, **kwargs)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What a run is asked to do; run id, time and actor are made by the caller."""

    inputs: tuple[Path, ...]
    """Files and folders; none: the records stand as they are."""
    store: Path | None
    """Folder of the store; None: none is needed (`clean`)."""
    run_id: str
    now: datetime
    """UTC."""
    actor: str
    rules: Path | None = None
    """The user's rules, over the shipped ones."""
    source: str | None = None
    """Source that every file of the input is, when the user says so."""
    accept: bool = False
    """Publish although a gate would stop the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRequest:
    """What is asked of a store besides reading; run id, time and actor are made by the caller."""

    store: Path
    run_id: str
    now: datetime
    """UTC."""
    actor: str
    rules: Path | None = None
    accept: bool = False
    """Publish although a gate would stop it."""

    def as_run(self) -> RunRequest:
        """Return the run that reads nothing and publishes what was asked."""
        return RunRequest(
            inputs=(),
            store=self.store,
            run_id=self.run_id,
            now=self.now,
            actor=self.actor,
            rules=self.rules,
            accept=self.accept,
        )


LONG_S = 5.0
"""Seconds of a stage from which it is worth a look at once at what it left in cycles: of
millions of records that may be gigabytes, and the command line looks seldom."""


@dataclass(slots=True)
class Stopwatch:
    """A step that also notes how long each stage took."""

    step: Step
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall seconds by stage."""

    def __call__(
        self, stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `stage` through the step and add its time."""
        began = time.perf_counter()
        try:
            return self.step(stage, *args, **kwargs)
        finally:
            took = time.perf_counter() - began
            self.seconds[stage.__name__] = self.seconds.get(stage.__name__, 0.0) + took
            if took > LONG_S:
                gc.collect()


def peak_mb() -> int:
    """Return the most memory this process ever held, in MB; 0 where the system does not tell."""
    try:
        import resource  # noqa: PLC0415 - POSIX only
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)
