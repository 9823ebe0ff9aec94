"""What a record's vote for its value is worth: less with age, and with the distrust of its source.

The formula and its source stand at `WeightedRule`. Age is counted from the newest of
the records that vote for the same cell; that a vote fades exponentially makes this
the same as counting it from the newest record of the store. A record without a date
counts as one half-life older than the oldest that has one.

Votes are whole numbers, so that sums do not depend on the order of records; one that
faded to less than 2**-40 of the best is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from cleanse.rulebook.survivorship import SurvivorshipRules

_FULL: Final = 2**40
"""A vote of a new record of the most trusted source."""
_MONTH_US: Final = int(365.2425 / 12 * 24 * 3600 * 1_000_000)
"""A twelfth of the mean Gregorian year, in microseconds."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """How votes for one field are weighed."""

    half_life_months: float = 24.0
    trust_step: float = 0.7

    @classmethod
    def of(cls, field: str, rules: SurvivorshipRules) -> Weighing:
        """Return how votes for a field or group are weighed."""
        return cls(rules.half_life_months(field), rules.weighted.trust_step)


def vote(by: Sequence[str], weighing: Weighing) -> pl.Expr:
    """Return what the vote of each record is worth, Int64.

    Args:
        by: What is chosen once. The frame has these columns, trust and updated (in
            microseconds), of all records that vote.
        weighing: What a vote is worth.
    """
    half_life = int(weighing.half_life_months * _MONTH_US)
    updated, trust = pl.col("updated"), pl.col("trust")
    undated = updated.min().over(by) - half_life
    age = updated.max().over(by) - updated.fill_null(undated)
    steps = trust - trust.min().over(by)
    fading = pl.lit(0.5).pow(age / half_life)
    worth = pl.lit(weighing.trust_step).pow(steps)
    return (_FULL * fading.fill_null(1.0) * worth.fill_null(1.0)).round().cast(pl.Int64)


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Say which share of the votes a value has, 0 to 1."""
    return (part / whole).cast(pl.Float32)
