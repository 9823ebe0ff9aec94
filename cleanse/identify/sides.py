"""The two sides of recall: this run's rows and the store's records, ready to be paired."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import polars as pl

from cleanse.identify.cells import (
    cell_texts,
    content,
    fold_cells,
    identity,
    raw_columns,
    shared_cells,
)
from cleanse.identify.evidence import weigh_pairs, with_bits
from cleanse.rulebook.identity import RecallRule
from cleanse.schema import with_columns_present

_ROW: Final = pl.Schema(
    {
        "row_id": pl.Int64,
        "source": pl.String,
        "source_key": pl.String,
        "file": pl.String,
        "sheet": pl.String,
        "row_number": pl.Int64,
    }
)
_KNOWN: Final = pl.Schema(
    {
        "record_id": pl.Int64,
        "source": pl.String,
        "source_key": pl.String,
        "is_active": pl.Boolean,
        "is_evidence": pl.Boolean,
    }
)
_ORDER: Final = (
    "source",
    "source_key",
    "content",
    "file",
    "sheet",
    "row_number",
    "row_id",
)


@dataclass(frozen=True, kw_only=True)
class Whole:
    """All rows and all known records; what is rare is judged by these."""

    rows: pl.DataFrame
    """place (order of source, key and content), content, and the columns as given."""
    known: pl.DataFrame
    """record_id, content and the columns as given; active records first."""
    rule: RecallRule

    @cached_property
    def common(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Both sides without the columns that only one of them fills."""
        return shared_cells(self.rows, self.known)

    @cached_property
    def texts(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Cells as typed of both sides; made only when some row is not found as typed."""
        rows, known = self.common
        return cell_texts(rows), cell_texts(known)

    def cells(self, rows: pl.DataFrame, known: pl.DataFrame) -> Cells:
        """Fold the cells of some rows (by place) and records (by record_id)."""
        some_rows = self.texts[0].join(rows, on="place", how="semi")
        some_known = self.texts[1].join(known, on="record_id", how="semi")
        return Cells(
            rows=fold_cells(with_bits(some_rows, *self.texts)),
            known=fold_cells(with_bits(some_known, *self.texts)),
            rule=self.rule,
            rank=self.known.select("record_id")
            .with_row_index("tie")
            .cast({"tie": pl.Int64}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Folded cells of the rows and records that are still to be paired, and their bits."""

    rows: pl.DataFrame
    known: pl.DataFrame
    rule: RecallRule
    rank: pl.DataFrame
    """record_id, tie: active and early records first."""

    def weigh(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Weigh candidate pairs, see `weigh_pairs`; with their ``tie``."""
        return weigh_pairs(pairs, self.rows, self.known, self.rule).join(
            self.rank, on="record_id", how="left", maintain_order="left"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is still to be paired."""

    rows: pl.DataFrame
    """place, source, source_key, content."""
    known: pl.DataFrame
    """record_id, source, source_key, is_active, is_evidence, content; active first."""

    def without(self, found: pl.DataFrame) -> Left:
        """Leave out what has been paired."""
        rows = self.rows.join(found, on="place", how="anti", maintain_order="left")
        known = self.known.join(
            found, on="record_id", how="anti", maintain_order="left"
        )
        return replace(self, rows=rows, known=known)

    def among(self, flag: str) -> Left:
        """Leave out the records that lack a flag: is_active or is_evidence."""
        return replace(self, known=self.known.filter(flag))


def lay_out(rows: pl.DataFrame, known: pl.DataFrame, rule: RecallRule) -> Whole:
    """Order both sides by what they hold, so that the order of files no longer matters."""
    rows, known = _needed(rows, _ROW), _needed(known, _KNOWN)
    with_extra = known.is_empty() or "extra" in known.columns
    text = content(rows, with_extra=with_extra).alias("content")
    # Without known records there is nothing to compare cells with.
    rows = rows.select(*_ROW, text) if known.is_empty() else rows.with_columns(text)
    rows = rows.sort(_ORDER, nulls_last=True).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("place")
    )
    with_extra = "extra" in rows.columns
    known = known.with_columns(
        content(known, with_extra=with_extra).alias("content"),
        pl.col("is_active").fill_null(value=True),
        pl.col("is_evidence").fill_null(value=False),
    ).sort("is_active", "record_id", descending=[True, False])
    return Whole(rows=rows, known=known, rule=rule)


def _needed(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Leave only what is looked at: what normalising added is most of a row."""
    names = {*schema, *raw_columns(frame), "extra"}
    return with_columns_present(
        frame.select(name for name in frame.columns if name in names), schema
    )


def everything(whole: Whole) -> Left:
    """Begin: nothing is paired yet."""
    texts = ("source", "source_key", "content")
    return Left(
        rows=whole.rows.select("place", *texts),
        known=whole.known.select("record_id", "is_active", "is_evidence", *texts),
    )


def same(left: Left, *on: str) -> pl.DataFrame:
    """Pair rows and records that are equal in `on`, the first with the first and so on."""
    if left.known.is_empty():
        return pl.DataFrame(schema={"place": pl.Int64, "record_id": pl.Int64})
    nth = pl.int_range(pl.len()).over(on).alias("occurrence")
    rows = left.rows.drop_nulls(on).select("place", *on, nth)
    known = left.known.drop_nulls(on).select("record_id", *on, nth)
    return rows.join(known, on=[*on, "occurrence"]).select("place", "record_id")


def with_identity(left: Left, cells: Cells) -> Left:
    """Let ``content`` be the folded cells that tell customers apart."""
    text = identity(cells.rows), identity(cells.known)
    return _with_content(
        left,
        cells.rows.select("place", text[0].alias("content")),
        cells.known.select("record_id", text[1].alias("content")),
    )


def with_common(left: Left, cells: Cells, whole: Whole) -> Left:
    """Let ``content`` be the cells as typed of the columns that both sides have."""
    rows, known = whole.common
    text = content(rows, with_extra=False), content(known, with_extra=False)
    common = _with_content(
        left,
        rows.select("place", text[0].alias("content")),
        known.select("record_id", text[1].alias("content")),
    )
    named = with_identity(left, cells)
    return Left(
        rows=common.rows.filter(named.rows["content"].is_not_null()),
        known=common.known.filter(named.known["content"].is_not_null()),
    )


def _with_content(left: Left, rows: pl.DataFrame, known: pl.DataFrame) -> Left:
    return Left(
        rows=left.rows.drop("content").join(
            rows, on="place", how="left", maintain_order="left"
        ),
        known=left.known.drop("content").join(
            known, on="record_id", how="left", maintain_order="left"
        ),
    )
