"""The order of the stages, written once.

read → map → normalise → validate → recall → match → cluster → identify → merge →
publish → report. Nothing flows back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cleanse.errors import UsageError
from cleanse.pipeline.cleaning import Cleaned, clean_input
from cleanse.pipeline.drafting import Draft, draft
from cleanse.pipeline.gates import require_none
from cleanse.pipeline.publishing import publication, report_facts, summarise
from cleanse.pipeline.request import RunRequest, Step, Stopwatch, plainly
from cleanse.pipeline.summary import RunSummary
from cleanse.report import ReportFacts, write_report
from cleanse.review import read_decisions
from cleanse.rulebook import Rulebook, load_rulebook
from cleanse.warehouse import (
    Known,
    Receipt,
    Store,
    check_masked_copy,
    open_store,
    publish,
    write_masked_copy,
)


def run(request: RunRequest, *, step: Step = plainly) -> RunSummary:
    """Read every input, take in what stewards decided, consolidate with what the store knows, publish, report.

    Without inputs the records stand as they are, and the decisions are put in force.

    Raises:
        CleanseError: Says what stopped the run; nothing was published.
    """
    watch = Stopwatch(step)
    rulebook = load_rulebook(request.rules)
    check_masked_copy(rulebook.privacy.publish)
    with open_store(folder_of(request), actor=request.actor) as store:
        known = store.known()
        _require_something(request, known)
        decisions = read_decisions(store.paths.steward)
        made = draft(request, rulebook, known, decisions, watch)
        if not request.accept:
            require_none(made.gates, _ADVICE)
        return put_in_force(store, request, rulebook, made, known, watch)


_ADVICE = "See 'cleanse plan' for what would change; 'cleanse run --accept' publishes all the same."


def put_in_force(
    store: Store,
    request: RunRequest,
    rulebook: Rulebook,
    made: Draft,
    known: Known,
    watch: Stopwatch,
    overlap: Mapping[str, Any] | None = None,
) -> RunSummary:
    """Publish a draft, and write the report of the run.

    Of an acquisition the report shows the overlap as well, as `Overlap.facts` gives it.
    """
    summary = summarise(request, made, known, watch, "published")
    given = publication(request, rulebook, made, known, summary, watch)
    receipt: Receipt = watch(publish, store, given)
    write_masked_copy(store, rulebook.privacy.publish)
    folder = store.paths.runs / request.run_id
    facts = report_facts(request, made, summary, receipt, watch)
    facts = replace(facts, overlap=overlap)
    watch(report, folder, facts)
    return summary.finished(watch.seconds, folder / "report.html")


def rehearse(request: RunRequest, *, step: Step = plainly) -> RunSummary:
    """Do everything that `run` does but publish: what would change.

    Gates that would stop the run are told, not raised.
    """
    watch = Stopwatch(step)
    rulebook = load_rulebook(request.rules)
    with open_store(folder_of(request), actor=request.actor) as store:
        known = store.known()
        _require_something(request, known)
        decisions = read_decisions(store.paths.steward)
        made = draft(request, rulebook, known, decisions, watch)
        return summarise(request, made, known, watch, "rehearsed")


def clean(request: RunRequest, *, step: Step = plainly) -> Cleaned:
    """Read, map, normalise and check the input, without a store."""
    rulebook = load_rulebook(request.rules)
    return clean_input(request, rulebook, None, step, must_be_sure=False)


def report(folder: Path, facts: ReportFacts) -> None:
    """Write report.html, report.json and rejects.xlsx of a run."""
    write_report(folder, facts)


def _require_something(request: RunRequest, known: Known) -> None:
    if not request.inputs and not known.run_number:
        raise UsageError(
            "there is no run in this store yet, and nothing to read.\n"
            "Run 'cleanse run INPUT' first."
        )


def folder_of(request: RunRequest) -> Path:
    """Return the folder of the store.

    Raises:
        UsageError: None was named.
    """
    if request.store is None:
        raise UsageError("a run needs a store. Name its folder with --store.")
    return request.store
