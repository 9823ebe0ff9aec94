"""Merging an acquired company's lists: ``python -m flows.acquisition FILE… --source NAME``."""

from __future__ import annotations

import sys
from pathlib import Path

from prefect import flow

from cleanse.pipeline.acquiring import acquire
from flows.artifacts import leave_artifacts, leave_overlap
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
    """Show how the lists of an acquired company overlap with our customers, and merge them.

    The other sources stand as they are; only `source` is replaced. The folder of the
    run gets overlap.xlsx, and the crosswalk from their numbers to ours.

    Returns:
        The run id.
    """
    request = request_of([Path(p) for p in inputs], store, rules, source, actor)
    summary, found, files = acquire(request, step=as_task)
    leave_overlap(found.facts(), "acquisition")
    leave_artifacts(summary, "acquisition")
    say(summary)
    for file in files:
        sys.stderr.write(f"Wrote {file}\n")
    return summary.run_id


if __name__ == "__main__":
    sys.exit(parse(acquisition, __doc__, source_required=True))
