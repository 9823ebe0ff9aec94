"""The plainest names of a list read together, as columns: Mary Soto, William J. Soto, 张伟.

What `plain_name` reads one by one is read here at once where a few look-ups leave no
doubt; the others are left to it. tests/test_normalise_person.py holds both equal.
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.person_words import PersonWords
from cleanse.normalise.shared import shared, with_shared
from cleanse.normalise.text import traditional_sign
from cleanse.normalise.western_name import recased

_WORD = "[A-Za-z]{2,}"
_WESTERN = rf"^({_WORD}) (?:([A-Za-z])\.? )?({_WORD})$"
_INVERTED = rf"^({_WORD}), ({_WORD})(?: ([A-Za-z])\.?)?$"
_HAN = "^([\u4e00-\u9fff])([\u4e00-\u9fff]{1,2})$"
_PARTS = ("given_name", "middle_name", "family_name")


def plain_names(names: pl.Series, words: PersonWords) -> pl.DataFrame:
    """Read the plainest of many names.

    Args:
        names: Tidy names, written given name first.
        words: Vocabulary.

    Returns:
        given_name, middle_name (null without one), family_name and display, one row
        per name; all null for names that are left.

    >>> from cleanse.normalise.person_words import person_words
    >>> from cleanse.rulebook import load_rulebook
    >>> words = person_words(load_rulebook().vocabulary)
    >>> plain_names(pl.Series(["WILLIAM J SOTO", "Mr Soto"]), words).rows()
    [('William', 'J', 'Soto', 'William J. Soto'), (None, None, None, None)]
    """
    frame = names.alias("name").to_frame()
    western = frame.select(_groups(_WESTERN, _PARTS)).unnest("found")
    order = ("family_name", "given_name", "middle_name")
    inverted = frame.select(_groups(_INVERTED, order)).unnest("found").select(_PARTS)
    either = frame.with_columns(
        *(pl.coalesce(western[part], inverted[part]).alias(part) for part in _PARTS),
        is_inverted=inverted["family_name"].is_not_null(),
    )
    west = _western(either, words)
    han = _han(frame, words)
    return pl.DataFrame(
        {
            name: west[name].zip_with(west["given_name"].is_not_null(), han[name])
            for name in (*_PARTS, "display")
        }
    )


def _groups(pattern: str, names: tuple[str, ...]) -> pl.Expr:
    found = pl.col("name").str.extract_groups(pattern)
    return found.struct.rename_fields(list(names)).alias("found")


def _western(names: pl.DataFrame, words: PersonWords) -> pl.DataFrame:
    """Show western names; those that may be turned round, or have a title, are left."""
    name, given, family = (pl.col(c) for c in ("name", "given_name", "family_name"))
    first, last = given.str.to_lowercase(), family.str.to_lowercase()
    not_names = sorted(words.not_names)
    # Only these can prove that the family name stands first (`is_turned`).
    may_turn = ~first.is_in(sorted(words.given)) & (
        last.is_in(sorted(words.only_given))
        | first.is_in(
            sorted(words.common_pinyin_surnames | words.surname_spellings.keys())
        )
    )
    one_case = (name == name.str.to_uppercase()) | (name == name.str.to_lowercase())
    in_capitals = (given == given.str.to_uppercase()) | (
        family == family.str.to_uppercase()
    )
    sure = (
        ~first.is_in(not_names)
        & ~last.is_in(not_names)
        & (pl.col("is_inverted") | ~may_turn)
        & (one_case | ~in_capitals)
    )
    shown = {
        part: pl.when(one_case).then(_recased(names[part])).otherwise(part)
        for part in _PARTS
    }
    found = shared(
        names,
        *(
            pl.when(sure.fill_null(value=False)).then(value).alias(part)
            for part, value in shown.items()
        ),
    )
    middle = pl.col("middle_name")
    initial = pl.when(middle.str.contains("^[A-Z]$")).then(middle + ".")
    return with_shared(
        found,
        pl.when(given.is_not_null())
        .then(
            pl.concat_str(
                given,
                initial.otherwise(middle),
                family,
                separator=" ",
                ignore_nulls=True,
            )
        )
        .alias("display"),
    )


def _recased(values: pl.Series) -> pl.Series:
    distinct = values.drop_nulls().unique()
    shown = pl.Series([recased(word) for word in distinct], dtype=pl.String)
    return values.replace(distinct, shown)


def _han(names: pl.DataFrame, words: PersonWords) -> pl.DataFrame:
    """Part a family name of one sign from one or two of a given name, all simplified."""
    name = pl.col("name")
    surnames = sorted(words.surnames)
    titles = "|".join(sorted(words.han_titles))
    # Titles are letters and signs only: a pattern of them needs no escape.
    sure = (
        name.str.contains(_HAN)
        & ~name.str.contains(traditional_sign())
        & name.str.head(1).is_in(surnames)
        & ~name.is_in(surnames)
        & ~name.str.head(2).is_in(surnames)
        & ~name.str.head(1).is_in(sorted(words.han_familiar))
        & ~name.str.contains(f".(?:{titles})$")
    )
    sure = sure.fill_null(value=False)
    return shared(
        names,
        pl.when(sure).then(name.str.slice(1)).alias("given_name"),
        pl.lit(None, pl.String).alias("middle_name"),
        pl.when(sure).then(name.str.head(1)).alias("family_name"),
        pl.when(sure).then(name).alias("display"),
    )
