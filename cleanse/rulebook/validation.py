"""rules/validation.toml: what makes a value doubtful, and a row nobody's."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, field_validator

from cleanse.errors import did_you_mean
from cleanse.rulebook.toml import Rule
from cleanse.schema import FIELDS


class Severity(StrEnum):
    """How bad a failed check is."""

    ERROR = "error"
    """The value is lost or certainly wrong: somebody must mend it at the source."""
    WARNING = "warning"
    """The value does not obey its standard."""
    INFO = "info"
    """Worth knowing."""


class CheckRule(Rule):
    """One check over the columns of a record."""

    field: str
    """Standard field whose value is shown."""
    when: str = Field(min_length=1)
    """SQL predicate over the record's columns (``<field>_raw``, ``<field>``,
    ``<field>_is_valid`` …, and ``newest_on``, the newest day a record was updated);
    a record for which it is true fails the check."""
    severity: Severity = Severity.WARNING
    advice: str
    """What to do, for a person."""
    is_on: bool = True

    @field_validator("field")
    @classmethod
    def _standard(cls, value: str) -> str:
        if value not in FIELDS:
            near = did_you_mean(value, FIELDS)
            raise ValueError(f"{value!r} is not a standard field{near}")
        return value


class IdentifyRule(Rule):
    """Which fields tell who a record is."""

    any_of: tuple[str, ...] = ("name", "company")
    """A row with none of them filled is a reject."""


class ValidationRules(Rule):
    """What rules/validation.toml says."""

    identify: IdentifyRule = IdentifyRule()
    check: dict[str, CheckRule] = {}
    """By name of the check."""
