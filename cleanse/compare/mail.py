"""Mails: what each of them says by itself, and what it only repeats of its bearer's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.compare.census import ECHO, MADE, Census
from cleanse.compare.frequency import Frequencies
from cleanse.compare.table import Column, digits_of, flags, numbered
from cleanse.encoded import MARKS, MISSING, Encoded, Texts, lists_of
from cleanse.places import Flags, Ints, starts_of
from cleanse.schema import who_counts

Arrays = dict[str, npt.NDArray[Any]]
Teller: TypeAlias = Callable[[pl.DataFrame, pl.Series, Ints], Ints]
"""Finds some of the mails of records; of each it is told the row of its record."""
DOMAIN_SHARE = 0.005
"""Share of all mail addresses above which a domain is a provider's."""

SHORT_LOCAL = 6
"""Signs before the @ below which they tell little, as `EmailLevel` says."""


def locals_of(values: pl.Series) -> npt.NDArray[np.int64]:
    """Number the parts before the @; MISSING where one is too short to tell."""
    parts = values.str.replace("@[^@]*$", "")
    numbers = numbered(parts)
    numbers[:-1][(parts.str.len_chars() < SHORT_LOCAL).to_numpy()] = MISSING
    return numbers


def digits_in(values: pl.Series) -> npt.NDArray[np.int64]:
    """Number the digits before the @; MISSING where they are fewer than two."""
    digits = digits_of(local_part(values))
    numbers = numbered(digits)
    few = (digits.str.len_bytes() < 2).fill_null(value=True)  # noqa: PLR2004 - as said
    numbers[:-1][few.to_numpy()] = MISSING
    return numbers


def domains_of(
    column: Column, frequencies: Frequencies | None, census: Census | None = None
) -> npt.NDArray[np.int64]:
    """Number the domains that few use; MISSING for those of mail providers."""
    domains = domain_of(column.values)
    frame = pl.DataFrame({"domain": domains, "bearers": column.present})
    used = frame.group_by("domain").agg(pl.col("bearers").cast(pl.Float64).sum())
    if census:
        more = census.borne_in(used["domain"])
        used = used.with_columns(pl.col("bearers") + more)
    shared = used["domain"].filter(_are_providers(used, column, frequencies))
    numbers = numbered(domains)
    numbers[:-1][domains.is_in(shared.implode()).to_numpy()] = MISSING
    return numbers


def _are_providers(
    used: pl.DataFrame, column: Column, frequencies: Frequencies | None
) -> pl.Series:
    filled = float(column.filled)
    bearers = used["bearers"]
    if frequencies:
        in_force = frequencies.in_force(
            "email_domain", used["domain"], bearers.to_numpy(), total=filled
        )
        bearers = pl.Series(in_force)
        filled = frequencies.total("email_domain")
    return bearers > max(3.0, DOMAIN_SHARE * filled)


def mail_marks(records: pl.DataFrame) -> pl.Series:
    """Say of the mails of each record which its name tells, so that they tell no more than it.

    Args:
        records: emails, and as far as they are there given_compare, family_compare, kind, name_latin.

    Returns:
        emails_marks (List(UInt8)): of each mail `MADE`, `ECHO`, both or 0.
    """
    mails = records["emails"].cast(pl.List(pl.String))
    sizes = mails.list.len().fill_null(0).to_numpy()
    rows = np.repeat(np.arange(records.height), sizes)
    flat = mails.filter(sizes > 0).explode(empty_as_null=True)
    marks = np.zeros(len(flat), dtype=np.uint8)
    for mark, (names, which) in _TELLERS.items():
        if set(names) <= set(records.columns):
            told = records.select(pl.col(name).cast(pl.String) for name in names)
            marks[which(told, flat, rows)] |= mark
    return lists_of(pl.Series(marks), starts_of(sizes)).alias(f"emails{MARKS}")


def mail_arrays(records: Encoded, census: Census | None = None) -> Arrays:
    """Say of each mail what it only repeats.

    Args:
        records: All records, or some.
        census: What is known of the others; None: they are all.
    """
    mails = records.texts["emails"]
    local = local_part(mails.values.texts)
    spoken = _spoken(records)
    made, echo = (_marked(mails, spoken, mark) for mark in (MADE, ECHO))
    has_digit = local.str.contains(r"\d").fill_null(value=True)
    is_role = local.is_in(_roles(records, spoken).implode()).fill_null(value=False)
    if census:
        marks = census.mail_marks(mails.values.hashes)
        made[:-1] |= marks & MADE > 0
        echo[:-1] |= marks & ECHO > 0
        is_role |= pl.Series(census.are_roles(local))
    return {
        "email_is_made": made,
        "email_is_named": made & ~flags(has_digit),
        "email_is_echo": echo,
        "email_is_role": flags(is_role),
    }


