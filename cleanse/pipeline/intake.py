"""From input files to records as typed: read, recognise the source, map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from cleanse.errors import GateError, InputError
from cleanse.map import (
    Mapping,
    SourceChoice,
    map_table,
    period_of,
    propose_mapping,
    recognise_source,
)
from cleanse.read import gather_inputs, read_file
from cleanse.rulebook import Rulebook, SourceRule
from cleanse.schema import REJECT, RawFile, RawTable


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedTable:
    """One table of a file, and what its columns are."""

    raw: RawFile
    table: RawTable
    choice: SourceChoice
    rule: SourceRule
    mapping: Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The records of the input as typed, and the account of every row."""

    records: pl.DataFrame
    """The record frame; ``snapshot`` numbers the successive files of one source from 0."""
    rejects: pl.DataFrame
    """Schema REJECT."""
    source_files: pl.DataFrame
    """One row per file and sheet."""
    tables: tuple[MappedTable, ...]
    files: int
    notes: tuple[str, ...]

    @property
    def sources(self) -> frozenset[str]:
        """Sources that the input replaces or adds to."""
        return frozenset(self.records["source"].unique())


def read(inputs: Sequence[Path], rulebook: Rulebook) -> tuple[RawFile, ...]:
    """Read every input file; of byte-identical files only the first."""
    seen: dict[str, RawFile] = {}
    for each in gather_inputs(inputs):
        rule = rule_for(each.file, rulebook)
        raw = read_file(each.path, each.file, rule.file if rule else None)
        first = seen.get(raw.sha256)
        if first:
            note = f"{raw.file} is the same file, byte for byte; read once"
            raw = replace(first, notes=(*first.notes, note))
        seen[raw.sha256] = raw
    return tuple(seen.values())


def rule_for(file: str, rulebook: Rulebook) -> SourceRule | None:
    """Return the source rule whose `match` fits a file name."""
    name = Path(file).name
    for source, rule in sorted(rulebook.sources.items()):
        if fnmatchcase(name, rule.file.match or f"{source}*.*"):
            return rule
    return None


def map(  # noqa: A001 - the stage's name
    raws: Sequence[RawFile],
    known_sources: pl.DataFrame,
    rulebook: Rulebook,
    given: str | None,
    *,
    must_be_sure: bool,
) -> Intake:
    """Turn the columns of every file into standard fields.

    Args:
        raws: The files as read.
        known_sources: What the store knows of each source.
        rulebook: The rules.
        given: Source that the user says all files are.
        must_be_sure: Stop when it is unsure which source a file is.

    Raises:
        GateError: A source is unsure, or a file is outside its [expect].
        InputError: Two files of one source have no order.
    """
    tables = tuple(
        table
        for raw in raws
        for table in map_file(raw, known_sources, rulebook, given)
    )
    if must_be_sure:
        require_sure(tables)
    frames = [
        map_table(t.raw, t.table, t.mapping, t.choice, t.rule) for t in tables
    ]
    order = snapshots(raws, tables, frames)
    frames = [
        frame.with_columns(pl.lit(order[t.raw.file], pl.Int64).alias("snapshot"))
        for t, frame in zip(tables, frames, strict=True)
    ]
    if not frames:
        names = ", ".join(raw.file for raw in raws)
        raise InputError(f"{names}: no table found. Is it a list with headings?")
    records = pl.concat(frames, how="diagonal").with_row_index("row_id")
    return Intake(
        records=records.with_columns(pl.col("row_id").cast(pl.Int64)),
        rejects=pl.concat([REJECT.to_frame(), *(t.table.rejects for t in tables)]),
        source_files=account(tables, frames),
        tables=tables,
        files=len(raws),
        notes=tuple(f"{raw.file}: {note}" for raw in raws for note in raw.notes),
    )


def map_file(
    raw: RawFile, known_sources: pl.DataFrame, rulebook: Rulebook, given: str | None
) -> list[MappedTable]:
    """Recognise the source of a file and what the columns of its tables are."""
    choice = recognise_source(raw, rulebook, known_sources, given)
    rule = rulebook.source(choice.name)
    return [
        MappedTable(
            raw=raw,
            table=table,
            choice=choice,
            rule=rule,
            mapping=propose_mapping(table, rule, rulebook),
        )
        for table in raw.tables
    ]


def require_sure(tables: Sequence[MappedTable]) -> None:
    """Stop when it is unsure which source a file is.

    Raises:
        GateError: Names the files, why, and --source.
    """
    unsure = {t.raw.file: t.choice for t in tables if not t.choice.is_sure}
    if unsure:
        lines = [f"{len(unsure)} file(s) of an unsure source:"]
        lines += [f"  - {file}: {choice.name}? {choice.reason}" for file, choice in unsure.items()]
        lines.append("Say which it is with --source NAME, or write rules/sources/<source>.toml with its match.")
        raise GateError("\n".join(lines))


def snapshots(
    raws: Sequence[RawFile], tables: Sequence[MappedTable], frames: Sequence[pl.DataFrame]
) -> dict[str, int]:
    """Number the successive files of each source, oldest 0.

    Raises:
        InputError: Two files of one source, and no period in their names orders them.
    """
    by_source: dict[str, dict[str, None]] = {}
    for each, frame in zip(tables, frames, strict=True):
        for source in frame["source"].unique().sort():
            by_source.setdefault(source, {})[each.raw.file] = None
    order = {raw.file: 0 for raw in raws}
    for source, files in by_source.items():
        periods = {file: period_of(file) for file in files}
        if len(files) > 1 and (None in periods.values() or len(set(periods.values())) < len(files)):
            raise InputError(
                f"{source}: {len(files)} files of one source without an order: {', '.join(sorted(files))}.\n"
                "Put a period such as 2026Q1 into their names, give one of them, or name sources of their own with --source."
            )
        for place, file in enumerate(sorted(files, key=lambda f: (periods[f] is not None, periods[f]))):
            order[file] = max(order[file], place)
    return order


def account(
    tables: Sequence[MappedTable], frames: Sequence[pl.DataFrame]
) -> pl.DataFrame:
    """Account for the rows of every file and sheet (law 1)."""
    rows = [
        {
            "source": each.choice.name,
            "file": each.raw.file,
            "sheet": each.table.sheet,
            "sha256": each.raw.sha256,
            "format": each.raw.format,
            "encoding": each.raw.encoding,
            "dialect": each.raw.dialect,
            "header_row": each.table.header_row,
            "headings": list(each.table.headings),
            "row_count": each.table.row_count,
            "header_count": each.table.header_count,
            "blank_count": each.table.blank_count,
            "record_count": frame.height,
            "reject_count": each.table.rejects.height,
        }
        for each, frame in zip(tables, frames, strict=True)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
