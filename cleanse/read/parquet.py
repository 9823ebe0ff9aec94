"""A large list into a Parquet file, without ever holding it in memory."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow.parquet as pq

from cleanse.errors import UsageError
from cleanse.read.blocks import TextRows
from cleanse.read.file import is_workbook, open_list, read_file
from cleanse.read.table import (
    Layout,
    Pile,
    TableContext,
    filled_columns,
    find_layout,
    finish_table,
    nameless_columns,
    record_frames,
)
from cleanse.read.words import words_of
from cleanse.rulebook import Vocabulary
from cleanse.rulebook.source import FileRule
from cleanse.schema import RawFile, RawTable

SAMPLE_ROWS = 500_000
"""About as many records are looked at to say what the columns of a large list are."""
_COMPRESSION: Literal["zstd"] = "zstd"


def write_parquet(
    path: Path,
    file: str,
    out: Path,
    rule: FileRule | None = None,
    vocabulary: Vocabulary | None = None,
) -> RawFile:
    """Write the one table of a list to Parquet, every cell as the text that was typed.

    The memory needed grows with the number of rows (16 bytes each), not with their text.

    Args:
        path: Where the file is.
        file: Its name relative to INPUT.
        out: The Parquet file: row_number, line_number and one column per heading.
        rule: What the source rule says about reading it.
        vocabulary: Heading and footer words; None: the shipped ones.

    Returns:
        What `read_file` returns, but that the rows of a list of more than SAMPLE_ROWS are
        an even sample of its records; all its counts are of the whole file.

    Raises:
        UsageError: A workbook with several tables.
        InputError: As `read_file`.
        UnreadableError: As `read_file`.
        ReconciliationError: As `read_file`; nothing is left at `out`.
    """
    part = out.with_name(f".{out.name}.part")
    try:
        if is_workbook(path, file):
            raw = read_file(path, file, rule, vocabulary)
            only_table(raw).rows.write_parquet(part, compression=_COMPRESSION)
        else:
            raw = _write_text(path, file, part, rule or FileRule(), vocabulary)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return raw


def only_table(raw: RawFile) -> RawTable:
    """Return the one table of a file.

    Raises:
        UsageError: It has none, or several.
    """
    if len(raw.tables) != 1:
        raise UsageError(
            f"{raw.file}: {len(raw.tables)} tables; one table is written at a time. Name one sheet in its source rule."
        )
    return raw.tables[0]


def _write_text(
    path: Path,
    file: str,
    out: Path,
    rule: FileRule,
    vocabulary: Vocabulary | None,
) -> RawFile:
    with ExitStack() as stack:
        text = open_list(path, file, rule, stack)
        context = text.context(file, rule, words_of(vocabulary))
        table, notes = text.read(lambda rows: _write_rows(rows, context, out))
    return text.as_file(file, table, notes)


def _write_rows(
    rows: TextRows, context: TableContext, out: Path
) -> tuple[RawTable, list[str]]:
    """Write frame after frame; return the table with a sample of its rows, and notes."""
    layout, pile = find_layout(rows, context), Pile()
    every = 1 + len(rows.widths) // SAMPLE_ROWS
    sample, filled = [_records_schema(layout)], set[str]()
    schema = sample[0].to_arrow().schema
    with pq.ParquetWriter(out, schema, compression=_COMPRESSION) as writer:
        for frame in record_frames(rows, layout, context, pile):
            writer.write_table(frame.to_arrow())
            sample.append(_alone(frame.gather_every(every)))
            filled |= filled_columns(frame)
    nameless = nameless_columns(filled, layout, context)
    if nameless:
        _drop_columns(out, nameless)
    frame = pl.concat(sample).drop(nameless)
    return finish_table(frame, rows, layout, context, pile)


def _records_schema(layout: Layout) -> pl.DataFrame:
    lineage = dict.fromkeys(("row_number", "line_number"), pl.Int64)
    return pl.DataFrame(schema=lineage | dict.fromkeys(layout.names, pl.String))


def _alone(frame: pl.DataFrame) -> pl.DataFrame:
    """Copy the text of a few rows, so that they do not keep that of their whole block."""
    copy = pl.from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))
    return copy if isinstance(copy, pl.DataFrame) else frame


def _drop_columns(out: Path, names: list[str]) -> None:
    rest = out.with_name(f"{out.name}.rest")
    pl.scan_parquet(out).drop(names).sink_parquet(rest, compression=_COMPRESSION)
    rest.replace(out)
