"""Countries: by name, code or Chinese name to ISO 3166-1 alpha-2."""

from __future__ import annotations

import polars as pl

from cleanse.normalise.placeholder import typed
from cleanse.normalise.text import folded
from cleanse.rulebook import Rulebook
from cleanse.schema import raw, valid

FIELD = "country"


def read_country(values: pl.Series, rulebook: Rulebook) -> pl.Series:
    """Read countries; what is none, or might be several, is null.

    Args:
        values: Tidy texts.
        rulebook: Vocabulary country.

    >>> from cleanse.rulebook import load_rulebook
    >>> texts = pl.Series(["U.S.A.", "中國", "Deutschland", "gbr", "Atlantis", None])
    >>> read_country(texts, load_rulebook()).to_list()
    ['US', 'CN', 'DE', 'GB', None, None]
    """
    names = rulebook.vocabulary.mapping("country", "country")
    text = folded(values).str.replace_all(r"[.']", "").str.strip_chars(" ,;()")
    return text.replace_strict(names, default=None, return_dtype=pl.String)


def normalise_country(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read the country field.

    Returns:
        `records` with ``country`` (ISO 3166-1 alpha-2) and ``country_is_valid``
        (null when nothing is typed), if the field is there.
    """
    if raw(FIELD) not in records.columns:
        return records
    text = typed(records, FIELD, rulebook)
    code = read_country(text, rulebook).alias(FIELD)
    checked = pl.when(text.is_not_null()).then(code.is_not_null()).alias(valid(FIELD))
    return records.with_columns(code, checked)
