"""Undo: withdraw a run or a decision, and publish what would be without it as a run of its own.

Nothing is deleted. The records of each source are those that the newest run which
still counts has read; they are matched under the stored model, and the numbers are
those that would be there without the run. An undo can be undone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from cleanse.errors import UsageError
from cleanse.identify import (
    Beginning,
    count_churn,
    go_back,
    run_to_go_back_to,
    runs_that_count,
    runs_under,
)
from cleanse.judgement import DecisionKind
from cleanse.judgement import Standing as Verdict
from cleanse.pipeline.before import before_of
from cleanse.pipeline.drafting import Draft, Withdrawal, consolidate, draft
from cleanse.pipeline.gates import churned, require_none
from cleanse.pipeline.kinds import heed
from cleanse.pipeline.leaving import who_left
from cleanse.pipeline.order import put_in_force
from cleanse.pipeline.request import Step, Stopwatch, StoreRequest, plainly
from cleanse.pipeline.restoring import Standing, restore
from cleanse.pipeline.summary import Rows, rounded
from cleanse.review import read_decisions, withdraw
from cleanse.rulebook import Rulebook, load_rulebook
from cleanse.score import Model
from cleanse.warehouse import Known, check_masked_copy, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoRequest(StoreRequest):
    """What is to be undone."""

    what: str
    """Number or run_id of the run to withdraw; D and its number for a decision."""
    reason: str | None = None
    dry_run: bool = False
    """Only show what would change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoSummary:
    """What an undo did, or would do. Counts and numbers of customers; never their values."""

    run_id: str
    run_number: int
    status: str
    """published, or rehearsed (nothing was written)."""
    undoes: str
    """What is withdrawn: run N, or decision N."""
    customers: int
    """Of the store."""
    sources: Rows
    """Per source whose records are others now: source, run_number (whose records stand; null: none), before,
    records, gone, found, new (back)."""
    churn: Mapping[str, Any]
    """Customers and records before and after."""
    changes: Rows
    """Customer events: customer_id, event, other_id, reason."""
    seconds: Mapping[str, float]
    notes: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    """Gates that would stop it, or were overruled."""
    report: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return asdict(self) | {"seconds": rounded(self.seconds)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an undo comes to, before any record is looked at."""

    undoes: int
    counting: frozenset[int]
    """Runs that count from now on; the undo itself is one."""
    withdrawn: frozenset[int]
    """All others."""
    to_run: int
    """See `cleanse.identify.run_to_go_back_to`."""
    sources: Mapping[str, Standing]
    """Whose word stands for the sources whose records may be others without the run."""


def undo(request: UndoRequest, *, step: Step = plainly) -> UndoSummary:
    """Withdraw a run or a decision, and publish what would be without it.

    Raises:
        UsageError: There is no such run or decision, or it is withdrawn already.
        GateError: More customers would change than what is withdrawn has changed, and that was
            not accepted.
    """
    watch = Stopwatch(step)
    rulebook = load_rulebook(request.rules)
    check_masked_copy(rulebook.privacy.publish)
    with open_store(request.store, actor=request.actor) as store:
        known = store.known()
        decisions = read_decisions(store.paths.steward)
        decision = _DECISION.fullmatch(request.what)
        plan = None if decision else plan_undo(known.runs, request.what)
        if plan:
            made = _draft(request, plan, known, decisions, rulebook, watch)
        else:
            without = _without(decisions, request)
            beginning = _before_decision(int(request.what[1:]), known)
            made = draft(request.as_run(), rulebook, known, without, watch, beginning)
        summary = _summary(request, plan, made, known, watch)
        if request.dry_run:
            return summary
        if not request.accept:
            require_none(made.gates, _ADVICE)
        if not plan:
            _withdraw(store.paths.steward, request)
        run = put_in_force(store, request.as_run(), rulebook, made, known, watch)
        return replace(summary, seconds=dict(watch.seconds), report=run.report)


_DECISION = re.compile(r"[Dd]([0-9]+)")
"""How a decision is named, so that it is no run."""
_ADVICE = (
    "See what would change with --dry-run; with --accept it is withdrawn all the same."
)


def _without(decisions: pl.DataFrame, request: UndoRequest) -> pl.DataFrame:
    """Return the decisions as they will be once one is taken back."""
    number = int(request.what[1:])
    taken_back = decisions.filter(kind=DecisionKind.WITHDRAW)["value"]
    can_be = decisions.filter(pl.col("kind") != DecisionKind.WITHDRAW)["decision_id"]
    if number not in can_be or str(number) in taken_back:
        why = "withdrawn already" if str(number) in taken_back else "not there"
        raise UsageError(
            f"decision {number} is {why}.\nSee which there are with: cleanse decide list --all"
        )
    withdrawal = {
        "decision_id": int(decisions.select(pl.col("decision_id").max()).item()) + 1,
        "kind": DecisionKind.WITHDRAW.value,
        "value": str(number),
        "reason": request.reason or _NO_REASON,
        "actor": request.actor,
        "decided_at": request.now,
    }
    row = pl.DataFrame([withdrawal], schema_overrides=decisions.schema)
    return pl.concat([decisions, row], how="diagonal_relaxed").select(decisions.columns)


def _before_decision(number: int, known: Known) -> Beginning | None:
    """Return the customers that stood under no decision that is withdrawn by now; None: the newest do.

    Numbers that went from one to another because of the decision go back: else who is
    parted again would stay without the number that was theirs.
    """
    runs = known.runs.select("run_number", "run_id", "undoes")
    made = known.decisions.join(runs, on="run_id").select(
        "decision_id", "kind", "value", "run_number"
    )
    now = known.run_number + 1
    taken_back = made.filter(kind=DecisionKind.WITHDRAW).select("value", "run_number")
    withdrawn = {
        int(what): run
        for what, run in taken_back.sort("run_number", descending=True).iter_rows()
    }
    taken = dict(made.select("decision_id", "run_number").iter_rows())
    under = runs_under(taken, withdrawn | {number: now}, now)
    undoes = dict(runs.select("run_number", "undoes").iter_rows()) | {now: None}
    to_run = run_to_go_back_to(undoes, under)
    if to_run == known.run_number:
        return None
    counting = runs_that_count(undoes)
    return _beginning(to_run, counting, frozenset(undoes) - counting, known)


_NO_REASON = "taken back with undo"


def _withdraw(path: Path, request: UndoRequest) -> None:
    reason = request.reason or _NO_REASON
    withdraw(path, int(request.what[1:]), reason, request.actor, request.now)


def plan_undo(runs: pl.DataFrame, run: str) -> Plan:
    """Find out which runs count without one, and whose records stand then.

    Args:
        runs: As `Known.runs` tells them.
        run: Number or run_id.

    Raises:
        UsageError: There is no such run, or it is withdrawn already.
    """
    undoes = dict(runs.select("run_number", "undoes").iter_rows())
    target = _number_of(runs, run)
    before = runs_that_count(undoes)
    if target not in before:
        by = max(r for r, other in undoes.items() if other == target and r in before)
        raise UsageError(
            f"run {target} is withdrawn already, by run {by}.\n"
            f"To bring it back, undo that one: cleanse undo {by}"
        )
    after = undoes | {max(undoes) + 1: target}
    counting = runs_that_count(after)
    turned = (before ^ counting) & frozenset(undoes)
    read = {
        number: frozenset(sources)
        for number, sources in runs.select("run_number", "sources").iter_rows()
        if undoes[number] is None
    }
    touched = sorted(frozenset().union(*(read.get(each, ()) for each in turned)))
    return Plan(
        undoes=target,
        counting=counting,
        withdrawn=frozenset(after) - counting,
        to_run=run_to_go_back_to(after),
        sources={
            source: _standing(
                frozenset(r for r in counting if source in read.get(r, ()))
            )
            for source in touched
        },
    )


def _standing(readers: frozenset[int]) -> Standing:
    return Standing(run_number=max(readers, default=None), readers=readers)


def _number_of(runs: pl.DataFrame, run: str) -> int:
    is_asked = pl.col("run_id") == run
    if run.isdecimal():
        is_asked = is_asked | (pl.col("run_number") == int(run))
    found = runs.filter(is_asked)["run_number"].to_list()
    if not found:
        raise UsageError(
            f"there is no run {run!r} in this store ({runs.height} published).\n"
            "See which there are with: cleanse sql 'from run'"
        )
    return int(found[-1])


def _draft(
    request: UndoRequest,
    plan: Plan,
    known: Known,
    decisions: pl.DataFrame,
    rulebook: Rulebook,
    watch: Stopwatch,
) -> Draft:
    recalled = watch(restore, plan.sources, known, rulebook)
    today = request.now.date()
    judged, recalled = heed(decisions, recalled, known, rulebook, today)
    model, frequencies, labels = _model(plan, known)
    before = replace(before_of(known), frequencies=frequencies)
    beginning = _beginning(plan.to_run, plan.counting, plan.withdrawn, known)
    left = who_left(known, rulebook, request.now, plan.withdrawn, plan.sources)
    made = consolidate(
        recalled,
        left,
        judged,
        model,
        before,
        known,
        rulebook,
        watch,
        beginning,
    )
    beyond = count_churn(beginning.history, made.assignment)
    return replace(
        made,
        gates=tuple(churned(beyond, rulebook)),
        model_origin="undone" if labels is not None else None,
        labels=labels,
        notices=tuple(_notices(plan, made, known)),
        withdrawal=Withdrawal(
            undoes=plan.undoes, reason=request.reason, sources=frozenset(plan.sources)
        ),
    )


def _beginning(
    to_run: int, counting: frozenset[int], withdrawn: frozenset[int], known: Known
) -> Beginning:
    return go_back(
        known.crosswalk,
        known.customers,
        known.customer_events,
        to_run=to_run,
        counting=counting,
        withdrawn=withdrawn,
        run_number=known.run_number + 1,
    )


def _model(
    plan: Plan, known: Known
) -> tuple[Model | None, pl.DataFrame, pl.DataFrame | None]:
    """Return the model to match with, its value frequencies, and its labels when it is not the one in force."""
    found = known.model_by(plan.counting)
    if found is None:
        model = Model.from_json(known.model) if known.model else None
        return model, known.frequencies, None
    frequencies = known.frequencies_after(max(found.run_number, plan.to_run))
    labels = found.labels if found.model != known.model else None
    return Model.from_json(found.model), frequencies, labels


def _notices(plan: Plan, made: Draft, known: Known) -> list[str]:
    told = [
        f"Run {plan.undoes} is withdrawn; 'cleanse undo' of this run brings it back"
    ]
    taken_in = known.decisions.join(
        known.runs.filter(run_number=plan.undoes), on="run_id", how="semi"
    )["decision_id"]
    still = made.judged.judgement.verdicts.filter(
        pl.col("decision_id").is_in(taken_in.implode()),
        standing=Verdict.BINDING,
    )["decision_id"]
    if len(still):
        told.append(
            f"decisions that it took in first still bind ({', '.join(map(str, still))}): "
            f"'cleanse undo D{still[0]}' takes one back"
        )
    if not made.assignment.crosswalk.height:
        told.append("no record is left: the golden table is empty")
    return told


def _summary(
    request: UndoRequest,
    plan: Plan | None,
    made: Draft,
    known: Known,
    watch: Stopwatch,
) -> UndoSummary:
    changed = made.assignment.events.filter(pl.col("event") != "kept")
    sources = plan.sources if plan else {}
    stands = pl.DataFrame(
        [(source, each.run_number) for source, each in sources.items()],
        schema={"source": pl.String, "run_number": pl.Int64},
        orient="row",
    )
    told = stands.join(made.recalled.sources, on="source").drop("share_lost")
    return UndoSummary(
        run_id=request.run_id,
        run_number=known.run_number + 1,
        status="rehearsed" if request.dry_run else "published",
        undoes=f"run {plan.undoes}" if plan else f"decision {request.what[1:]}",
        customers=made.churn.customers_after,
        sources=tuple(told.sort("source").to_dicts()),
        churn=made.churn.as_json(),
        changes=tuple(changed.sort(pl.all()).to_dicts()),
        seconds=dict(watch.seconds),
        notes=made.notices,
        gates=made.gates,
    )
