"""Where the files of a store lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StorePaths:
    """The files of one store."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        """The run's own working database, with the whole history."""
        return self.folder / "warehouse.duckdb"

    @property
    def golden(self) -> Path:
        """The published copy: the only file that people, BI and SQL open."""
        return self.folder / "golden.duckdb"

    @property
    def steward(self) -> Path:
        """Decisions as stewards make them."""
        return self.folder / "steward.sqlite"

    @property
    def manifest(self) -> Path:
        """Run number, counts and audit head, written after the commit."""
        return self.folder / "manifest.json"

    @property
    def audit_key(self) -> Path:
        """The secret of the audit digests."""
        return self.folder / "audit.key"

    @property
    def lock(self) -> Path:
        """Held by the one process that works on the store."""
        return self.folder / "lock"

    @property
    def publishing(self) -> Path:
        """There from just before a commit until its manifest is written."""
        return self.folder / "publishing"

    @property
    def spill(self) -> Path:
        """What lies on disk while the store is open only: large frames, and what DuckDB cannot keep in memory."""
        return self.folder / "spill"

    def encoded(self, run_id: str) -> Path:
        """Return the file of what a run has encoded for the next ones."""
        return self.folder / f"encoded-{run_id}.arrow"

    @property
    def runs(self) -> Path:
        """A folder per run: its report and rejects."""
        return self.folder / "runs"
