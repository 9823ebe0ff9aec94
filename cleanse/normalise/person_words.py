"""The vocabulary of person names, in the shape the parsers read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cleanse.rulebook import Vocabulary


class PersonName(NamedTuple):
    """A person's name in parts, in the script and with the accents it was typed in."""

    given: str = ""
    middle: str = ""
    family: str = ""
    suffix: str = ""
    """Generation: jr, sr, ii, iii, iv, v."""
    salutation: str = ""
    """Mr, Ms, Dr …"""
    also: str = ""
    """The name in a second script, where both were typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWords:
    """What the parsers look words up in."""

    titles: Mapping[str, str]
    """Western word or words of address → salutation."""
    han_titles: Mapping[str, tuple[str, bool]]
    """Chinese word of address → salutation, and whether only after a bare family name."""
    han_title_pattern: re.Pattern[str]
    """Finds the longest of them at the end."""
    particles: frozenset[str]
    lower_particles: frozenset[str]
    suffixes: Mapping[str, str]
    """Suffix → generation, or nothing for a degree."""
    given: frozenset[str]
    """Western given names and their short forms."""
    only_given: frozenset[str]
    """Those that are hardly ever a family name."""
    surnames: Mapping[str, str]
    """Chinese family name → its reading."""
    pinyin_surnames: frozenset[str]
    common_pinyin_surnames: frozenset[str]
    """Those of which at least one is among the hundred most usual."""


@lru_cache(maxsize=8)
def person_words(vocabulary: Vocabulary) -> PersonWords:
    """Read the vocabularies of person names once."""
    han = [row for row in vocabulary.rows("title") if row["place"] == "after"]
    surnames = vocabulary.mapping("surname", "reading")
    nicknames = vocabulary.words("nickname")
    return PersonWords(
        titles=vocabulary.mapping("title", "salutation", place="before"),
        han_titles={
            row["word"]: (row["salutation"], row["when"] == "surname") for row in han
        },
        han_title_pattern=re.compile(
            f"(?:{'|'.join(re.escape(row['word']) for row in han)})$"
        ),
        particles=vocabulary.words("name_particle"),
        lower_particles=vocabulary.words("name_particle", lower="yes"),
        suffixes=vocabulary.mapping("name_suffix", "generation"),
        given=vocabulary.words("given_name") | nicknames,
        only_given=vocabulary.words("given_name", family="rarely"),
        surnames=surnames,
        pinyin_surnames=frozenset(surnames.values()),
        common_pinyin_surnames=frozenset(
            vocabulary.mapping("surname", "reading", usual="yes").values()
        ),
    )
