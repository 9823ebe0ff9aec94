"""rules/identity.toml: customer numbers, records found again, limits."""

from __future__ import annotations

from pydantic import Field, field_validator

from cleanse.field import SIGNS
from cleanse.rulebook.toml import Rule


class NumberRule(Rule):
    """How a customer ID looks."""

    length: int = Field(default=7, ge=4, le=20)
    """Signs of payload, without prefix and check sign."""
    prefix: dict[str, str] = {"person": "C", "company": "C"}
    """By kind of customer."""

    @field_validator("prefix")
    @classmethod
    def _readable(cls, value: dict[str, str]) -> dict[str, str]:
        for kind, prefix in value.items():
            if kind not in ("person", "company"):
                raise ValueError(f"{kind!r} is no kind: write person or company")
            if not prefix.isalpha() or any(sign not in SIGNS for sign in prefix):
                raise ValueError(f"{prefix!r}: use capital letters without I L O S Z")
        if len({len(prefix) for prefix in value.values()}) > 1 or len(value) != 2:  # noqa: PLR2004
            raise ValueError("person and company both need a prefix, of one length")
        if max(map(len, value.values())) > 4:  # noqa: PLR2004 - the check holds up to 30 signs
            raise ValueError("a prefix has at most 4 letters")
        return value


class RecallRule(Rule):
    """When a row of a file is a known record changed; all in bits (log2 odds)."""

    enough: float = 6.0
    """Evidence needed."""
    margin: float = Field(default=3.0, ge=0)
    """Evidence needed beyond the second best."""
    differing: float = Field(default=4.0, gt=0)
    """What a cell takes away that is filled on both sides and differs."""
    near: float = Field(default=0.75, gt=0, le=1)
    """Similarity (0 to 1) from which a cell is near."""


class SteadyRule(Rule):
    """When a pair of known records changes sides."""

    bits: float = Field(default=0.5, ge=0, le=10)
    """How far beyond match_at its weight must lie to part two records of one customer, or
    to join records of two."""


class EvidenceRule(Rule):
    """Records that left their source, and still speak for their customer."""

    days: int = Field(default=400, ge=0)
    """For how long, from the run in which they left to the one that looks at them."""


class LimitRule(Rule):
    """Gates: beyond these a run stops before anything is written."""

    lost_records: float = Field(default=0.20, ge=0, le=1)
    """Share of a source's records that a full snapshot no longer has."""
    lost_end: float = Field(default=0.02, ge=0, le=1)
    """The same, where they are the end of the previous list and nothing else is new or gone."""
    churn: float = Field(default=0.05, ge=0, le=1)
    """Share of records that stay but would change their customer."""
    churn_records: int = Field(default=20, ge=0)
    """Fewer such records than this never stop a run: in a small store one is a large share."""


class IdentityRules(Rule):
    """What rules/identity.toml says."""

    number: NumberRule = NumberRule()
    recall: RecallRule = RecallRule()
    steady: SteadyRule = SteadyRule()
    evidence: EvidenceRule = EvidenceRule()
    limit: LimitRule = LimitRule()
