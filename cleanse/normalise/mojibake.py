"""Mojibake: text that was written in one encoding and read in another, before it reached us.

A cell is mended only when that is proven: its bytes, written back in the encoding
that it was read in, are valid in the other from end to end, and what they say is
text. Anything less stays as it is, and a check points at it.
"""

from __future__ import annotations

import re

import polars as pl

from cleanse.rulebook import Rulebook
from cleanse.schema import FIELDS, FieldKind, raw, replaced, rule

MENDED = "text.mojibake"
"""Name of the rule."""

_KINDS = (
    FieldKind.PERSON,
    FieldKind.COMPANY,
    FieldKind.ADDRESS,
    FieldKind.CATEGORY,
    FieldKind.TAGS,
    FieldKind.TEXT,
)

_CP1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_UTF8_AS_LATIN = rf"[\x{{C2}}-\x{{F4}}][\x{{80}}-\x{{BF}}{_CP1252}]"
"""Lead and trail byte of UTF-8, each shown as a western sign."""
_GBK_AS_LATIN = r"(?:[\x{B0}-\x{F7}][\x{A1}-\x{FE}]){2}"
"""Two characters of GB 2312, each shown as two western signs."""
_LEADS = "".join(
    bytes((lead, trail)).decode("gbk", "ignore")
    for lead in range(0xE4, 0xEA)
    for trail in range(0x80, 0xC0)
    if trail != 0x7F  # noqa: PLR2004 - no trail byte of GBK
)
_UTF8_AS_GBK = rf"[{_LEADS}]\p{{Han}}"
"""How the first bytes of a Chinese character in UTF-8 look when they are read as GBK."""
_SUSPECT = f"{_UTF8_AS_LATIN}|{_GBK_AS_LATIN}|{_UTF8_AS_GBK}"

_HAN = r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]"
_HAN_TEXT = re.compile(rf"(?:{_HAN}|[ -~])*{_HAN}(?:{_HAN}|[ -~])*")
_HIGH_RUN = re.compile("[\xa1-\xfe]{4,}")
_COMMON_HAN = range(0xB0, 0xD8)
"""Lead bytes of the 3,755 common characters of GB 2312."""


def mend_mojibake(text: str) -> str | None:
    """Return what a garbled text said, or None when that is not proven.

    >>> mend_mojibake("MÃ¼ller"), mend_mojibake("ÖÐ¹ú¹«Ë¾"), mend_mojibake("Müller")
    ('Müller', '中国公司', None)
    >>> mend_mojibake("宁波贸易".encode().decode("gb18030"))
    '宁波贸易'
    """
    return _from_latin(text) or _from_gbk(text) or _gbk_from_latin(text)


def normalise_mojibake(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:  # noqa: ARG001 - as every normaliser
    """Put what garbled cells said in the place of what is typed.

    Returns:
        `records` with ``F_replaced`` and ``F_rule`` for each field F of text that
        has garbled cells; a rule of the source goes before.
    """
    columns = []
    for field, kind in FIELDS.items():
        if kind in _KINDS and raw(field) in records.columns:
            columns += _mended(records, field)
    return records.with_columns(columns)


def _mended(records: pl.DataFrame, field: str) -> list[pl.Series]:
    texts = records[raw(field)]
    distinct = texts.filter(texts.str.contains(_SUSPECT)).unique()
    said = {text: mend_mojibake(text) for text in distinct}
    said = {text: mended for text, mended in said.items() if mended}
    if not said:
        return []
    mended = texts.replace_strict(said, default=None, return_dtype=pl.String)
    by_rule = (
        records[replaced(field)]
        if replaced(field) in records.columns
        else mended.set(mended.is_not_null(), None)
    )
    is_ours = mended.is_not_null() & (by_rule.is_null() | (by_rule == mended))
    how = pl.select(pl.when(is_ours).then(pl.lit(MENDED))).to_series()
    return [by_rule.fill_null(mended).alias(replaced(field)), how.alias(rule(field))]


def _from_latin(text: str) -> str | None:
    """UTF-8 that was read as Windows-1252 (bytes without a sign there as Latin-1)."""
    codes = (_latin_byte(sign) for sign in text)
    try:
        said = bytes(codes).decode("utf-8")
    except (ValueError, UnicodeError):
        return None
    return said if said != text else None


def _latin_byte(sign: str) -> int:
    if sign in _CP1252:
        return sign.encode("cp1252")[0]
    return ord(sign)


def _from_gbk(text: str) -> str | None:
    """UTF-8 that was read as GBK."""
    try:
        said = text.encode("gb18030").decode("utf-8")
    except UnicodeError:
        return None
    return said if said != text and _HAN_TEXT.fullmatch(said) else None


def _gbk_from_latin(text: str) -> str | None:
    """GBK that was read as Latin-1: at least two common characters in a row, nothing else high."""
    try:
        data = text.encode("latin-1")
        said = data.decode("gb2312")
    except UnicodeError:
        return None
    runs = _HIGH_RUN.findall(text)
    leads = [ord(sign) for run in runs for sign in run[::2]]
    is_common = bool(leads) and all(lead in _COMMON_HAN for lead in leads)
    # Four accented letters may be a word; six, or a sign among them, are none.
    is_no_word = any(len(run) > 4 or not run.isalpha() for run in runs)  # noqa: PLR2004
    return said if is_common and is_no_word and _HAN_TEXT.fullmatch(said) else None
