"""Fold text: three results of one value, each named for its use.

`tidied` is what a person may see, `simplified` writes Han one way, `folded` is
for comparing only. Each has a scalar twin in `cleanse.normalise.fold` (`tidy`,
`simplify`, `fold`). None of them raises, and doing one twice is doing it once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import polars as pl

from cleanse.normalise.fold import (
    APOSTROPHES,
    DASHES,
    FILLERS,
    QUOTES,
    SPELLED_SIGNS,
    TIDY_SIGNS,
    fold,
    han_signs,
    has_han,
    simplify,
    tidy,
    to_ascii_letters,
    traditional_signs,
)

__all__ = [
    "APOSTROPHES",
    "DASHES",
    "HAN",
    "QUOTES",
    "fold",
    "folded",
    "folded_tidy",
    "han_signs",
    "has_han",
    "simplified",
    "simplify",
    "tidied",
    "tidy",
    "to_ascii_letters",
    "traditional_sign",
]

HAN = r"\p{Han}"
"""One Han sign, as a polars pattern."""

_INVISIBLE = rf"[\p{{Cf}}{FILLERS}]"
_ACCENTED = r"[[\p{Latin}&&[^\x00-\x7F]]\x{300}-\x{36F}]"
_UNTIDY = f"[^{TIDY_SIGNS} ]|  |^ | $|^$"
_SPACE = r"[\s\p{Z}\p{Cc}]+"


def tidied(values: pl.Series) -> pl.Series:
    """Fold width, spaces, quotes and dashes; drop invisible signs; keep case and accents.

    Full-width digits, letters and brackets become plain ones (Unicode NFKC), any
    white space one space. Empty texts become null.

    >>> tidied(pl.Series(["  ＡＢＣ　（上海）\u200b ", "O’Brien", " "])).to_list()
    ['ABC (上海)', "O'Brien", None]
    """
    values = values.cast(pl.String)
    untidy = values.str.contains(_UNTIDY).arg_true()
    if untidy.is_empty():
        return values
    text = values.gather(untidy).str.replace_many(SPELLED_SIGNS)
    text = text.str.replace_all(_INVISIBLE, "").str.normalize("NFKC")
    # Again, because NFKC brings in signs of its own.
    text = text.str.replace_many(SPELLED_SIGNS).str.replace_all(_SPACE, " ")
    text = text.str.strip_chars(" ")
    return values.scatter(untidy, text.set(text == "", None))


def simplified(values: pl.Series) -> pl.Series:
    """Write traditional Han the simplified way, phrase by phrase (OpenCC t2s).

    For comparing; what a person sees stays in the script it was typed in.

    >>> simplified(pl.Series(["張偉", "瀋陽貿易", "Smith"])).to_list()
    ['张伟', '沈阳贸易', 'Smith']
    """
    # Looking for Han first spares columns without any the long pattern.
    if not values.str.contains(HAN).any():
        return values
    return _mapped(values, traditional_sign(), simplify)


def folded(values: pl.Series) -> pl.Series:
    """Fold to the form that is compared: tidy, simplified Han, lower case, no accents.

    >>> folded(pl.Series(["Müller & Søn", "ŁÓDŹ", "廈門 ＡＢＣ"])).to_list()
    ['muller & son', 'lodz', '厦门 abc']
    """
    return folded_tidy(tidied(values))


def folded_tidy(text: pl.Series) -> pl.Series:
    """Do what `folded` does to texts that are tidy already."""
    lower = text.str.to_lowercase()
    # Of ASCII and simplified Han only the case can change.
    others = text.str.contains(_other_sign()).arg_true()
    if others.is_empty():
        return lower
    rest = _mapped(simplified(text.gather(others)), _ACCENTED, to_ascii_letters)
    return lower.scatter(others, tidied(rest.str.to_lowercase()))


def _mapped(values: pl.Series, pattern: str, change: Callable[[str], str]) -> pl.Series:
    """Change the distinct values in which `pattern` is found, each once."""
    found = values.filter(values.str.contains(pattern))
    distinct = found.drop_nulls().unique()
    if distinct.is_empty():
        return values
    after = pl.Series([change(text) for text in distinct], dtype=pl.String)
    return values.replace(distinct, after)


@cache
def traditional_sign() -> str:
    """Return the pattern of a sign that `simplify` may write another way."""
    return f"[{''.join(sorted(traditional_signs()))}]"


@cache
def _other_sign() -> str:
    """Return the pattern of a sign that is neither ASCII nor plainly simplified Han."""
    return rf"[^\x00-\x7F[\x{{4E00}}-\x{{9FFF}}--{traditional_sign()}]]"
