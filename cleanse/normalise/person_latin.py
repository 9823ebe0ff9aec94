"""Weaker keys of Chinese names: what else a name may be in pinyin.

A family name has several readings (覃 qin, tan), and abroad several spellings
(陈 is Chan in Hong Kong, Tan in Singapore, Ch'en in Taiwan). A key brings names
together; it never proves that two are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, product

import polars as pl

from cleanse.normalise.han_name import given_reading
from cleanse.normalise.person_words import PersonWords
from cleanse.normalise.pinyin import SYLLABLES, is_pinyin, plain_pinyin

_MOST_KEYS = 24
_MOST_SYLLABLES = 3


def latin_keys(forms: pl.DataFrame, words: PersonWords) -> pl.Series:
    """Collect the keys in which a Chinese name may meet another spelling of it.

    Args:
        forms: name_script, given_compare, middle_compare, family_compare, name_latin.
        words: Vocabulary.

    Returns:
        List series name_latin_keys: name_latin first, then the others, at most 24;
        null for names whose family name is not Chinese.
    """
    several = [name for name, found in words.surname_readings.items() if len(found) > 1]
    is_han = pl.col("name_script").is_in(["han", "mixed"])
    spelt = sorted(words.surname_spellings.keys() | words.pinyin_surnames)
    family = pl.col("family_compare")
    is_spelt = (pl.col("name_script") == "latin") & family.is_in(spelt)
    is_many = (is_han & family.is_in(several)) | is_spelt
    plain = pl.when(is_han & pl.col("name_latin").is_not_null()).then(
        pl.concat_list("name_latin")
    )
    keys = forms.select(plain).to_series()
    columns = ("name_script", "given_compare", "middle_compare", "family_compare")
    places = forms.select(is_many.fill_null(False)).to_series().arg_true()
    rows = forms.select(*columns, "name_latin")[places].fill_null("")
    many = [_keys(*row, words=words) for row in rows.iter_rows()]
    joined = pl.DataFrame(
        {"place": places, "many": pl.Series(many, dtype=pl.List(pl.String))}
    )
    whole = keys.alias("one").to_frame().with_row_index("place")
    whole = whole.join(joined, on="place", how="left", maintain_order="left")
    return whole.select(pl.coalesce("many", "one").alias("name_latin_keys")).to_series()


def family_roots(family: str, words: PersonWords) -> tuple[str, ...]:
    """Return the pinyin that a family name may stand for, the likeliest first.

    >>> from cleanse.normalise.person_words import person_words
    >>> from cleanse.rulebook import load_rulebook
    >>> words = person_words(load_rulebook().vocabulary)
    >>> family_roots("wong", words), family_roots("覃", words), family_roots("smith", words)
    (('huang', 'wang'), ('qin', 'tan'), ())
    """
    if family in words.surname_readings:
        return words.surname_readings[family]
    plain = plain_pinyin(family)
    own = (plain,) if plain in words.pinyin_surnames else ()
    return tuple(dict.fromkeys(own + words.surname_spellings.get(family, ())))


def _keys(
    script: str,
    given: str,
    middle: str,
    family: str,
    name_latin: str,
    *,
    words: PersonWords,
) -> list[str]:
    together = f"{given} {middle}".split()
    givens = (
        _given_readings(together, words)
        if script == "latin"
        else [given_reading("".join(together))]
    )
    keys = [name_latin] + [
        " ".join(sorted(filter(None, (each, root))))
        for root in family_roots(family, words)
        for each in givens
    ]
    return list(dict.fromkeys(filter(None, keys)))[:_MOST_KEYS]


def _given_readings(tokens: Sequence[str], words: PersonWords) -> list[str]:
    """Read the syllables of a given name in every way they may be meant."""
    whole = "".join(tokens)
    if not 0 < len(tokens) <= _MOST_SYLLABLES:
        return [whole]
    if len(tokens) == 1 and (tokens[0] in words.given or is_pinyin(whole)):
        return [whole]
    ways = [
        ((token,) if token in SYLLABLES else ()) + words.given_spellings.get(token, ())
        for token in tokens
    ]
    if not all(ways):
        return [" ".join(sorted(tokens))]
    return ["".join(way) for way in islice(product(*ways), _MOST_KEYS)]
