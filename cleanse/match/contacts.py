"""Contacts that say nothing of who is who: switchboards, agencies, nobody's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from cleanse.encoded import Encoded, Hashes, are_among
from cleanse.places import Ints, distinct
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
    shared = shared_contacts(several, limit)
    return [without_contacts(records, shared) for records in several]


def shared_contacts(several: Sequence[Encoded], limit: int) -> dict[str, Hashes]:
    """Return the hashes of the contacts that `drop_shared_contacts` takes away, by column, ascending."""
    found = in_threads(lambda column: _shared(several, column, limit), CONTACTS)
    return dict(zip(CONTACTS, list(found), strict=True))


def without_contacts(records: Encoded, shared: Mapping[str, Hashes]) -> Encoded:
    """Take contacts away, given by their hashes."""
    for column, hashes in shared.items():
        records = _without(records, column, hashes)
    return records


def _without(records: Encoded, column: str, shared: Hashes) -> Encoded:
    if column not in records.texts:
        return records
    texts = records.texts[column]
    return records.with_texts({column: texts.without(texts.values.places(shared))})


def is_newly_shared(
    several: Sequence[Encoded],
    given: Sequence[Encoded],
    shared: Mapping[str, Hashes],
    limit: int,
) -> bool:
    """Say whether contacts of given records count for nothing now that did count.

    Args:
        several: All records, in one part or several.
        given: The given ones of them.
        shared: Contacts that counted for nothing before, by column.
        limit: The most names that may bear one contact.
    """
    for column in CONTACTS:
        parts = [records for records in given if column in records.texts]
        borne = [records.texts[column].values.hashes for records in parts]
        asked = distinct(np.concatenate([_NONE, *borne]))
        if len(_shared(several, column, limit, np.setdiff1d(asked, shared[column]))):
            return True
    return False


_NONE: Hashes = np.zeros(0, dtype=np.uint64)


def _shared(
    several: Sequence[Encoded],
    column: str,
    limit: int,
    asked: Hashes | None = None,
) -> Hashes:
    """Return the hashes of the contacts, of some or all, that more than `limit` differently named customers bear."""
    held = [records for records in several if column in records.texts]
    often = _often(held, column, limit, asked)
    borne = [_names_of(records, column, often) for records in held]
    if not len(often) or not borne:
        return _NONE
    names = pl.concat(borne).drop_nulls()
    # Names that differ need not differ by their kernels, but the other way round.
    for called in (pl.col("name"), _kernel_of(pl.col("name"))):
        names = names.with_columns(name=called).unique()
        names = names.filter(pl.len().over("contact") > limit)
    return names["contact"].unique().sort().to_numpy()


def _often(
    several: Sequence[Encoded], column: str, limit: int, asked: Hashes | None
) -> Hashes:
    """Return the hashes of the contacts, of some or all, that more than `limit` records who count bear."""
    values = [records.texts[column].values for records in several]
    borne = [_bearers(records, column) for records in several]
    if asked is None:
        # Who is borne by so many is borne by many in one of the parts.
        many = [
            some.hashes[one * len(values) > limit]
            for some, one in zip(values, borne, strict=True)
        ]
        asked = distinct(np.concatenate([_NONE, *many]))
    total = np.zeros(len(asked), dtype=np.int64)
    for some, one in zip(values, borne, strict=True):
        is_there = are_among(asked, some.hashes)
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
