"""Altered values: what added records change of how values are compared that others bear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from cleanse.compare.census import ECHO, MADE, Census
from cleanse.compare.company import numbered_pieces
from cleanse.compare.frequency import Frequencies
from cleanse.compare.mail import domains_of, local_part, mail_arrays
from cleanse.compare.prepare import Part, columns_of
from cleanse.compare.table import Column
from cleanse.encoded import SEED, Encoded, are_among
from cleanse.places import Flags, Ints

Altered = Mapping[str, pl.Series]
"""Values, by column; those of days as YYYYMMDD."""


def altered_values(
    news: Encoded, is_given: Flags, frequencies: Frequencies, census: Census
) -> Altered | None:
    """Find the values that do not count as they did, of which others may bear each.

    Args:
        news: The records that are not in the census.
        is_given: Of each, whether it was added just now.
        frequencies: Those of the model.
        census: Of all other records.

    Returns:
        None: what every record may feel has changed, or is not known.
    """
    everybody = np.ones(news.height, dtype=np.bool_)
    columns = columns_of(news, everybody, Part(census, everybody))
    named = [*columns]
    named += ["email_domain"] if "emails" in named else []
    named += ["company_piece"] if "company_core" in named else []
    if not all(map(frequencies.know, named)):
        return None
    found = {
        name: _recounted(name, column, is_given, frequencies)
        for name, column in columns.items()
    }
    if "emails" in columns:
        mails = columns["emails"]
        marked = _marked_mails(mails, news, news.filter(~is_given), census)
        if marked is None or _moves_domains(mails, is_given, frequencies, census):
            return None
        found["emails"] = pl.concat([found["emails"], marked])
    if "company_core" in columns:
        cores = columns["company_core"]
        pieces = _recounted_pieces(cores, is_given, frequencies, census)
        found["company_piece"] = pieces
    return {name: values for name, values in found.items() if len(values)}


def _given(column: Column, is_given: Flags) -> Ints:
    """Return how many of the given records bear each value."""
    codes = column.codes[is_given]
    return np.bincount(codes[codes >= 0], minlength=len(column.values))


def _recounted(
    name: str, column: Column, is_given: Flags, frequencies: Frequencies
) -> pl.Series:
    """Find values of which the bearers in force are not what they were."""
    given = _given(column, is_given)
    borne = column.bearers[:-1].astype(np.float64)
    at = np.flatnonzero((given > 0) & (borne > given))
    values, hashes = column.values[at], column.hashes[at]
    was, now = (
        frequencies.in_force(name, values, present, total=0, hashes=hashes)
        for present in (borne[at] - given[at], borne[at])
    )
    return values.filter(pl.Series(was != now, dtype=pl.Boolean))


def _marked_mails(
    mails: Column, news: Encoded, before: Encoded, census: Census
) -> pl.Series | None:
    """Find the mails of which another is known than was; None: some role is new."""
    told = mail_arrays(news)
    new = told["email_is_role"][:-1]
    if (new & ~census.are_roles(local_part(mails.values))).any():
        return None
    was = mail_arrays(before, census)
    values = before.texts["emails"].values
    at = values.places(mails.hashes)
    is_there = are_among(mails.hashes, values.hashes)
    marks = census.mail_marks(mails.hashes)
    differs = np.zeros(len(mails.values), dtype=np.bool_)
    for name, mark in (("made", MADE), ("echo", ECHO)):
        known = (marks & mark) > 0
        known[is_there] |= was[f"email_is_{name}"][:-1][at]
        differs |= told[f"email_is_{name}"][:-1] & ~known
    return mails.values.filter(pl.Series(differs, dtype=pl.Boolean))


def _moves_domains(
    mails: Column, is_given: Flags, frequencies: Frequencies, census: Census
) -> bool:
    """Say whether a domain has become a provider's, or is one no longer."""
    present = mails.present - _given(mails, is_given)
    before = domains_of(replace(mails, present=present), frequencies, census)
    return bool((before != domains_of(mails, frequencies, census)).any())


def _recounted_pieces(
    cores: Column, is_given: Flags, frequencies: Frequencies, census: Census
) -> pl.Series:
    """Find pieces of company names that are not as rare as they were."""
    owners, places, names = numbered_pieces(cores.values)
    unknown = ~census.has("company_core", cores.hashes)
    since = unknown & (cores.present > _given(cores, is_given))
    counts = [
        census.cores_with(names)
        + np.bincount(places, some[owners], len(names)).astype(float)
        for some in (since, unknown & (cores.present > 0))
    ]
    was, now = (
        frequencies.in_force("company_piece", names, each, total=0, least=1.0)
        for each in counts
    )
    return names.filter(pl.Series((was != now) & (counts[0] > 0), dtype=pl.Boolean))


def rows_with(records: Encoded, column: str, values: pl.Series) -> Ints:
    """Return which records have one of some values, as `altered_values` gives them."""
    if column == "company_piece":
        return _rows_of_pieces(records, values)
    if column in records.plain.columns:
        days = values.str.to_date("%Y%m%d")
        return records.plain[column].is_in(days.implode()).arg_true().to_numpy()
    if column not in records.texts or not len(values):
        return np.zeros(0, dtype=np.int64)
    texts = records.texts[column]
    hashes = np.sort(values.hash(SEED).to_numpy())
    at = np.flatnonzero(texts.values.marked(texts.values.places(hashes))[texts.codes])
    return np.unique(texts.rows()[at])


def _rows_of_pieces(records: Encoded, pieces: pl.Series) -> Ints:
    cores = records.texts["company_core"].values.texts
    held = cores.filter(cores.str.contains_any(pieces.implode()))
    owners, places, names = numbered_pieces(held)
    is_asked = names.is_in(pieces.implode()).to_numpy()
    return rows_with(records, "company_core", held[np.unique(owners[is_asked[places]])])
