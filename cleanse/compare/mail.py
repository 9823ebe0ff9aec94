"""Mails: what each of them says by itself, and what it only repeats of its bearer's name."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.compare.frequency import Frequencies
from cleanse.compare.table import MISSING, Column, digits_of, flags, numbered
from cleanse.schema import present, who_counts, with_columns_present

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


def mail_arrays(mails: pl.Series, frame: pl.DataFrame) -> Arrays:
    """Say of each mail what it only repeats, and number its digits (MISSING under two)."""
    frame = _speaking(frame)
    local = _local_part(mails)
    made = mails.is_in(_made_mails(frame).implode())
    digits = digits_of(local)
    numbers = numbered(digits)
    few = (digits.str.len_bytes() < 2).fill_null(value=True)  # noqa: PLR2004 - as said
    numbers[:-1][few.to_numpy()] = MISSING
    return {
        "email_is_made": flags(made),
        "email_is_named": flags(made & (digits == "").fill_null(value=False)),
        "email_digits": numbers,
        "email_is_echo": flags(mails.is_in(_echoes(frame).implode())),
        "email_is_role": flags(local.is_in(_roles(frame).implode()).fill_null(False)),
    }


def _speaking(frame: pl.DataFrame) -> pl.DataFrame:
    """Let records that left speak only of mails that nobody else bears."""
    read = ("kind", "name_latin", "email_is_role")
    rows = frame.select(
        "given_compare", "family_compare", "emails", *present(frame, read)
    )
    counts = who_counts(frame)
    if counts is None:
        return rows
    there, left = (rows.filter(pl.Series(some)) for some in (counts, ~counts))
    borne = there["emails"].explode(empty_as_null=True).unique()
    others = pl.col("emails").list.filter(~pl.element().is_in(borne.implode()))
    return pl.concat([there, left.with_columns(emails=others)])


def _made_mails(frame: pl.DataFrame) -> pl.Series:
    """List the mails whose part before the @ is made of a bearer's name, and digits at most.

    Without digits, such a mail at another provider tells no more than the name: jjones is
    any J. Jones. And where such mails are alike, it is because the names are.
    """
    names = ("given_compare", "family_compare")
    rows = frame.select(*names, mail="emails").explode("mail", empty_as_null=True)
    rows = rows.drop_nulls().filter(pl.col("mail").str.contains("@", literal=True))
    bare = pl.col("mail").str.split_exact("@", 1).struct[0]
    rows = rows.with_columns(
        *(pl.col(name).str.replace_all(" ", "", literal=True) for name in names),
        local=bare.str.replace_all(r"[._\d-]", ""),
    )
    local, given, family = (pl.col(name) for name in ("local", *names))
    # Most are ruled out by their length, before any name is put together.
    sizes = [one.str.len_chars() for one in (given, family)]
    lengths = (*sizes, sum(sizes), *(size + 1 for size in sizes))
    rows = rows.filter(
        pl.any_horizontal(local.str.len_chars() == size for size in lengths)
    )
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
    return rows.filter(pl.any_horizontal(local == one for one in made))["mail"].unique()


_TELLING = 4
"""Letters of a word of a name that are no accident in a domain."""


def _echoes(frame: pl.DataFrame) -> pl.Series:
    """List the mails whose domain is made of a company's name: info@huaxia.cn of 华夏科技."""
    frame = with_columns_present(frame, {"name_latin": pl.String, "kind": pl.String})
    rows = frame.filter(pl.col("kind") == "company").select("name_latin", mail="emails")
    rows = rows.explode("mail", empty_as_null=True).drop_nulls().unique()
    label = pl.col("mail").str.extract(
        r"@(?:.*\.)?([^.@]+)\.(?:com\.|co\.|net\.|org\.)?[^.]+$"
    )
    label = label.str.replace_all("[^a-z]", "")
    rows = rows.with_columns(
        label=label, joined=pl.col("name_latin").str.replace_all(" ", "")
    )
    rows = rows.with_row_index("row").filter(pl.col("label") != "")
    words = rows.select("row", "label", word=pl.col("name_latin").str.split(" "))
    words = words.explode("word", empty_as_null=True).drop_nulls()
    long = pl.col("word").str.len_chars() >= _TELLING
    held = pl.col("label").str.contains(pl.col("word"), literal=True)
    named = words.filter(long & held)["row"].unique()
    start = pl.col("label").str.head(_TELLING)
    within = pl.col("joined").str.contains(start, literal=True)
    within &= start.str.len_chars() == _TELLING
    return rows.filter(within | pl.col("row").is_in(named.implode()))["mail"].unique()


def _roles(frame: pl.DataFrame) -> pl.Series:
    """List what stands before the @ of mails that a post has, not a person: info, sales."""
    if "email_is_role" not in frame.columns:
        return pl.Series(dtype=pl.String)
    rows = frame.filter("email_is_role")
    return _local_part(rows["emails"].list.first()).unique()


def _local_part(mails: pl.Series) -> pl.Series:
    return mails.str.extract("^([^@]*)@")
