"""The quarterly cleansing run: ``python -m flows.quarterly INPUT… [--store DIR]``."""

from __future__ import annotations

import sys
from pathlib import Path

from prefect import flow

from cleanse.pipeline import run
from flows.artifacts import leave_artifacts
from flows.command import parse, request_of, say
from flows.steps import as_task


@flow(name="quarterly-cleansing", persist_result=False, retries=0)
def quarterly(
    inputs: list[str],
    store: str = "store",
    rules: str | None = None,
    source: str | None = None,
    actor: str = "flow:quarterly",
) -> str:
    """Read every due list, consolidate, publish.

    Parameters are paths and names: Prefect keeps them in clear.

    Returns:
        The run id.
    """
    request = request_of([Path(p) for p in inputs], store, rules, source, actor)
    summary = run(request, step=as_task)
    leave_artifacts(summary, "quarterly")
    say(summary)
    return summary.run_id


if __name__ == "__main__":
    sys.exit(parse(quarterly, __doc__))
