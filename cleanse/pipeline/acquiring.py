"""Taking in an acquired company's lists: the overlap first, then the merge, then the crosswalk."""

from __future__ import annotations

from cleanse.errors import UsageError
from cleanse.pipeline.drafting import draft
from cleanse.pipeline.order import folder_of
from cleanse.pipeline.overlap import Overlap, overlap
from cleanse.pipeline.publishing import summarise
from cleanse.pipeline.request import RunRequest, Step, Stopwatch, plainly
from cleanse.review import read_decisions
from cleanse.rulebook import load_rulebook
from cleanse.warehouse import open_store


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


def _require_source(request: RunRequest) -> None:
    if not request.source:
        raise UsageError(
            "an acquisition needs a name for the list. Give it with --source NAME."
        )
