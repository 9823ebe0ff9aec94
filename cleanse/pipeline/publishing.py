"""What a draft comes to: its summary, and what is published of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import polars as pl

from cleanse import __version__
from cleanse.evaluate import SCORECARD, with_trend
from cleanse.pipeline.drafting import Draft
from cleanse.pipeline.intake import ACCOUNT
from cleanse.pipeline.judging import told
from cleanse.pipeline.request import RunRequest, Stopwatch, peak_mb
from cleanse.pipeline.summary import RunSummary
from cleanse.report import ReportFacts
from cleanse.rulebook import Rulebook
from cleanse.warehouse import Known, Publication, Receipt


def summarise(
    request: RunRequest, made: Draft, known: Known, watch: Stopwatch, status: str
) -> RunSummary:
    """Count what a draft would change."""
    account = made.cleaned.intake.source_files
    records = made.cleaned.records
    quality = with_trend(made.cleaned.scorecard, known.scorecard)
    return RunSummary(
        run_id=request.run_id,
        run_number=known.run_number + 1,
        status=status,
        files=made.cleaned.intake.file_count,
        rows_read=records.height + made.cleaned.rejects.height,
        blank_rows=int(account["blank_count"].sum()),
        header_rows=int(account["header_count"].sum()),
        rejects=made.cleaned.rejects.height,
        records=records.height,
        customers=made.churn.customers_after,
        new_customers=made.churn.new + made.churn.split,
        merged=made.churn.merged,
        split=made.churn.split,
        retired=made.churn.retired,
        review_cases=made.cases.filter(pl.col("status") == "open").height,
        issues=made.recalled.issues.height,
        seconds=dict(watch.seconds),
        peak_mb=peak_mb(),
        reconciliation=tuple(account.select(*ACCOUNT).to_dicts()),
        sources=tuple(made.recalled.sources.to_dicts()),
        changes=tuple(
            made.assignment.events.group_by("event")
            .agg(customers=pl.len())
            .sort("event")
            .to_dicts()
        ),
        quality=tuple(quality.to_dicts()),
        notes=(*made.cleaned.intake.notes, *made.notices, *told(made.judged)),
        gates=made.gates,
    )


def publication(
    request: RunRequest,
    rulebook: Rulebook,
    made: Draft,
    known: Known,
    summary: RunSummary,
    watch: Stopwatch,
) -> Publication:
    """Lay a draft out for the store."""
    gone = made.withdrawal
    return Publication(
        run_id=request.run_id,
        run_number=known.run_number + 1,
        actor=request.actor,
        started_at=request.now,
        finished_at=request.now + timedelta(seconds=sum(watch.seconds.values())),
        version=__version__,
        rules_sha256=rulebook.sha256,
        counts=summary.counts(),
        next_record_id=made.recalled.next_record_id,
        next_customer_number=made.assignment.next_number,
        model=made.matched.model.to_json(),
        model_origin=made.model_origin,
        labels=made.labels,
        undoes=gone.undoes if gone else None,
        reason=gone.reason if gone else None,
        sources=gone.sources if gone else made.cleaned.intake.sources,
        records=made.recalled.normalised,
        crosswalk=made.assignment.crosswalk,
        moves=made.moves,
        customers=_news(made.assignment.customers, known.customers),
        customer_id_events=made.assignment.events,
        touched=made.touched,
        golden_record=made.merged.golden_record,
        golden_choice=made.merged.golden_choice,
        golden_conflict=made.merged.golden_conflict,
        contact_point=made.merged.contact_point,
        contact_person=made.merged.contact_person,
        household=made.household,
        evidence=made.evidence,
        pairs=made.anew.pairs.new,
        pairs_gone=made.anew.pairs.gone,
        match_inputs=made.anew.inputs.new,
        inputs_gone=made.anew.inputs.gone,
        frequencies=_changed(made.matched.frequencies, known.frequencies),
        cell_changes=made.recalled.changes,
        issues=made.recalled.issues,
        rejects=made.cleaned.rejects,
        scorecard=pl.DataFrame(summary.quality, SCORECARD),
        source_files=made.cleaned.intake.source_files,
        decisions=made.judged.decisions,
        review_cases=made.cases,
    )


def _news(customers: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Leave out the customers that are what they were; both frames are by number, new ones last."""
    was = before.select(customers.columns).cast(customers.schema)
    first = customers.head(was.height)
    if not first["number"].equals(was["number"]):
        return customers
    differs = [first[name].ne_missing(was[name]) for name in first.columns]
    return pl.concat(
        [first.filter(pl.any_horizontal(*differs)), customers.slice(was.height)]
    )


def _changed(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame | None:
    """Return a frame, or None when it is what it was."""
    if now is before:
        return None
    was = before.select(now.columns).cast(now.schema)
    # Mostly in the same order already.
    return None if was.equals(now) or was.sort(pl.all()).equals(now) else now


def report_facts(
    request: RunRequest,
    made: Draft,
    summary: RunSummary,
    receipt: Receipt,
    watch: Stopwatch,
) -> ReportFacts:
    """Gather what the report of a run shows."""
    return ReportFacts(
        run_id=request.run_id,
        run_number=receipt.run_number,
        status=summary.status,
        actor=request.actor,
        started_at=request.now,
        version=__version__,
        counts=summary.counts(),
        reconciliation=summary.reconciliation,
        sources=summary.sources,
        events=summary.changes,
        changes=receipt.changes,
        quality=summary.quality,
        conflicts=receipt.conflicts,
        worst=receipt.worst,
        pairs=made.pairs,
        bands=made.matched.counts,
        blocking=made.matched.blocking,
        left_out={
            kind: idle
            for kind, one in made.matched.model.kinds.items()
            if (idle := one.idle())
        },
        expected=asdict(made.expected),
        model=made.matched.model.to_json(),
        issues=made.recalled.issues,
        rejects=made.cleaned.rejects,
        seconds=dict(watch.seconds),
        peak_mb=peak_mb(),
        notes=summary.notes,
        gates=summary.gates,
        audit_head=receipt.audit_head,
        customer_changes=receipt.customer_changes,
    )
