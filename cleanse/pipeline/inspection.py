"""What `cleanse inspect` shows of a file: what it is, how it would be mapped, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from cleanse.map.mapping import Mapping
from cleanse.map.profile import profile_columns
from cleanse.map.source import SourceChoice
from cleanse.pipeline.proposal import proposal_toml
from cleanse.schema import RawFile, RawTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One file, looked at and not yet run."""

    raw: RawFile
    choice: SourceChoice
    mappings: tuple[Mapping, ...]
    """One per table."""
    profiles: tuple[pl.DataFrame, ...]
    """One per table, schema PROFILE."""

    @property
    def file(self) -> str:
        """Path relative to INPUT."""
        return self.raw.file

    def facts(self) -> list[dict[str, object]]:
        """Say what the file is, one row per fact: ``what``, ``is``, ``why``."""
        raw, choice = self.raw, self.choice
        sure = "" if choice.is_sure else "unsure: "
        rows = [("format", raw.format, "")]
        if raw.encoding:
            why = f"confidence {raw.encoding_confidence:.0%}"
            rows.append(("encoding", raw.encoding, why))
        if raw.dialect:
            rows.append(("dialect", raw.dialect, ""))
        rows.append(("source", choice.name, sure + choice.reason))
        for table, mapping in zip(raw.tables, self.mappings, strict=True):
            rows += _table_facts(table, mapping)
        return [dict(zip(("what", "is", "why"), row, strict=True)) for row in rows]

    def columns(self) -> list[dict[str, object]]:
        """Say what each column is, why, and what it holds, one row per column."""
        return [
            ({"sheet": table.sheet} if table.sheet else {})
            | {
                "heading": column.heading,
                "use": str(column.use),
                "field": column.field,
                "confidence": column.confidence,
                "reason": column.reason,
                "filled": f"{profile['filled']:.0%}",
                "distinct": profile["distinct"],
                "length": _range(profile["min_length"], profile["max_length"]),
                "patterns": " · ".join(profile["patterns"]),
            }
            for table, mapping, profiles in self._tables()
            for column, profile in zip(
                mapping.columns, profiles.iter_rows(named=True), strict=True
            )
        ]

    def notes(self) -> list[str]:
        """Say what a person should know beside."""
        return list(self.raw.notes)

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain lists and dictionaries."""
        raw = self.raw
        return {
            "file": raw.file,
            "sha256": raw.sha256,
            "format": raw.format,
            "encoding": raw.encoding,
            "encoding_confidence": raw.encoding_confidence,
            "dialect": raw.dialect,
            "source": asdict(self.choice),
            "notes": self.notes(),
            "tables": [
                _table_json(table, mapping, profiles)
                for table, mapping, profiles in self._tables()
            ],
        }

    def rule_toml(self) -> str:
        """Write the mapping of the longest table as a source rule."""
        longest = max(
            self._tables(), key=lambda t: t[0].rows.height, default=(None, None, None)
        )
        return proposal_toml(self.raw.file, self.choice, longest[1])

    def _tables(self) -> list[tuple[RawTable, Mapping, pl.DataFrame]]:
        return list(zip(self.raw.tables, self.mappings, self.profiles, strict=True))


def inspect_file(
    raw: RawFile, choice: SourceChoice, mappings: Sequence[Mapping]
) -> Inspection:
    """Gather what there is to show of a file.

    Args:
        raw: As read.
        choice: The source it is taken for.
        mappings: One per table.
    """
    profiles = tuple(
        profile_columns(table, mapping)
        for table, mapping in zip(raw.tables, mappings, strict=True)
    )
    return Inspection(
        raw=raw, choice=choice, mappings=tuple(mappings), profiles=profiles
    )


def _table_facts(table: RawTable, mapping: Mapping) -> list[tuple[str, str, str]]:
    where = f"{table.sheet}: " if table.sheet else ""
    counts = (
        f"{table.rejects.height} rejects, {table.blank_count} blank, "
        f"{table.header_count} of head"
    )
    return [
        (f"{where}header row", str(table.header_row or "none"), ""),
        (f"{where}records", str(table.record_count), counts),
        (f"{where}customer", mapping.customer, mapping.customer_reason),
        (f"{where}source key", mapping.key or "none", mapping.key_reason),
        (f"{where}region", mapping.region or "none", mapping.region_reason),
    ]


def _table_json(
    table: RawTable, mapping: Mapping, profiles: pl.DataFrame
) -> dict[str, Any]:
    columns = [
        asdict(column) | profile
        for column, profile in zip(
            mapping.columns, profiles.iter_rows(named=True), strict=True
        )
    ]
    return {
        "sheet": table.sheet,
        "header_row": table.header_row,
        "rows": table.row_count,
        "records": table.record_count,
        "rejects": table.rejects.height,
        "blank_rows": table.blank_count,
        "header_rows": table.header_count,
        "customer": mapping.customer,
        "customer_reason": mapping.customer_reason,
        "key": mapping.key,
        "key_reason": mapping.key_reason,
        "region": mapping.region,
        "region_reason": mapping.region_reason,
        "columns": columns,
    }


def _range(least: int | None, most: int | None) -> str:
    if least is None:
        return ""
    return str(least) if least == most else f"{least}-{most}"
