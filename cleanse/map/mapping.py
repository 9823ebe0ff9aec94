"""What map decides about a table: which column is what, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import polars as pl
import polars.selectors as cs

Customer = Literal["person", "company", "auto"]


class Use(StrEnum):
    """What a column is used for."""

    FIELD = "field"
    """Fills a standard field, alone or joined with others."""
    FALLBACK = "fallback"
    """Fills a standard field where the better column is empty; what it says elsewhere goes to extra."""
    KEY = "key"
    """The source key and nothing else."""
    MATCHED = "x"
    """No standard field, but takes part in matching; kept in extra."""
    EXTRA = "extra"
    """No standard field; kept as typed."""
    IGNORED = "ignored"
    """Left out: a rule says so, or it only counts the rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one column of a table is, and why."""

    heading: str
    use: Use
    field: str | None = None
    """Standard field; for `Use.MATCHED` the frame's column (``x_birth_place``)."""
    order: int = 0
    """Place among the columns of its field."""
    reason: str
    """For a person to read."""
    confidence: float
    """0 to 1; 1 is a rule's word."""
    also: str = ""
    """A second field that its cells fill: 张三 13800138000."""
    asks: str = ""
    """The kind of customer that a yes in it means (person, company); empty where it asks for none."""
    currency: str = ""
    """Of the amounts, as its heading names it; empty where it does not."""
    unit: str = ""
    """What the heading says to read behind each number (万); empty where nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """What the columns of one table are."""

    columns: tuple[Column, ...]
    """One per column of the table, in its order."""
    customer: Customer
    """What the list is a list of; auto: each row by its columns."""
    customer_reason: str
    region: str | None
    """ISO 3166-1 alpha-2 of phones and addresses that name no country."""
    region_reason: str
    key: str | None
    """Heading of the source key; a rule may also have it fill a field."""
    key_reason: str

    @property
    def fields(self) -> tuple[str, ...]:
        """Standard fields that some column fills, sorted."""
        return tuple(sorted({c.field for c in self._filling() if c.field}))

    def headings(self, field: str) -> list[str]:
        """Return the headings that fill a field, in the order in which they are joined."""
        return _ordered(c for c in self._filling(Use.FIELD) if c.field == field)

    def fallbacks(self, field: str) -> list[str]:
        """Return the headings that fill a field where `headings` leave it empty."""
        return _ordered(c for c in self._filling(Use.FALLBACK) if c.field == field)

    def used(self, use: Use) -> list[Column]:
        """Return the columns of one use, in the order of the table."""
        return [c for c in self.columns if c.use is use]

    def _filling(self, *uses: Use) -> list[Column]:
        return [c for c in self.columns if c.use in (uses or (Use.FIELD, Use.FALLBACK))]


def cells(heading: str) -> pl.Expr:
    """Return the column of a heading; pl.col would read ``*`` and ``^…$`` as patterns."""
    return cs.by_name(heading).as_expr()


def text(heading: str) -> pl.Expr:
    """Return the column of a heading as typed, null where there is nothing but space."""
    return pl.when(cells(heading).str.strip_chars() != "").then(cells(heading))


def _ordered(columns: Iterable[Column]) -> list[str]:
    return [c.heading for c in sorted(columns, key=lambda c: (c.order, c.heading))]
