"""Fields that survive together, from one record.

A name with its parts, an address, a date with its precision, and the groups that
rules/survivorship.toml names: values of two records are never mixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from cleanse.merge.fields import PRECISION, STANDING, field_type, key_of, place
from cleanse.merge.survive import survive
from cleanse.merge.vote import Weighing
from cleanse.rulebook.survivorship import EXTRA_FIELD, SurvivorshipRules
from cleanse.schema import ADDRESS_FIELDS, present, valid

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


def survive_together(
    members: pl.DataFrame, name: str, rules: SurvivorshipRules
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Choose the record that a group of the user's own is taken from.

    Yields:
        Each field of the group that the record fills, and its cells, as `follow` does.
    """
    frame = _with_headings(members, rules.group[name])
    fields = present(frame, rules.group[name])
    found = group_candidates(members, name, rules)
    chosen = survive(found, rules.chain(name), weighing=Weighing.of(name, rules))
    parts = [each for field in fields for each in (field, *followers(frame, field))]
    yield from follow(frame, chosen, parts)


def _with_headings(members: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """Lay the headings of `extra` that a group names out as columns."""
    headings = [field for field in fields if field.startswith(EXTRA_FIELD)]
    if "extra" not in members.columns or not headings:
        return members
    entry = pl.element().struct
    return members.with_columns(
        pl.col("extra")
        .list.eval(
            entry["value"].filter(entry["key"] == field.removeprefix(EXTRA_FIELD))
        )
        .list.first()
        .alias(field)
        for field in headings
    )


def group_candidates(
    members: pl.DataFrame, name: str, rules: SurvivorshipRules
) -> pl.DataFrame:
    """Return the records that fill some field of a group, the fields of each as one value."""
    members = _with_headings(members, rules.group[name])
    fields = present(members, rules.group[name])
    texts = [pl.col(field).cast(pl.String).fill_null("") for field in fields]
    keys = [key_of(members, field).cast(pl.String).fill_null("") for field in fields]
    filled = [pl.col(field).is_not_null() for field in fields]
    flags = present(members, map(valid, fields))
    is_valid = pl.all_horizontal(
        pl.lit(value=True), *[pl.col(flag).fill_null(value=True) for flag in flags]
    )
    return members.filter(pl.any_horizontal(pl.lit(value=False), *filled)).select(
        *STANDING,
        pl.concat_str(pl.lit(""), *texts, separator="\n").alias("value"),
        pl.concat_str(pl.lit(""), *keys, separator="\n").alias("key"),
        is_valid.alias("is_valid"),
        pl.sum_horizontal(pl.lit(0, pl.Int64), *filled).alias("completeness"),
        place(name, rules).alias("place"),
    )
