"""What the report of a run tells, as the stages left it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """Everything that report.html, report.json and rejects.xlsx are made of.

    Only `rejects` holds values of customers, and they go into rejects.xlsx alone.
    """

    run_id: str
    run_number: int
    status: str
    """published or rehearsed."""
    actor: str
    started_at: datetime
    version: str
    counts: Mapping[str, int]
    """As ``run --json`` has them: files, rows_read, records, customers, new_customers …"""
    reconciliation: Rows
    """Per file and sheet: source, file, sheet, row_count, record_count, reject_count,
    header_count, blank_count."""
    sources: Rows = ()
    """Per source: before, records, found, new, gone."""
    events: Rows = ()
    """Per kind of customer ID event: event, customers."""
    changes: Mapping[str, int] = field(default_factory=dict)
    """Audit events by action."""
    quality: Rows = ()
    """Per source and field: the columns of evaluate.SCORECARD, and ``<figure>_before`` of the run before
    (None where there was none)."""
    conflicts: Rows = ()
    """Contradictions inside customers of the store, the gravest first: severity, field, customers."""
    worst: Rows = ()
    """The customers with the most and gravest of them: customer_id, fields, values, errors."""
    pairs: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Kept pairs: match_weight, band."""
    bands: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Candidate pairs: blocking_rule, kind, band, pair_count."""
    blocking: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Blocking rules: kind, blocking_rule, block_count, pair_count, split_count, is_applied."""
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Per kind the blocking rules that find too little for what they cost."""
    expected: Mapping[str, Any] = field(default_factory=dict)
    """Estimated quality of the clusters: precision and recall (value, low, high), pairs, unseen."""
    model: str | None = None
    """The matching model, JSON."""
    issues: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Schema ISSUE."""
    rejects: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Schema REJECT."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Wall seconds per stage, in their order."""
    peak_mb: int = 0
    notes: Sequence[str] = ()
    gates: Sequence[str] = ()
    """Gates that were overruled, or would stop a run."""
    audit_head: str | None = None
    customer_changes: pl.DataFrame = field(default_factory=pl.DataFrame)
    """old_customer_id, new_customer_id, event, reason, since_run: what became of customer numbers."""
    overlap: Mapping[str, Any] | None = None
    """Of an acquisition: classes, fields, joins and churn, by numbers alone; None: it is none."""
