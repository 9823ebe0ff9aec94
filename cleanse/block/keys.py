"""Blocking keys: what two records must share to be compared at all.

A key is a column, or a column in one of these forms:

- ``column[:3]``: its first signs
- ``column.sound``: as it sounds, so that a slip in a vowel or a doubled letter is no matter
- ``column.year``: of a date
- ``column.tokens``: each of its words
- ``column.across``: its first letters (of a name's Latin form), where names in two scripts
  begin with them: a Chinese name and its Latin spelling
- ``column.rare``: each of its rarest words or pairs of signs

A list column gives a key for each of its values.
"""

from __future__ import annotations

import re

import polars as pl

from cleanse.errors import RuleError

_FORM = re.compile(r"(?P<column>\w+)(?:\[:(?P<first>\d+)\]|\.(?P<form>\w+))?")
ACROSS = 6
"""Letters by which names in two scripts are put together."""
RARE = 3
"""Rarest pieces of a name that each make a key."""


def column_of(key: str) -> str:
    """Return the column that a key reads.

    >>> column_of("family_compare.sound"), column_of("street_compare[:5]")
    ('family_compare', 'street_compare')
    """
    found = _FORM.fullmatch(key)
    if not found:
        raise RuleError(f"rules/matching.toml: {key!r} is no blocking key.")
    return found["column"]


class Keys:
    """The keys of one list of records; each is computed once."""

    def __init__(self, records: pl.DataFrame) -> None:
        self._records = records
        self._values: dict[str, pl.DataFrame] = {}

    def hold(self, *keys: str) -> bool:
        """Say whether the records have the columns of all these keys."""
        return all(column_of(key) in self._records.columns for key in keys)

    def values(self, key: str) -> pl.DataFrame:
        """Return place, key: see `key_values`."""
        if key not in self._values:
            self._values[key] = key_values(self._records, key)
        return self._values[key]


def key_values(records: pl.DataFrame, key: str) -> pl.DataFrame:
    """Compute one key.

    Args:
        records: ``place`` and the columns that keys read.
        key: See the head of this module.

    Returns:
        place, key (String): no row where it is missing, several where it has several.
    """
    found = _FORM.fullmatch(key)
    if not found:
        raise RuleError(f"rules/matching.toml: {key!r} is no blocking key.")
    column, first, form = found["column"], found["first"], found["form"]
    values = records.select("place", key=pl.col(column)).drop_nulls()
    if values.schema["key"] == pl.List(pl.String):
        values = values.explode("key", empty_as_null=True).drop_nulls()
    if first:
        values = values.with_columns(pl.col("key").str.slice(0, int(first)))
    elif form == "sound":
        values = values.with_columns(sound(pl.col("key")))
    elif form == "year":
        values = values.with_columns(pl.col("key").dt.year())
    elif form == "tokens":
        values = _pieces(values)
    elif form == "across":
        values = _across(values, records)
    elif form == "rare":
        values = _rare(_pieces(values))
    elif form:
        raise RuleError(f"rules/matching.toml: {key!r}: unknown form {form!r}.")
    values = values.select("place", pl.col("key").cast(pl.String))
    return values.filter(pl.col("key") != "").unique()


def sound(text: pl.Expr) -> pl.Expr:
    """Fold a word to how it sounds: first letter, then consonants by class.

    After Soundex (Russell, 1918), with all consonants kept and no digits padded;
    text in other scripts stays as it is.
    """
    folded = text.str.replace_all("ph", "f").str.replace_all(r"^kn", "n")
    first = folded.str.slice(0, 1).str.replace("[ckq]", "k").str.replace("[zs]", "s")
    first = first.str.replace("[jgy]", "j").str.replace("[iaeou]", "a")
    rest = folded.str.slice(1).str.replace_all("[aeiouyhw '-]", "")
    for letters, sign in (
        ("[bpfv]+", "1"),
        ("[cgjkqsxz]+", "2"),
        ("[dt]+", "3"),
        ("l+", "4"),
        ("[mn]+", "5"),
        ("r+", "6"),
    ):
        rest = rest.str.replace_all(letters, sign)
    return first + rest


def _pieces(values: pl.DataFrame) -> pl.DataFrame:
    """Cut values into words, or into pairs of signs where there are no words."""
    words = pl.col("key").str.split(" ")
    signs = pl.col("key").str.contains(r"^\p{Han}") & ~pl.col("key").str.contains(" ")
    latin = (
        values.filter(~signs).with_columns(key=words).explode("key", empty_as_null=True)
    )
    han = values.filter(signs)
    if not han.height:
        return latin.drop_nulls().unique()
    width = int(han["key"].str.len_chars().to_numpy().max(initial=0))
    pairs = pl.concat(
        han.with_columns(key=pl.col("key").str.slice(at, 2)).filter(
            pl.col("key").str.len_chars() == 2  # noqa: PLR2004 - a pair
        )
        for at in range(max(1, width - 1))
    )
    return pl.concat([latin, pairs]).drop_nulls().unique()


def _across(values: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Keep first letters that names in both scripts begin with."""
    if "name_script" not in records.columns:
        return values.clear()
    scripts = records.select("place", script="name_script")
    starts = pl.col("key").str.replace_all(" ", "").str.slice(0, ACROSS)
    found = values.with_columns(starts).join(scripts, on="place")
    both = [(pl.col("script") == one).any().over("key") for one in ("latin", "han")]
    return found.filter(*both).select("place", "key")


def _rare(values: pl.DataFrame) -> pl.DataFrame:
    """Keep the rarest pieces of each record that at least two records have."""
    bearers = pl.len().over("key")
    shared = values.with_columns(bearers=bearers).filter(pl.col("bearers") > 1)
    rank = pl.struct("bearers", "key").rank("ordinal").over("place")
    return shared.filter(rank <= RARE).select("place", "key")
