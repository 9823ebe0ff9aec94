"""Fields that survive together, from one record: a name with its parts, an address, a date with its precision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from cleanse.merge.fields import PRECISION, field_type
from cleanse.schema import ADDRESS_FIELDS, present

NAME_PARTS: Final = ("given_name", "middle_name", "family_name", "source")
"""They follow the name; the source is that of the record the name was taken from."""

_FOLLOWERS: Final = {
    "name": NAME_PARTS,
    "address": ADDRESS_FIELDS,
    **{field: (precision,) for field, precision in PRECISION.items()},
}


def followers(members: pl.DataFrame, leader: str) -> list[str]:
    """Return the columns that come from the record that `leader` was taken from."""
    return present(members, _FOLLOWERS.get(leader, ()))


def follow(
    members: pl.DataFrame, chosen: pl.DataFrame, columns: Sequence[str]
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Take the parts of a group from the record that its leader was taken from.

    Args:
        members: The customers' records.
        chosen: What `survive` chose for the leader.
        columns: Parts.

    Yields:
        Each part and its cells, in the columns of `chosen`; its record_ids are those
        that have the leader's value and the same part.
    """
    place = members.select("record_id").with_row_index("place")
    at = [
        chosen.select(pl.col(each).alias("record_id"))
        .join(place, on="record_id", how="left", maintain_order="left")
        .to_series(1)
        for each in ("record_id", "runner_id")
    ]
    several = chosen.filter(pl.col("record_ids").list.len() > 1)
    support = (
        several.select("customer_id", pl.col("record_ids").alias("record_id"))
        .explode("record_id")
        .join(place, on="record_id")
    )
    for column in columns:
        values = members[column].cast(field_type(column))
        cells = chosen.with_columns(
            values.gather(at[0]).alias("value"), values.gather(at[1]).alias("runner_up")
        ).drop_nulls("value")
        same = _same(support, values, cells)
        differs = pl.when(pl.col("runner_up") != pl.col("value")).then("runner_up")
        yield (
            column,
            cells.join(same, on="customer_id", how="left", maintain_order="left")
            .with_columns(
                pl.coalesce("same_ids", "record_ids").alias("record_ids"),
                differs.alias("runner_up"),
            )
            .select(chosen.columns)
            .sort("customer_id"),
        )


def _same(
    support: pl.DataFrame, values: pl.Series, cells: pl.DataFrame
) -> pl.DataFrame:
    """Return customer_id, same_ids: of several records with the leader's value, those with the same part."""
    return (
        support.select(
            "customer_id", "record_id", values.gather(support["place"]).alias("value")
        )
        .join(cells.select("customer_id", "value"), on=["customer_id", "value"])
        .group_by("customer_id")
        .agg(pl.col("record_id").sort().alias("same_ids"))
    )
