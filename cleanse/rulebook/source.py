"""rules/sources/<source>.toml: how to read one list."""

from __future__ import annotations

from typing import Literal

import polars as pl
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


class PatternRule(Rule):
    """A rewriting by regular expression, wherever it fits in a value."""

    find: str = Field(min_length=1)
    """In the Rust dialect of polars: it always ends, and knows neither look-around nor
    back-references."""
    replace: str
    """What is read instead; ``$1`` or ``${1}`` is the first group, ``$$`` a dollar sign."""

    @field_validator("find")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            pl.Series([""]).str.contains(value)
        except pl.exceptions.ComputeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise ValueError(
                f"not a regular expression of this kind ({reason}); it knows no "
                "look-around and no back-reference"
            ) from None
        return value


class DropRule(Rule):
    """Rows to leave out: they become rejects."""

    where: str
    """SQL predicate over ``<field>_raw`` and the columns of the list by heading."""
    reason: str = ""
    """For a person to read; empty: the predicate."""

    @field_validator("where")
    @classmethod
    def _parses(cls, value: str) -> str:
        return _predicate(value)


class TagRule(Rule):
    """Rows to mark with a tag of one's own."""

    where: str
    """As in DropRule."""
    tag: str = Field(min_length=1)

    @field_validator("where")
    @classmethod
    def _parses(cls, value: str) -> str:
        return _predicate(value)


def _predicate(value: str) -> str:
    try:
        pl.sql_expr(value)
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"not a SQL predicate: {reason}") from None
    return value


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
    lookup: dict[str, str] = {}
    """Standard field → CSV beside the rule: value as typed, value to read instead."""
    pattern: dict[str, tuple[PatternRule, ...]] = {}
    """Standard field → rewritings, in order, where [replace] and [lookup] say nothing."""
    set: dict[str, str] = {}
    """Standard field → value where a row has none."""
    drop: tuple[DropRule, ...] = ()
    tag: tuple[TagRule, ...] = ()
    expect: ExpectRule = ExpectRule()

    @field_validator("drop", "tag", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        """Take ``[drop]`` for the only ``[[drop]]``."""
        return (value,) if isinstance(value, dict) else value

    @field_validator("columns", "replace", "lookup", "pattern", "set")
    @classmethod
    def _standard_fields(cls, value: dict[str, object]) -> dict[str, object]:
        for name in value:
            if name not in FIELDS:
                near = did_you_mean(name, FIELDS)
                raise ValueError(f"{name!r} is not a standard field{near}")
        return value
