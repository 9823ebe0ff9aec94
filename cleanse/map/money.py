"""The currency and the unit of an amount that stand in its heading: 累计消费(万元), Spend (USD)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from cleanse.map.mapping import Column, Use, text
from cleanse.map.mapping import Mapping as TableMapping
from cleanse.schema import FIELDS, FieldKind

_BRACKETED = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]")
_TAIL = re.compile(r"(?:^|[\s/:_,-])([^\s/:_,-]+)$")
_ABOVE = re.compile(
    r"(?:金额单位|货币单位|单位|币种|币别|currency|unit)\s*[::]\s*([^\s,;,;、)]+)"
    r"|\b(?:amounts?|figures|values|all)\s+(?:are\s+)?in\s+(.+)$",
    re.IGNORECASE,
)
_HAN_UNIT = re.compile(r"([百千万亿]+)(.*)")
_UNITS = {
    **dict.fromkeys(("k", "000", "'000", "000s", "'000s"), "k"),
    **dict.fromkeys(("thousand", "thousands"), "k"),
    **dict.fromkeys(("m", "mn", "mio", "million", "millions"), "m"),
}
_CODE = 3
"""Letters of a code. Some are words too (ALL, TRY): they count in capitals only."""
_KNOWN_CODES = frozenset("usd eur gbp cny rmb jpy hkd twd aud cad sgd chf nzd".split())
_SAID = {"百": "100", "千": "1,000", "万": "10,000", "亿": "100,000,000", "k": "1,000", "m": "1,000,000"}  # fmt: skip
_HAN_NUMERALS = "零〇一二三四五六七八九十百千两"
_NUMERAL = rf"[\d{_HAN_NUMERALS}]"
_UNIT_TYPED = r"[\d一二三四五六七八九十百千两]\s*[万亿]|\d\s*(?:[百千]|(?i:k|m|w|mn|mio|bn|thousand|million|billion)\b)"
_BARE = r"^[\d\s.,'’+()-]*\d[\d\s.,'’+()百千万亿kKmM-]*$"


class Money(NamedTuple):
    """What a heading says of the amounts under it."""

    currency: str = ""
    """As typed; empty where nothing is said."""
    unit: str = ""
    """What is written behind a number for it: 万, k, m."""


def heading_money(heading: str, codes: Mapping[str, str]) -> Money:
    """Read currency and unit from a heading.

    Args:
        heading: As typed.
        codes: Currency sign, code or name (folded) → ISO 4217.

    >>> codes = {"元": "CNY", "usd": "USD", "all": "ALL"}
    >>> heading_money("累计金额（万元）", codes), heading_money("Spend (USD k)", codes)
    (Money(currency='元', unit='万'), Money(currency='USD', unit='k'))
    >>> heading_money("Total (all)", codes), heading_money("Amount in USD", codes)
    (Money(currency='', unit=''), Money(currency='USD', unit=''))
    """
    plain = unicodedata.normalize("NFKC", heading).strip()
    found = _BRACKETED.findall(plain)
    tail = _TAIL.search(_BRACKETED.sub(" ", plain).strip())
    last = tail[1] if tail else ""
    for note in found:
        if any(money := _read(note.strip(), codes)):
            return money
    # Outside brackets "real" is a word: only codes and signs count.
    is_word = last.isascii() and last.isalpha() and len(last) != _CODE
    money = Money() if is_word else _read(last, codes)
    return money if money.currency else Money()


def _read(note: str, codes: Mapping[str, str]) -> Money:
    note = note.removeprefix("单位").lstrip(":： ")
    if _is_currency(note, codes):
        return Money(note)
    if han := _HAN_UNIT.fullmatch(note):
        unit, rest = han[1], han[2].strip()
        return Money(rest, unit) if not rest or _is_currency(rest, codes) else Money()
    words = [word for word in note.split() if word.lower() != "in"]
    units = [_UNITS[word.lower()] for word in words if word.lower() in _UNITS]
    signs = [word for word in words if word.lower() not in _UNITS]
    if any(not _is_currency(sign, codes) for sign in signs):
        return Money()
    return Money(next(iter(signs), ""), next(iter(units), ""))


def _is_currency(word: str, codes: Mapping[str, str]) -> bool:
    is_code = len(word) == _CODE and word.isascii() and word.isalpha()
    if is_code and not word.isupper() and word.lower() not in _KNOWN_CODES:
        return False
    return word.casefold() in codes


def preamble_money(lines: Sequence[str], codes: Mapping[str, str]) -> Money:
    """Read currency and unit of all amounts of a list from what stands above its headings.

    >>> preamble_money(["制表：财务部 单位：万元"], {"元": "CNY"})
    Money(currency='元', unit='万')
    >>> preamble_money(["Amounts in USD thousands", "2026"], {"usd": "USD"})
    Money(currency='USD', unit='k')
    """
    for line in lines:
        for found in _ABOVE.finditer(unicodedata.normalize("NFKC", line)):
            said = (found[1] or found[2] or "").strip(" .,;)")
            if any(money := _read(said, codes)):
                return money
    return Money()


def with_money(
    column: Column, codes: Mapping[str, str], above: Money | None = None
) -> Column:
    """Add to a column of amounts what its heading says of them, for a person to read too.

    Args:
        column: As decided.
        codes: Currency sign, code or name (folded) → ISO 4217.
        above: What is said of all amounts above the headings; it holds where the
            heading says nothing.
    """
    is_filling = column.use in (Use.FIELD, Use.FALLBACK)
    if not is_filling or FIELDS[str(column.field)] is not FieldKind.AMOUNT:
        return column
    money, where = heading_money(column.heading, codes), "the heading"
    if above and not any(money):
        money, where = above, "what stands above the headings"
    reason = column.reason
    if money.currency:
        reason += f"; currency {codes[money.currency.casefold()]} from {where}"
    if money.unit:
        times = " × ".join(_SAID[sign] for sign in money.unit)
        reason += f"; times {times} from {where}"
    return replace(column, currency=money.currency, unit=money.unit, reason=reason)


def currency_column(mapping: TableMapping) -> Iterator[pl.Expr]:
    """Yield the currency of the headings, where no column of the list has one.

    A cell that names its own keeps it: the heading speaks of bare numbers only.
    """
    columns = _amounts(mapping)
    if "currency" in mapping.fields or not any(c.currency for c in columns):
        return
    typed = pl.lit(None, pl.String)
    for column in reversed(columns):
        cell = text(column.heading)
        said = pl.when(cell.str.contains(_BARE)).then(pl.lit(column.currency or None))
        typed = pl.when(cell.is_not_null()).then(said).otherwise(typed)
    yield typed.alias("currency_raw")


def in_units(mapping: TableMapping, field: str) -> list[pl.Expr]:
    """Write the unit of a heading behind each number under it, to be read so: 1.2万."""
    columns = [c for c in _amounts(mapping) if c.field == field]
    if not any(c.unit for c in columns):
        return []
    read = pl.lit(None, pl.String)
    for column in reversed(columns):
        cell = text(column.heading).str.strip_chars()
        is_open = cell.str.contains(_NUMERAL) & ~cell.str.contains(_UNIT_TYPED)
        end = rf"({_NUMERAL})([^\d{_HAN_NUMERALS}]*)$"
        written = cell.str.replace(end, rf"${{1}}{column.unit}${{2}}")
        said = pl.when(is_open & pl.lit(bool(column.unit))).then(written)
        read = pl.when(cell.is_not_null()).then(said).otherwise(read)
    return [read]


def _amounts(mapping: TableMapping) -> list[Column]:
    """Return the columns of amounts, the one whose value is taken first in front."""
    filling = [c for c in mapping.columns if c.use in (Use.FIELD, Use.FALLBACK)]
    amounts = [c for c in filling if FIELDS[str(c.field)] is FieldKind.AMOUNT]
    return sorted(amounts, key=lambda c: (c.use is Use.FALLBACK, c.order, c.heading))
