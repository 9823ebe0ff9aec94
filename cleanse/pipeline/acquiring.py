"""Taking in an acquired company's lists: the overlap first, then the merge, then the crosswalk."""

from __future__ import annotations

import re
from pathlib import Path

from cleanse.errors import UsageError
from cleanse.pipeline.drafting import draft
from cleanse.pipeline.gates import require_none
from cleanse.pipeline.order import folder_of, put_in_force
from cleanse.pipeline.overlap import Overlap, overlap
from cleanse.pipeline.publishing import summarise
from cleanse.pipeline.request import RunRequest, Step, Stopwatch, plainly
from cleanse.pipeline.summary import RunSummary
from cleanse.report.export import write_frame
from cleanse.review import read_decisions
from cleanse.rulebook import load_rulebook
from cleanse.warehouse import Store, check_masked_copy, open_store
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
    watch = Stopwatch(step)
    rulebook = load_rulebook(request.rules)
    with open_store(folder_of(request), actor=request.actor) as store:
        known = store.known()
        decisions = read_decisions(store.paths.steward)
        made = draft(request, rulebook, known, decisions, watch)
        summary = summarise(request, made, known, watch, "rehearsed")
        return watch(overlap, made, known, summary)


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
    watch = Stopwatch(step)
    rulebook = load_rulebook(request.rules)
    check_masked_copy(rulebook.privacy.publish)
    with open_store(folder_of(request), actor=request.actor) as store:
        known = store.known()
        decisions = read_decisions(store.paths.steward)
        made = draft(request, rulebook, known, decisions, watch)
        planned = summarise(request, made, known, watch, "rehearsed")
        found = watch(overlap, made, known, planned)
        folder = store.paths.runs / request.run_id
        if known.run_number:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_frame(found.records, folder / "overlap.xlsx")
        if not request.accept:
            require_none(made.gates, _ADVICE)
        summary = put_in_force(
            store, request, rulebook, made, known, watch, found.facts()
        )
        write_frame(found.records, folder / "overlap.xlsx")
        files = watch(
            crosswalk, store, folder, str(request.source), made.cleaned.intake.sources
        )
    return summary, found, (folder / "overlap.xlsx", *files)


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
