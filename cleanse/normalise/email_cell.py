"""What is typed in one e-mail cell: the addresses, and what had to be mended.

Syntax is judged by email-validator (no network); plain ASCII addresses take a
path of two regular expressions, a hundred times faster and held equal to it by
tests/test_email.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl
from email_validator import EmailNotValidError, validate_email

from cleanse.normalise.text import tidy


class Email(NamedTuple):
    """One e-mail address."""

    address: str
    """Lower case when it is valid (no provider tells cases apart), else as typed."""
    is_valid: bool
    """The syntax is one that mail servers accept, and the domain a public one."""
    rule: str | None = None
    """What was mended to make it valid; None: it was typed so."""


SPACES = "email.spaces"
"""Rule: spaces beside the at sign or the dots of the domain were left out."""
SIGNS = "email.signs"
"""Rule: (at), (dot) or a comma stood for the sign."""
ENDS = "email.ends"
"""Rule: punctuation before or behind the address was left out."""

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TOP = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z])|[a-z])"
_LOCAL = rf"{_ATOM}(?:\.{_ATOM})*"
_WHOLE = rf"{_LOCAL}@(?:{_LABEL}\.)+{_TOP}"
_PLAIN = re.compile(rf"(?=.{{1,64}}@)(?=.{{3,254}}\Z){_WHOLE}", re.ASCII)
# Looked at closer: special names (SPECIAL_USE_DOMAIN_NAMES), xn--, and an apostrophe in front.
_SPECIAL = r"[.@](?:arpa|invalid|local|localhost|onion|test)$"
_CODED = r"^'|@.*--"
_NOT_PLAIN = re.compile(rf"{_SPECIAL}|{_CODED}")
_DOTLESS = re.compile(
    rf"{_LOCAL}@(?:ai|as|bj|cf|dj|dm|gp|gt|hr|io|kh|km|lk|mq|mr|pa|sr|tt|ua|ws)",
    re.ASCII,
)
"""Top-level domains that have, or had, a mail exchanger of their own (RFC 7085)."""

_URI = re.compile(
    r"^\s*(?:mailto|e-?mail|mail|邮箱地址|电子邮箱|邮箱|邮件|电子邮件|電郵|電子郵件|信箱)"
    r"(?:\s*[:/]\s*|\s+(?=\S+@))",
    re.IGNORECASE,
)
_QUERY = re.compile(r"\?(?:subject|body|cc|bcc)=.*", re.IGNORECASE)
_NAMED = re.compile(r'(?:"[^"@]*"|[^";,，；、|<>@])*<\s*([^<>\s]+@[^<>\s]+)\s*>')
_BRACKETED = re.compile(r"[^()@;,|]*[(\[【《]\s*([^()\s]+@[^()\s]+?)\s*[)\]】》]")
_NOTE = re.compile(r"\([^@()a-zA-Z0-9]*[^\W\d_][^@()a-zA-Z0-9]*\)")
_SEPARATOR = re.compile(r"\s*[;,，；、|]\s*|\s*/(?=[^/\s]+@)|\s+")
_AT = re.compile(r"\s*[(\[{<]\s*(?:at|@|艾特)\s*[)\]}>]\s*", re.IGNORECASE)
_DOT = re.compile(r"\s*[(\[{<]\s*(?:dot|\.|点)\s*[)\]}>]\s*", re.IGNORECASE)
_SPOKEN = re.compile(
    r"([\w.+-]+)\s+at\s+([\w-]+(?:\s+dot\s+[\w-]+)+)", re.IGNORECASE | re.ASCII
)
_COMMA = re.compile(r"([^\s@,]+@[\w.-]+),\s*(com|cn|net|org|com\.cn)", re.IGNORECASE)
_STRAY = " .,:;!'\"<>()[]{}*、。，；：《》【】“”"


def cell_emails(cell: str) -> tuple[Email, ...]:
    """Read the addresses of a cell, in their order. Never raises.

    What holds no ``@`` at all is one address that is not valid.

    >>> [mail.address for mail in cell_emails("Li <Li.Na@qq.com>；mailto:sales@x.cn")]
    ['li.na@qq.com', 'sales@x.cn']
    >>> cell_emails("wang＠163。com")
    (Email(address='wang@163.com', is_valid=True, rule=None),)
    >>> cell_emails("wang @ 163 . com")
    (Email(address='wang@163.com', is_valid=True, rule='email.spaces'),)
    >>> cell_emails("wang@163")
    (Email(address='wang@163', is_valid=False, rule=None),)
    """
    lower = cell.strip().lower()
    if is_plain(lower):
        return (Email(lower, is_valid=True),)
    return tuple(
        dict.fromkeys(mail for line in cell.split("\n") for mail in _line(line))
    )


def is_plain(lower: str) -> bool:
    """Tell an address that is valid beyond doubt; small letters only."""
    return _PLAIN.fullmatch(lower) is not None and not _NOT_PLAIN.search(lower)


def are_plain(lower: pl.Series) -> pl.Series:
    """Do what `is_plain` does to a column."""
    local, size = lower.str.find("@", literal=True), lower.str.len_bytes()
    return (
        lower.str.contains(rf"^{_WHOLE}$")
        & (local <= 64)  # noqa: PLR2004 - RFC 5321, as for the scalar
        & (size <= 254)  # noqa: PLR2004
        & ~lower.str.contains(_SPECIAL)
        & ~lower.str.contains(_CODED)
    )


def _line(line: str) -> Iterator[Email]:
    text = tidy(line).replace("。", ".").replace("．", ".")
    spelled = _AT.sub("@", _DOT.sub(".", text)) if "@" not in text else text
    spoken = _SPOKEN.fullmatch(spelled)
    if spoken:
        domain = re.sub(r"\s+dot\s+", ".", spoken[2], flags=re.IGNORECASE)
        spelled = f"{spoken[1]}@{domain}"
    for mail in _mended(spelled):
        is_spelled = mail.is_valid and spelled != text
        yield mail._replace(rule=SIGNS) if is_spelled else mail


def _mended(text: str) -> Iterator[Email]:
    """Read the addresses of a tidy line, mending what can only be meant one way."""
    text = _NAMED.sub(r" \1 ", _QUERY.sub("", _URI.sub("", text)))
    text = _NOTE.sub(" ", _BRACKETED.sub(r" \1 ", text)).strip()
    parts = [_URI.sub("", part) for part in _SEPARATOR.split(text) if part]
    # Words in another script are labels; Latin ones may belong to the address.
    latin = [part for part in parts if "@" in part or re.search("[a-zA-Z0-9]", part)]
    if latin and all("@" in part for part in latin):
        yield from map(_read_trimmed, latin)
    elif text:
        yield _without_spaces(text) or _without_comma(text) or _read_trimmed(text)


def _without_spaces(text: str) -> Email | None:
    local, _, domain = text.partition("@")
    joined = f"{local.strip()}@{re.sub(r' *[.] *', '.', domain.strip())}"
    whole_before = f"{local.strip()}@{domain.strip().partition(' ')[0]}".lower()
    if (
        joined != text
        and is_plain(joined.lower())
        and not is_plain(whole_before.rstrip("."))
    ):
        return Email(joined.lower(), is_valid=True, rule=SPACES)
    # With the spaces around the at sign only, the rest was whole.
    is_near = local.endswith(" ") or domain.startswith(" ")
    if is_near and joined.lower() == whole_before and is_plain(whole_before):
        return Email(whole_before, is_valid=True, rule=SPACES)
    return None


def _without_comma(text: str) -> Email | None:
    found = _COMMA.fullmatch(text)
    mended = f"{found[1]}.{found[2]}".lower() if found else ""
    return Email(mended, is_valid=True, rule=SIGNS) if is_plain(mended) else None


def _read_trimmed(text: str) -> Email:
    mail = _read_email(text)
    bare = text.lstrip(_STRAY.replace(".", "")).rstrip(_STRAY)
    if bare == text or (mail.is_valid and not text.startswith("'")):
        return mail
    trimmed = _read_email(bare)
    return trimmed._replace(rule=ENDS) if trimmed.is_valid else mail


def _read_email(text: str) -> Email:
    lower = text.lower()
    if is_plain(lower) or _DOTLESS.fullmatch(lower):
        return Email(lower, is_valid=True)
    try:
        checked = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return Email(text, is_valid=False)
    return Email(checked.normalized.lower(), is_valid=True)
