"""What the reader mended becomes an issue of the record: a steward looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from cleanse.read.ending import OPEN_END
from cleanse.schema import ISSUE, REPAIR, RawFile
from cleanse.shelf import Frame

REPAIRED, MAYBE_CUT = "row_repaired", "row_maybe_cut"

_ADVICE = {
    REPAIRED: (
        "The row did not fit the columns; the reader put it right in the only way that fits them all. "
        "Compare it with the file. 该行与列不符,已按唯一可行的方式修补,请对照原文件核对。"
    ),
    MAYBE_CUT: (
        "The file ends without a line end: this row may be incomplete, and rows may be missing. "
        "Compare with the sender's count. 文件末尾无换行,该行可能不完整,其后可能缺行,请与来源核对行数。"
    ),
}

_SEVERITY = {REPAIRED: "warning", MAYBE_CUT: "info"}
"""Many whole files end without a line end."""


def repair_issues(raws: Sequence[RawFile], records: Frame) -> pl.DataFrame:
    """Return an issue for every record whose row the reader mended.

    Args:
        raws: The files as read.
        records: record_id, file, sheet, row_number.

    Returns:
        Schema ISSUE; the value says what was done and where.
    """
    found = pl.concat([ISSUE.to_frame(), *_issues(raws, records)])
    return found.sort("record_id", "check", "value")


def _issues(raws: Sequence[RawFile], records: Frame) -> Iterator[pl.DataFrame]:
    for raw in raws:
        for table in raw.tables:
            if table.repairs.is_empty():
                continue
            here = pl.col("file") == raw.file
            there = here & pl.col("sheet").eq_missing(table.sheet)
            rows = records.lazy().filter(there).select("record_id", "row_number")
            repairs = table.repairs.cast(REPAIR)
            yield _laid_out(rows.collect().join(repairs, on="row_number"))


def _laid_out(rows: pl.DataFrame) -> pl.DataFrame:
    check = (
        pl.when(pl.col("what") == OPEN_END)
        .then(pl.lit(MAYBE_CUT))
        .otherwise(pl.lit(REPAIRED))
    )
    return (
        rows.with_columns(check=check)
        .select(
            "record_id",
            pl.lit("row").alias("field"),
            "check",
            pl.col("check").replace_strict(_SEVERITY).alias("severity"),
            pl.format("row {}: {}", "row_number", "what").alias("value"),
            pl.col("check").replace_strict(_ADVICE).alias("advice"),
        )
        .cast(ISSUE)
    )
