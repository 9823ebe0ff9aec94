"""From input files to cleaned rows: read, map, normalise, validate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from cleanse.evaluate import SCORECARD, scorecard
from cleanse.normalise import normalise as normalise_here
from cleanse.normalise import normalise_onto
from cleanse.pipeline.intake import (
    ACCOUNT,
    Intake,
    map,  # noqa: A004 - the stage's name
    read,
    recount,
    refusals,
)
from cleanse.pipeline.repairs import repair_issues
from cleanse.pipeline.request import RunRequest, Step
from cleanse.rulebook import Rulebook
from cleanse.schema import CELL_CHANGE, ISSUE, REJECT
from cleanse.shelf import Frame, Shelf, Shelved
from cleanse.validate import validate, without


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """The input read, mapped, normalised and checked; row_id names the row."""

    intake: Intake
    """Its account of rows counts the rejects of every stage."""
    records: Frame
    """Normalised rows that identify somebody."""
    changes: Frame
    """Schema CELL_CHANGE; record_id is the row_id."""
    issues: pl.DataFrame
    """Schema ISSUE; record_id is the row_id."""
    rejects: pl.DataFrame
    """Schema REJECT: rows that could not be read, or identify nobody."""
    scorecard: pl.DataFrame = field(default_factory=SCORECARD.to_frame)
    """Schema SCORECARD, once it is `told`."""

    def told(self) -> Cleaned:
        """Return what a run tells of its input; the rows go: its records are those of the store by now."""
        told = replace(
            self,
            records=self.records.select("row_id"),
            changes=CELL_CHANGE.to_frame(),
            scorecard=scorecard(self.records, self.changes),
        )
        for frame in (self.records, self.changes):
            if isinstance(frame, Shelved):
                frame.discard()
        return told

    def counts(self) -> dict[str, int]:
        """Return how many records, rejects and issues there are."""
        return {
            "records": self.records.height,
            "rejects": self.rejects.height,
            "issues": self.issues.height,
        }

    def reject_reasons(self) -> list[dict[str, object]]:
        """Return why rows were refused: file, sheet, reason, how many rows, first_row."""
        parts = self.rejects.group_by("file", "sheet", "reason", maintain_order=True)
        return parts.agg(rows=pl.len(), first_row=pl.col("row_number").min()).to_dicts()


def clean_input(
    request: RunRequest,
    rulebook: Rulebook,
    known_sources: pl.DataFrame | None,
    step: Step,
    shelf: Shelf | None = None,
    *,
    must_be_sure: bool,
) -> Cleaned:
    """Read, map, normalise and validate the input.

    Args:
        request: Its inputs and the source the user named.
        rulebook: The rules.
        known_sources: What the store knows of each source.
        step: How a stage is called.
        shelf: Where records are laid if they are many; None: they stay in memory.
        must_be_sure: Stop when it is unsure which source a file is.
    """
    raws = step(read, request.inputs, rulebook)
    taken = step(
        map, raws, known_sources, rulebook, request.source, must_be_sure=must_be_sure
    )
    rows = taken.records.rename({"row_id": "record_id"})
    normalised, changes = step(normalise, rows, rulebook, shelf)
    records, issues, rejected = step(validate, normalised, rulebook)
    refused = as_rejects(rows, rejected)
    issues = pl.concat([issues, repair_issues(raws, records)])
    return Cleaned(
        intake=replace(
            taken,
            records=taken.records.clear(),
            source_files=recount(taken.source_files, refused),
            notes=(*taken.notes, *refusals(refused)),
        ),
        records=records.rename({"record_id": "row_id"}),
        changes=without(rejected, changes),
        issues=without(rejected, issues),
        rejects=pl.concat([taken.rejects, refused]),
    )


def normalise(
    rows: pl.DataFrame, rulebook: Rulebook, shelf: Shelf | None
) -> tuple[Frame, Frame]:
    """Do what `cleanse.normalise.normalise` does; many rows are laid on the shelf."""
    if shelf and shelf.takes(rows.height):
        return normalise_onto(shelf, rows, rulebook)
    return normalise_here(rows, rulebook)


def nothing_read() -> Cleaned:
    """Return what a run has read that takes no input: the records stand as they are."""
    none = pl.DataFrame(schema={"row_id": pl.Int64, "source": pl.String})
    return Cleaned(
        intake=Intake(
            records=none,
            sources=frozenset(),
            rejects=REJECT.to_frame(),
            source_files=pl.DataFrame(schema=ACCOUNT),
            file_count=0,
            notes=(),
        ),
        records=none,
        changes=CELL_CHANGE.to_frame(),
        issues=ISSUE.to_frame(),
        rejects=REJECT.to_frame(),
    )


def as_rejects(rows: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """Lay rows that identify nobody out as rejects, with the text of their cells."""
    typed = [name for name in rows.columns if name.endswith("_raw")]
    extra = (
        pl.col("extra").list.eval(pl.element().struct.field("value")).list.join(" | ")
    )
    text = pl.concat_str([*typed, extra], separator=" | ", ignore_nulls=True)
    return (
        rejected.join(rows, on="record_id", maintain_order="left")
        .with_columns(raw=text)
        .select(REJECT.names())
    )
