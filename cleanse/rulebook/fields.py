"""rules/fields.toml: by what headings and contents a standard field is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import polars as pl
from pydantic import field_validator

from cleanse.errors import did_you_mean
from cleanse.rulebook.toml import Rule
from cleanse.schema import FIELDS


class LookRule(Rule):
    """One look of a cell: what its text alone tells."""

    pattern: str
    """Regular expression in the Rust dialect of polars; it always ends, and knows no look-around."""
    says: str = ""
    """What such cells are, in words for a person; empty: its name."""
    field: str | None = None
    """Standard field of a column that looks so under a heading that says nothing."""
    is_telling: bool = False
    """Hardly anything else looks so: doubts a heading that says otherwise."""

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            pl.Series([""]).str.contains(value)
        except pl.exceptions.ComputeError as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return value


class HeadingRule(Rule):
    """The headings of one standard field, best first."""

    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    """In simplified characters; traditional ones are folded to them."""
    other: tuple[str, ...] = ()
    """In German, French, Spanish, Italian, Portuguese, Dutch, Japanese, Korean, Russian, Arabic."""
    also: tuple[str, ...] = ()
    """A user's own headings; they come first."""
    looks: tuple[str, ...] = ()
    """What its cells look like; empty: anything."""
    parts: tuple[str, ...] = ()
    """Headings of pieces that stand in several columns, in the order in which they are joined."""

    @property
    def headings(self) -> tuple[str, ...]:
        """All headings, best first."""
        return (*self.also, *self.en, *self.zh, *self.other)


class KeyRule(Rule):
    """Headings that say what numbers a row."""

    headings: tuple[str, ...] = ()
    """Of a source key, best first."""
    counters: tuple[str, ...] = ()
    """Of a mere row counter (序号, No.), which is never a key."""


class WordRule(Rule):
    """Words inside headings."""

    qualifiers: tuple[str, ...] = ()
    """Say nothing of what a column holds (customer, primary, 客户): taken off."""
    places: tuple[str, ...] = ()
    """Say which of several (home, billing, 办公): taken off, but parts of an address that differ in them are not mixed."""
    others: tuple[str, ...] = ()
    """Say that the column speaks of somebody else (owner, referrer, 推荐人): never mapped by its contents."""
    contacts: tuple[str, ...] = ()
    """Say, above a heading, that it speaks of who answers for the customer (财务 over 姓名): a name is the contact's."""
    attributes: tuple[str, ...] = ()
    """Say that the column speaks about a value (phone type, 邮箱状态): nothing is taken off."""
    same: dict[str, tuple[str, ...]] = {}
    """A word → those written for it (number: no, nr); Chinese ones anywhere in a heading."""
    small: tuple[str, ...] = ()
    """Make no difference between words (of, de)."""
    heads: tuple[str, ...] = ()
    """Known headings that tell the field also with words we do not know before or behind them (reception phone)."""
    flags: dict[Literal["person", "company"], tuple[str, ...]] = {}
    """Kind of customer → headings that ask for it, to be answered by yes or no."""
    suffixes: tuple[str, ...] = ()
    """Headings of what is written behind a family name (Jr, III): joined to it."""


class RegionRule(Rule):
    """How one region's values look (Rust regular expressions, matched whole)."""

    province: str | None = None
    address: str | None = None
    postcode: str | None = None
    phone: str | None = None
    enough: tuple[str, ...] = ()
    """Which of them tells the region alone; otherwise two must agree."""


class FieldRules(Rule):
    """What rules/fields.toml says."""

    words: WordRule = WordRule()
    key: KeyRule = KeyRule()
    looks: dict[str, LookRule] = {}
    """In order: a cell has the first look that fits."""
    region: dict[str, RegionRule] = {}
    """By ISO 3166-1 alpha-2."""
    fields: dict[str, HeadingRule] = {}

    def __hash__(self) -> int:
        """Hash by identity: what is made of the rules once is kept as long as they."""
        return id(self)

    def __eq__(self, other: object) -> bool:
        """Compare by identity, as the hash does."""
        return self is other

    @field_validator("fields")
    @classmethod
    def _standard_fields(
        cls, value: Mapping[str, HeadingRule]
    ) -> Mapping[str, HeadingRule]:
        for name in value:
            if name not in FIELDS:
                near = did_you_mean(name, FIELDS)
                raise ValueError(f"{name!r} is not a standard field{near}")
        return value
