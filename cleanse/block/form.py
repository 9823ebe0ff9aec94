"""Forms of blocking keys: what of a value two records must share.

Some forms make a key only where others are there who call for it: see `Formed.called`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from cleanse.encoded import SEED, Encoded, Hashes, Texts
from cleanse.places import distinct

LOCAL = 7
"""Last digits that a number with and one without its area code share."""
ACROSS = 6
"""Letters by which names in two scripts are put together."""
CONDITIONAL = frozenset({"across", "local", "spelt"})
"""Forms that make a key only where some record calls for it."""


@dataclass(frozen=True, slots=True)
class Formed:
    """The values of a column in the form that a key asks for."""

    texts: pl.Series
    """One per value; missing where it makes no key."""
    hashes: Hashes
    called: tuple[Hashes, ...] = ()
    """Sets of hashes, each ascending: a form that is not in all of them makes no key."""


def formed(
    column: str, form: str | None, first: str | None, records: Encoded
) -> Formed:
    """Put each value of a column of texts into a form.

    Args:
        column: The column.
        form: Its name; None: as it is.
        first: How many signs, instead.
        records: All records.
    """
    texts = records.texts[column]
    values = texts.values.texts
    if first:
        return _hashed(values.str.slice(0, int(first)))
    if form == "sound":
        return _hashed(
            values.to_frame("value").select(form=sound(pl.col("value")))["form"]
        )
    if form == "local":
        tail = values.str.slice(-LOCAL)
        return _hashed(tail, tail.filter(~values.str.starts_with("+")))
    if form == "spelt":
        return Formed(values, texts.values.hashes, (_beside_others(texts),))
    if form == "across":
        return _across(texts, records.texts.get("name_script"))
    return Formed(values, texts.values.hashes)


def _hashed(texts: pl.Series, *called: pl.Series) -> Formed:
    sets = (distinct(each.drop_nulls().hash(SEED).to_numpy()) for each in called)
    return Formed(texts, texts.hash(SEED).to_numpy(), tuple(sets))


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


def _across(texts: Texts, scripts: Texts | None) -> Formed:
    """Keep first letters, which names in both scripts must begin with."""
    values = texts.values.texts
    if scripts is None or texts.starts is not None:
        return _hashed(values.clear(len(values)), values.clear(), values.clear())
    start = values.str.slice(0, 2 * ACROSS).str.replace_all(" ", "", literal=True)
    # A start with spaces in it may need more of the value.
    short = start.str.len_chars() < ACROSS
    whole = values.str.replace_all(" ", "", literal=True)
    start = start.zip_with(~short.fill_null(value=False), whole).str.slice(0, ACROSS)
    both = (start.filter(_borne_in(one, texts, scripts)) for one in ("latin", "han"))
    return _hashed(start, *both)


def _borne_in(script: str, texts: Texts, scripts: Texts) -> pl.Series:
    """Say of each value whether a name in a script bears it."""
    is_script = scripts.values.marked(
        (scripts.values.texts == script).arg_true().to_numpy()
    )
    return pl.Series(texts.values.marked(texts.codes[is_script[scripts.codes]])[:-1])


def _beside_others(texts: Texts) -> Hashes:
    """Return the hashes of the spellings that some record has beside others."""
    if texts.starts is None:
        return np.zeros(0, dtype=np.uint64)
    beside = np.diff(texts.starts)[texts.rows()] > 1
    return texts.values.hashes[texts.values.marked(texts.codes[beside])[:-1]]
