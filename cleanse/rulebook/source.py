"""rules/sources/<source>.toml: how to read one list."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from cleanse.errors import did_you_mean
from cleanse.rulebook.toml import Rule
from cleanse.schema import FIELDS


class FileRule(Rule):
    """Which files, and how they are read."""

    match: str | None = None
    """Glob of file names; None: ``<source>*.*``."""
    key: str | None = None
    """Heading of the source key."""
    sheets: tuple[str, ...] = ()
    """Sheets to read, hidden ones included; empty: all visible data sheets."""
    header_row: int | None = Field(default=None, ge=1)
    """Row number of the heading row, where finding it fails."""
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    snapshot: Literal["full", "delta"] = "full"
    """full: what is missing is gone; delta: only additions and changes."""
    customer: Literal["auto", "person", "company"] = "auto"
    trust: int = Field(default=5, ge=1)
    """1 is the most trusted."""
    region: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    """ISO 3166-1 alpha-2, for phones and addresses that name no country."""
    on_new_column: Literal["keep", "stop"] = "keep"
    additive: bool = False
    """Its totals are its own sales and may be added to other sources'."""


class DateColumn(Rule):
    """A date column with its formats (strptime, first that fits)."""

    from_: str = Field(alias="from")
    formats: tuple[str, ...] = ()


class ExtraColumn(Rule):
    """A field of the user's own that takes part in matching."""

    column: str
    kind: Literal["text", "code", "date", "number", "category"] = "text"


class Bounds(Rule):
    """An interval; None is open."""

    min: float | None = None
    max: float | None = None


class ExpectRule(Rule):
    """Stop before anything is written when the file is outside these."""

    rows: Bounds | None = None
    filled: dict[str, Bounds] = {}
    """Share of records in which a standard field is filled, 0 to 1."""


class IgnoreRule(Rule):
    """Columns left out on purpose."""

    columns: tuple[str, ...] = ()


class SourceRule(Rule):
    """What rules/sources/<source>.toml says; all of it optional."""

    file: FileRule = FileRule()
    columns: dict[str, str | tuple[str, ...] | DateColumn] = {}
    """Standard field → heading, or several."""
    extra: dict[str, ExtraColumn] = {}
    ignore: IgnoreRule = IgnoreRule()
    replace: dict[str, dict[str, str]] = {}
    """Standard field → value as typed → value to read instead."""
    expect: ExpectRule = ExpectRule()

    @field_validator("columns", "replace")
    @classmethod
    def _standard_fields(cls, value: dict[str, object]) -> dict[str, object]:
        for name in value:
            if name not in FIELDS:
                near = did_you_mean(name, FIELDS)
                raise ValueError(f"{name!r} is not a standard field{near}")
        return value
