"""E-mail addresses: the primary one, keys by mailbox, and what is doubtful in them."""

from __future__ import annotations

import polars as pl

from cleanse.normalise.email_cell import are_plain, cell_emails
from cleanse.normalise.email_domain import (
    is_disposable,
    is_role,
    mailbox,
    split_address,
    with_meant,
)
from cleanse.normalise.placeholder import is_placeholder, typed
from cleanse.normalise.shared import shared
from cleanse.rulebook import Rulebook
from cleanse.schema import raw, rule, valid

FIELD = "email"
_MAIL = pl.Schema(
    {
        "cell": pl.String,
        "place": pl.Int64,
        FIELD: pl.String,
        valid(FIELD): pl.Boolean,
        rule(FIELD): pl.String,
    }
)


def normalise_email(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read the e-mail field; each distinct cell is read once.

    Args:
        records: A record frame.
        rulebook: Vocabulary mail_provider, mail_role, mail_domain, mail_typo and
            placeholders.

    Returns:
        `records` with ``email`` (the first valid, else the first as typed),
        ``email_is_valid``, ``email_rule`` (null for the usual one), ``email_key``
        (equal for one mailbox however it is written), ``email_is_role`` (info@,
        sales@: a desk, not a person), ``email_is_disposable``,
        ``email_suggestion`` (the address that may have been meant, else null) and
        ``emails``: the distinct keys of all valid addresses, then of the suggested.
    """
    if raw(FIELD) not in records.columns:
        return records
    cells = typed(records, FIELD, rulebook)
    lookup = _lookup(cells.drop_nulls().unique(), rulebook)
    joined = (
        cells.alias("cell")
        .to_frame()
        .join(lookup, on="cell", how="left", maintain_order="left")
    )
    return records.with_columns(joined.drop("cell"))


def _lookup(cells: pl.Series, rulebook: Rulebook) -> pl.DataFrame:
    """Read each cell: cell and the columns of `normalise_email`."""
    mails = with_keys(_mails(cells, rulebook), rulebook)
    lone = pl.col("suggested_key").is_null() & ~pl.col("cell").is_duplicated()
    is_lone = mails.select(lone).to_series()
    return pl.concat(
        [of_one(mails.filter(is_lone)), of_several(mails.filter(~is_lone))]
    )


def with_keys(mails: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Look at each address by itself: add the columns about it, and ``suggested_key``."""
    parts = with_meant(split_address(mails[FIELD]), rulebook).with_columns(
        pl.when(mails[valid(FIELD)]).then(name).alias(f"valid_{name}")
        for name in ("local", "domain")
    )
    about = shared(
        parts,
        (pl.col("local") + pl.lit("@") + pl.col("meant")).alias("email_suggestion"),
        mailbox("valid_local", "valid_domain", rulebook).alias("email_key"),
        mailbox("local", "meant", rulebook).alias("suggested_key"),
        is_role("valid_local", rulebook).alias("email_is_role"),
        is_disposable("valid_domain", rulebook).alias("email_is_disposable"),
    )
    return pl.concat([mails, about], how="horizontal")


def of_one(mails: pl.DataFrame) -> pl.DataFrame:
    """Do what `of_several` does to cells of one address that suggests no other."""
    key = pl.col("email_key")
    keys = pl.when(key.is_not_null()).then(key.reshape((-1, 1)).arr.to_list())
    return mails.select(pl.exclude("place", "suggested_key"), keys.alias("emails"))


def of_several(mails: pl.DataFrame) -> pl.DataFrame:
    """Gather the addresses of each cell: the first valid one, and all keys (null without any)."""
    mails = mails.sort("cell", ~pl.col(valid(FIELD)), "place")
    first = pl.exclude("cell", "place", "suggested_key").first()
    keys = pl.col("email_key").append(pl.col("suggested_key")).drop_nulls()
    lists = mails.group_by("cell", maintain_order=True).agg(
        first, keys.unique(maintain_order=True).alias("emails")
    )
    some = pl.when(pl.col("emails").list.len() > 0).then("emails")
    return lists.with_columns(some.alias("emails"))


def _mails(cells: pl.Series, rulebook: Rulebook) -> pl.DataFrame:
    """Take distinct cells apart (schema _MAIL); those of one plain address as columns."""
    lower = cells.str.strip_chars().str.to_lowercase()
    plain = are_plain(lower)
    quick = pl.DataFrame({"cell": cells, FIELD: lower}).filter(plain)
    quick = quick.with_columns(
        pl.lit(0, pl.Int64).alias("place"),
        pl.lit(value=True).alias(valid(FIELD)),
        pl.lit(None, pl.String).alias(rule(FIELD)),
    )
    rows = [
        (cell, place, *email)
        for cell in cells.filter(~plain)
        for place, email in enumerate(cell_emails(cell))
    ]
    columns = zip(*rows, strict=True) if rows else ([] for _ in _MAIL)
    slow = pl.DataFrame(dict(zip(_MAIL, columns, strict=True)), _MAIL)
    # What is one plain address was held against the placeholders as a cell.
    filler = is_placeholder(slow[FIELD], FIELD, rulebook).fill_null(value=False)
    return pl.concat([quick.select(list(_MAIL)), slow.filter(~filler)])
