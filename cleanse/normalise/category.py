"""Categories, tags, handles and free text: tidy, and in one spelling where words are known."""

from __future__ import annotations

import polars as pl

from cleanse.normalise.placeholder import typed
from cleanse.normalise.text import folded
from cleanse.rulebook import Rulebook
from cleanse.schema import FIELDS, VALUE_SEPARATOR, FieldKind, raw

_KNOWN_WORDS = {"gender": "gender_word", "consent": "consent_word"}
"""Categories whose words mean the same in every list, and their vocabulary."""

# Categories that other modules read: kind, currency, and what speaks of the record.
_ELSEWHERE = ("kind", "currency", "source")

_TAG_SEPARATOR = r"\s*[,;|/\n，；、]\s*"

_QQ = r"^(?:qq)?[:\s]*([1-9]\d{4,10})(?:@qq\.com)?$"
_WECHAT_LABEL = r"^(?:wechat|weixin|wx|微信|微信号)\s*[:：]\s*"


def normalise_category(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read the fields that are categories, tags, handles or text.

    Returns:
        `records` with ``F`` for each such field F that is there. gender is
        male, female or other (null when it says something else), consent yes or
        no; salutation Mr, Ms, Dr …; tags stand in order, apart by "; "; the other
        fields are as typed, tidy.
    """
    readers = {
        FieldKind.CATEGORY: _category,
        FieldKind.TAGS: _tags,
        FieldKind.HANDLE: _handle,
        FieldKind.TEXT: _text,
    }
    columns = [
        readers[kind](typed(records, field, rulebook), rulebook)
        for field, kind in FIELDS.items()
        if kind in readers and field not in _ELSEWHERE and raw(field) in records.columns
    ]
    return records.with_columns(columns)


def _category(values: pl.Series, rulebook: Rulebook) -> pl.Series:
    field = values.name
    if field == "salutation":
        return _salutation(values, rulebook)
    vocabulary = _KNOWN_WORDS.get(field)
    if vocabulary is None:
        return values
    known = rulebook.vocabulary.mapping(vocabulary, field)
    words = folded(values).replace_strict(known, default=None, return_dtype=pl.String)
    return words if field == "gender" else words.fill_null(values)


def _salutation(values: pl.Series, rulebook: Rulebook) -> pl.Series:
    known = rulebook.vocabulary.mapping("title", "salutation")
    known = {word: said for word, said in known.items() if said}
    words = folded(values).str.replace_all(".", "", literal=True)
    said = words.replace_strict(known, default=None, return_dtype=pl.String)
    return said.fill_null(values)


def _tags(values: pl.Series, _: Rulebook) -> pl.Series:
    """Part tags, drop repeated ones, and put them in order."""
    frame = values.str.replace_all(_TAG_SEPARATOR, VALUE_SEPARATOR).to_frame()
    tags = pl.col(values.name).str.split(VALUE_SEPARATOR)
    tags = tags.list.eval(pl.element().filter(pl.element() != "")).list.unique()
    return frame.select(tags.list.sort().list.join("; ")).to_series()


def _handle(values: pl.Series, _: Rulebook) -> pl.Series:
    """Read the first of the handles: lower case, without scheme and labels."""
    field = values.name
    first = values.str.split(VALUE_SEPARATOR).list.first().str.to_lowercase()
    if field == "qq":
        return first.str.extract(_QQ).fill_null(first).alias(field)
    if field == "wechat":
        return first.str.replace(_WECHAT_LABEL, "").alias(field)
    site = first.str.replace(r"^[a-z]+://", "").str.replace(r"^www\d?\.", "")
    return site.str.strip_chars_end("/").alias(field)


def _text(values: pl.Series, _: Rulebook) -> pl.Series:
    return values
