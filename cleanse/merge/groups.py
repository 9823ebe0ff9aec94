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
    support = (
        chosen.lazy()
        .select(pl.row_index("cell"), pl.col("record_ids").alias("record_id"))
        .filter(pl.col("record_id").list.len() > 1)
        .explode("record_id")
        .collect()
        .join(place, on="record_id", how="left", maintain_order="left")
    )
    for column in columns:
        values = members[column].cast(field_type(column))
        leading = values.gather(at[0])
        is_same = values.gather(support["place"]) == leading.gather(support["cell"])
        differs = pl.when(pl.col("runner_up") != pl.col("value")).then("runner_up")
        yield (
            column,
            _narrowed(chosen, support.with_columns(is_same=is_same))
            .with_columns(value=leading, runner_up=values.gather(at[1]))
            .drop_nulls("value")
            .with_columns(differs.alias("runner_up"))
            .select(chosen.columns),
        )


def _narrowed(chosen: pl.DataFrame, support: pl.DataFrame) -> pl.DataFrame:
    """Leave of ``record_ids`` those that have the same part, where not all of them have.

    Args:
        chosen: What `survive` chose for the leader.
        support: cell (row of `chosen`), record_id, is_same: of its cells of several records.
    """
    others = support.filter(~pl.col("is_same").fill_null(value=False)).select("cell")
    if others.is_empty():
        return chosen
    fewer = (
        support.filter("is_same")
        .join(others.unique(), on="cell", how="semi", maintain_order="left")
        .group_by("cell", maintain_order=True)
        .agg(same_ids="record_id")
    )
    return (
        chosen.with_row_index("cell")
        .join(fewer, on="cell", how="left", maintain_order="left")
        .with_columns(record_ids=pl.coalesce("same_ids", "record_ids"))
        .select(chosen.columns)
    )
