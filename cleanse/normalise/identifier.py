"""Identifiers that an authority issues: cleaned, and checked where they can be.

A check tells three things: it holds, it does not, or there is none to make
(a passport number; a number of unknown kind).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple

import polars as pl
from stdnum.br import cnpj
from stdnum.ch import uid
from stdnum.eu import vat as eu_vat
from stdnum.gb import vat as gb_vat
from stdnum.in_ import gstin
from stdnum.kr import brn
from stdnum.us import ein, ssn

from cleanse.normalise.placeholder import typed
from cleanse.rulebook import Rulebook
from cleanse.schema import ID_FIELDS, raw, valid


class Identifier(NamedTuple):
    """One identifier."""

    value: str | None
    """Upper case without separators; None when digits are lost (4.4E+17)."""
    is_valid: bool | None
    """None: there is no check to make."""


_SEPARATORS = re.compile(r"[\s\-./_·—–:]+")
_LABEL = re.compile(
    r"^(?:身份证|统一社会信用代码|税号|纳税人识别号|护照|执照|ssn|ein|vat|tin|lei|abn|no)"
    r"[\s.:：号#]*(?=[\dA-Z])",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Signs of a 统一社会信用代码 (GB 32100-2015): no I, O, S, V, Z."""
_USCC_LENGTH = 18
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11643-1999: 2^(17-i) mod 11."""
_ABN_WEIGHTS = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
_SSN_FORM = re.compile(r"\d{3}-\d{2}-\d{4}")


class _Form(NamedTuple):
    """A tax number that is known by how it is written."""

    pattern: re.Pattern[str]
    """Of the text in capitals, tidy."""
    check: Callable[[str], bool]
    """Of the number without separators: form and check digits."""


_FORMS = (
    _Form(
        re.compile(
            r"(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)"
            r"[ .-]?[A-Z]?\d(?:[ .-]?[A-Z0-9]){5,13}"
        ),
        eu_vat.is_valid,
    ),
    _Form(
        re.compile(r"(?:GB|XI)[ .-]?(?:\d(?:[ .-]?\d){7,11}|(?:GD|HA)\d{3})"),
        gb_vat.is_valid,
    ),
    _Form(
        re.compile(r"CHE[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{3}(?: ?(?:MWST|TVA|IVA|HR))?"),
        uid.is_valid,
    ),
    _Form(re.compile(r"\d{2}\.?\d{3}\.?\d{3}/\d{4}-?\d{2}"), cnpj.is_valid),
    _Form(re.compile(r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]"), gstin.is_valid),
    _Form(re.compile(r"\d{2}-\d{7}"), ein.is_valid),
    _Form(re.compile(r"\d{3}-\d{2}-\d{5}"), brn.is_valid),
)
"""VAT of the EU (with the digits that each country checks), UK VAT, Swiss UID, Brazilian CNPJ,
Indian GSTIN, US EIN (assigned prefixes only), Korean business number; python-stdnum checks them."""

_SUFFIX = re.compile(r"(?:MWST|TVA|IVA|HR)$")


def clean_identifier(text: str) -> str:
    """Take separators, labels and case off.

    >>> clean_identifier("身份证：11010519491231002x")
    '11010519491231002X'
    """
    return _SEPARATORS.sub("", _LABEL.sub("", text)).upper()


def read_tax_id(text: str) -> Identifier:
    """Read a tax number: 统一社会信用代码, ABN, or one of _FORMS; others are only cleaned.

    >>> read_tax_id("91350100M000100Y43")
    Identifier(value='91350100M000100Y43', is_valid=True)
    >>> read_tax_id("DE 123 456 78")
    Identifier(value='DE12345678', is_valid=False)
    >>> read_tax_id("123 4567 8").is_valid is None
    True
    """
    code = clean_identifier(text)
    if len(code) == _USCC_LENGTH and not code.isalpha():
        return Identifier(code, is_social_credit_code(code))
    if len(code) == len(_ABN_WEIGHTS) and code.isdecimal():
        # An ABN looks like other eleven-digit numbers: it can only be confirmed.
        return Identifier(code, is_abn(code) or None)
    written = _LABEL.sub("", text).strip().upper()
    for form in _FORMS:
        if form.pattern.fullmatch(written):
            code = _SUFFIX.sub("", code)
            return Identifier(code, form.check(code))
    return Identifier(code, None)


def read_national_id(text: str) -> Identifier:
    """Read a 身份证 (a 15-digit one is written with 18, as at its renewal) or an SSN.

    >>> read_national_id("11010519491231002x")
    Identifier(value='11010519491231002X', is_valid=True)
    >>> read_national_id("110105491231002").value
    '11010519491231002X'
    >>> read_national_id("900-12-3456").is_valid
    False
    """
    code = clean_identifier(text)
    if re.fullmatch(r"\d{17}[\dX]", code):
        return Identifier(code, is_resident_id(code))
    if re.fullmatch(r"[1-9]\d{14}", code):
        longer = f"{code[:6]}19{code[6:]}"
        if _birth(longer):
            return Identifier(longer + _resident_check(longer), is_valid=True)
    if _SSN_FORM.fullmatch(text.strip()):
        return Identifier(code, ssn.is_valid(text.strip()))
    return Identifier(code, None)


def read_lei(text: str) -> Identifier:
    """Read a Legal Entity Identifier (ISO 17442: 20 signs, ISO 7064 mod 97-10).

    >>> read_lei("5493001KJTIIGC8Y1R12").is_valid
    True
    """
    code = clean_identifier(text)
    form = re.fullmatch(r"[0-9A-Z]{18}\d{2}", code)
    digits = "".join(str(int(sign, 36)) for sign in code) if form else ""
    return Identifier(code, bool(digits) and int(digits) % 97 == 1)


def read_plain(text: str) -> Identifier:
    """Read an identifier without a check that we know."""
    return Identifier(clean_identifier(text), None)


def is_social_credit_code(code: str) -> bool:
    """Check a 统一社会信用代码 (GB 32100-2015: weights 3^i mod 31)."""
    if len(code) != _USCC_LENGTH or any(sign not in _USCC for sign in code):
        return False
    total = sum(_USCC.index(sign) * pow(3, i, 31) for i, sign in enumerate(code[:-1]))
    return _USCC[-total % 31] == code[-1]


def is_resident_id(code: str) -> bool:
    """Check an 18-digit 身份证: birth date and check sign (GB 11643-1999)."""
    return _birth(code) is not None and _resident_check(code) == code[-1]


def is_abn(code: str) -> bool:
    """Check an Australian Business Number (first digit less one; weighted sum mod 89)."""
    digits = [int(sign) for sign in code]
    digits[0] -= 1
    return sum(w * d for w, d in zip(_ABN_WEIGHTS, digits, strict=True)) % 89 == 0


def _resident_check(code: str) -> str:
    total = sum(w * int(d) for w, d in zip(_ID_WEIGHTS, code, strict=False))
    return "10X98765432"[total % 11]


def _birth(code: str) -> dt.date | None:
    try:
        return dt.date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return None


_READERS: dict[str, Callable[[str], Identifier]] = {
    "tax_id": read_tax_id,
    "national_id": read_national_id,
    "lei": read_lei,
}


def normalise_identifier(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read the identifier fields; each distinct text is read once.

    Returns:
        `records` with ``F`` and ``F_is_valid`` for each field F of ID_FIELDS that
        is there; what a spreadsheet has rounded is null and not valid.
    """
    for field in ID_FIELDS:
        if raw(field) in records.columns:
            text = typed(records, field, rulebook)
            records = records.with_columns(_read(text, field))
    return records


def _read(text: pl.Series, field: str) -> pl.DataFrame:
    reader = _READERS.get(field, read_plain)
    distinct = text.drop_nulls().unique()
    rows = [(each, *_unless_rounded(each, reader)) for each in distinct]
    schema = {"text": pl.String, field: pl.String, valid(field): pl.Boolean}
    lookup = pl.DataFrame(rows, schema, orient="row")
    cells = text.alias("text").to_frame()
    read = cells.join(lookup, on="text", how="left", maintain_order="left")
    return read.drop("text")


def _unless_rounded(text: str, reader: Callable[[str], Identifier]) -> Identifier:
    if _SCIENTIFIC.fullmatch(text):
        return Identifier(None, is_valid=False)
    value, is_valid = reader(text.removesuffix(".0"))
    return Identifier(value or None, is_valid)
