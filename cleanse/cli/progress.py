"""Progress on stderr: a moving line on a terminal, one line per stage elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def showing(stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a stage and show it on stderr while it runs."""
    name = stage.__name__.strip("_")
    began = time.perf_counter()
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        from rich.console import Console

        with Console(stderr=True).status(f"{name} …"):
            result = stage(*args, **kwargs)
    else:
        result = stage(*args, **kwargs)
    sys.stderr.write(f"  {name:<10} {time.perf_counter() - began:6.1f} s\n")
    return result
