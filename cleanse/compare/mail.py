"""Mails: what each of them says by itself, and what it only repeats of its bearer's name."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.compare.frequency import Frequencies
from cleanse.compare.table import Column, digits_of, flags, numbered
from cleanse.encoded import MISSING, Codes, Encoded
from cleanse.places import Flags, Ints
from cleanse.schema import who_counts

Arrays = dict[str, npt.NDArray[Any]]
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


def domains_of(
    column: Column, frequencies: Frequencies | None
) -> npt.NDArray[np.int64]:
    """Number the domains that few use; MISSING for those of mail providers."""
    domains = column.values.str.extract("([^@]*)$").rename("domain")
    frame = pl.DataFrame({"domain": domains, "bearers": column.bearers[:-1]})
    used = frame.group_by("domain").agg(pl.col("bearers").cast(pl.Float64).sum())
    filled = float(column.filled)
    if frequencies:
        in_force = frequencies.in_force(
            "email_domain", used["domain"], used["bearers"].to_numpy(), total=filled
        )
        used = used.with_columns(bearers=in_force)
        filled = frequencies.total("email_domain")
    shared = used.filter(pl.col("bearers") > max(3.0, DOMAIN_SHARE * filled))
    numbers = numbered(domains)
    numbers[:-1][domains.is_in(shared["domain"].implode()).to_numpy()] = MISSING
    return numbers


def mail_arrays(records: Encoded) -> Arrays:
    """Say of each mail what it only repeats, and number its digits (MISSING under two)."""
    mails = records.texts["emails"].values.texts
    local = _local_part(mails)
    borne = _spoken(records)
    made = _are_made(records, local, borne)
    digits = digits_of(local)
    numbers = numbered(digits)
    few = (digits.str.len_bytes() < 2).fill_null(value=True)  # noqa: PLR2004 - as said
    numbers[:-1][few.to_numpy()] = MISSING
    roles = _roles(records, borne)
    no_digits = (digits == "").fill_null(value=False).to_numpy()
    return {
        "email_is_made": np.append(made, False),
        "email_is_named": np.append(made & no_digits, False),
        "email_digits": numbers,
        "email_is_echo": np.append(_are_echoes(records, borne), False),
        "email_is_role": flags(local.is_in(roles.implode()).fill_null(value=False)),
    }


Borne = tuple[Ints, Codes]
"""Records, ascending, and a mail of each."""


def _spoken(records: Encoded) -> Borne:
    """Return the records and mails of all that say something of their bearers.

    Records that left speak only of mails that nobody else bears.
    """
    mails = records.texts["emails"]
    rows, codes = mails.rows(), mails.codes
    spoken = codes >= 0
    counts = who_counts(records.plain)
    if counts is not None:
        is_borne = mails.values.marked(codes[spoken & counts[rows]])
        spoken &= counts[rows] | ~is_borne[codes]
    return rows[spoken], codes[spoken]


def _are_made(records: Encoded, local: pl.Series, borne: Borne) -> Flags:
    """Say of each mail whether it is made of a bearer's name, and digits at most.

    Without digits, such a mail at another provider tells no more than the name: jjones is
    any J. Jones. And where such mails are alike, it is because the names are.

    Args:
        records: The records.
        local: What stands before the @ of each mail.
        borne: Who bears which.
    """
    found = np.zeros(len(local), dtype=np.bool_)
    names = [records.texts.get(name) for name in ("given_compare", "family_compare")]
    given, family = names
    if given is None or family is None:
        return found
    bare = local.str.replace_all(r"[._\d-]", "")
    joined = [_unspaced(each.values.texts) for each in (given, family)]
    rows, codes = borne
    # Most are ruled out by their length, before any name is put together.
    first, last = (
        _lengths(texts)[each.codes[rows]]
        for texts, each in zip(joined, (given, family), strict=True)
    )
    length = _lengths(bare)[codes]
    fit = np.zeros(len(rows), dtype=np.bool_)
    for size in (first, last, first + last, first + 1, last + 1):
        fit |= length == size
    fit &= (first >= 0) & (last >= 0) & (length >= 0)
    rows, codes = rows[fit], codes[fit]
    told = pl.DataFrame(
        {
            "given": joined[0].gather(given.codes[rows]),
            "family": joined[1].gather(family.codes[rows]),
            "local": bare.gather(codes),
        }
    )
    found[codes[told.select(_is_made()).to_series().to_numpy()]] = True
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


def _unspaced(texts: pl.Series) -> pl.Series:
    return texts.str.replace_all(" ", "", literal=True)


def _lengths(texts: pl.Series) -> Ints:
    """Return how many signs each text has; MISSING where there is none, and in the last place."""
    sizes = texts.str.len_chars().cast(pl.Int64).fill_null(MISSING)
    return np.append(sizes.to_numpy(), MISSING)


_TELLING = 4
"""Letters of a word of a name that are no accident in a domain."""


def _are_echoes(records: Encoded, borne: Borne) -> Flags:
    """Say of each mail whether its domain is made of a company's name: info@huaxia.cn of 华夏科技."""
    mails, names = records.texts["emails"].values, records.texts.get("name_latin")
    found = np.zeros(len(mails), dtype=np.bool_)
    rows, codes = borne
    if names is None or "kind" not in records.plain.columns:
        return found
    is_company = (records.plain["kind"] == "company").to_numpy()[rows]
    rows, codes = rows[is_company], codes[is_company]
    pairs = pl.DataFrame({"mail": codes, "name": names.codes[rows]})
    pairs = pairs.filter(pl.col("name") >= 0).unique()
    if pairs.is_empty():
        return found
    label = mails.texts.str.extract(
        r"@(?:.*\.)?([^.@]+)\.(?:com\.|co\.|net\.|org\.)?[^.]+$"
    )
    label = label.str.replace_all("[^a-z]", "")
    name = names.values.texts.gather(pairs["name"])
    told = pairs.select("mail", label=label.gather(pairs["mail"]), name=name)
    told = told.with_row_index("row")
    told = told.filter(pl.col("label") != "")
    words = told.select("row", "label", word=pl.col("name").str.split(" "))
    words = words.explode("word", empty_as_null=True).drop_nulls()
    long = pl.col("word").str.len_chars() >= _TELLING
    held = pl.col("label").str.contains(pl.col("word"), literal=True)
    named = words.filter(long & held)["row"].unique()
    start = pl.col("label").str.head(_TELLING)
    joined = pl.col("name").str.replace_all(" ", "")
    within = joined.str.contains(start, literal=True)
    within &= start.str.len_chars() == _TELLING
    echoes = told.filter(within | pl.col("row").is_in(named.implode()))
    found[echoes["mail"].to_numpy()] = True
    return found


def _roles(records: Encoded, borne: Borne) -> pl.Series:
    """List what stands before the @ of mails that a post has, not a person: info, sales."""
    if "email_is_role" not in records.plain.columns:
        return pl.Series(dtype=pl.String)
    rows, codes = borne
    has_role = records.plain["email_is_role"].fill_null(value=False).to_numpy()
    is_first = np.diff(rows, prepend=-1) > 0
    mails = records.texts["emails"].values.texts
    return _local_part(mails.gather(codes[is_first & has_role[rows]])).unique()


def _local_part(mails: pl.Series) -> pl.Series:
    return mails.str.extract("^([^@]*)@")
