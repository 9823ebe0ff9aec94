"""Contacts that say nothing of who is who: switchboards, agencies, nobody's own."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanse.encoded import Encoded, Flags
from cleanse.schema import who_counts


def drop_shared_contacts(records: Encoded, limit: int) -> Encoded:
    """Take away telephones and mails borne by more than `limit` differently named customers.

    They belong to a switchboard, an agency or nobody, and say nothing of who is who. Records
    that left (`IS_EVIDENCE`) lose them too, but do not count.
    """
    held = [name for name in ("name_latin", "name_compare") if name in records.texts]
    if not held:
        return records
    kept = {
        column: records.texts[column].without(_shared(records, column, held, limit))
        for column in ("phones", "emails")
        if column in records.texts
    }
    return records.with_texts(kept)


def _shared(records: Encoded, column: str, names: list[str], limit: int) -> Flags:
    """Say of each value of a column whether more than `limit` differently named customers bear it."""
    contacts = records.texts[column]
    rows, codes = contacts.rows(), contacts.codes
    counts = who_counts(records.plain)
    stands = codes >= 0 if counts is None else (codes >= 0) & counts[rows]
    bearers = np.bincount(codes[stands], minlength=len(contacts.values))
    often = np.append(bearers > limit, False)
    found = np.zeros(len(contacts.values), dtype=np.bool_)
    some = np.flatnonzero(stands & often[codes])
    if not len(some):
        return found
    named = records.select(names).gather(rows[some]).frame(names)
    told = named.select(
        code=pl.Series(codes[some]), name=_kernel_of(pl.coalesce(names))
    )
    differ = told.drop_nulls().group_by("code").agg(pl.col("name").n_unique())
    found[differ.filter(pl.col("name") > limit)["code"].to_numpy()] = True
    return found


def _kernel_of(name: pl.Expr) -> pl.Expr:
    """Return what most spellings of one name have in common: its sorted initials."""
    return name.str.extract_all(r"\b\w").list.sort().list.join("")
