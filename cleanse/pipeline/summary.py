"""What a run did, in counts: for the terminal, for JSON, for the Prefect pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a run did. Counts, names of files and rules; never a customer's values."""

    run_id: str
    run_number: int
    status: str
    """published, or rehearsed (nothing was written)."""
    files: int
    rows_read: int
    """records + rejects."""
    blank_rows: int
    header_rows: int
    rejects: int
    records: int
    """Of this input."""
    customers: int
    """Of the store."""
    new_customers: int
    merged: int
    split: int
    retired: int
    review_cases: int
    issues: int
    seconds: Mapping[str, float]
    """Wall seconds per stage."""
    peak_mb: int
    reconciliation: Rows
    """Per file and sheet: row_count = records + rejects + blank + header."""
    sources: Rows = ()
    """Per source: records new, found again, gone."""
    changes: Rows = ()
    """Per kind of customer event: how many."""
    quality: Rows = ()
    """Per source and field: filled, valid, changed."""
    notes: tuple[str, ...] = ()
    """What a person should know of the files."""
    gates: tuple[str, ...] = ()
    """Gates that would stop the run, or were overruled."""
    report: str | None = None
    """Path of report.html."""

    def counts(self) -> dict[str, int]:
        """Return the counts of ``run --json``."""
        names = (
            "files rows_read blank_rows header_rows rejects records customers "
            "new_customers merged split retired review_cases issues"
        )
        return {name: getattr(self, name) for name in names.split()}

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "run_id": self.run_id,
            "run_number": self.run_number,
            "status": self.status,
            **self.counts(),
            "seconds": rounded(self.seconds),
            "peak_mb": self.peak_mb,
            "reconciliation": [dict(row) for row in self.reconciliation],
            "sources": [dict(row) for row in self.sources],
            "changes": [dict(row) for row in self.changes],
            "notes": list(self.notes),
            "gates": list(self.gates),
            "report": self.report,
        }

    def finished(self, seconds: Mapping[str, float], report: Path) -> RunSummary:
        """Return the summary with the times of all stages and where the report is."""
        return replace(self, seconds=dict(seconds), report=str(report))

    def sentence(self) -> str:
        """Say in a few lines what the run did."""
        total = sum(self.seconds.values())
        verb = "published" if self.status == "published" else "would be published"
        records, rejects = (
            _count(self.records, "record"),
            _count(self.rejects, "reject"),
        )
        lines = [
            (
                f"Run {self.run_number} ({self.run_id}): {records} of {_count(self.files, 'file')} in; "
                f"{_count(self.customers, 'customer')} {verb} "
                f"({self.new_customers:,} new, {self.merged:,} merged, {self.split:,} split, {self.retired:,} retired)."
            ),
            (
                f"{_count(self.rows_read, 'row')} read = {records} + {rejects}; besides "
                f"{_count(self.header_rows, 'heading row')} and {_count(self.blank_rows, 'blank row')}."
            ),
            f"{_count(self.issues, 'issue')}; {_count(self.review_cases, 'pair')} to review; {total:.1f} s.",
        ]
        lines += [f"Note: {note}" for note in self.notes]
        lines += [f"Gate overruled: {gate}" for gate in self.gates]
        if self.report:
            lines.append(f"Report: {self.report}")
        return "\n".join(lines)


def rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    """Return the times of stages as ``--json`` prints them, to the millisecond."""
    return {stage: round(took, 3) for stage, took in seconds.items()}


def _count(number: int, noun: str) -> str:
    """Say how many there are.

    >>> _count(1, "row"), _count(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
