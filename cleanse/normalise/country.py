"""Countries: by name, code or Chinese name to ISO 3166-1 alpha-2."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from cleanse.normalise.placeholder import typed
from cleanse.normalise.text import folded
from cleanse.rulebook import Rulebook
from cleanse.schema import raw, valid

FIELD = "country"
_BETWEEN = re.compile(
    r"[()/,;|–-]|(?<=[\u4e00-\u9fff]) ?(?=[a-z])|(?<=[a-z]) ?(?=[\u4e00-\u9fff])"
)
"""What parts two names of one country."""


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
    code = text.replace_strict(names, default=None, return_dtype=pl.String)
    left = sorted(set(text.filter(code.is_null()).drop_nulls()))
    twice = {name: found for name in left if (found := _said_twice(name, names))}
    again = text.replace_strict(twice, default=None, return_dtype=pl.String)
    return code.zip_with(code.is_not_null(), again)


def _said_twice(text: str, names: Mapping[str, str]) -> str | None:
    """Read a country that is said in two ways that agree: "US - United States".

    >>> _said_twice("cn 中国", {"cn": "CN", "中国": "CN"})
    'CN'
    """
    parts = [part.strip() for part in _BETWEEN.split(text)]
    codes = {names.get(part) for part in parts if part}
    return codes.pop() if len(codes) == 1 else None


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
