"""A value that a steward pins, as its field has it: read by the normaliser that reads the lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

import polars as pl

from cleanse.errors import InputError, did_you_mean
from cleanse.normalise import normalise
from cleanse.normalise.kind import DECIDED
from cleanse.rulebook import Rulebook
from cleanse.schema import FIELDS, raw, valid

_NEVER: Final = {
    "kind": "Say what a record is with: cleanse decide kind RECORD person|company",
    "source": "It is where a record comes from, and follows from it.",
    "source_created_at": "It speaks of a record, not of the customer.",
    "source_updated_at": "It speaks of a record, not of the customer.",
}
_PRECISE: Final = {"year": "%Y", "month": "%Y-%m"}
_KEPT: Final = ("record_id", "source", "region", "customer")


def clean_value(
    record: pl.DataFrame, field: str, value: str, rulebook: Rulebook
) -> str:
    """Normalise a value by itself, for a record's kind and region.

    Args:
        record: One row: record_id, kind and, as far as known, source, region, customer.
        field: A standard field.
        value: As the steward typed it.
        rulebook: The rules.

    Returns:
        The text that a decision keeps: ISO 8601 for days (of what is known of them),
        plain digits for numbers.

    Raises:
        InputError: There is no such field, or nothing is left of the value.
    """
    if field not in FIELDS:
        near = did_you_mean(field, FIELDS)
        raise InputError(
            f"{field!r} is no standard field{near}. rules/fields.toml lists them."
        )
    if field in _NEVER:
        raise InputError(f"{field} cannot be pinned. {_NEVER[field]}")
    given = record.select(
        *(name for name in _KEPT if name in record.columns),
        pl.col("kind").alias(DECIDED),
        pl.lit(value).alias(raw(field)),
    )
    found, _ = normalise(given, rulebook)
    row = found.row(0, named=True)
    if row.get(field) is None or row.get(valid(field)) is False:
        raise InputError(
            f"{field}: the value given is none that this field can have for a {row['kind']} "
            f"(it is {FIELDS[field].value}); nothing was decided.\n"
            f"See what is read of such a value with: cleanse clean FILE --out FILE"
        )
    return _text(row, field)


def _text(row: dict[str, Any], field: str) -> str:
    value = row[field]
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        precision = row.get(f"{field.removesuffix('_on')}_precision") or "day"
        return value.strftime(_PRECISE.get(precision, "%Y-%m-%d"))
    return str(value)
