"""A stage as a Prefect task."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from cleanse.errors import CleanseError
from cleanse.pipeline import IO_STAGES

P = ParamSpec("P")
T = TypeVar("T")

RETRIES = 2
"""How often a stage that reads or writes files is tried again."""
RETRY_AFTER = (2, 10)
"""Seconds to wait before each retry."""


def as_task(stage: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a stage as a Prefect task of the same name, so that the UI shows it.

    The task takes no parameters of its own: Prefect would otherwise walk and
    hash every frame, and keep what it can print. A stage that reads or writes
    files is tried again; what a person must mend is not.
    """
    name = stage.__name__.strip("_")

    def call() -> T:
        return _without_values(name, lambda: stage(*args, **kwargs))

    shown = task(cache_policy=NO_CACHE, name=name, persist_result=False)(call)
    if stage.__name__ in IO_STAGES:
        shown = shown.with_options(
            retries=RETRIES,
            retry_delay_seconds=list(RETRY_AFTER),
            retry_condition_fn=_worth_a_retry,
        )
    return shown()


def _worth_a_retry(_task: object, _run: object, state: State[object]) -> bool:
    error = state.result(raise_on_failure=False)
    return not isinstance(error, CleanseError) or isinstance(error, StageError)


class StageError(CleanseError):
    """An unforeseen error inside a stage, told without values."""


def _without_values(name: str, call: Callable[[], T]) -> T:
    """Let our own errors pass; tell of any other only its type and place."""
    try:
        return call()
    except (CleanseError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - the text of any error may hold a value
        frames = traceback.extract_tb(error.__traceback__)
        ours = [each for each in frames if "cleanse" in Path(each.filename).parts]
        last = (ours or frames)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        message = f"{name}: unexpected {type(error).__name__} at {place}"
    raise StageError(message)
