"""From input files to records as typed: read, recognise the source, map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from cleanse.errors import GateError, InputError
from cleanse.map import (
    Mapping,
    SourceChoice,
    map_file,
    order_snapshots,
    propose_mappings,
    recognise_source,
    without_dropped,
)
from cleanse.read import gather_inputs, read_file
from cleanse.rulebook import Rulebook, SourceRule, Vocabulary
from cleanse.rulebook.source import FileRule
from cleanse.schema import REJECT, RawFile


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedFile:
    """One file, the source it is, and what the columns of its tables are."""

    raw: RawFile
    choice: SourceChoice
    rule: SourceRule
    mappings: tuple[Mapping, ...]
    """One per table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The records of the input as typed, and the account of every row."""

    records: pl.DataFrame
    """The record frame; ``snapshot`` numbers the successive files of one source from 0. Once they
    are normalised there are none here: they would be held twice."""
    sources: frozenset[str]
    """Sources that the input replaces or adds to."""
    rejects: pl.DataFrame
    """Schema REJECT."""
    source_files: pl.DataFrame
    """One row per file and sheet."""
    file_count: int
    notes: tuple[str, ...]


ACCOUNT = dict.fromkeys(("source", "file", "sheet"), pl.String) | dict.fromkeys(
    ("row_count", "record_count", "reject_count", "blank_count", "header_count"),
    pl.Int64,
)
"""Columns of the account of a file's rows that a summary tells."""

Reader = Callable[[Path, str, FileRule | None, Vocabulary | None], RawFile]
"""Reads one file as `cleanse.read.read_file` does."""


def read(
    inputs: Sequence[Path], rulebook: Rulebook, reader: Reader = read_file
) -> tuple[RawFile, ...]:
    """Read every input file; of byte-identical ones only the first by name."""
    seen: dict[str, RawFile] = {}
    for each in sorted(gather_inputs(inputs)):
        rule = rule_for(each.file, rulebook)
        raw = reader(
            each.path, each.file, rule.file if rule else None, rulebook.vocabulary
        )
        first = seen.get(raw.sha256)
        if first:
            note = f"{raw.file} is the same, byte for byte: read once"
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
    known_sources: pl.DataFrame | None,
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
    files = [recognise(raw, known_sources, rulebook, given) for raw in raws]
    if must_be_sure:
        require_sure(files)
    frames = [map_file(f.raw, f.mappings, f.choice, f.rule) for f in files]
    order = snapshots(files, frames)
    numbered = [
        frame.with_columns(pl.lit(order[each.raw.file], pl.Int64).alias("snapshot"))
        for each, frame in zip(files, frames, strict=True)
    ]
    records, dropped = without_dropped(pl.concat(numbered, how="diagonal"))
    if not any(raw.tables for raw in raws):
        names = ", ".join(raw.file for raw in raws)
        raise InputError(f"{names}: no table found. Is it a list with headings?")
    rejects = (table.rejects for raw in raws for table in raw.tables)
    row_id = pl.int_range(pl.len(), dtype=pl.Int64).alias("row_id")
    return Intake(
        records=records.with_columns(row_id),
        sources=frozenset(records["source"].unique()),
        rejects=pl.concat([REJECT.to_frame(), *rejects, dropped]),
        source_files=recount(account(files), dropped),
        file_count=len(files),
        notes=tuple(f"{raw.file}: {note}" for raw in raws for note in raw.notes)
        + tuple(nameless(files))
        + tuple(refusals(dropped)),
    )


def recognise(
    raw: RawFile,
    known_sources: pl.DataFrame | None,
    rulebook: Rulebook,
    given: str | None,
) -> MappedFile:
    """Tell which source a file is, and what the columns of its tables are."""
    choice = recognise_source(raw, rulebook, known_sources, given)
    rule = rulebook.source(choice.name)
    mappings = propose_mappings(raw, rule, rulebook, choice.name)
    return MappedFile(raw=raw, choice=choice, rule=rule, mappings=mappings)


NAMES = frozenset("name given_name family_name company contact alias".split())
"""Fields of which a list should have one."""


def nameless(files: Sequence[MappedFile]) -> Iterator[str]:
    """Tell of files in which no column was taken for a name."""
    for each in files:
        fields = {field for mapping in each.mappings for field in mapping.fields}
        if not fields & NAMES:
            yield (
                f"{each.raw.file}: no column was taken for a name; see 'cleanse inspect', "
                f"and name it in [columns] of rules/sources/{each.choice.name}.toml"
            )


def require_sure(files: Sequence[MappedFile]) -> None:
    """Stop when it is unsure which source a file is.

    Raises:
        GateError: Names the files, why, and --source.
    """
    unsure = [each for each in files if not each.choice.is_sure]
    if unsure:
        lines = [f"unsure which source {len(unsure)} file(s) are:"]
        lines += [
            f"  - {f.raw.file}: {f.choice.name}? {f.choice.reason}" for f in unsure
        ]
        lines += [
            "Say which with --source NAME (one file at a time), or write rules/sources/<source>.toml with its [file] match."
        ]
        raise GateError("\n".join(lines))


def snapshots(
    files: Sequence[MappedFile], frames: Sequence[pl.DataFrame]
) -> dict[str, int]:
    """Number the successive files of each source, the oldest 0.

    Raises:
        InputError: Two files of one source, and nothing in their names orders them.
    """
    by_source: dict[str, list[RawFile]] = {}
    for each, frame in zip(files, frames, strict=True):
        for source in frame["source"].unique().sort():
            by_source.setdefault(source, []).append(each.raw)
    order = {each.raw.file: 0 for each in files}
    for source, raws in by_source.items():
        for place, raw in enumerate(order_snapshots(source, raws)):
            order[raw.file] = max(order[raw.file], place)
    return order


def account(files: Sequence[MappedFile]) -> pl.DataFrame:
    """Account for the rows of every file and sheet (law 1)."""
    rows = [
        {
            "source": each.choice.name,
            "file": each.raw.file,
            "sheet": table.sheet,
            "sha256": each.raw.sha256,
            "format": each.raw.format,
            "encoding": each.raw.encoding,
            "dialect": each.raw.dialect,
            "header_row": table.header_row,
            "headings": list(table.headings),
            "row_count": table.row_count,
            "header_count": table.header_count,
            "blank_count": table.blank_count,
            "record_count": table.record_count,
            "reject_count": table.rejects.height,
        }
        for each in files
        for table in each.raw.tables
    ]
    return pl.DataFrame(rows, schema_overrides={"sheet": pl.String})


def refusals(refused: pl.DataFrame) -> list[str]:
    """Say how many rows of each file and sheet identify nobody, as reading does of its rejects."""
    counts = refused.group_by("file", "sheet", "reason").len().sort(pl.all())
    return [
        f"{file}: {f'sheet {sheet}: ' if sheet else ''}{count} reject(s): {reason}"
        for file, sheet, reason, count in counts.iter_rows()
    ]


def recount(source_files: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """Move refused rows from the records to the rejects of their file and sheet."""
    counts = refused.group_by("file", "sheet").agg(refused=pl.len().cast(pl.Int64))
    moved = pl.col("refused").fill_null(0)
    return (
        source_files.join(
            counts,
            on=["file", "sheet"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .with_columns(
            record_count=pl.col("record_count") - moved,
            reject_count=pl.col("reject_count") + moved,
        )
        .drop("refused")
    )
