"""The words of the data: the standard fields, and the frames in which stages meet.

A frame holds only the columns that its input has: an absent column means that
every value is missing, so a list with 3 columns and one with 60 cost what they
hold. `with_columns_present` gives a stage the columns it cannot do without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.field import (
    ADDRESS_FIELDS,
    EXTRA_PREFIX,
    FIELDS,
    ID_FIELDS,
    MANY_VALUED,
    SOURCE_FIELDS,
    VALUE_SEPARATOR,
    FieldKind,
    raw,
    replaced,
    rule,
    valid,
)

__all__ = [
    "ADDRESS_FIELDS",
    "CELL_CHANGE",
    "CROSSWALK",
    "EXTRA",
    "EXTRA_PREFIX",
    "FIELDS",
    "ID_FIELDS",
    "ISSUE",
    "LINEAGE",
    "MANY_VALUED",
    "REJECT",
    "REPAIR",
    "SOURCE_FIELDS",
    "VALUE_SEPARATOR",
    "FieldKind",
    "RawFile",
    "RawTable",
    "present",
    "raw",
    "replaced",
    "rule",
    "valid",
    "with_columns_present",
]


EXTRA = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))
"""Type of `extra`: the columns that are no standard field, as typed."""

LINEAGE = pl.Schema(
    {
        "source": pl.String,
        "source_key": pl.String,
        "file": pl.String,
        "sheet": pl.String,
        "row_number": pl.Int64,
        "line_number": pl.Int64,
    }
)
"""Where a record was read: row_number as a spreadsheet shows it, line_number for text files."""

REJECT = pl.Schema(
    {
        "file": pl.String,
        "sheet": pl.String,
        "row_number": pl.Int64,
        "line_number": pl.Int64,
        "reason": pl.String,
        "raw": pl.String,
    }
)
"""One row per row of a file that did not become a record."""

REPAIR = pl.Schema({"row_number": pl.Int64, "what": pl.String})
"""One row per record that the reader had to mend, or that may be incomplete."""

CELL_CHANGE = pl.Schema(
    {
        "record_id": pl.Int64,
        "field": pl.String,
        "raw": pl.String,
        "clean": pl.String,
        "rule": pl.String,
    }
)
"""One row per record and field that normalising changed."""

ISSUE = pl.Schema(
    {
        "record_id": pl.Int64,
        "field": pl.String,
        "check": pl.String,
        "severity": pl.String,
        "value": pl.String,
        "advice": pl.String,
    }
)
"""One row per record and failed check."""

CROSSWALK = pl.Schema({"record_id": pl.Int64, "customer_id": pl.String})
"""One row per active record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """One table of a file (a text file, or one data sheet of a workbook) as it stands."""

    sheet: str | None
    """Sheet name; None for text files."""
    headings: tuple[str, ...]
    """Headings, made unique; an empty one is ``column_N`` (1-based)."""
    rows: pl.DataFrame
    """row_number, line_number (Int64; line_number null in workbooks), then one String column
    per heading, same order and names; a missing or empty cell is null; spaces are kept."""
    rejects: pl.DataFrame
    """Schema REJECT."""
    row_count: int
    """Physical rows: records + rejects + blank_count + header_count."""
    blank_count: int
    """Rows without any text."""
    header_count: int
    """Rows of preamble, titles and headings."""
    header_row: int
    """Row number of the (last) heading row; 0 when the file has none."""
    preamble: tuple[str, ...] = ()
    """What stands above the headings, line by line: 单位：万元."""
    repairs: pl.DataFrame = field(default_factory=REPAIR.to_frame)
    """Schema REPAIR: the records in `rows` that were mended; a person should look at them."""

    @property
    def record_count(self) -> int:
        """Records of the whole table, of which `rows` may be a sample."""
        others = self.rejects.height + self.blank_count + self.header_count
        return self.row_count - others


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """One input file as it stands."""

    file: str
    """Path relative to INPUT, with forward slashes."""
    sha256: str
    format: str
    """csv, xlsx, xls, xlsb or ods."""
    encoding: str | None
    """Python codec name; None for workbooks."""
    encoding_confidence: float
    """0 to 1; 1 for workbooks."""
    dialect: str | None
    """Delimiter, quote and line end for a person to read; None for workbooks."""
    tables: tuple[RawTable, ...]
    notes: tuple[str, ...]
    """What a person should know: hidden sheets, doubtful encoding, formulas without a value."""


def with_columns_present(
    frame: pl.DataFrame, columns: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.DataFrame:
    """Add the columns that are not there, all null.

    >>> with_columns_present(pl.DataFrame({"a": [1]}), {"b": pl.String}).columns
    ['a', 'b']
    """
    absent = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in columns.items()
        if name not in frame.columns
    ]
    return frame.with_columns(absent) if absent else frame


class _Named(Protocol):
    @property
    def columns(self) -> list[str]: ...


def present(frame: _Named, names: Iterable[str]) -> list[str]:
    """Return those of `names` that `frame` has, in the order given."""
    return [name for name in names if name in frame.columns]


IDENTIFYING_FIELDS: Final = (
    "name",
    "company",
    "phone",
    "mobile",
    "email",
    "national_id",
    "tax_id",
)
"""Fields whose values tell one list of customers from another: others are shared by strangers."""

IS_EVIDENCE: Final = "is_evidence"
"""Boolean column of a record frame, where there are any: the record has left its source. It is
matched as others are, but does not count: neither to how common a value is, nor to how
large a block is. So who has left changes nothing between those who are there."""


def who_counts(records: pl.DataFrame) -> npt.NDArray[np.bool_] | None:
    """Say of each record whether it counts; None: all do."""
    if IS_EVIDENCE not in records.columns:
        return None
    return ~records[IS_EVIDENCE].fill_null(value=False).to_numpy()
