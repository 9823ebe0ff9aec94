"""Domains of mail addresses: one mailbox under several names, typing errors, throw-away mail.

A typing error is proposed, never put right: who has li@gmial.com may have meant
gmail.com, but only he knows.
"""

from __future__ import annotations

import string
from functools import lru_cache

import polars as pl

from cleanse.rulebook import Rulebook
from cleanse.rulebook.vocabulary import Vocabulary

_SHORTEST_NAME = 5
"""Letters of a provider's name from which one slip in it is told: 163 and 168 are two names."""
_SIGNS = string.ascii_lowercase + string.digits


def split_address(addresses: pl.Series) -> pl.DataFrame:
    """Split addresses, in small letters, at their last at sign: ``local`` and ``domain``."""
    address = addresses.str.to_lowercase().alias("address")
    return address.to_frame().select(
        pl.col("address").str.extract(r"^(.+)@").alias("local"),
        pl.col("address").str.extract(r"@([^@]+)$").alias("domain"),
    )


def mailbox(local: str, domain: str, rulebook: Rulebook) -> pl.Expr:
    """Write an address as the one spelling that its provider makes of it.

    Args:
        local: Column of what stands before the at sign, in small letters.
        domain: Column of what stands behind it.
        rulebook: Vocabulary mail_provider.
    """
    same = rulebook.vocabulary.mapping("mail_provider", "provider")
    provider = pl.col(domain).replace(same)
    dotless = provider.is_in(sorted(_providers(rulebook, "ignores_dots")))
    tagged = provider.is_in(sorted(_providers(rulebook, "has_tags")))
    # What nothing is done to is left out of the patterns: most of any list.
    has_tag = tagged & pl.col(local).str.contains("+", literal=True)
    whole = pl.when(has_tag).then(local).str.replace(r"(.)\+.*$", "$1")
    box = pl.coalesce(whole, local)
    bare = pl.when(dotless).then(box).str.replace_all(".", "", literal=True)
    return pl.coalesce(pl.when(bare != "").then(bare), box) + pl.lit("@") + provider


def is_role(local: str, rulebook: Rulebook) -> pl.Expr:
    """Tell a desk (info@, sales2@) from a person; vocabulary mail_role."""
    roles = sorted(rulebook.vocabulary.words("mail_role"))
    return pl.col(local).str.strip_chars_end("0123456789._-").is_in(roles)


def is_disposable(domain: str, rulebook: Rulebook) -> pl.Expr:
    """Tell throw-away mail; vocabulary mail_domain, subdomains included."""
    known = sorted(rulebook.vocabulary.words("mail_domain", kind="disposable"))
    above = pl.col(domain).str.extract(r"\.([^.]+\.[^.]+)$")
    return pl.col(domain).is_in(known) | above.is_in(known).fill_null(value=False)


def with_meant(parts: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Add ``meant``: the domain that may have been meant where one looks mistyped, else null.

    One slip in the name of a mail provider (gmial.com), an ending that does not
    exist (163.con), a dot left out (qqcom): vocabulary mail_typo and mail_domain.

    Args:
        parts: Column domain.
        rulebook: The vocabularies.
    """
    domains = parts["domain"].drop_nulls().unique()
    meant = {one: _meant(one, rulebook.vocabulary) for one in domains}
    meant = {domain: name for domain, name in meant.items() if name}
    domain = pl.col("domain")
    name = domain.replace_strict(meant, default=None, return_dtype=pl.String)
    return parts.with_columns(name.alias("meant"))


def _meant(domain: str, vocabulary: Vocabulary) -> str | None:
    head, dot, ending = domain.rpartition(".")
    mended = _endings(vocabulary).get(dot + ending)
    whole = head + mended if mended else domain
    return _slips(vocabulary).get(whole) or (whole if mended else None)


def _providers(rulebook: Rulebook, column: str) -> set[str]:
    rows = rulebook.vocabulary.rows("mail_provider")
    return {row["provider"] for row in rows if row[column] == "yes"}


@lru_cache(maxsize=8)
def _endings(vocabulary: Vocabulary) -> dict[str, str]:
    typos = vocabulary.mapping("mail_typo", "domain")
    return {typo: meant for typo, meant in typos.items() if typo.startswith(".")}


@lru_cache(maxsize=8)
def _slips(vocabulary: Vocabulary) -> dict[str, str]:
    """Map every domain one slip away from exactly one provider's to that one."""
    known = vocabulary.words("mail_domain")
    meant: dict[str, set[str]] = {}
    for provider in sorted(vocabulary.words("mail_domain", kind="provider")):
        name, _, ending = provider.partition(".")
        near = {provider.replace(".", "")}
        if len(name) >= _SHORTEST_NAME:
            near |= {f"{slip}.{ending}" for slip in _one_slip(name)}
        for domain in near - known:
            meant.setdefault(domain, set()).add(provider)
    listed = vocabulary.mapping("mail_typo", "domain")
    sure = {typo: min(names) for typo, names in meant.items() if len(names) == 1}
    return sure | {typo: name for typo, name in listed.items() if typo[0] != "."}


def _one_slip(name: str) -> set[str]:
    """Return what comes of two letters changing places, or of one after the first too many, missing or wrong.

    >>> {"gmial", "gmil", "gmaill", "gmsil"} <= _one_slip("gmail")
    True
    >>> {"mail", "email"} & _one_slip("gmail")
    set()
    """
    cuts = [(name[:i], name[i:]) for i in range(1, len(name) + 1)]
    swapped = {
        name[:i] + name[i + 1] + name[i] + name[i + 2 :] for i in range(len(name) - 1)
    }
    missing = {head + tail[1:] for head, tail in cuts if tail}
    wrong = {head + sign + tail[1:] for head, tail in cuts if tail for sign in _SIGNS}
    added = {head + sign + tail for head, tail in cuts for sign in _SIGNS}
    return (swapped | missing | wrong | added) - {name}
