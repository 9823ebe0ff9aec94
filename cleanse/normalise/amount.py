"""Amounts of money and counts.

An amount keeps two decimals. Its currency is the one typed in its own column,
else the sign or code beside the number, read in the country of the row, else the
one that nearly all signs of its column in the same list tell.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from math import prod
from typing import NamedTuple

import polars as pl

from cleanse.normalise.han_number import NUMERALS, with_digits
from cleanse.normalise.placeholder import typed
from cleanse.normalise.text import fold
from cleanse.rulebook import Rulebook
from cleanse.schema import FIELDS, FieldKind, present, raw, valid

MONEY = pl.Decimal(18, 2)
_READ = pl.Schema([("text", pl.String), ("value", MONEY), ("sign", pl.String)])


class Amount(NamedTuple):
    """An amount as typed."""

    value: Decimal | None
    """Rounded half up to cents; None when it is no number."""
    sign: str | None
    """Currency sign, code or name beside it, folded."""


_UNITS = {"k": 10**3, "m": 10**6, "mn": 10**6, "mio": 10**6, "bn": 10**9, "w": 10**4}
_UNITS |= {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_HAN_UNITS = {"百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8}
_VAGUE = NUMERALS + "角毛分几多数至到上下小大近超低高以余"
"""Signs of what is no single amount: another number, a part of one, or a range."""
_ABOUT = re.compile(
    r"^(?:大约|约|大概|ca\.?(?= )|approx\.?|about|~|≈)\s*|\s*(?:左右|上下|\(含\))$"
)
_COINS = re.compile(r"(\d[\d,]*)\s*[元圆块](?:(\d)[角毛])?(?:(\d)分)?(?=[^\d角毛分]*$)")
_WHOLE = re.compile(r"(?<=[元圆])[整正]$|(?<=[元圆块角毛分])钱$")
_NUMBER = re.compile(
    rf"(?P<before>[^\d()+.,{_VAGUE}-]*)(?P<sign>[(+-]?)(?P<inner>[^\d()+.,{_VAGUE}-]*)"
    r"(?P<number>\d[\d.,'\s]*|[.,]\d+)\s*"
    rf"(?P<unit>[百千万亿]+|(?:{'|'.join(_UNITS)})(?![a-z]))?"
    rf"(?P<after>[^\d()+{_VAGUE}-]*)(?P<end>[)-]?)"
)
_GROUPS = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")
_PLAIN = r"^-?\d{1,15}(?:\.\d{1,2})?$"
_NO_DIGIT = re.compile("[^0-9]")
_LARGEST = Decimal(10) ** 16
_CENT = Decimal("0.01")
_FEWEST_SIGNED = 20
_USUAL_SHARE = 0.9
"""Of the signed cells of a list: so many tell the currency of its bare ones."""


def parse_amount(text: str) -> Amount:
    """Read an amount. Never raises.

    Where only one kind of separator is typed, one that stands once before three
    digits is a thousands comma or a decimal point, as it looks.

    >>> [str(parse_amount(t).value) for t in ("1,234.50", "1.234,50", "(123)", "¥1.2万")]
    ['1234.50', '1234.50', '-123.00', '12000.00']
    >>> parse_amount("USD 1 234 567").sign, parse_amount("十块三毛").value
    ('usd', Decimal('10.30'))
    """
    found = _NUMBER.fullmatch(_in_digits(fold(text)))
    plain = found and _plain(found["number"].strip())
    if not found or not plain:
        return Amount(None, None)
    number = Decimal(plain) * _unit(found["unit"] or "")
    if "(" in found["sign"] or "-" in found["sign"] + found["end"]:
        number = -number
    if abs(number) >= _LARGEST:
        return Amount(None, None)
    words = (found[part].strip(" .:") for part in ("before", "inner", "after"))
    sign = next((word for word in words if word), None)
    return Amount(number.quantize(_CENT, ROUND_HALF_UP), sign)


def _in_digits(text: str) -> str:
    """Write Chinese numerals, 角 and 分 as digits; take off what says "about".

    >>> _in_digits("一百三十五块六角七分钱"), _in_digits("约4.2亿美元")
    ('135.67元', '4.2亿美元')
    """
    text = _ABOUT.sub("", text)
    if text.isascii():
        return text
    text = _WHOLE.sub("", with_digits(text))
    return _COINS.sub(_with_cents, text)


def _with_cents(found: re.Match[str]) -> str:
    whole, tenths, hundredths = found.groups()
    if not (tenths or hundredths):
        return found[0]
    return f"{whole}.{tenths or 0}{hundredths or 0}元"


def _unit(unit: str) -> int:
    """Value of a unit: k, 万, or several together (千万).

    >>> _unit("千万"), _unit("k"), _unit("")
    (10000000, 1000, 1)
    """
    return _UNITS.get(unit) or prod(_HAN_UNITS[sign] for sign in unit)


def _plain(number: str) -> str | None:
    """Write a number with a decimal point and nothing else.

    >>> [_plain(n) for n in ("1,234", "1.234", "1.234.567", "1'234.5", "12,5", "1,234.5")]
    ['1234', '1.234', '1234567', '1234.5', '12.5', '1234.5']
    """
    last = max(number.rfind("."), number.rfind(","))
    whole, point, decimals = number[:last], number[last : last + 1], number[last + 1 :]
    grouped = _GROUPS.fullmatch(number)
    if last < 0 or (grouped and (point == "," or number.count(".") > 1)):
        whole, decimals = number, ""
    if not (_GROUPS.fullmatch(whole) or whole.isdecimal() or not whole):
        return None
    return f"{_NO_DIGIT.sub('', whole) or 0}.{_NO_DIGIT.sub('', decimals)}".rstrip(".")


def normalise_amount(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read the fields that are amounts, counts and currencies.

    Returns:
        `records` with ``F`` (Decimal(18, 2) or Int64) and ``F_is_valid`` for each
        amount and count, and ``currency`` (ISO 4217), from its own column, from
        the first amount that names one, or from the other rows of the list.
    """
    by_sign = []
    by_list = []
    for field, kind in FIELDS.items():
        if kind not in (FieldKind.AMOUNT, FieldKind.COUNT):
            continue
        if raw(field) in records.columns:
            text = typed(records, field, rulebook)
            read = _read(text)
            value = read["value"].alias(field)
            if kind is FieldKind.COUNT:
                value = value.set(value != value.floor(), None).cast(pl.Int64)
            else:
                signs = _currency(read["sign"], records, rulebook)
                by_sign.append(signs)
                by_list.append(_usual(signs, value, records))
            checked = pl.when(text.is_not_null()).then(value.is_not_null())
            records = records.with_columns(value, checked.alias(valid(field)))
    if raw("currency") in records.columns:
        words = typed(records, "currency", rulebook)
        folded_words = words.map_elements(fold, pl.String, skip_nulls=True)
        by_sign.insert(0, _currency(folded_words, records, rulebook))
    if by_sign:
        records = records.with_columns(
            pl.coalesce(*by_sign, *by_list).alias("currency")
        )
    return records


