"""Train: a new version of the model, from labels or from the records alone.

Nothing is needed of it: a store matches well without labels. What a new model would
change is shown first; put into force, it is a run of its own that reads nothing, so
that the model and the customers that follow from it are published together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from cleanse.errors import UsageError
from cleanse.judgement import Standing
from cleanse.match import columns_needed, match
from cleanse.match.learn import LABEL, Lesson, learn
from cleanse.pipeline.before import before_of
from cleanse.pipeline.drafting import Draft, consolidate
from cleanse.pipeline.gates import require_none
from cleanse.pipeline.judging import Judged
from cleanse.pipeline.kinds import heed
from cleanse.pipeline.labels import Labels, gather
from cleanse.pipeline.leaving import who_left
from cleanse.pipeline.order import put_in_force
from cleanse.pipeline.recall import Recalled, standing
from cleanse.pipeline.request import Step, Stopwatch, StoreRequest, plainly
from cleanse.pipeline.summary import Rows, rounded
from cleanse.review import read_decisions
from cleanse.rulebook import Rulebook, load_rulebook
from cleanse.score import Model
from cleanse.warehouse import Known, check_masked_copy, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainRequest(StoreRequest):
    """What is asked of a training."""

    files: tuple[Path, ...] = ()
    """Files of labels, besides the stewards' decisions."""
    refit: bool = False
    """Estimate the model anew from the records before learning."""
    forget: bool = False
    """Leave aside what the model in force was taught."""
    apply: bool = False
    """Put the new model into force; else only show what would change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSummary:
    """What a training did, or would do. Counts and numbers of customers; never their values."""

    run_id: str
    status: str
    """previewed, applied, or unchanged (the model stays as it is)."""
    version_before: int
    version_after: int
    labels: Mapping[str, int]
    """Labels by where they come from, and those that were left out."""
    learned_from: int
    """Labels of two records that are both there and of one kind."""
    figures: Rows
    """Per kind: how labels held out are told without and with what the others teach."""
    moved: Rows
    """Per kind, comparison and level: its bits before and after; the largest moves first."""
    churn: Mapping[str, Any]
    """Customers and records before and after."""
    changes: Rows
    """Customer events: customer_id, event, other_id."""
    seconds: Mapping[str, float]
    gates: tuple[str, ...] = ()
    """Gates that would stop it, or were overruled."""
    report: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return asdict(self) | {"seconds": rounded(self.seconds)}


def train(request: TrainRequest, *, step: Step = plainly) -> TrainSummary:
    """Learn from labels, show what would change, and put it into force when asked to.

    Raises:
        UsageError: The store has no run yet.
        InputError: A file of labels is not understood.
        GateError: More customers would change than the limit, and that was not accepted.
    """
    watch = Stopwatch(step)
    rulebook = load_rulebook(request.rules)
    check_masked_copy(rulebook.privacy.publish)
    with open_store(request.store, actor=request.actor) as store:
        known = store.known()
        _require_a_run(known)
        recalled = watch(standing, known, rulebook)
        decisions = read_decisions(store.paths.steward)
        today = request.now.date()
        judged, recalled = heed(decisions, recalled, known, rulebook, today)
        labels = _labels(request, judged, known, recalled, rulebook)
        names = columns_needed(recalled.active.names, rulebook.matching)
        records = recalled.active.frame(names)
        base = _base(request, known, records, rulebook, watch)
        lesson = watch(
            learn,
            records,
            rulebook.matching,
            base.model,
            base.frequencies,
            labels.pairs.select(LABEL.names()),
        )
        made = _draft(
            lesson, labels, base, recalled, judged, known, rulebook, watch, request
        )
        summary = _summary(request, made, lesson, labels, known, watch)
        if summary.status != "applied":
            return summary
        if not request.accept:
            require_none(made.gates, _ADVICE)
        run = put_in_force(store, request.as_run(), rulebook, made, known, watch)
        return replace(summary, seconds=dict(watch.seconds), report=run.report)


_ADVICE = "See what would change without --apply; with --accept the new model is put into force all the same."


def _require_a_run(known: Known) -> None:
    if not known.run_number:
        raise UsageError(
            "there is no run in this store yet, so there is nothing to learn about.\n"
            "Run 'cleanse run INPUT' first; no labels are needed for it."
        )


def _labels(
    request: TrainRequest,
    judged: Judged,
    known: Known,
    recalled: Recalled,
    rulebook: Rulebook,
) -> Labels:
    return gather(
        decisions=judged.of(Standing.BINDING),
        learned=known.labels.clear() if request.forget else known.labels,
        files=request.files,
        records=recalled.active.frame({"source", "source_key"}),
        pairs=known.pairs,
        rulebook=rulebook,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """The model that labels are put on."""

    model: Model
    frequencies: pl.DataFrame


def _base(
    request: TrainRequest,
    known: Known,
    records: pl.DataFrame,
    rulebook: Rulebook,
    watch: Stopwatch,
) -> _Base:
    if request.refit or known.model is None:
        found = watch(match, records, rulebook.matching)
        return _Base(model=found.model, frequencies=found.frequencies)
    model = Model.from_json(known.model)
    return _Base(model=model, frequencies=known.frequencies)


def _draft(
    lesson: Lesson,
    labels: Labels,
    base: _Base,
    recalled: Recalled,
    judged: Judged,
    known: Known,
    rulebook: Rulebook,
    watch: Stopwatch,
    request: TrainRequest,
) -> Draft:
    before = replace(before_of(known), frequencies=base.frequencies)
    made = consolidate(
        recalled,
        who_left(known, rulebook, request.now, known.withdrawn),
        judged,
        lesson.model,
        before,
        known,
        rulebook,
        watch,
    )
    used = labels.pairs.join(lesson.used, on=["record_id_l", "record_id_r"], how="semi")
    origin = "refitted" if request.refit and lesson.used.is_empty() else "trained"
    return replace(made, model_origin=origin, labels=used)


def _summary(
    request: TrainRequest,
    made: Draft,
    lesson: Lesson,
    labels: Labels,
    known: Known,
    watch: Stopwatch,
) -> TrainSummary:
    is_new = made.matched.model.to_json() != known.model
    changed = made.assignment.events.filter(pl.col("event") != "kept")
    told = changed.select("customer_id", "event", "other_id").sort(pl.all())
    size = (pl.col("bits_after") - pl.col("bits_before").fill_null(0.0)).abs()
    wanted = "applied" if request.apply else "previewed"
    return TrainSummary(
        run_id=request.run_id,
        status=wanted if is_new else "unchanged",
        version_before=known.model_version,
        version_after=known.model_version + is_new,
        labels=labels.counts,
        learned_from=lesson.used.height,
        figures=tuple(lesson.figures.to_dicts()),
        moved=tuple(
            lesson.moved.sort(
                size,
                "kind",
                "comparison",
                "level",
                descending=[True, False, False, False],
            ).to_dicts()
        ),
        churn=made.churn.as_json(),
        changes=tuple(told.to_dicts()),
        seconds=dict(watch.seconds),
        gates=made.gates,
    )
