"""rules/privacy.toml: what may be seen outside the store."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from cleanse.errors import did_you_mean
from cleanse.rulebook.toml import Rule
from cleanse.schema import FIELDS, FieldKind

Mask = Literal["hide", "last_4", "year", "digest"]
"""How a column is shown: not at all, its last four signs, its year, or a keyed digest."""

SHAREABLE = (
    "golden_record",
    "crosswalk",
    "customer",
    "customer_id_event",
    "household",
    "source_file",
    "run",
)
"""Tables that a masked copy may hold; the others hold values as typed."""


class PublishRule(Rule):
    """The masked copy of the published tables."""

    path: str | None = None
    """Where it goes; None: there is none."""
    mode: str = Field(default="600", pattern="^[0-7]{3}$")
    group: str | None = None
    """Group of the file; None: the user's own."""
    tables: tuple[str, ...] = ("golden_record",)
    mask: dict[str, Mask] = {}
    """Column of golden_record → how it is shown; a column not named is shown as it is."""

    @field_validator("tables")
    @classmethod
    def _shareable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in SHAREABLE:
                near = did_you_mean(name, SHAREABLE)
                known = ", ".join(SHAREABLE)
                raise ValueError(f"{name!r} cannot be shared{near}; these can: {known}")
        return value

    @field_validator("mask")
    @classmethod
    def _columns(cls, value: dict[str, Mask]) -> dict[str, Mask]:
        for name, how in value.items():
            if name not in FIELDS and name != "extra":
                near = did_you_mean(name, FIELDS)
                raise ValueError(f"{name!r} is not a standard field{near}")
            is_date = FIELDS.get(name) is FieldKind.DATE
            if how == "year" and not is_date:
                raise ValueError(f"{name!r} is no date: it cannot be shown by its year")
            if how != "hide" and name == "extra":
                raise ValueError("extra can only be hidden")
        return value


class PrivacyRules(Rule):
    """What rules/privacy.toml says."""

    publish: PublishRule = PublishRule()
