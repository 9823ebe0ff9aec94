"""Contacts that say nothing of who is who: switchboards, agencies, nobody's own."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanse.schema import present, who_counts
from cleanse.threads import in_threads


def drop_shared_contacts(records: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Take away telephones and mails borne by more than `limit` differently named customers.

    They belong to a switchboard, an agency or nobody, and say nothing of who is who. Records
    that left (`IS_EVIDENCE`) lose them too, but do not count.
    """
    columns = present(records, ("name_latin", "name_compare"))
    if not columns:
        return records
    name = pl.coalesce(columns)

    def kept(column: str) -> pl.Series:
        often = _often(records, column, limit)
        shared = _shared(often, records, name, limit)
        return _without(records[column], often, shared)

    return records.with_columns(
        in_threads(kept, present(records, ("phones", "emails")))
    )


def _often(records: pl.DataFrame, column: str, limit: int) -> pl.DataFrame:
    """List row, value and counts of the values that more than `limit` records who count bear."""
    rows = records.select(value=column, row=pl.int_range(pl.len()))
    rows = rows.explode("value", empty_as_null=True).drop_nulls()
    counts = who_counts(records)
    flags = np.ones(len(rows), np.bool_) if counts is None else counts[rows["row"]]
    rows = rows.with_columns(counts=flags)
    # Values are told apart by their hashes: few are borne by so many.
    hashes = rows["value"].hash()
    ordered = np.sort(hashes.to_numpy()[flags])
    later, earlier = ordered[limit:], ordered[: max(0, len(ordered) - limit)]
    often = pl.Series(later[later == earlier], dtype=pl.UInt64).unique()
    return rows.filter(hashes.is_in(often.implode()))


def _shared(
    often: pl.DataFrame, records: pl.DataFrame, name: pl.Expr, limit: int
) -> pl.Series:
    """Return the values that more than `limit` differently named customers bear."""
    bearers = often.filter("counts")
    named = records.select(name=name)["name"].gather(bearers["row"])
    bearers = bearers.with_columns(name=named).with_columns(
        name=_kernel_of(pl.col("name"))
    )
    names = bearers.drop_nulls().group_by("value").agg(pl.col("name").n_unique())
    return names.filter(pl.col("name") > limit)["value"]


def _without(lists: pl.Series, often: pl.DataFrame, shared: pl.Series) -> pl.Series:
    """Take values out of lists; only the few lists that hold one are written anew."""
    touched = often.filter(pl.col("value").is_in(shared.implode()))["row"]
    touched = touched.unique().sort()
    if touched.is_empty():
        return lists
    values = pl.element().is_in(shared.implode())
    kept = pl.col("value").list.filter(~values)
    kept = pl.when(kept.list.len() > 0).then(kept).alias("value")
    changed = lists.gather(touched).to_frame("value").select(kept)["value"]
    order = np.arange(len(lists))
    order[touched.to_numpy()] = len(lists) + np.arange(len(touched))
    # In one piece, lists are gathered ten times as fast.
    both = pl.concat([lists, changed.rename(lists.name)], rechunk=True)
    return both.gather(order)


def _kernel_of(name: pl.Expr) -> pl.Expr:
    """Return what most spellings of one name have in common: its sorted initials."""
    return name.str.extract_all(r"\b\w").list.sort().list.join("")
