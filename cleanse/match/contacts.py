"""Contacts that say nothing of who is who: switchboards, agencies, nobody's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from cleanse.encoded import Encoded, Hashes
from cleanse.places import Ints
from cleanse.schema import present, who_counts
from cleanse.threads import in_threads

CONTACTS = ("phones", "emails")
NAMES = ("name_latin", "name_compare")


def drop_shared_contacts(several: Sequence[Encoded], limit: int) -> list[Encoded]:
    """Take away telephones and mails borne by more than `limit` differently named customers.

    They belong to a switchboard, an agency or nobody, and say nothing of who is who. Records
    that left (`IS_EVIDENCE`) lose them too, but do not count.

    Args:
        several: Records, in one part or several.
        limit: The most names that may bear one contact.
    """
    found = in_threads(lambda column: _shared(several, column, limit), CONTACTS)
    for column, shared in zip(CONTACTS, list(found), strict=True):
        several = [_without(records, column, shared) for records in several]
    return [*several]


def _without(records: Encoded, column: str, shared: Hashes) -> Encoded:
    if column not in records.texts:
        return records
    texts = records.texts[column]
    return records.with_texts({column: texts.without(texts.values.places(shared))})


def _shared(several: Sequence[Encoded], column: str, limit: int) -> Hashes:
    """Return the hashes of the contacts that more than `limit` differently named customers bear."""
    held = [records for records in several if column in records.texts]
    often = _often(held, column, limit)
    borne = [_names_of(records, column, often) for records in held]
    if not len(often) or not borne:
        return np.zeros(0, dtype=np.uint64)
    names = pl.concat(borne).drop_nulls()
    # Names that differ need not differ by their kernels, but the other way round.
    for called in (pl.col("name"), _kernel_of(pl.col("name"))):
        names = names.with_columns(name=called).unique()
        names = names.filter(pl.len().over("contact") > limit)
    return names["contact"].unique().sort().to_numpy()


def _often(several: Sequence[Encoded], column: str, limit: int) -> Hashes:
    """Return the hashes of the contacts that more than `limit` records who count bear."""
    values = [records.texts[column].values for records in several]
    borne = [_bearers(records, column) for records in several]
    # Who is borne by so many is borne by many in one of the parts.
    many = [
        some.hashes[one * len(values) > limit]
        for some, one in zip(values, borne, strict=True)
    ]
    asked = np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *many]))
    total = np.zeros(len(asked), dtype=np.int64)
    for some, one in zip(values, borne, strict=True):
        is_there = some.have(asked)
        total[is_there] += one[some.places(asked)]
    return asked[total > limit]


def _bearers(records: Encoded, column: str) -> Ints:
    contacts = records.texts[column]
    codes = contacts.codes
    counts = who_counts(records.plain)
    stands = codes >= 0 if counts is None else (codes >= 0) & counts[contacts.rows()]
    return np.bincount(codes[stands], minlength=len(contacts.values))


def _names_of(records: Encoded, column: str, often: Hashes) -> pl.DataFrame:
    """Return contact (hash), name of the records who count and bear one of some contacts."""
    contacts = records.texts[column]
    is_often = contacts.values.marked(contacts.values.places(often))
    at = np.flatnonzero(is_often[contacts.codes])
    rows = contacts.rows()[at]
    counts = who_counts(records.plain)
    if counts is not None:
        at, rows = at[counts[rows]], rows[counts[rows]]
    named = records.select(NAMES).gather(rows).frame(NAMES)
    name = pl.coalesce(*present(named, NAMES), pl.lit(None, pl.String))
    contact = pl.Series(contacts.values.hashes[contacts.codes[at]], dtype=pl.UInt64)
    return named.select(contact=contact, name=name)


def _kernel_of(name: pl.Expr) -> pl.Expr:
    """Return what most spellings of one name have in common: its sorted initials."""
    return name.str.extract_all(r"\b\w").list.sort().list.join("")
