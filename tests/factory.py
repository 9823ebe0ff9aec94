"""Builders that tests share: small frames with the columns a stage hands on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from cleanse.schema import EXTRA, FIELDS, FieldKind

_TYPES: Mapping[FieldKind, pl.DataType] = {
    FieldKind.DATE: pl.Date(),
    FieldKind.TIME: pl.Datetime("us", "UTC"),
    FieldKind.AMOUNT: pl.Decimal(18, 2),
    FieldKind.COUNT: pl.Int64(),
}


def make_records(*rows: Mapping[str, object]) -> pl.DataFrame:
    """Make a frame of normalised records from dicts; types follow the standard fields.

    record_id counts from 1, source is ``crm`` and kind ``person`` unless given. Dates,
    moments and amounts may be given as text; a missing key is null.

    >>> make_records({"name": "Li Na"}).columns
    ['record_id', 'source', 'kind', 'name']
    """
    names = dict.fromkeys(["record_id", "source", "kind"])
    for row in rows:
        names |= dict.fromkeys(row)
    full = [
        {"record_id": i, "source": "crm", "kind": "person", **row}
        for i, row in enumerate(rows, 1)
    ]
    return pl.DataFrame(
        {name: [_value(name, row.get(name)) for row in full] for name in names},
        {name: _type(name) for name in names},
    )


def make_crosswalk(**customers: list[int]) -> pl.DataFrame:
    """Make a crosswalk: ``make_crosswalk(C1=[1, 2], C2=[3])``."""
    pairs = [(r, c) for c, records in customers.items() for r in records]
    schema = {"record_id": pl.Int64, "customer_id": pl.String}
    return pl.DataFrame(pairs, schema, orient="row")


def _type(name: str) -> pl.DataType:
    if name in ("record_id", "row_id", "row_number"):
        return pl.Int64()
    if name == "extra":
        return EXTRA
    if name in ("phones", "emails"):
        return pl.List(pl.String)
    if name.startswith("is_") or name.endswith(("_is_valid", "_is_role")):
        return pl.Boolean()
    return _TYPES.get(FIELDS.get(name, FieldKind.TEXT), pl.String())


def _value(name: str, value: object) -> object:
    kind = FIELDS.get(name)
    if name == "extra" and isinstance(value, Mapping):
        return [{"key": k, "value": v} for k, v in value.items()]
    if not isinstance(value, str):
        return (
            Decimal(str(value))
            if kind is FieldKind.AMOUNT and value is not None
            else value
        )
    if kind is FieldKind.DATE:
        return date.fromisoformat(value)
    if kind is FieldKind.TIME:
        return datetime.fromisoformat(f"{value}T00:00:00+00:00")
    return Decimal(value) if kind is FieldKind.AMOUNT else value
