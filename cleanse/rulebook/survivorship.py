"""rules/survivorship.toml: which of a customer's values survives."""

from __future__ import annotations

from enum import StrEnum

from pydantic import field_validator

from cleanse.errors import did_you_mean
from cleanse.rulebook.toml import Rule
from cleanse.schema import FIELDS, FieldKind


class Strategy(StrEnum):
    """What makes one value better than another."""

    VALID = "valid"
    """It obeys its standard; an address names a street, a building or a PO box."""
    MOST_RECENT = "most_recent"
    """From the record updated last, by ``source_updated_at``."""
    MOST_TRUSTED = "most_trusted"
    """From the source with the smallest ``trust``."""
    MOST_FREQUENT = "most_frequent"
    """On most records, spellings of one value counted together."""
    MOST_COMPLETE = "most_complete"
    """The longest; of dates the most exact; of addresses the most parts."""
    EARLIEST = "earliest"
    LATEST = "latest"
    LARGEST = "largest"
    STRICTEST = "strictest"
    """Of consent, see `StrictestRule`."""
    UNITE = "unite"
    """All values."""


class StrictestRule(Rule):
    """Words of consent, lower case, from the strictest."""

    refusals: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()
    """A word not listed stands between refusals and consents."""


class SurvivorshipRules(Rule):
    """What rules/survivorship.toml says."""

    kind: dict[FieldKind, tuple[Strategy, ...]] = {}
    """By kind of field."""
    field: dict[str, tuple[Strategy, ...]] = {}
    """Where a field differs from its kind."""
    strictest: StrictestRule = StrictestRule()

    def chain(self, field: str) -> tuple[Strategy, ...]:
        """Return the strategies of a field, the most important first."""
        kind = FIELDS.get(field, FieldKind.TEXT)
        return self.field.get(field, self.kind.get(kind, ()))

    @field_validator("field")
    @classmethod
    def _standard_fields(
        cls, value: dict[str, tuple[Strategy, ...]]
    ) -> dict[str, tuple[Strategy, ...]]:
        for name in value:
            if name not in FIELDS:
                near = did_you_mean(name, FIELDS)
                raise ValueError(f"{name!r} is not a standard field{near}")
        return value