def _spoken(records: Encoded) -> Flags:
    """Say of the mails of all records, one after the other, whether they say something of their bearers.

    Records that left speak only of mails that nobody else bears.
    """
    mails = records.texts["emails"]
    spoken = mails.codes >= 0
    counts = who_counts(records.plain)
    if counts is not None:
        stands = counts[mails.rows()]
        is_borne = mails.values.marked(mails.codes[stands])
        spoken &= stands | ~is_borne[mails.codes]
    return np.asarray(spoken, dtype=np.bool_)


def _marked(mails: Texts, spoken: Flags, mark: np.uint8) -> Flags:
    """Say of each mail whether a record that speaks of it marks it; False in the last place."""
    marks = np.uint8(0) if mails.marks is None else mails.marks
    return mails.values.marked(mails.codes[spoken & (marks & mark > 0)])


def _are_made(records: pl.DataFrame, mails: pl.Series, rows: Ints) -> Ints:
    """Find the mails that are made of their bearer's name, and digits at most.

    Without digits, such a mail at another provider tells no more than the name: jjones is
    any J. Jones. And where such mails are alike, it is because the names are.
    """
    bare = local_part(mails).str.replace_all(r"[._\d-]", "")
    given, family = (
        records[f"{part}_compare"].str.replace_all(" ", "", literal=True)
        for part in ("given", "family")
    )
    # Most are ruled out by their length, before any name is put together.
    first, last = _lengths(given)[rows], _lengths(family)[rows]
    length = _lengths(bare)
    fit = np.zeros(len(rows), dtype=np.bool_)
    for size in (first, last, first + last, first + 1, last + 1):
        fit |= length == size
    at = np.flatnonzero(fit & (first >= 0) & (last >= 0) & (length >= 0))
    told = pl.DataFrame(
        {
            "given": given.gather(rows[at]),
            "family": family.gather(rows[at]),
            "local": bare.gather(at),
        }
    )
    found: Ints = at[told.select(_is_made()).to_series().to_numpy()]
    return found


def _is_made() -> pl.Expr:
    """Say whether a mail is put together of a given and a family name."""
    given, family = pl.col("given"), pl.col("family")
    first, last = given.str.slice(0, 1), family.str.slice(0, 1)
    made = (
        given,
        family,
        given + family,
        family + given,
        first + family,
        family + first,
        given + last,
        last + given,
    )
    return pl.any_horizontal(pl.col("local") == one for one in made)


def _lengths(texts: pl.Series) -> Ints:
    """Return how many signs each text has; MISSING where there is none."""
    return texts.str.len_chars().cast(pl.Int64).fill_null(MISSING).to_numpy()


_TELLING = 4
"""Letters of a word of a name that are no accident in a domain."""


def _are_echoes(records: pl.DataFrame, mails: pl.Series, rows: Ints) -> Ints:
    """Find the mails of which the domain is made of their company's name: info@huaxia.cn of 华夏科技."""
    is_named = (records["kind"] == "company") & records["name_latin"].is_not_null()
    at = np.flatnonzero(is_named.to_numpy()[rows])
    label = mails.gather(at).str.extract(
        r"@(?:.*\.)?([^.@]+)\.(?:com\.|co\.|net\.|org\.)?[^.]+$"
    )
    label = label.str.replace_all("[^a-z]", "")
    name = records["name_latin"].gather(rows[at])
    told = pl.DataFrame({"at": at, "label": label, "name": name})
    told = told.filter(pl.col("label") != "")
    words = told.select("at", "label", word=pl.col("name").str.split(" "))
    words = words.explode("word", empty_as_null=True).drop_nulls()
    long = pl.col("word").str.len_chars() >= _TELLING
    held = pl.col("label").str.contains(pl.col("word"), literal=True)
    named = words.filter(long & held)["at"].unique()
    start = pl.col("label").str.head(_TELLING)
    joined = pl.col("name").str.replace_all(" ", "")
    within = joined.str.contains(start, literal=True)
    within &= start.str.len_chars() == _TELLING
    echoes = told.filter(within | pl.col("at").is_in(named.implode()))
    return echoes["at"].to_numpy()


_TELLERS: Mapping[np.uint8, tuple[tuple[str, ...], Teller]] = {
    MADE: (("given_compare", "family_compare"), _are_made),
    ECHO: (("kind", "name_latin"), _are_echoes),
}
"""Marks of mails → the columns that tell which have it, and how."""


def _roles(records: Encoded, spoken: Flags) -> pl.Series:
    """List what stands before the @ of mails that a post has, not a person: info, sales."""
    if "email_is_role" not in records.plain.columns:
        return pl.Series(dtype=pl.String)
    mails = records.texts["emails"]
    rows, codes = mails.rows()[spoken], mails.codes[spoken]
    has_role = records.plain["email_is_role"].fill_null(value=False).to_numpy()
    is_first = np.diff(rows, prepend=-1) > 0
    posts = mails.values.texts.gather(codes[is_first & has_role[rows]])
    return local_part(posts).unique()


def local_part(mails: pl.Series) -> pl.Series:
    """Return what stands before the @."""
    return mails.str.extract("^([^@]*)@")


def domain_of(mails: pl.Series) -> pl.Series:
    """Return what stands behind the last @."""
    return mails.str.extract("([^@]*)$").rename("domain")
