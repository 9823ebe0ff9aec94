"""From cleaned rows to everything that a run would publish."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import polars as pl

from cleanse.errors import InputError
from cleanse.household import OF_PEOPLE, link_households
from cleanse.identify import (
    Assignment,
    Beginning,
    Churn,
    assign_as_if,
    assign_moved,
    count_churn,
    told_without,
)
from cleanse.match import Before, MatchResult
from cleanse.match.drift import reasons_to_refit
from cleanse.merge import Merged
from cleanse.pipeline.before import before_of, read_ahead
from cleanse.pipeline.cleaning import Cleaned, clean_input, nothing_read
from cleanse.pipeline.gates import gates
from cleanse.pipeline.grouping import (
    cluster,
    pairs_among,
    shaken_records,
    steadied,
)
from cleanse.pipeline.judging import Judged, review_cases
from cleanse.pipeline.kinds import heed
from cleanse.pipeline.leaving import (
    leaving,
    members_and_evidence,
    spoken_for,
    who_left,
)
from cleanse.pipeline.matching import laid_down, match_active
from cleanse.pipeline.merging import Anew, merged_anew, written_anew
from cleanse.pipeline.recall import Recalled, only_added, recall, standing
from cleanse.pipeline.request import RunRequest, Step
from cleanse.pipeline.touched import touched_customers
from cleanse.places import searched
from cleanse.quality import Quality, estimate_quality
from cleanse.rulebook import Rulebook
from cleanse.score import Model
from cleanse.shelf import Shelf
from cleanse.threads import aside
from cleanse.warehouse import Known, Laid


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything that a run would publish."""

    recalled: Recalled
    matched: MatchResult
    """Also of the records that left and stay as evidence."""
    kinds: pl.DataFrame
    """record_id, kind of the active records."""
    pairs: pl.DataFrame
    """The scored_pair frame of the active records."""
    anew: Anew
    """What of it, and of what decided it, is to be written anew."""
    evidence: pl.DataFrame
    """record_id, customer_id, left_run: whom the records speak for that left."""
    expected: Quality
    """How good its clusters are likely to be."""
    assignment: Assignment
    churn: Churn
    moves: pl.DataFrame | None
    """As `Assignment.moves` gives them against the store; None: the store has no run."""
    touched: pl.DataFrame | None
    """customer_id: those who were merged anew; None: all of them."""
    merged: Merged
    household: pl.DataFrame
    """Schema HOUSEHOLD."""
    judged: Judged
    """The decisions of stewards, and how each stands."""
    cases: pl.DataFrame
    """Schema CASE: what a steward should look at."""
    laid: Laid | None
    """Where the records lie as matching encoded them; None: nowhere."""
    gates: tuple[str, ...]
    """Why the run should stop before anything is written."""
    cleaned: Cleaned = field(default_factory=nothing_read)
    """What it tells of its input."""
    model_origin: str | None = None
    """How a model that is not the one in force came about."""
    notices: tuple[str, ...] = ()
    """What a person should know of the model."""
    labels: pl.DataFrame | None = None
    """Labels that it learned from: record_id_l, record_id_r, is_match, origin; None: as before."""
    withdrawal: Withdrawal | None = None
    """The run that it withdraws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A run that is withdrawn."""

    undoes: int
    """Its number."""
    reason: str | None
    sources: frozenset[str]
    """Sources whose records are others without it."""


def draft(
    request: RunRequest,
    rulebook: Rulebook,
    known: Known,
    decisions: pl.DataFrame,
    step: Step,
    beginning: Beginning | None = None,
    shelf: Shelf | None = None,
) -> Draft:
    """Take input and decisions in, and consolidate them with what the store knows.

    Args:
        request: What is asked; without inputs the records stand as they are.
        rulebook: The rules.
        known: What the store knows.
        decisions: Schema DECISION: all that stewards ever made.
        step: How a stage is called.
        beginning: The customers to begin from; None: those of the newest run.
        shelf: Where large frames are laid; None: all stay in memory.
    """
    left = who_left(known, rulebook, request.now, known.withdrawn)
    if request.inputs:
        must_be_sure = known.run_number > 0 and not request.accept
        sources = known.sources
        with aside(partial(read_ahead, known, rulebook, shelf)):
            cleaned = clean_input(
                request, rulebook, sources, step, shelf, must_be_sure=must_be_sure
            )
        _refuse_empty(cleaned)
        recalled = step(recall, cleaned, known, rulebook, left)
    else:
        cleaned, recalled = nothing_read(), step(standing, known, rulebook)
    today = request.now.date()
    judged, recalled = heed(decisions, recalled, known, rulebook, today)
    model = Model.from_json(known.model) if known.model else None
    nobody_ends = known.evidence.join(left, on="record_id", how="anti").is_empty()
    before = replace(
        before_of(known), only_added=only_added(recalled, known) and nobody_ends
    )
    left = pl.concat([left, leaving(recalled.gone, known, rulebook)])
    with aside(cleaned.told) as told:
        # Its rows go as soon as they are counted.
        del cleaned
        made = consolidate(
            recalled,
            left,
            judged,
            model,
            before,
            known,
            rulebook,
            step,
            beginning,
            shelf,
        )
    made = replace(made, cleaned=told.result())
    moved = model and replace(made.matched.model, kinds=model.kinds) != model
    return replace(made, model_origin="rules") if moved else made


def _notices(
    kinds: pl.DataFrame, pairs: pl.DataFrame, model: Model | None, rulebook: Rulebook
) -> tuple[str, ...]:
    """Announce a refit when the model in force no longer fits; nothing if it is not to be asked of."""
    told = reasons_to_refit(kinds, pairs, model, rulebook.matching) if model else ()
    return tuple(f"The model is due for a refit: {why}. {_REFIT}" for why in told)


