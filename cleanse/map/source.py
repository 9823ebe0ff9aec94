"""Tell which source a file is, and in which order two files of one source came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import PurePosixPath

import polars as pl

from cleanse.errors import InputError
from cleanse.map.heading import HeadingIndex, heading_index
from cleanse.map.overlap import Overlap, file_traits, overlap
from cleanse.map.period import is_vague, period_of, stem_of
from cleanse.map.ruled import rule_headings
from cleanse.rulebook import Rulebook, SourceRule
from cleanse.schema import RawFile

_SAME_FROM = 0.3
"""Lists of one source share at least so much of their keys or contents."""
_OTHER_BELOW = 0.05
"""Lists of two sources share at most so much."""
_LEAST_LEAD = 0.2
_MOST_SOURCES = 100
_MAY_MISS = 0.5
"""A column of sources has few values, and most rows have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChoice:
    """The source a file is taken for."""

    name: str
    reason: str
    """For a person to read."""
    is_sure: bool
    """Unsure on a store that has runs stops the run (exit 3)."""
    is_by_row: bool = False
    """A column of the file names each row's source; `name` is for rows without."""


def recognise_source(
    file: RawFile,
    rulebook: Rulebook,
    known_sources: pl.DataFrame | None = None,
    given: str | None = None,
) -> SourceChoice:
    """Tell which source a file is.

    In this order: the name given; a rule whose `match` or name fits; a column
    that names each row's source; the known source whose headings and keys or
    contents overlap most; else the file's name without dates and versions.

    Args:
        file: As read.
        rulebook: For the rules of sources and the headings.
        known_sources: Schema KNOWN_SOURCE, one row per source of the store; None or
            empty on a store without runs.
        given: What the user calls it (``--source``).

    Returns:
        The source, why, and whether that is sure.

    Raises:
        InputError: Two rules fit the file equally well.
    """
    if given:
        return SourceChoice(name=given, reason="given by --source", is_sure=True)
    index = heading_index(rulebook.fields)
    ruled = _by_rule(file.file, rulebook.sources)
    said = rulebook.source(ruled or "").columns.get("source")
    column = rule_headings(said)[0] if said else _source_column(file, index)
    stem = stem_of(file.file)
    if column:
        return SourceChoice(
            name=ruled or stem,
            reason=f"column {column!r} names each row's source"
            + (f"; rules/sources/{ruled}.toml reads it" if ruled else ""),
            is_sure=True,
            is_by_row=True,
        )
    if ruled:
        reason = f"rules/sources/{ruled}.toml fits the file's name"
        return SourceChoice(name=ruled, reason=reason, is_sure=True)
    if known_sources is None or known_sources.is_empty():
        return SourceChoice(name=stem, reason="the file's name", is_sure=True)
    traits = file_traits(file, index)
    overlaps = {
        str(row["source"]): overlap(traits, row)
        for row in known_sources.iter_rows(named=True)
    }
    return _by_overlap(_known_name(stem, known_sources), overlaps)


def _known_name(stem: str, known_sources: pl.DataFrame) -> str:
    """Return the known source that had files of this stem, else the stem."""
    for row in known_sources.sort("source").iter_rows(named=True):
        names = {str(row["source"]), *map(stem_of, row.get("files") or ())}
        if stem in names:
            return str(row["source"])
    return stem


def _by_rule(file: str, rules: Mapping[str, SourceRule]) -> str | None:
    """Return the rule whose `match` fits; the longest pattern of several."""
    name = PurePosixPath(file).name
    fitting = [
        (len(pattern), source)
        for source, rule in rules.items()
        if fnmatchcase(name, pattern := rule.file.match or f"{source}*.*")
        or fnmatchcase(file, pattern)
    ]
    longest = sorted(source for size, source in fitting if size == max(fitting)[0])
    if len(longest) > 1:
        raise InputError(
            f"{file}: the rules of {' and '.join(map(repr, longest))} both fit its name.\n"
            "Make [file] match narrower in one of them, or name it with --source."
        )
    return longest[0] if longest else None


def _source_column(file: RawFile, index: HeadingIndex) -> str | None:
    """Return the heading of a column that names each row's source."""
    for table in file.tables:
        for heading in table.headings:
            if any(m.field == "source" for m in index.meanings(heading)):
                values = table.rows[heading]
                few = values.n_unique() <= _MOST_SOURCES
                if few and values.null_count() < _MAY_MISS * max(len(values), 1):
                    return heading
    return None


def _by_overlap(name: str, overlaps: Mapping[str, Overlap]) -> SourceChoice:
    """Weigh a file's name against what the known sources share with it."""
    ranked = sorted(
        overlaps.items(),
        key=lambda i: (-(i[1].score or 0.0), i[0] != name, -i[1].headings, i[0]),
    )
    likely, best = ranked[0]
    lead = (best.score or 0.0) - (ranked[1][1].score or 0.0 if ranked[1:] else 0.0)
    twin = overlaps.get(name)
    is_same = (best.score or 0.0) >= _SAME_FROM
    leads = is_same and lead >= _LEAST_LEAD
    if (is_same and likely == name) or (leads and not twin):
        return SourceChoice(name=likely, reason=best.said(likely), is_sure=True)
    if twin:
        told = twin.score is None or twin.score >= _OTHER_BELOW
        reason = f"the file's name is that of a known source; {twin.said(name)}"
        if leads:
            reason += f", but {best.said(likely)}"
        sure = told and twin.is_alike and not leads
        return SourceChoice(name=name, reason=reason, is_sure=sure)
    is_apart = (best.score or 0.0) < _OTHER_BELOW
    is_told = all(o.score is not None or not o.is_alike for o in overlaps.values())
    reason = f"the file's name; nearest known: {best.said(likely)}"
    sure = is_apart and is_told and not is_vague(name)
    return SourceChoice(name=name, reason=reason, is_sure=sure)


def order_snapshots(source: str, files: Sequence[RawFile]) -> list[RawFile]:
    """Order the files of one source in one run, the oldest first.

    Byte-identical files are one. Two others must have a period in their names.

    Args:
        source: For the message.
        files: All files of the source in this run.

    Returns:
        Successive snapshots of the source.

    Raises:
        InputError: Nothing says which of two files is newer.
    """
    distinct = {f.sha256: f for f in sorted(files, key=lambda f: f.file, reverse=True)}
    if len(distinct) < 2:  # noqa: PLR2004 - nothing to order
        return list(distinct.values())
    periods = {f.file: period_of(f.file) for f in distinct.values()}
    ordered = sorted(
        distinct.values(), key=lambda f: (str(periods[f.file] or ""), f.file)
    )
    for older, newer in pairwise(ordered):
        if periods[older.file] is None or periods[older.file] == periods[newer.file]:
            raise InputError(
                f"{older.file} and {newer.file} are both taken for the source {source!r}, "
                "and nothing in their names says which is newer.\n"
                "Put a period in the names (2026Q1, 2026-03-31), give each its own rule in "
                "rules/sources/, or run them one by one with --source."
            )
    return ordered
