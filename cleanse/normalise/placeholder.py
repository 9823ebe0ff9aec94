"""Placeholders: what was typed because the form would not take an empty cell.

Every normaliser reads its field through `typed`, so a placeholder is missing
for all of them.
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.text import folded, folded_tidy, tidied
from cleanse.rulebook import Rulebook
from cleanse.schema import (
    FIELDS,
    MANY_VALUED,
    VALUE_SEPARATOR,
    FieldKind,
    present,
    raw,
    replaced,
)

# Nothing but signs that say nothing: "-", "???", "...", "/", "~".
_NO_TEXT = r"^[\p{P}\p{Z}~=`|^]*$"

# The same digit throughout, at least five times: "0000000000", "99999999".
_SAME_DIGIT = "|".join(f"{digit}{{5,}}" for digit in range(10))
_ONE_DIGIT = f"^(?:{_SAME_DIGIT})$"

_SHORTEST_SEQUENCE = 6
_RUN_UP = "01234567890123456789"

# What may stand before a national number that is a placeholder.
# A zero is taken off mainland mobiles only: elsewhere it belongs to an area code.
# A country code only where as many digits follow as it has: 4412 3456 is Qatari.
_PREFIX = (
    r"^(?:(?:00)?86(\d{7,8}|\d{10,11})|(?:00)?44(\d{9,11})"
    r"|0(1[3-9]\d{9})|(?:00)?1(\d{10}))$"
)

_SAMPLE = 1_000
"""Rows of a column that tell whether its values come again and again."""


def typed(records: pl.DataFrame, field: str, rulebook: Rulebook) -> pl.Series:
    """Read a field as its normaliser should: tidy, known bad values replaced, placeholders null.

    Args:
        records: A record frame; where ``<field>_replaced`` says something (a source
            rule's word on a known bad value, empty for "nothing") it goes before
            ``<field>_raw``; with neither column, all is missing.
        field: A standard field, or a column of the user's own.
        rulebook: Vocabulary placeholder and placeholder_mail.

    Returns:
        String series named `field`, one per row. The values of a MANY_VALUED
        field still stand apart by VALUE_SEPARATOR; lines of an address by ", ".
    """
    columns = present(records, (replaced(field), raw(field)))
    if not columns:
        return pl.Series(field, [None], pl.String).new_from_index(0, records.height)
    values = records.select(pl.coalesce(columns).cast(pl.String).alias(field))[field]
    if (
        field in MANY_VALUED
        and values.str.contains(VALUE_SEPARATOR, literal=True).any()
    ):
        return _typed_each(values, field, rulebook)
    if FIELDS.get(field) is FieldKind.ADDRESS:
        values = values.str.replace_all(r"\s*,?\s*\r?\n\s*", ", ")
    if values.head(_SAMPLE).n_unique() > _SAMPLE // 2:
        return _without_placeholders(tidied(values), field, rulebook)
    distinct = values.unique()
    clean = _without_placeholders(tidied(distinct), field, rulebook)
    is_other = clean.ne_missing(distinct)
    return values.replace(distinct.filter(is_other), clean.filter(is_other))


def is_placeholder(values: pl.Series, field: str, rulebook: Rulebook) -> pl.Series:
    """Tell of each tidy value whether it means that nothing is known.

    >>> from cleanse.rulebook import load_rulebook
    >>> phones = pl.Series(["13800138000", "+86 138 0013 8000", "0000000000", "1380013800"])
    >>> is_placeholder(phones, "phone", load_rulebook()).to_list()
    [True, True, True, False]
    """
    return _says_nothing(folded(values), field, rulebook)


def _says_nothing(text: pl.Series, field: str, rulebook: Rulebook) -> pl.Series:
    """Do what `is_placeholder` does to folded values."""
    kind = FIELDS.get(field, FieldKind.TEXT)
    words = placeholder_words(field, rulebook)
    found = text.is_in(words) | text.str.contains(_NO_TEXT)
    if kind is FieldKind.PHONE:
        found |= _is_no_phone(text, words)
    elif kind is FieldKind.EMAIL:
        found |= _is_no_mail(text, rulebook)
    elif kind is FieldKind.ID:
        code = text.str.replace_all(r"[\s\-./]", "")
        found |= code.str.contains(_ONE_DIGIT) | code.is_in(_sequences())
    return found


def placeholder_words(field: str, rulebook: Rulebook) -> list[str]:
    """Return the words of the vocabulary that mean nothing in `field`, sorted."""
    names = {field, FIELDS.get(field, FieldKind.TEXT).value}
    words = []
    for row in rulebook.vocabulary.rows("placeholder"):
        where = set(row["where"].split())
        if where & {"any", *names} and not where & {f"-{name}" for name in names}:
            words.append(row["word"])
    return sorted(words)


def _typed_each(values: pl.Series, field: str, rulebook: Rulebook) -> pl.Series:
    """Do what `typed` does to every value of a cell."""
    each = (
        values.str.split(VALUE_SEPARATOR)
        .to_frame()
        .with_row_index("row")
        .explode(field)
        .drop_nulls(field)
    )
    kept = each.with_columns(
        _without_placeholders(tidied(each[field]), field, rulebook)
    ).drop_nulls(field)
    joined = kept.group_by("row").agg(pl.col(field).str.join(VALUE_SEPARATOR))
    rows = pl.DataFrame({"row": pl.arange(len(values), eager=True, dtype=pl.UInt32)})
    return rows.join(joined, on="row", how="left", maintain_order="left")[field]


def _without_placeholders(
    values: pl.Series, field: str, rulebook: Rulebook
) -> pl.Series:
    """Make tidy values that are placeholders null."""
    return values.set(_says_nothing(folded_tidy(values), field, rulebook), None)


def _is_no_phone(text: pl.Series, words: list[str]) -> pl.Series:
    """A known placeholder, one digit, or a sequence; with or without a prefix."""
    known = [word for word in words if word.isdigit()] + _sequences()
    digits = text.str.replace_all(r"\D", "")
    # A closer look only at those that end so: hardly any.
    may_be = digits.str.contains(f"(?:{_SAME_DIGIT}|{'|'.join(known)})$").arg_true()
    is_worded = text.gather(may_be).str.contains(r"\p{L}{3}")
    digits = digits.gather(may_be).set(is_worded, None)
    bare = digits.str.replace(_PREFIX, "$1$2$3$4")
    found = (
        digits.str.contains(_ONE_DIGIT)
        | bare.str.contains(_ONE_DIGIT)
        | digits.is_in(known)
        | bare.is_in(known)
    )
    return _only(found, may_be, len(text))


def _is_no_mail(text: pl.Series, rulebook: Rulebook) -> pl.Series:
    domains = sorted(rulebook.vocabulary.words("placeholder_mail", part="domain"))
    both = sorted(rulebook.vocabulary.words("placeholder_mail", part="both"))
    locals_ = sorted(rulebook.vocabulary.words("placeholder_mail", part="local"))
    starts = "|".join(map(pl.escape_regex, (*both, *locals_)))
    ends = "|".join(map(pl.escape_regex, domains))
    # A closer look only at those that begin or end so: hardly any.
    is_near = text.str.contains(f"^(?:{starts})@") | text.str.contains(f"@(?:{ends})$")
    may_be = is_near.arg_true()
    near = text.gather(may_be)
    local = near.str.extract(r"^([^@]+)@")
    domain = near.str.extract(r"@([^@]+)$")
    name = domain.str.extract(r"^([^.]+)\.")
    same = (local == name) & local.is_in(both)
    found = domain.is_in(domains) | local.is_in(locals_) | same
    return _only(found, may_be, len(text))


def _only(found: pl.Series, rows: pl.Series, height: int) -> pl.Series:
    """Lay what was found of some rows among all others, of which it is not true."""
    nothing = pl.repeat(value=False, n=height, dtype=pl.Boolean, eager=True)
    return nothing.scatter(rows, found.fill_null(value=False))


def _sequences() -> list[str]:
    """Digits in order from the first or the last: "1234567890", "987654321"."""
    runs = ((_RUN_UP, "1"), (_RUN_UP[::-1], "90"))
    longest = 10
    return sorted(
        {
            run[start : start + length]
            for run, ends in runs
            for length in range(_SHORTEST_SEQUENCE, longest + 1)
            for start in range(len(run) - length + 1)
            if run[start] in ends
        }
        | {_RUN_UP[:longest]}
    )
