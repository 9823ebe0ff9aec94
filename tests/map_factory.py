"""Build raw tables and files as read would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from cleanse.schema import REJECT, RawFile, RawTable

Columns = Mapping[str, Sequence[str | None]]


def raw_table(columns: Columns, sheet: str | None = None) -> RawTable:
    count = len(next(iter(columns.values())))
    numbers = pl.Series("row_number", range(2, count + 2), pl.Int64)
    cells = [
        pl.Series(heading, values, pl.String) for heading, values in columns.items()
    ]
    return RawTable(
        sheet=sheet,
        headings=tuple(columns),
        rows=pl.DataFrame([numbers, numbers.alias("line_number"), *cells]),
        rejects=pl.DataFrame(schema=REJECT),
        row_count=count + 1,
        blank_count=0,
        header_count=1,
        header_row=1,
    )


def raw_file(*tables: RawTable, file: str = "crm.csv", sha256: str = "0") -> RawFile:
    return RawFile(
        file=file,
        sha256=sha256,
        format="csv",
        encoding="utf-8",
        encoding_confidence=1.0,
        dialect="comma, quote, LF",
        tables=tables,
        notes=(),
    )
