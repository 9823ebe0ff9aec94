"""How names in Latin letters sound: their consonants, by class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from cleanse.compare.table import Floats

_TELLING = 2
"""Consonants from which a word tells anything."""
_CLASSES = (
    ("[bpfv]+", "b"),
    ("[cgjkqsxz]+", "c"),
    ("[dt]+", "d"),
    ("l+", "l"),
    ("[mn]+", "m"),
    ("r+", "r"),
)


def consonants(name: pl.Expr) -> pl.Expr:
    """Fold a Latin name to its consonants by class; other scripts to nothing shared.

    >>> names = pl.DataFrame({"name": ["kaylee", "keeley", "anna"]})
    >>> names.select(consonants(pl.col("name")))["name"].to_list()
    ['cl', 'cl', 'm']
    """
    heard = name.str.replace_all("[^bcdfgjklmnpqrstvxz]", "")
    for letters, sign in _CLASSES:
        heard = heard.str.replace_all(letters, sign)
    return pl.when(name.str.contains(r"[^\x00-\x7f]")).then(name).otherwise(heard)


def first_sound(name: pl.Expr) -> pl.Expr:
    """Return the sound that a name begins with, letters written for one sound as one.

    >>> names = pl.DataFrame({"name": ["kate", "cate", "phil", "zara"]})
    >>> names.select(first_sound(pl.col("name")))["name"].to_list()
    ['k', 'k', 'f', 's']
    """
    first = name.str.replace("^ph", "f").str.slice(0, 1)
    for letters, sign in (
        ("[cq]", "k"),
        ("z", "s"),
        ("j", "g"),
        ("y", "i"),
        ("v", "f"),
    ):
        first = first.str.replace(letters, sign)
    return first


def words_heard(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Say of each pair of names whether all words have the same consonants (2), or one (1).

    >>> words_heard(["faisal siddiqui"], ["fysl sdyqy"]).tolist()
    [2.0]
    """
    heard = [_heard(side) for side in (left, right)]
    return np.asarray([_agreed(*both) for both in zip(*heard, strict=True)], np.float32)


def _heard(names: Sequence[str]) -> list[list[str]]:
    """Return the consonants of the words of each name, sorted."""
    words = pl.DataFrame({"name": pl.Series(names, dtype=pl.String)}).with_row_index()
    words = words.with_columns(pl.col("name").str.split(" ")).explode("name")
    heard = words.with_columns(consonants(pl.col("name"))).filter(pl.col("name") != "")
    found = heard.group_by("index").agg(pl.col("name").sort())
    lists = dict(found.iter_rows())
    return [lists.get(place, []) for place in range(len(names))]


def _agreed(one: list[str], two: list[str]) -> int:
    if one == two and sum(map(len, one)) > _TELLING:
        return 2
    return int(any(len(word) >= _TELLING for word in set(one) & set(two)))
