"""E-mail addresses: syntax by email-validator (no network), keys by mailbox.

Plain ASCII addresses take a path of two regular expressions, a hundred times
faster and held equal to email-validator by tests/test_email.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl
from email_validator import EmailNotValidError, validate_email

from cleanse.normalise.placeholder import is_placeholder, typed
from cleanse.normalise.text import tidy
from cleanse.rulebook import Rulebook
from cleanse.schema import raw, valid

FIELD = "email"


class Email(NamedTuple):
    """One e-mail address."""

    address: str
    """Lower case when it is valid (no provider tells cases apart), else as typed."""
    is_valid: bool
    """The syntax is one that mail servers accept, and the domain a public one."""


_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(
    rf"(?=.{{1,64}}@)(?=.{{3,254}}\Z){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?!..--)"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z])|[a-z])",
    re.ASCII,
)
# Of these the library has an opinion (SPECIAL_USE_DOMAIN_NAMES).
_SPECIAL = re.compile(r"[.@](?:arpa|invalid|local|localhost|onion|test)\Z")

_URI = re.compile(r"^\s*(?:mailto|e-?mail|邮箱|邮件|电子邮件)\s*:\s*", re.IGNORECASE)
_QUERY = re.compile(r"\?(?:subject|body|cc|bcc)=.*", re.IGNORECASE)
_NAMED = re.compile(r'(?:"[^"@]*"|[^";,，；、|<>@])*<\s*([^<>\s]+@[^<>\s]+)\s*>')
_NOTE = re.compile(r"\([^@()a-zA-Z0-9]*\)")
_SEPARATOR = re.compile(r"\s*[;,，；、|]\s*|\s*/(?=[^/\s]+@)|\s+")


def cell_emails(cell: str) -> tuple[Email, ...]:
    """Read the addresses of a cell, in their order. Never raises.

    What holds no ``@`` at all is one address that is not valid.

    >>> [mail.address for mail in cell_emails("Li <Li.Na@qq.com>；mailto:sales@x.cn")]
    ['li.na@qq.com', 'sales@x.cn']
    >>> cell_emails("wang＠163。com")
    (Email(address='wang@163.com', is_valid=True),)
    >>> cell_emails("wang@163")
    (Email(address='wang@163', is_valid=False),)
    """
    lower = cell.strip().lower()
    if _is_plain(lower):
        return (Email(lower, is_valid=True),)
    return tuple(dict.fromkeys(_read_email(part) for part in _addresses(cell)))


def _is_plain(lower: str) -> bool:
    return _PLAIN.fullmatch(lower) is not None and not _SPECIAL.search(lower)


def _addresses(cell: str) -> Iterator[str]:
    for line in cell.split("\n"):
        text = tidy(line).replace("。", ".").replace("．", ".")
        text = _NAMED.sub(r" \1 ", _QUERY.sub("", _URI.sub("", text)))
        text = _NOTE.sub(" ", text).strip()
        parts = [_URI.sub("", part) for part in _SEPARATOR.split(text) if part]
        # Words in another script are labels; Latin ones may belong to the address.
        latin = [
            part for part in parts if "@" in part or re.search("[a-zA-Z0-9]", part)
        ]
        if latin and all("@" in part for part in latin):
            yield from latin
        elif text:
            yield text


def _read_email(text: str) -> Email:
    lower = text.lower()
    if _is_plain(lower):
        return Email(lower, is_valid=True)
    try:
        checked = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return Email(text, is_valid=False)
    return Email(checked.normalized.lower(), is_valid=True)


def normalise_email(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read the e-mail field; each distinct cell is read once.

    Args:
        records: A record frame.
        rulebook: Vocabulary mail_provider, mail_role and placeholders.

    Returns:
        `records` with ``email`` (the first valid, else the first as typed),
        ``email_is_valid``, ``email_key`` (equal for one mailbox however it is
        written), ``email_is_role`` (info@, sales@: a desk, not a person) and
        ``emails``: the distinct keys of all valid addresses.
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
    rows = [
        (cell, place, *email)
        for cell in cells
        for place, email in enumerate(cell_emails(cell))
    ]
    schema = {
        "cell": pl.String,
        "place": pl.Int64,
        FIELD: pl.String,
        valid(FIELD): pl.Boolean,
    }
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    mails = pl.DataFrame(dict(zip(schema, columns, strict=True)), schema)
    mails = mails.filter(
        ~is_placeholder(mails[FIELD], FIELD, rulebook).fill_null(False)
    )
    mails = mails.with_columns(*_mailbox(rulebook)).sort(
        "cell", ~pl.col(valid(FIELD)), "place"
    )
    keys = pl.col("email_key").drop_nulls().unique(maintain_order=True)
    first = pl.exclude("cell", "place").first()
    lists = mails.group_by("cell", maintain_order=True).agg(first, keys.alias("emails"))
    some = pl.when(pl.col("emails").list.len() > 0).then("emails")
    return lists.with_columns(some.alias("emails"))


def _mailbox(rulebook: Rulebook) -> tuple[pl.Expr, pl.Expr]:
    """``email_key`` and ``email_is_role`` of the column ``email``."""
    mail = pl.when(valid(FIELD)).then(FIELD)
    local, domain = mail.str.extract(r"^(.+)@"), mail.str.extract(r"@([^@]+)$")
    same = rulebook.vocabulary.mapping("mail_provider", "provider")
    provider = domain.replace(same)
    dotless = provider.is_in(sorted(_providers(rulebook, "ignores_dots")))
    tagged = provider.is_in(sorted(_providers(rulebook, "has_tags")))
    box = pl.when(tagged).then(local.str.replace(r"(.)\+.*$", "$1")).otherwise(local)
    box = (
        pl.when(dotless).then(box.str.replace_all(".", "", literal=True)).otherwise(box)
    )
    roles = sorted(rulebook.vocabulary.words("mail_role"))
    is_role = local.str.replace(r"[\d._-]+$", "").is_in(roles)
    return (
        (box + pl.lit("@") + provider).alias("email_key"),
        is_role.alias("email_is_role"),
    )


def _providers(rulebook: Rulebook, column: str) -> set[str]:
    rows = rulebook.vocabulary.rows("mail_provider")
    return {row["provider"] for row in rows if row[column] == "yes"}
