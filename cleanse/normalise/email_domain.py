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


def mailbox(address: pl.Expr, rulebook: Rulebook) -> pl.Expr:
    """Write an address as the one spelling that its provider makes of it.

    Args:
        address: Valid addresses in small letters, or null.
        rulebook: Vocabulary mail_provider.
    """
    local, domain = _parts(address)
    same = rulebook.vocabulary.mapping("mail_provider", "provider")
    provider = domain.replace(same)
    dotless = provider.is_in(sorted(_providers(rulebook, "ignores_dots")))
    tagged = provider.is_in(sorted(_providers(rulebook, "has_tags")))
    box = pl.when(tagged).then(local.str.replace(r"(.)\+.*$", "$1")).otherwise(local)
    bare = box.str.replace_all(".", "", literal=True)
    box = pl.when(dotless & (bare != "")).then(bare).otherwise(box)
    return box + pl.lit("@") + provider


def is_role(address: pl.Expr, rulebook: Rulebook) -> pl.Expr:
    """Tell a desk (info@, sales2@) from a person; vocabulary mail_role."""
    roles = sorted(rulebook.vocabulary.words("mail_role"))
    return _parts(address)[0].str.replace(r"[\d._-]+$", "").is_in(roles)


def is_disposable(address: pl.Expr, rulebook: Rulebook) -> pl.Expr:
    """Tell throw-away mail; vocabulary mail_domain, subdomains included."""
    domain = _parts(address)[1]
    known = sorted(rulebook.vocabulary.words("mail_domain", kind="disposable"))
    above = domain.str.extract(r"\.([^.]+\.[^.]+)$")
    return domain.is_in(known) | above.is_in(known).fill_null(value=False)


def suggested(addresses: pl.Series, rulebook: Rulebook) -> pl.Series:
    """Write the address that may have been meant where its domain looks mistyped, else null.

    One slip in the name of a mail provider (gmial.com), an ending that does not
    exist (163.con), a dot left out (qqcom): vocabulary mail_typo and mail_domain.
    """
    frame = addresses.str.to_lowercase().alias("address").to_frame()
    local, domain = _parts(pl.col("address"))
    frame = frame.select(local.alias("local"), domain.alias("domain"))
    domains = frame["domain"].drop_nulls().unique()
    meant = {one: _meant(one, rulebook.vocabulary) for one in domains}
    meant = {domain: name for domain, name in meant.items() if name}
    name = pl.col("domain").replace_strict(meant, default=None, return_dtype=pl.String)
    return frame.select(pl.col("local") + pl.lit("@") + name).to_series()


def _meant(domain: str, vocabulary: Vocabulary) -> str | None:
    head, dot, ending = domain.rpartition(".")
    mended = _endings(vocabulary).get(dot + ending)
    whole = head + mended if mended else domain
    return _slips(vocabulary).get(whole) or (whole if mended else None)


def _parts(address: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    return address.str.extract(r"^(.+)@"), address.str.extract(r"@([^@]+)$")


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