_REFIT = (
    "'cleanse train --refit' shows whom it would move; nothing moves before --apply."
)


def consolidate(
    recalled: Recalled,
    left: pl.DataFrame,
    judged: Judged,
    model: Model | None,
    before: Before,
    known: Known,
    rulebook: Rulebook,
    step: Step,
    beginning: Beginning | None = None,
    shelf: Shelf | None = None,
) -> Draft:
    """Match the records of a store, give them their customers, and merge these.

    Args:
        recalled: The records after this run.
        left: Schema LEFT: records that left and stay as evidence.
        judged: The decisions that hold.
        model: The model to match with; None: estimated on the records.
        before: What an earlier run under this model left.
        known: What the store knows.
        rulebook: The rules.
        step: How a stage is called.
        beginning: The customers to begin from; None: those of the newest run.
        shelf: Where large frames are laid; None: all stay in memory.
    """
    active = recalled.active
    matched, compared, there, left = match_active(
        active, left, judged, model, before, known, rulebook, step, shelf
    )
    same_rules = known.is_current(rulebook.sha256)
    steady = matched.pairs
    in_force = model if model and model.to_json() == known.model else None
    if same_rules and in_force:
        # Whoever alters the rules or the model means to move the border.
        was = beginning.history if beginning else known.crosswalk
        was = was.join(left, on="record_id", how="anti")
        bits = rulebook.identity.steady.bits
        steady = steadied(matched.pairs, was, rulebook.matching, bits)
    shaken = None
    if same_rules and known.match_inputs.height and compared.height:
        held = replace(matched, pairs=steady)
        shaken = shaken_records(
            held, compared, rulebook.matching, known, judged.judgement, left
        )
    # What is done aside keeps the other core at work.
    with aside(partial(laid_down, there, matched.index, shelf)) as laid:
        clusters = step(
            cluster,
            steady,
            compared,
            rulebook.matching,
            shaken,
            known,
            judged.judgement,
            left,
        )
        clusters, spoken = members_and_evidence(clusters, left)
        kinds = compared.join(left, on="record_id", how="anti", maintain_order="left")
        pairs = pairs_among(matched.pairs, kinds) if left.height else matched.pairs
        with aside(partial(estimate_quality, pairs, clusters)) as expected:
            assignment = step(
                identify, clusters, compared, known, rulebook, beginning, spoken
            )
            moves = assignment.moves(known.crosswalk) if known.run_number else None
            touched = None
            if same_rules and moves is not None:
                touched = touched_customers(
                    recalled, known, assignment, moves, matched.pairs, shaken, judged
                )
    churn = count_churn(known.crosswalk, assignment)
    people = [each.select(OF_PEOPLE) for each in there.records.parts("person")]
    whose = assignment.crosswalk
    del there
    with (
        aside(partial(link_households, people, whose, known.household)) as household,
        aside(partial(written_anew, matched, known)) as anew,
        aside(partial(_notices, kinds, pairs, in_force, rulebook)) as notices,
    ):
        del people
        merged = merged_anew(
            active, assignment, touched, matched.pairs, judged, rulebook, step, shelf
        )
    return Draft(
        recalled=recalled,
        matched=matched,
        kinds=kinds,
        pairs=pairs,
        anew=anew.result(),
        evidence=spoken_for(left, spoken, clusters, assignment),
        expected=expected.result(),
        assignment=assignment,
        churn=churn,
        moves=moves,
        touched=touched,
        merged=merged,
        household=household.result(),
        judged=judged,
        cases=review_cases(pairs, judged, kinds),
        laid=laid.result(),
        gates=gates(recalled, known, churn, rulebook),
        notices=notices.result(),
    )


def _refuse_empty(cleaned: Cleaned) -> None:
    """Stop when a file holds no record: its source would be left as it was, unnoticed.

    Raises:
        InputError: Names the first such file, and what became of its rows.
    """
    counts = cleaned.intake.source_files.group_by("file", maintain_order=True).agg(
        pl.col("record_count", "reject_count").sum()
    )
    for file, records, rejects in counts.select(
        "file", "record_count", "reject_count"
    ).iter_rows():
        if not records:
            refused = cleaned.rejects.filter(pl.col("file") == file)["reason"]
            reasons = "; ".join(sorted({r.partition(":")[0] for r in refused}))
            why = f"{rejects:,} refused: {reasons}" if reasons else "none read"
            raise InputError(
                f"{file}: no record in it ({why}).\n"
                "See what is read with: cleanse inspect FILE. Export it again, or leave it out."
            )


def identify(
    clusters: pl.DataFrame,
    records: pl.DataFrame,
    known: Known,
    rulebook: Rulebook,
    beginning: Beginning | None,
    evidence: pl.DataFrame,
) -> Assignment:
    """Give every cluster its customer ID; of records, record_id and kind are told, sorted."""
    ids = (each["record_id"].to_numpy() for each in (records, clusters))
    clusters = clusters.with_columns(records["kind"].gather(searched(*ids)))
    if beginning is not None:
        return assign_as_if(
            clusters,
            beginning,
            known.crosswalk,
            known.customers,
            known.next_customer_number,
            run_number=known.run_number + 1,
            rules=rulebook.identity,
            evidence=evidence,
        )
    return assign_moved(
        clusters,
        told_without(known.crosswalk, known.customers, known.withdrawn),
        known.customers,
        known.next_customer_number,
        run_number=known.run_number + 1,
        rules=rulebook.identity,
        evidence=evidence,
    )
