"""Everything that one run publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from cleanse.shelf import Frame


def _none() -> pl.DataFrame:
    return pl.DataFrame()


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What a run found out, as frames; one transaction takes all of it or nothing.

    A frame without columns has no rows. A column that is absent is all null; one
    that the table lacks is added to it (``x_*``, ``level_*``, ``weight_*`` …).
    """

    run_id: str
    run_number: int
    """One more than the newest published run."""
    actor: str
    started_at: datetime
    """UTC; every `_at` column that this run writes holds it."""
    finished_at: datetime
    """UTC; when everything was ready to publish."""
    version: str
    """Version of cleanse."""
    rules_sha256: str
    counts: Mapping[str, object]
    """What the run read, made and changed, as ``run --json`` prints it."""
    next_record_id: int
    next_customer_number: int
    model: str | None = None
    """The matching model used, as JSON; stored when it differs from the one in force."""
    model_origin: str | None = None
    """How a model that differs came about: trained, refitted or rules; None: estimated, or completed
    with what it lacked."""
    labels: pl.DataFrame | None = None
    """record_id_l, record_id_r, is_match, origin: the labels that `model` learned from; None: those
    of the version before."""

    undoes: int | None = None
    """Number of the run that this one withdraws."""
    reason: str | None = None
    """Why it does."""

    sources: frozenset[str]
    """Sources that this run replaces; the records of all others must stand."""
    records: Frame
    """Every record that this run normalised: record_id, LINEAGE columns, region, customer, extra
    (schema.EXTRA), ``x_*``, and per standard field ``<field>_raw``, ``<field>`` and what was derived.
    Records not in it stay as they are."""
    crosswalk: pl.DataFrame
    """record_id, customer_id: every record active after this run, of all sources. A record that
    is not in it is no longer active."""
    moves: pl.DataFrame | None = None
    """record_id, customer_id, was: the records that are another's than the store says, `was` null for
    those that nobody's are there, customer_id null for those that are no longer active. None: found here."""
    customers: pl.DataFrame
    """customer_id, number, kind, first_run, status, successor: customer IDs that are new or changed
    (more do no harm); first_run null: this run."""
    customer_id_events: pl.DataFrame = field(default_factory=_none)
    """customer_id, event, other_id, reason. A ``kept`` is stored only where records changed."""
    touched: pl.DataFrame | None = None
    """customer_id: the customers of whom golden_record, golden_choice and contact_point speak; all
    others that the crosswalk still has stand as they are. None: they speak of every customer."""
    golden_record: Frame
    """Every active customer (of `touched`), of all sources: customer_id, kind, standard fields, extra,
    record_count, source_count, confidence."""
    golden_choice: Frame
    """customer_id, field, value, origin, rule, record_ids, source, runner_up, confidence: every filled cell
    of the customers of several records, and every pinned one of the others."""
    golden_conflict: Frame = field(default_factory=_none)
    """Columns of table golden_conflict: all of them."""
    contact_point: Frame = field(default_factory=_none)
    """customer_id, record_id, kind, value_as_typed, value, type, is_primary, is_valid: all of them."""
    contact_person: pl.DataFrame = field(default_factory=_none)
    """customer_id, person_customer_id, name, job_title, department, phone, email, record_id: all of them."""
    household: pl.DataFrame = field(default_factory=_none)
    """household_id, customer_id, reason: all of them."""
    evidence: pl.DataFrame = field(default_factory=_none)
    """record_id, customer_id, left_run: records that left and still speak for a customer, all of them."""
    pairs: pl.DataFrame = field(default_factory=_none)
    """Kept pairs of records, active or evidence: record_id_l, record_id_r, blocking_rule, ``level_*``, ``weight_*``,
    match_weight, match_probability, band: all of them."""
    pairs_gone: pl.DataFrame | None = None
    """record_id_l, record_id_r: pairs in the store that are gone, or not what they were; `pairs` are
    then only those that are new, or not what they were. None: `pairs` are all of them."""
    match_inputs: pl.DataFrame = field(default_factory=_none)
    """record_id, digest, values_digest: what decided the pairs, of all active records and the evidence."""
    inputs_gone: pl.DataFrame | None = None
    """record_id: digests in the store that are gone, or not what they were; `match_inputs` are then
    only those that are new, or not what they were. None: `match_inputs` are all of them."""
    frequencies: pl.DataFrame | None = field(default_factory=_none)
    """kind, column, value, bearers: value frequencies of the model: all of them; None: as they are."""
    cell_changes: Frame = field(default_factory=_none)
    """Schema CELL_CHANGE, of exactly the records in `records`."""
    issues: pl.DataFrame = field(default_factory=_none)
    """Schema ISSUE, of exactly the records in `records`."""
    rejects: pl.DataFrame = field(default_factory=_none)
    """Schema REJECT, of this run's files."""
    scorecard: pl.DataFrame = field(default_factory=_none)
    """Columns of table scorecard but run_id and run_number, of the sources in this run."""
    source_files: pl.DataFrame = field(default_factory=_none)
    """One row per file and sheet: source, file, sheet, sha256, format, encoding, dialect, header_row,
    headings (List(String)), row_count, header_count, blank_count, record_count, reject_count."""
    decisions: pl.DataFrame = field(default_factory=_none)
    """Columns of table decision but run_id: all that were ever made, as they stand."""
    review_cases: pl.DataFrame = field(default_factory=_none)
    """record_id_l, record_id_r, match_weight, match_probability, blocking_rule, status (open, or decided),
    decision_id: every pair to be looked at; an open case that is not in it is closed."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What publishing a run came to."""

    run_number: int
    audit_head: str
    """Root of this run's audit events, hex; chained to all before."""
    changes: Mapping[str, int]
    """Audit events of this run by action: record_added, customer_new, golden_cell_changed …"""
    customers: int
    """Active customers of the store."""
    customer_changes: pl.DataFrame = field(default_factory=_none, compare=False)
    """What became of customer numbers: the rows of macro customer_changes."""
    conflicts: tuple[Mapping[str, object], ...] = ()
    """Of the store, the gravest first: severity, field, customers."""
    worst: tuple[Mapping[str, object], ...] = ()
    """The customers with the most and gravest contradictions: customer_id, fields, values, errors."""
