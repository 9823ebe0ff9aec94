"""A large list into a Parquet file, without ever holding it in memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow.parquet as pq

from cleanse.errors import UsageError
from cleanse.read.account import Pile, finish_table
from cleanse.read.blocks import TextRows
from cleanse.read.file import is_workbook, open_list, read_file
from cleanse.read.layout import Layout, TableContext, find_layout
from cleanse.read.table import filled_columns, nameless_columns, record_frames
from cleanse.read.words import words_of
from cleanse.rulebook import Vocabulary
from cleanse.rulebook.source import FileRule
from cleanse.schema import RawFile, RawTable

SAMPLE_ROWS = 500_000
"""About as many records are looked at to say what the columns of a large list are."""
_COMPRESSION: Literal["zstd"] = "zstd"


def write_parquet(
    out: Path,
    path: Path,
    file: str,
    rule: FileRule | None = None,
    vocabulary: Vocabulary | None = None,
) -> RawFile:
    """Write the one table of a list to Parquet, every cell as the text that was typed.

    The memory needed grows with the number of rows (16 bytes each), not with their text.

    Args:
        out: The Parquet file: row_number, line_number and one column per heading.
        path: Where the file is.
        file: Its name relative to INPUT.
        rule: What the source rule says about reading it.
        vocabulary: Heading and footer words; None: the shipped ones.

    Returns:
        What `read_sample` returns.

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
            _only_table(raw).rows.write_parquet(part, compression=_COMPRESSION)
        else:
            raw = _read_text(path, file, rule or FileRule(), vocabulary, part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return raw


def read_sample(
    path: Path,
    file: str,
    rule: FileRule | None = None,
    vocabulary: Vocabulary | None = None,
) -> RawFile:
    """Read a list whole, but keep no more than an even sample of its records.

    Returns:
        What `read_file` returns; `rows` of a list of more than SAMPLE_ROWS records are every
        n-th of them, and a note says so. All counts are of the whole file.

    Raises:
        InputError: As `read_file`.
        UnreadableError: As `read_file`.
        ReconciliationError: As `read_file`.
    """
    if is_workbook(path, file):
        return read_file(path, file, rule, vocabulary)
    return _read_text(path, file, rule or FileRule(), vocabulary, None)


def _only_table(raw: RawFile) -> RawTable:
    if len(raw.tables) != 1:
        raise UsageError(
            f"{raw.file}: --table writes one table; here are {len(raw.tables)}. "
            "Name one sheet in its source rule."
        )
    return raw.tables[0]


def _read_text(
    path: Path,
    file: str,
    rule: FileRule,
    vocabulary: Vocabulary | None,
    out: Path | None,
) -> RawFile:
    with ExitStack() as stack:
        text = open_list(path, file, rule, stack)
        context = text.context(file, rule, words_of(vocabulary))
        table, notes = text.read(lambda rows: _sampled(rows, context, out))
    return text.as_file(file, table, notes)


def _sampled(
    rows: TextRows, context: TableContext, out: Path | None
) -> tuple[RawTable, list[str]]:
    """Write frame after frame; return the table with a sample of its rows, and notes."""
    layout, pile = find_layout(rows, context), Pile()
    every = 1 + len(rows.widths) // SAMPLE_ROWS
    sample, filled = [_records_schema(layout)], set[str]()
    with ExitStack() as stack:
        write = _writer(out, sample[0], stack)
        for frame in record_frames(rows, layout, context, pile):
            write(frame)
            # Of the whole file every n-th: the first of a block hangs on those before.
            first = -(pile.record_count - frame.height) % every
            sample.append(_alone(frame.gather_every(every, first)))
            filled |= filled_columns(frame)
    nameless = nameless_columns(filled, layout, context)
    if out and nameless:
        _drop_columns(out, nameless)
    shown = pl.concat(sample).drop(nameless)
    table, notes = finish_table(shown, rows, layout, context, pile)
    if every > 1:
        notes.append(
            f"columns are described from {shown.height:,} of {pile.record_count:,} records, one in {every}"
        )
    return table, notes


def _writer(
    out: Path | None, frame: pl.DataFrame, stack: ExitStack
) -> Callable[[pl.DataFrame], None]:
    """Return what writes frames like this one to a Parquet file, or nowhere."""
    if out is None:
        return lambda _: None
    schema = frame.to_arrow().schema
    writer = stack.enter_context(
        pq.ParquetWriter(out, schema, compression=_COMPRESSION)
    )
    return lambda each: writer.write_table(each.to_arrow())


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
