"""Merging an acquired company's lists: ``python -m flows.acquisition FILE… --source NAME``."""

from __future__ import annotations

import sys
from pathlib import Path

from prefect import flow

from cleanse.pipeline import run
from flows.artifacts import leave_artifacts
from flows.command import parse, request_of, say
from flows.steps import as_task


@flow(name="acquisition", persist_result=False, retries=0)
def acquisition(
    inputs: list[str],
    source: str,
    store: str = "store",
    rules: str | None = None,
    actor: str = "flow:acquisition",
) -> str:
    """Merge the lists of an acquired company into the customers already known.

    The other sources stand as they are; only `source` is replaced.

    Returns:
        The run id.
    """
    request = request_of([Path(p) for p in inputs], store, rules, source, actor)
    summary = run(request, step=as_task)
    leave_artifacts(summary, "acquisition")
    say(summary)
    return summary.run_id


if __name__ == "__main__":
    sys.exit(parse(acquisition, __doc__, source_required=True))
