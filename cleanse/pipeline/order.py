"""The order of the stages, written once.

read → map → normalise → validate → recall → match → cluster → identify → merge →
publish → report. Nothing flows back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
    keep_encoded,
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
    with drafted(request, step=step) as at:
        if not request.accept:
            require_none(at.made.gates, _ADVICE)
        return at.put_in_force()


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
    keep_encoded(made.laid, store.paths, request.run_id)
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
    with drafted(request, step=step, only_shown=True) as at:
        return at.rehearsed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A run up to the point where it would publish; its store is open."""

    request: RunRequest
    rulebook: Rulebook
    store: Store
    known: Known
    made: Draft
    watch: Stopwatch

    def rehearsed(self) -> RunSummary:
        """Say what would change."""
        return summarise(self.request, self.made, self.known, self.watch, "rehearsed")

    def put_in_force(self, overlap: Mapping[str, Any] | None = None) -> RunSummary:
        """Publish it; see `put_in_force`."""
        return put_in_force(
            self.store,
            self.request,
            self.rulebook,
            self.made,
            self.known,
            self.watch,
            overlap,
        )


@contextmanager
def drafted(
    request: RunRequest, *, step: Step = plainly, only_shown: bool = False
) -> Iterator[Drafted]:
    """Open the store, and draft what a run would publish.

    Args:
        request: What is asked.
        step: How a stage is called.
        only_shown: It will not be published.

    Raises:
        CleanseError: Says what stopped the run.
    """
    watch = Stopwatch(step)
    rulebook = load_rulebook(request.rules)
    if not only_shown:
        check_masked_copy(rulebook.privacy.publish)
    with open_store(_folder_of(request), actor=request.actor) as store:
        known = store.known()
        _require_something(request, known)
        decisions = read_decisions(store.paths.steward)
        yield Drafted(
            request=request,
            rulebook=rulebook,
            store=store,
            known=known,
            made=draft(request, rulebook, known, decisions, watch, shelf=store.shelf),
            watch=watch,
        )


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


def _folder_of(request: RunRequest) -> Path:
    """Return the folder of the store.

    Raises:
        UsageError: None was named.
    """
    if request.store is None:
        raise UsageError("a run needs a store. Name its folder with --store.")
    return request.store