def _usual(signs: pl.Series, amounts: pl.Series, records: pl.DataFrame) -> pl.Series:
    """Return the currency of nearly all signed cells of a list, for its bare amounts."""
    rows = pl.DataFrame({"sign": signs, "value": amounts})
    lists = [records[name] for name in present(records, ("source", "file", "sheet"))]
    names = pl.concat_str(pl.lit(""), *lists, separator="\n", ignore_nulls=True)
    rows = rows.with_columns(names.alias("list"))
    counts = rows.drop_nulls("sign").group_by("list", "sign").len()
    total = pl.col("len").sum().over("list")
    sure = (total >= _FEWEST_SIGNED) & (pl.col("len") >= _USUAL_SHARE * total)
    usual = counts.filter(sure).select("list", usual="sign")
    joined = rows.join(usual, on="list", how="left", maintain_order="left")
    told = pl.when(pl.col("value").is_not_null()).then("usual")
    return joined.select(told.alias("currency")).to_series()


def _read(text: pl.Series) -> pl.DataFrame:
    """Value and sign, one row per text."""
    plain = text.set(~text.str.contains(_PLAIN), None).cast(MONEY)
    distinct = text.filter(plain.is_null()).drop_nulls().unique()
    rows = [(each, *parse_amount(each)) for each in distinct]
    lookup = pl.DataFrame(rows, _READ, orient="row")
    cells = text.alias("text").to_frame()
    read = cells.join(lookup, on="text", how="left", maintain_order="left")
    return read.with_columns(pl.coalesce(plain, "value").alias("value"))


def _currency(signs: pl.Series, records: pl.DataFrame, rulebook: Rulebook) -> pl.Series:
    """Read currency signs, codes and names (folded) in the country of each row."""
    where = [records[name] for name in present(records, ("country", "region"))]
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, records.height)
    place = pl.select(pl.coalesce(*where, empty)).to_series()
    rows = pl.DataFrame({"sign": signs, "place": place})
    codes = _codes(rulebook)
    distinct = rows.drop_nulls("sign").unique()
    named = [codes.get(row, codes.get((row[0], None))) for row in distinct.rows()]
    lookup = distinct.with_columns(pl.Series("currency", named, pl.String))
    return rows.join(
        lookup,
        on=["sign", "place"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )["currency"]


def _codes(rulebook: Rulebook) -> dict[tuple[str, str | None], str]:
    """Currency by sign and country; by sign alone where no country says otherwise."""
    codes: dict[tuple[str, str | None], str] = {}
    for row in rulebook.vocabulary.rows("currency"):
        codes[row["sign"], None] = row["currency"]
        for pair in row["where"].split():
            place, _, currency = pair.partition(":")
            codes[row["sign"], place] = currency
    return codes
