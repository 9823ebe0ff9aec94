"""The forms in which names of persons are compared, never shown."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from anyascii import anyascii

from cleanse.normalise.han_name import han_reading
from cleanse.normalise.person_latin import latin_keys
from cleanse.normalise.person_order import is_pinyin_given
from cleanse.normalise.person_words import PersonWords, person_words
from cleanse.normalise.pinyin import plain_pinyin
from cleanse.normalise.shared import with_shared
from cleanse.normalise.text import HAN, folded
from cleanse.rulebook import Rulebook

_PARTS = ("given_compare", "middle_compare", "family_compare")
_FORMS = {
    "given_name": "given_compare",
    "middle_name": "middle_compare",
    "family_name": "family_compare",
}


def compare_forms(values: pl.Series) -> pl.Series:
    """Fold names for comparing: apostrophes and dots closed up, other signs as spaces.

    >>> compare_forms(pl.Series(["O'Brien-Müller", "J.R.", "?"])).to_list()
    ['obrien muller', 'jr', None]
    """
    text = folded(values).str.replace_all(r"['.]", "")
    text = text.str.replace_all(r"[^\p{L}\p{N}\p{M}]+", " ").str.strip_chars(" ")
    return text.set(text == "", None)


def with_compare_forms(names: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Add the forms of parsed names.

    Args:
        names: given_name, middle_name, family_name, also, display: one row per
            distinct name.
        rulebook: Vocabulary of nicknames and family names.

    Returns:
        `names` with given_compare, middle_compare, family_compare, given_root,
        name_compare, name_script, name_latin and name_latin_keys.
    """
    forms = names.with_columns(
        compare_forms(names[part]).alias(form) for part, form in _FORMS.items()
    )
    forms = with_shared(forms, _script().alias("name_script"))
    is_han = pl.col("name_script").is_in(["han", "mixed"])
    western = pl.concat_str(_PARTS, separator=" ", ignore_nulls=True)
    shown = forms.select(pl.when(is_han).then("display")).to_series()
    han = compare_forms(shown).str.replace_all(" ", "", literal=True)
    whole = pl.when(is_han).then(han).otherwise(western)
    forms = with_shared(
        forms,
        pl.when(whole != "").then(whole).alias("name_compare"),
        _root(rulebook).alias("given_root"),
    )
    words = person_words(rulebook.vocabulary)
    forms = forms.with_columns(_latin(forms, words))
    return forms.with_columns(latin_keys(forms, words))


def _root(rulebook: Rulebook) -> pl.Expr:
    """Replace a short form by its root; the first of several given names counts."""
    roots = rulebook.vocabulary.mapping("nickname", "root")
    given = pl.col("given_compare")
    first = given.str.extract(r"^(\S+)").replace(roots)
    return pl.when(given.str.contains(HAN)).then(given).otherwise(first)


def _script() -> pl.Expr:
    """Name the script: latin, han, mixed or other."""
    text = pl.concat_str(*_PARTS, "also", ignore_nulls=True).str.to_lowercase()
    names = pl.concat_str(_PARTS, ignore_nulls=True)
    latin = text.str.contains("[a-z]")
    return (
        pl.when(text.str.contains(HAN))
        .then(pl.when(latin).then(pl.lit("mixed")).otherwise(pl.lit("han")))
        .when(latin & ~names.str.contains(r"[^\x00-\x7F]"))
        .then(pl.lit("latin"))
        .otherwise(pl.lit("other"))
    )


def _latin(forms: pl.DataFrame, words: PersonWords) -> pl.Series:
    """Write names in ASCII words, sorted; initials in the middle left out.

    Latin names all at once; Chinese names in either script one by one.
    """
    surnames = sorted(words.pinyin_surnames)
    given, middle, family = (pl.col(name) for name in _PARTS)
    is_surname = family.is_in(surnames).fill_null(False)
    is_western = (pl.col("name_script") == "latin") & ~is_surname
    no_middle = middle.is_null() | middle.str.contains(r"^\w$")
    is_pair = no_middle & ~(given + family).str.contains(" ", literal=True)
    kind = pl.when(is_western & is_pair).then(1).when(is_western).then(2).otherwise(3)
    names = forms.select("name_script", *_PARTS, kind.alias("kind"))
    pairs = names.select(pl.when(kind == 1).then(_pair(given, family))).to_series()
    several, others = (names["kind"].eq(each).arg_true() for each in (2, 3))
    written = pairs.scatter(several, names[several].select(_all_sorted()).to_series())
    apart = _each_latin(names[others].drop("kind").fill_null(""), words)
    written = written.scatter(others, apart)
    return written.set(written == "", None).alias("name_latin")


def _all_sorted() -> pl.Expr:
    """Write all words of a name, sorted."""
    given, middle, family = map(pl.col, _PARTS)
    full = middle.str.replace_all(r"\b\S\b", "")
    text = pl.concat_str(given, full, family, separator=" ", ignore_nulls=True)
    return text.str.extract_all(r"\S+").list.sort().list.join(" ")


def _pair(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Write two words, sorted."""
    return pl.min_horizontal(one, other) + " " + pl.max_horizontal(one, other)


def _each_latin(names: pl.DataFrame, words: PersonWords) -> pl.Series:
    """Write names that are not plainly western; family and given names of Han each once."""
    is_han = names["name_script"].is_in(["han", "mixed"])
    others = names.filter(~is_han)
    apart = [_one_latin(*row, words=words) for row in others.iter_rows()]
    given = (names["given_compare"] + names["middle_compare"]).str.replace_all(
        " ", "", literal=True
    )
    family = _once(names["family_compare"], lambda each: han_reading(each, "", words))
    given = _once(given, lambda each: han_reading("", each, words))
    both = pl.DataFrame({"family": family, "given": given}).select(
        pl.when(pl.col("family") == "")
        .then("given")
        .when(pl.col("given") == "")
        .then("family")
        .otherwise(_pair(pl.col("family"), pl.col("given")))
    )
    return both.to_series().scatter((~is_han).arg_true(), apart)


def _once(values: pl.Series, read: Callable[[str], str]) -> pl.Series:
    distinct = values.unique()
    after = pl.Series([read(value) for value in distinct], dtype=pl.String)
    return values.replace_strict(distinct, after, return_dtype=pl.String)


def _one_latin(
    script: str, given: str, middle: str, family: str, *, words: PersonWords
) -> str:
    """Write one name that is neither Han nor plainly western in ASCII words, sorted."""
    givens = [*given.split(), *middle.split()]
    if script == "latin":
        if givens and is_pinyin_given(givens, words):
            givens = ["".join(givens)]
        return " ".join(sorted(map(plain_pinyin, [*givens, *family.split()])))
    return " ".join(sorted(anyascii(f"{given} {middle} {family}").lower().split()))
