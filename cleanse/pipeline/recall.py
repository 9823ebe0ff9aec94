"""From cleaned rows to records: found again, new, gone, or standing."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from cleanse.identify import recall_records
from cleanse.normalise import normalise
from cleanse.pipeline.active import Active
from cleanse.pipeline.cleaning import Cleaned
from cleanse.places import by_number, found, is_among
from cleanse.rulebook import Rulebook
from cleanse.schema import CELL_CHANGE, ISSUE
from cleanse.shelf import Frame, FrameT, by_part, in_memory
from cleanse.validate import validate
from cleanse.warehouse import Known, is_as_typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """The records after this run."""

    normalised: Frame
    """Records that this run normalised, each once: those of the input as their newest row says;
    when rules or program changed, those of all other sources too."""
    active: Active
    """Normalised records of the whole store that are active after this run."""
    changes: Frame
    """Schema CELL_CHANGE, of the records in `normalised`."""
    issues: pl.DataFrame
    """Schema ISSUE, of the records in `normalised`."""
    next_record_id: int
    sources: pl.DataFrame
    """source, found, new, gone, share_lost (of its records active before)."""
    gone: pl.DataFrame = field(
        default_factory=pl.DataFrame(schema={"record_id": pl.Int64}).clone
    )
    """record_id of those that left in this run."""
    is_as_stored: bool = False
    """Those in `normalised` are as an earlier run normalised them, heeding the decisions of its day."""


def recall(
    cleaned: Cleaned, known: Known, rulebook: Rulebook, left: pl.DataFrame
) -> Recalled:
    """Find the records of the input again, and lay the standing ones beside them.

    Files of one source in one run are successive snapshots: each is recalled
    against what the one before left.

    Args:
        cleaned: The input.
        known: What the run before left.
        rulebook: The rules.
        left: record_id: those that left not long ago, and may be back with other values.
    """
    before = known.records_of(cleaned.records["source"].unique().to_list())
    lately = pl.col("record_id").is_in(left["record_id"].implode())
    before = before.with_columns(is_evidence=lately)
    rows, issues, next_id = _number(cleaned.records, before, known, rulebook)
    once = _each_once(rows)
    delta = [s for s in once["source"].unique() if is_delta(s, rulebook)]
    newest = _newest(once, delta)
    read = _numbered(cleaned.records, once)
    if isinstance(read, pl.DataFrame):
        # All that follows wants them so; on disk they stay in the order of rows.
        read = by_number(read)
    stays = read if newest.height == once.height else _only(read, newest)
    others = _others(known, read, stays, delta, rulebook)
    had = before.filter("is_active").select("record_id", "source")
    # What a delta leaves out stands.
    gone = had.filter(~pl.col("source").is_in(delta)).join(
        newest, on="record_id", how="anti"
    )
    return Recalled(
        normalised=_beside(read, others.renewed),
        active=others.active,
        changes=_beside(_renumbered(cleaned.changes, once), others.changes),
        issues=pl.concat([_renumbered(cleaned.issues, once), issues, others.issues]),
        next_record_id=next_id,
        sources=_by_source(rows, before, had, gone, newest),
        gone=gone.select("record_id"),
    )


def only_added(recalled: Recalled, known: Known) -> bool:
    """Say whether a run adds records, and of those before none is gone or was read again."""
    if recalled.sources["gone"].sum():
        return False
    first_new = known.next_record_id
    return bool((recalled.normalised["record_id"] >= first_new).all())


def _each_once(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep of each record the newest row, by snapshot and place; sorted by row_id."""
    if rows["record_id"].n_unique() < rows.height:
        rows = rows.sort("snapshot", "row_id").unique("record_id", keep="last")
    return rows.sort("row_id")


def _newest(once: pl.DataFrame, delta: list[str]) -> pl.DataFrame:
    """Leave out what the last snapshot of a source no longer has; a delta has no such rows."""
    is_last = pl.col("snapshot") == pl.col("snapshot").max().over("source")
    return once.filter(is_last | pl.col("source").is_in(delta))


def _numbered(records: FrameT, once: pl.DataFrame) -> FrameT:
    """Put the number of the record in the place of that of the row, and keep each record once."""
    rows = once["row_id"].to_numpy()

    def numbered(part: pl.DataFrame) -> pl.DataFrame:
        places, is_there = found(rows, part["row_id"].to_numpy())
        ids = once["record_id"].gather(places)
        part = part.drop("row_id", "snapshot").with_columns(ids)
        return part if is_there.all() else part.filter(is_there)

    return by_part(records, numbered)


def _renumbered(told: FrameT, once: pl.DataFrame) -> FrameT:
    """Put the number of the record in the place of that of the row, where that is called record_id."""
    rows = once["row_id"].to_numpy()

    def renumbered(part: pl.DataFrame) -> pl.DataFrame:
        places, is_there = found(rows, part["record_id"].to_numpy())
        part = part.with_columns(once["record_id"].gather(places))
        return part.filter(is_there)

    return by_part(told, renumbered)


def _only(records: FrameT, some: pl.DataFrame) -> FrameT:
    ids = some["record_id"].sort()
    return by_part(records, lambda part: part.filter(is_among(part["record_id"], ids)))


