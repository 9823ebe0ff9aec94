"""rules/matching.toml: how candidate pairs are found, weighed and decided."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cleanse.rulebook.toml import Rule

Kind = Literal["person", "company"]
"""What a customer is; pairs are only ever made inside one kind."""


class DecideRule(Rule):
    """Where the bands lie, in match weight (log2 odds of a match, prior included)."""

    match_at: float = 2.0
    """At or above: the pair speaks for a merge without asking."""
    review_at: float = -3.0
    """Between review_at and match_at: a steward is asked."""
    keep_at: float = -8.0
    """Below: only counted, not stored."""

    @model_validator(mode="after")
    def _in_order(self) -> DecideRule:
        if not self.keep_at <= self.review_at <= self.match_at:
            raise ValueError("needs keep_at <= review_at <= match_at")
        return self


class PriorRule(Rule):
    """What is believed before any pair is seen, and how firmly."""

    duplicates: float = Field(default=0.3, gt=0)
    """Expected number of further records of the same customer, per record."""
    relatives: float = Field(default=0.2, gt=0)
    """Expected number of records of somebody who shares contacts or address (a
    household, a sister company), per record."""
    strength: float = Field(default=20.0, gt=0)
    """Pairs of evidence that the shipped m and related values are worth."""


class LimitRule(Rule):
    """What keeps work bounded."""

    block: int = Field(default=60, ge=2)
    """Records per block; a larger block is split by a second key."""
    pairs: float = Field(default=4.0, gt=0)
    """Pairs per record that are compared in all; the blocking rules that find most per
    pair come first."""
    each: float = Field(default=1.0, gt=0)
    """Pairs per record above which the pairs of a blocking rule must agree on a second
    key too (see `tighten`)."""
    chunk: int = Field(default=1_000_000, ge=1_000)
    """Candidate pairs held at a time."""
    sample: int = Field(default=300_000, ge=1_000)
    """Candidate pairs that the weights are estimated on."""
    effort: float = Field(default=3_000, gt=0)
    """Pairs worth comparing for one more match; a blocking rule that needs more is left out."""
    shared: int = Field(default=4, ge=2)
    """A phone or mail address borne by more differently named customers than this
    is nobody's own and counts for nothing."""


class BlockRule(Rule):
    """A blocking rule: records that agree on all keys become candidate pairs."""

    keys: tuple[str, ...] = Field(min_length=1)
    """Columns, each with an optional form: see `cleanse.block`."""
    kinds: tuple[Kind, ...] = ("person", "company")
    on: bool = True


class LevelRule(Rule):
    """How likely a level is, by what the two records are to each other."""

    m: float = Field(gt=0, le=1)
    """Between two records of one customer."""
    u: float = Field(gt=0, le=1)
    """Between two records picked at random."""
    related: float | None = Field(default=None, gt=0, le=1)
    """Between two customers who share contacts or address; None: as u."""


class ComparisonRule(Rule):
    """The shipped belief about one comparison."""

    levels: dict[str, LevelRule]
    """By the name of the level."""
    most: float = Field(default=24.0, gt=0)
    """Bits that this comparison may count at most, for or against."""
    fixed_u: bool = False
    """u stays as shipped: random pairs do not show it."""
    fixed: bool = False
    """m and related stay as shipped: they say what a customer is."""
    fixed_related: bool = False
    """related stays as shipped."""
    nested: bool = False
    """The levels above one at which a value is agreed imply that agreement."""
    on: bool = True


class MatchRules(Rule):
    """What rules/matching.toml says."""

    decide: DecideRule = DecideRule()
    prior: PriorRule = PriorRule()
    limit: LimitRule = LimitRule()
    block: dict[str, BlockRule] = {}
    """By name; earlier rules find a pair first."""
    tighten: tuple[str, ...] = ()
    """Second keys for blocks that are too large."""
    comparison: dict[str, ComparisonRule] = {}
    """By name of the comparison; ``extra`` speaks for every x_ column."""
