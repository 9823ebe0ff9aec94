"""Find the records of a source again in its next file.

By source key, else by exact content and occurrence number, else by best match
inside the source, else it is a new record. Rows are taken in the order of source,
key, content and place in the file, never in the order in which files were named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from cleanse.identify.key import find_by_key, open_to_content
from cleanse.identify.resemblance import find_by_resemblance
from cleanse.identify.sides import (
    Left,
    Whole,
    everything,
    lay_out,
    same,
    with_common,
    with_identity,
)
from cleanse.rulebook.identity import RecallRule
from cleanse.schema import ISSUE

RECALLED: Final = pl.Schema(
    {"row_id": pl.Int64, "record_id": pl.Int64, "found_by": pl.String}
)
"""One row per row of this run; found_by is key, content (every cell
as typed, of the columns that both files have), respelt
(every cell that tells customers apart, letters and digits only), resemblance or new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """Which record each row is."""

    records: pl.DataFrame
    """Schema RECALLED, sorted by record_id."""
    issues: pl.DataFrame
    """Schema ISSUE: source keys that repeat or were given to somebody else."""
    next_record_id: int
    """First record_id never used."""


def recall_records(
    rows: pl.DataFrame,
    known: pl.DataFrame,
    next_record_id: int,
    rule: RecallRule | None = None,
) -> Recalled:
    """Find out which row is which known record, and number the new ones.

    Args:
        rows: This run's record frame: row_id, source, source_key, lineage,
            ``<field>_raw``, ``extra``; one or several sources.
        known: The store's records of the same sources, those that left too:
            record_id, is_active, source, source_key, ``<field>_raw``, ``extra``;
            is_evidence: it left not long ago, so that it may be back with other values.
            Columns may be more or fewer than those of `rows`.
        next_record_id: First record_id never used.
        rule: What counts as the same record changed.

    Returns:
        One record per row, no record twice. Independent of the order of rows,
        columns and files, except among rows equal in every cell.
    """
    whole = lay_out(rows, known, rule or RecallRule())
    # Of a source that is new nothing has to be compared.
    found, reused = (_NONE, _NONE) if whole.known.is_empty() else _found(whole)
    records = _numbered(whole, found, next_record_id)
    return Recalled(
        records=records.select(RECALLED.names()).sort("record_id"),
        issues=_issues(records, reused),
        next_record_id=_next(records, next_record_id),
    )


_NONE: Final = pl.DataFrame(
    schema={"place": pl.Int64, "record_id": pl.Int64, "found_by": pl.String}
)


def _found(whole: Whole) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find the known records again.

    Returns:
        place, record_id, found_by; and place of the rows whose key was given to somebody else.
    """
    left = everything(whole)
    by_key = find_by_key(left, whole)
    left = open_to_content(left.without(by_key.pairs), whole, by_key)
    unchanged = same(left, "source", "content")
    left = left.without(unchanged)
    found = [("key", by_key.pairs), ("content", unchanged)]
    if not left.rows.is_empty() and not left.known.is_empty():
        found += _changed(left, whole)
    named = [p.with_columns(pl.lit(by).alias("found_by")) for by, p in found]
    return pl.concat(named), by_key.reused


def _changed(left: Left, whole: Whole) -> list[tuple[str, pl.DataFrame]]:
    """Find records whose content is not exactly the same.

    Same cells in the columns that both files have, else the same customer to the letter
    (totals and the like may have changed), else by resemblance: to a record that is there,
    else to one that left not long ago.
    """
    cells = whole.cells(left.rows, left.known)
    common = same(with_common(left, cells, whole), "source", "content")
    left = left.without(common)
    alike = same(with_identity(left, cells), "source", "content")
    left = left.without(alike)
    found = [("content", common), ("respelt", alike)]
    for flag in ("is_active", "is_evidence"):
        some = left.among(flag)
        if some.known.is_empty():
            continue
        resembling = find_by_resemblance(some, cells)
        found.append(("resemblance", resembling))
        left = left.without(resembling)
    return found


def _numbered(whole: Whole, found: pl.DataFrame, next_id: int) -> pl.DataFrame:
    """Give the rows that were not found new numbers, in the order of place."""
    rows = whole.rows.select("place", "row_id", "source", "source_key").join(
        found, on="place", how="left", maintain_order="left"
    )
    is_new = pl.col("record_id").is_null()
    return rows.with_columns(
        pl.col("record_id").fill_null(is_new.cum_sum().cast(pl.Int64) - 1 + next_id),
        pl.col("found_by").fill_null("new"),
    )


def _next(records: pl.DataFrame, next_record_id: int) -> int:
    return next_record_id + records.filter(pl.col("found_by") == "new").height


def _issues(records: pl.DataFrame, reused: pl.DataFrame) -> pl.DataFrame:
    """Report keys that occur more than once, and keys given to somebody else."""
    keyed = records.drop_nulls("source_key")
    repeated = keyed.filter(pl.len().over("source", "source_key") > 1)
    given_on = keyed.join(reused, on="place", how="semi")
    advice = {
        "source_key_repeats": "Two rows of the source have this key; both were kept. Make keys unique in the source, or name another key column in its rule.",
        "source_key_reused": "Name and identifiers under this key are somebody else's than before: taken as a new record. Do not give keys of former customers to new ones.",
    }
    issues = [
        frame.select(
            "record_id",
            pl.lit("source_key").alias("field"),
            pl.lit(check).alias("check"),
            pl.lit("warning").alias("severity"),
            pl.col("source_key").alias("value"),
            pl.lit(advice[check]).alias("advice"),
        )
        for check, frame in (
            ("source_key_repeats", repeated),
            ("source_key_reused", given_on),
        )
    ]
    return pl.concat(issues).cast(ISSUE).sort("record_id", "check")