def _beside(frame: Frame, more: pl.DataFrame) -> Frame:
    """Lay rows beside others that may have other columns."""
    if more.is_empty():
        return frame
    return pl.concat([in_memory(frame), more], how="diagonal_relaxed")


_NOBODY = pl.DataFrame(schema={"record_id": pl.Int64, "source": pl.String})
"""Records, of which there are none."""


def standing(known: Known, rulebook: Rulebook) -> Recalled:
    """Lay the records of a store out as they stand, for a run that reads nothing."""
    others = _others(known, _NOBODY, _NOBODY, [], rulebook)
    return Recalled(
        normalised=others.renewed,
        active=others.active,
        changes=others.changes,
        issues=others.issues,
        next_record_id=known.next_record_id,
        sources=pl.DataFrame(schema=SOURCE),
    )


SOURCE = {"source": pl.String, "share_lost": pl.Float64} | dict.fromkeys(
    ("before", "records", "new", "gone", "found"), pl.Int64
)
"""Columns of `Recalled.sources`."""


def _number(
    records: Frame, before: pl.DataFrame, known: Known, rulebook: Rulebook
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Give every row its record_id, snapshot by snapshot.

    Returns:
        row_id, snapshot, source, record_id, found_by; the issues of recall; the next record_id.
    """
    next_id = known.next_record_id
    rows, issues = [], [ISSUE.to_frame()]
    snapshots = records["snapshot"].unique().sort()
    typed = [n for n in records.columns if is_as_typed(n)]
    for snapshot in snapshots:
        there = records.lazy().filter(pl.col("snapshot") == snapshot)
        part = there.select("row_id", "snapshot", *typed).collect()
        recalled = recall_records(part, before, next_id, rulebook.identity.recall)
        next_id = recalled.next_record_id
        issues.append(recalled.issues)
        numbers = part.select("row_id", "snapshot", "source").join(
            recalled.records, on="row_id", maintain_order="left"
        )
        rows.append(numbers)
        if snapshot == snapshots[-1]:
            break
        part = part.hstack(numbers.select("record_id"))
        before = pl.concat(
            [before.join(part, on="record_id", how="anti"), _as_known(part)],
            how="diagonal_relaxed",
        )
    return pl.concat(rows), pl.concat(issues).unique(maintain_order=True), next_id


def _as_known(rows: pl.DataFrame) -> pl.DataFrame:
    """Lay rows out as the store would know them."""
    return rows.select(
        "record_id",
        pl.lit(value=True).alias("is_active"),
        pl.exclude("record_id", "row_id", "snapshot"),
    )


def is_delta(source: str, rulebook: Rulebook) -> bool:
    """Tell whether the files of a source bring only additions and changes."""
    return rulebook.source(source).file.snapshot == "delta"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Others:
    """The records that this input says nothing of."""

    active: Active
    """Those and the records of the input."""
    renewed: pl.DataFrame
    """Normalised, when they had to be normalised again, else no rows."""
    changes: pl.DataFrame
    issues: pl.DataFrame


def _others(
    known: Known,
    read: Frame,
    stays: Frame,
    delta: list[str],
    rulebook: Rulebook,
) -> _Others:
    """Return the active records of other sources, and of deltas what they leave out.

    They are normalised again only when the rules or the program changed.
    """
    full = frozenset(read["source"].unique()) - frozenset(delta)
    ids = read.select("record_id")
    changes, issues = CELL_CHANGE.to_frame(), ISSUE.to_frame()
    if known.is_current(rulebook.sha256):
        active = Active(stays=stays, known=known, replaced=full, read=ids)
        return _Others(active=active, renewed=_NOBODY, changes=changes, issues=issues)
    standing = (
        known.records.filter("is_active")
        .drop("is_active")
        .filter(~pl.col("source").is_in(list(full)))
        .join(ids, on="record_id", how="anti")
    )
    if not standing.is_empty():
        standing, changes = normalise(standing, rulebook)
        _, issues, _ = validate(standing, rulebook)
        stays = _beside(stays, standing)
    active = Active(stays=stays, known=None, replaced=full, read=ids)
    return _Others(active=active, renewed=standing, changes=changes, issues=issues)


def _by_source(
    rows: pl.DataFrame,
    known: pl.DataFrame,
    had: pl.DataFrame,
    gone: pl.DataFrame,
    stays: pl.DataFrame,
) -> pl.DataFrame:
    """Count per source of the input what was there, was found again, is new, or is gone."""
    sources = rows.select("source").unique()
    count = pl.len().cast(pl.Int64)
    before = had.group_by("source").agg(before=count)
    new = stays.select("record_id", "source").join(known, on="record_id", how="anti")
    counted = (
        sources.join(before, on="source", how="left")
        .join(stays.group_by("source").agg(records=count), on="source", how="left")
        .join(new.group_by("source").agg(new=count), on="source", how="left")
        .join(gone.group_by("source").agg(gone=count), on="source", how="left")
        .fill_null(0)
        .sort("source")
    )
    lost = pl.when(pl.col("before") > 0).then(pl.col("gone") / pl.col("before"))
    return counted.with_columns(
        found=pl.col("records") - pl.col("new"), share_lost=lost
    )
