"""Values that a steward has pinned: they stand in the place of those that survived.

A pin speaks of a record, and binds the customer that this record belongs to. Its
lineage is that record; the value that it displaces stays as the runner-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from cleanse.merge.fields import PRECISION, field_type

PINNED: Final = "pinned"
"""Origin of such a value."""
_DAY, _MONTH = len("2026-05-01"), len("2026-05")
_CELL: Final = (
    "customer_id value origin rule record_ids source runner_up confidence".split()
)


def with_pins(
    chosen: Iterator[tuple[str, pl.DataFrame]],
    members: pl.DataFrame,
    pins: pl.DataFrame | None,
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Put pinned values in the place of those chosen.

    Args:
        chosen: Fields and cells, as `choose_values` yields them.
        members: The customers' records.
        pins: record_id, field, value (text: ISO 8601 for days, perhaps only a year or a
            month of one), decision_id; of several for one customer and field the
            newest decision counts. None: there are none.
    """
    pinned = {} if pins is None else dict(_pinned(members, pins))
    for field, cells in chosen:
        mine = pinned.pop(field, None)
        yield field, cells if mine is None else _displaced(cells, mine)
    for field, mine in pinned.items():
        yield field, _displaced(mine.clear(), mine)


def newest_pins(pins: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Return of each customer and field the pin that counts, beside its record's row of `members`.

    Args:
        pins: record_id, field, value, decision_id.
        members: record_id, customer_id and more.
    """
    placed = pins.join(members, on="record_id").sort("decision_id")
    return placed.unique(["customer_id", "field"], keep="last", maintain_order=True)


def _pinned(
    members: pl.DataFrame, pins: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each field that somebody pinned, and its cells."""
    newest = newest_pins(pins, members.select("record_id", "customer_id", "source"))
    cells = newest.sort("customer_id").select(
        "customer_id",
        "field",
        "value",
        pl.col("source").cast(pl.String),
        origin=pl.lit(PINNED),
        rule=pl.format("decision {}", "decision_id"),
        record_ids=pl.concat_list("record_id"),
        confidence=pl.lit(1.0, pl.Float32),
    )
    for (name,), mine in sorted(cells.partition_by("field", as_dict=True).items()):
        field = str(name)
        yield field, mine.with_columns(_typed(field)).drop_nulls("value")
        if field in PRECISION:
            yield PRECISION[field], mine.with_columns(value=_precision())


def _typed(field: str) -> pl.Expr:
    """Read the text of a value as the column has it."""
    text, dtype = pl.col("value"), field_type(field)
    if isinstance(dtype, pl.Date):
        whole = pl.concat_str(text, pl.lit("-01-01")).str.head(_DAY)
        return whole.str.to_date("%Y-%m-%d", strict=False)
    if isinstance(dtype, pl.Datetime):
        return text.str.to_datetime(
            "%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC", strict=False
        )
    return text.cast(dtype, strict=False)


def _precision() -> pl.Expr:
    """Say how much of a day the text of a pin tells."""
    length = pl.col("value").str.len_chars()
    return (
        pl.when(length >= _DAY)
        .then(pl.lit("day"))
        .when(length >= _MONTH)
        .then(pl.lit("month"))
        .otherwise(pl.lit("year"))
    )


def _displaced(cells: pl.DataFrame, pinned: pl.DataFrame) -> pl.DataFrame:
    """Let pinned cells take the place of others, and name the values that they displace."""
    cells = cells.with_columns(pl.col("origin", "rule", "source").cast(pl.String))
    before = pl.DataFrame(
        schema={"customer_id": pinned.schema["customer_id"]}
        | dict.fromkeys(("was", "beaten"), pinned.schema["value"])
    )
    if "runner_up" in cells.columns:
        was = cells.join(pinned, on="customer_id", how="semi")
        before = was.select("customer_id", was="value", beaten="runner_up")
    is_same = pl.col("was") == pl.col("value")
    runner_up = pl.when(is_same).then("beaten").otherwise("was")
    mine = pinned.join(before, on="customer_id", how="left").with_columns(
        runner_up=runner_up
    )
    others = cells.join(pinned, on="customer_id", how="anti", maintain_order="left")
    both = [others.select(n for n in _CELL if n in others.columns), mine.select(_CELL)]
    return pl.concat(both, how="diagonal_relaxed").sort("customer_id")
