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

    field: str | tuple[str, ...]
    """Standard field whose value is shown; several: the check is made of each."""
    when: str = Field(min_length=1)
    """SQL predicate over the record's columns (``<field>_raw``, ``<field>``,
    ``<field>_is_valid`` …, and ``newest_on``, the newest day a record was updated);
    a record for which it is true fails the check. ``{field}`` stands for the field."""
    severity: Severity = Severity.WARNING
    advice: str
    """What to do, for a person."""
    is_on: bool = True

    @field_validator("field")
    @classmethod
    def _standard(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for name in (value,) if isinstance(value, str) else value:
            if name not in FIELDS:
                near = did_you_mean(name, FIELDS)
                raise ValueError(f"{name!r} is not a standard field{near}")
        return value

    def parts(self) -> tuple[tuple[str, str], ...]:
        """Return field and predicate of each check that this one stands for.

        >>> CheckRule(field=["name", "company"], when="{field} ~ 'x'", advice="").parts()
        (('name', "name ~ 'x'"), ('company', "company ~ 'x'"))
        """
        names = (self.field,) if isinstance(self.field, str) else self.field
        return tuple((name, self.when.replace("{field}", name)) for name in names)


class IdentifyRule(Rule):
    """Which fields tell who a record is."""

    any_of: tuple[str, ...] = ("name", "company")
    """A row with none of them filled is a reject."""


class ValidationRules(Rule):
    """What rules/validation.toml says."""

    identify: IdentifyRule = IdentifyRule()
    check: dict[str, CheckRule] = {}
    """By name of the check."""
