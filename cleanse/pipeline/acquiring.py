"""Taking in an acquired company's lists: the overlap first, then the merge, then the crosswalk."""

from __future__ import annotations

import re
from pathlib import Path

from cleanse.errors import UsageError
from cleanse.pipeline.gates import require_none
from cleanse.pipeline.order import drafted
from cleanse.pipeline.overlap import Overlap, overlap
from cleanse.pipeline.request import RunRequest, Step, plainly
from cleanse.pipeline.summary import RunSummary
from cleanse.report.export import write_frame
from cleanse.warehouse import Store
from cleanse.warehouse.sheets import sheet

_ADVICE = (
    "overlap.xlsx in the folder of the run shows whom it concerns; "
    "'cleanse run --accept --source NAME' merges all the same."
)


def rehearse_acquisition(request: RunRequest, *, step: Step = plainly) -> Overlap:
    """Show what of an acquired company's lists the store has already; nothing is written.

    Gates that would stop the merge are told in the summary, not raised.

    Raises:
        UsageError: No source was named.
    """
    _require_source(request)
    with drafted(request, step=step, only_shown=True) as at:
        return at.watch(overlap, at.made, at.known, at.rehearsed())


def acquire(
    request: RunRequest, *, step: Step = plainly
) -> tuple[RunSummary, Overlap, tuple[Path, ...]]:
    """Merge an acquired company's lists: what is shown is what is published.

    Into the folder of the run go overlap.xlsx, also when a gate stops the merge, and
    after it the crosswalk from their numbers to ours as CSV and Excel.

    Returns:
        What the run did, the overlap before it, and the files written.

    Raises:
        CleanseError: Says what stopped it; nothing was published.
    """
    _require_source(request)
    with drafted(request, step=step) as at:
        found = at.watch(overlap, at.made, at.known, at.rehearsed())
        folder = at.store.paths.runs / request.run_id
        told = folder / "overlap.xlsx"
        if at.made.gates and not request.accept:
            # A store without a run is taken away again: nothing may be left in it.
            if at.known.run_number:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_frame(found.records, told)
            require_none(at.made.gates, _ADVICE)
        summary = at.put_in_force(found.facts())
        write_frame(found.records, told)
        sources = at.made.cleaned.intake.sources
        files = at.watch(crosswalk, at.store, folder, str(request.source), sources)
    return summary, found, (told, *files)


def crosswalk(
    store: Store, folder: Path, name: str, sources: frozenset[str]
) -> tuple[Path, ...]:
    """Write the crosswalk of some sources as CSV and Excel; return the files."""
    rows = sheet(store.db, "crosswalk", sources)
    stem = "crosswalk_" + re.sub(r"[^\w.-]+", "_", name)
    files = tuple(folder / f"{stem}{ending}" for ending in (".csv", ".xlsx"))
    for file in files:
        write_frame(rows, file)
    return files


def _require_source(request: RunRequest) -> None:
    if not request.source:
        raise UsageError(
            "an acquisition needs a name for the list. Give it with --source NAME."
        )
