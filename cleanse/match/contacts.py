"""Contacts that say nothing of who is who: switchboards, agencies, nobody's own."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanse.schema import present, who_counts


def drop_shared_contacts(records: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Take away telephones and mails borne by more than `limit` differently named customers.

    They belong to a switchboard, an agency or nobody, and say nothing of who is who. Records
    that left (`IS_EVIDENCE`) lose them too, but do not count.
    """
    columns = present(records, ("name_latin", "name_compare"))
    if not columns:
        return records
    name = pl.coalesce(columns)
    counts = who_counts(records)
    counted = records if counts is None else records.filter(pl.Series(counts))
    for column in present(records, ("phones", "emails")):
        shared = _shared(counted, column, name, limit)
        if len(shared):
            values = _without(records[column], shared.implode())
            records = records.with_columns(values.alias(column))
    return records


def _without(lists: pl.Series, values: pl.Series) -> pl.Series:
    """Take values out of lists; only the few lists that hold one are written anew."""
    rows = lists.to_frame("value").select(pl.int_range(pl.len()).alias("row"), "value")
    rows = rows.explode("value", empty_as_null=True)
    touched = rows.filter(pl.col("value").is_in(values))["row"].unique().sort()
    kept = pl.col("value").list.filter(~pl.element().is_in(values))
    kept = pl.when(kept.list.len() > 0).then(kept).alias("value")
    changed = lists.gather(touched).to_frame("value").select(kept)["value"]
    order = np.arange(len(lists))
    order[touched.to_numpy()] = len(lists) + np.arange(len(touched))
    return pl.concat([lists.rename("value"), changed]).gather(order)


def _shared(records: pl.DataFrame, column: str, name: pl.Expr, limit: int) -> pl.Series:
    """Return the values that more than `limit` differently named customers bear."""
    values = records.select(value=column, row=pl.int_range(pl.len()))
    values = values.explode("value", empty_as_null=True).drop_nulls()
    # Names are only read of the few values that many records bear at all.
    values = values.filter(_is_often(values["value"], limit))
    named = records.select(name=name)["name"].gather(values["row"])
    bearers = values.with_columns(name=named).with_columns(
        name=_kernel_of(pl.col("name"))
    )
    names = bearers.drop_nulls().group_by("value").agg(pl.col("name").n_unique())
    return names.filter(pl.col("name") > limit)["value"]


def _is_often(values: pl.Series, limit: int) -> pl.Series:
    """Say of each value whether it stands there more than `limit` times, as its hash tells."""
    hashes = values.hash()
    ordered = np.sort(hashes.to_numpy())
    later, earlier = ordered[limit:], ordered[: max(0, len(ordered) - limit)]
    often = pl.Series(later[later == earlier], dtype=pl.UInt64).unique()
    return hashes.is_in(often.implode())


def _kernel_of(name: pl.Expr) -> pl.Expr:
    """Return what most spellings of one name have in common: its sorted initials."""
    return name.str.extract_all(r"\b\w").list.sort().list.join("")
