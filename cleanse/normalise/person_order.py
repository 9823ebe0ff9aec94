"""Which end of a name without a comma the family name stands at."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cleanse.normalise.person_words import PersonWords
from cleanse.normalise.pinyin import SYLLABLES, is_pinyin

# A list writes family names first when at least this many of its names prove it,
# and this many times more than prove the contrary.
_PROOFS = 20
_PROOF_RATIO = 5

_FIRST_TONGUES = ("vietnamese", "korean", "japanese", "hungarian")
"""Tongues that write the family name first at home."""

_PAIR = 2
_KOREAN_SYLLABLE = 5
"""Letters of the longest."""
_SURE_MIDDLE = frozenset(("thi", "van"))
_VIETNAMESE_MIDDLE = frozenset("thi van duc huu ngoc minh xuan quang dinh".split())


def family_first_lists(names: pl.DataFrame, words: PersonWords) -> pl.DataFrame:
    """Find the sources that write western family names first, without a comma.

    What proves it are names that can be read in one order only: Soto Elizabeth,
    Kovacs Istvan, Wang Li; a name proves the contrary the same way.

    Args:
        names: source, name: the distinct names of each source.
        words: Vocabulary.

    Returns:
        source, family_first: one row per source.
    """
    sources = names.select("source").unique()
    names = names.filter(pl.col("name").str.contains(r"^\p{Latin}[^,]* \p{Latin}+$"))
    text = to_plain(names["name"]).str.to_lowercase()
    names = names.select("source").with_columns(
        text.str.extract("^([a-z]+) ").alias("first"),
        text.str.extract(" ([a-z]+)$").alias("last"),
    )
    first, last = pl.col("first"), pl.col("last")
    given = sorted(words.given)
    only_given = sorted(words.only_given)
    family = sorted(
        frozenset().union(*(words.families[t] for t in _FIRST_TONGUES))
        | words.common_pinyin_surnames - words.given
    )
    any_family = sorted(set(family) | words.pinyin_surnames)
    turned = (last.is_in(only_given) & ~first.is_in(given)) | (
        first.is_in(family) & ~last.is_in(any_family) & ~first.is_in(given)
    )
    straight = (first.is_in(only_given) & ~last.is_in(given)) | (
        last.is_in(family) & ~first.is_in(any_family)
    )
    counts = names.group_by("source").agg(
        turned.sum().alias("turned"), straight.sum().alias("straight")
    )
    proven = (pl.col("turned") >= _PROOFS) & (
        pl.col("turned") > pl.col("straight") * _PROOF_RATIO
    )
    return sources.join(
        counts.select("source", family_first=proven), on="source", how="left"
    ).with_columns(pl.col("family_first").fill_null(False))


def to_plain(values: pl.Series) -> pl.Series:
    """Take the accents off Latin letters."""
    accented = values.str.contains(r"[^\x00-\x7F]").arg_true()
    plain = values.gather(accented).str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return values.scatter(accented, plain)


def is_turned(keys: Sequence[str], words: PersonWords) -> bool:
    """Tell whether the words prove that the family name stands first.

    Sure in these cases: the last word is hardly ever a family name and the first
    is no given name (Soto Elizabeth); or they are pinyin, the first alone is a
    Chinese family name, and the others are two syllables (Zhang Xiaoming); or
    they are such a name in a southern or Wade-Giles spelling (Chan Tai Man), a
    Korean one with a hyphen (Kim Min-jun), or a Vietnamese one (Nguyen Thi Mai).
    """
    first, last = keys[0], keys[-1]
    if _is_korean_or_vietnamese(keys, words):
        return True
    if first in words.given or len(first) == 1:
        return False
    if last in words.only_given:
        return len(keys) == _PAIR or len(keys[1]) == 1
    if (
        first in words.common_pinyin_surnames
        and last not in words.common_pinyin_surnames
        and is_pinyin_given(keys[1:], words)
    ):
        return True
    return is_spelt_chinese(keys, words)


def is_straight(keys: Sequence[str], words: PersonWords) -> bool:
    """Tell whether the words prove that the family name stands last, whatever the list."""
    return keys[0] in words.only_given and keys[-1] not in words.given


def is_pinyin_given(keys: Sequence[str], words: PersonWords) -> bool:
    """Tell whether words are a Chinese given name of two syllables in pinyin."""
    together = "".join(keys)
    return (
        len(keys) <= _PAIR  # Xiao Ming
        and min(map(len, keys), default=0) > 1
        and together not in SYLLABLES
        and is_pinyin(together)
        and not any(key in words.given for key in keys)
    )


def is_spelt_chinese(keys: Sequence[str], words: PersonWords) -> bool:
    """Tell Chan Tai Man, Hsu Chih-mo: a family name and two syllables, as spelt abroad."""
    syllables = [part for key in keys[1:] for part in key.split("-") if part]
    return (
        len(syllables) == _PAIR
        and keys[0] in words.surname_spellings
        and not any(key in words.given and "-" not in key for key in keys)
        and (
            "-" in keys[-1]
            or words.common_pinyin_surnames.isdisjoint(
                words.surname_spellings.get(keys[-1], ())
            )
        )
        and all(s in words.given_spellings or s in SYLLABLES for s in syllables)
    )


def _is_korean_or_vietnamese(keys: Sequence[str], words: PersonWords) -> bool:
    first, second = keys[:_PAIR]
    if len(keys) > _PAIR and first in words.families["vietnamese"]:
        is_last = keys[-1] in words.families["vietnamese"]
        return second in (_SURE_MIDDLE if is_last else _VIETNAMESE_MIDDLE)
    before, hyphen, after = second.partition("-")
    return (
        len(keys) == _PAIR
        and bool(hyphen)
        and first in words.families["korean"]
        and before not in words.given
        and after not in words.given
        and 1 < len(before) <= _KOREAN_SYLLABLE
        and 0 < len(after) <= _KOREAN_SYLLABLE
    )
