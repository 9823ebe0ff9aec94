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
    """Generation: jr, sr, i, ii, iii, iv, v …"""
    salutation: str = ""
    """Mr, Ms, Dr …"""
    also: str = ""
    """Other names typed beside this one (a second script, a name at birth), apart by "; "."""
    nickname: str = ""
    """What stands in quotes, or in brackets as a short form."""
    titles: str = ""
    """All words of address before the name, as typed."""
    honours: str = ""
    """All that follows the name, as typed: generation, degrees, orders."""
    partner: str = ""
    """Other people of the same cell, as displayed, apart by "; "."""
    has_dot: bool = False
    """A foreign name in Han, given name first: 约翰·史密斯."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWords:
    """What the parsers look words up in."""

    titles: Mapping[str, str]
    """Western word or words of address → salutation."""
    given_titles: frozenset[str]
    """Those that are titles only before a known given name: king, brother."""
    han_titles: Mapping[str, tuple[str, bool]]
    """Chinese word of address → salutation, and whether only after a bare family name."""
    han_title_pattern: re.Pattern[str]
    """Finds the longest of them at the end."""
    han_familiar: frozenset[str]
    """Signs before a bare family name, among friends: 老王, 小李."""
    particles: frozenset[str]
    lower_particles: frozenset[str]
    typed_particles: frozenset[str]
    """Particles only when typed small: they are given names too (ben)."""
    suffixes: Mapping[str, str]
    """Suffix → generation, or nothing for a degree."""
    marked_suffixes: frozenset[str]
    """Those that need a comma, dots or capitals to be one: ma, do."""
    given: frozenset[str]
    """Western given names and their short forms."""
    only_given: frozenset[str]
    """Those that are hardly ever a family name."""
    roots: Mapping[str, str]
    """Short form → given name."""
    not_names: frozenset[str]
    """Words in front or behind that a plain name has not: titles, honours, particles."""
    families: Mapping[str, frozenset[str]]
    """Tongue → its usual family names."""
    east_families: frozenset[str]
    """Japanese and Korean family names of two signs and more."""
    surnames: Mapping[str, str]
    """Chinese family name → its reading."""
    surname_readings: Mapping[str, tuple[str, ...]]
    """Chinese family name → all its readings, the right one first."""
    surname_spellings: Mapping[str, tuple[str, ...]]
    """Spelling of a Chinese family name outside the mainland → the pinyin it may mean."""
    given_spellings: Mapping[str, tuple[str, ...]]
    """The same of a syllable of a given name."""
    pinyin_surnames: frozenset[str]
    common_pinyin_surnames: frozenset[str]
    """Those of which at least one is among the hundred most usual."""


@lru_cache(maxsize=8)
def person_words(vocabulary: Vocabulary) -> PersonWords:
    """Read the vocabularies of person names once."""
    before = vocabulary.mapping("title", "salutation", place="before")
    familiar = vocabulary.words("title", place="before", when="surname")
    after = [row for row in vocabulary.rows("title") if row["place"] == "after"]
    han = sorted(after, key=lambda row: -len(row["word"]))
    surnames = vocabulary.mapping("surname", "reading")
    also = {row["surname"]: row.get("also", "") for row in vocabulary.rows("surname")}
    roots = vocabulary.mapping("nickname", "root")
    return PersonWords(
        titles={word: said for word, said in before.items() if word not in familiar},
        given_titles=vocabulary.words("title", place="before", when="given"),
        han_titles={
            row["word"]: (row["salutation"], row["when"] == "surname") for row in han
        },
        han_title_pattern=re.compile(
            f"(?:{'|'.join(re.escape(row['word']) for row in han)})$"
        ),
        han_familiar=familiar,
        particles=vocabulary.words("name_particle"),
        lower_particles=vocabulary.words("name_particle", lower="yes"),
        typed_particles=vocabulary.words("name_particle", lower="typed"),
        suffixes=vocabulary.mapping("name_suffix", "generation"),
        marked_suffixes=vocabulary.words("name_suffix", when="marked"),
        given=vocabulary.words("given_name") | frozenset(roots),
        only_given=vocabulary.words("given_name", family="rarely"),
        roots=roots,
        not_names=frozenset(
            {word.split()[0] for word in before}
            | {word.split()[-1] for word in vocabulary.words("name_suffix")}
            | vocabulary.words("name_particle")
            | {"the", "and", "und", "et", "of"}
        ),
        families={
            tongue: vocabulary.words("family_name", tongue=tongue)
            for tongue in sorted(
                set(vocabulary.mapping("family_name", "tongue").values())
            )
        },
        east_families=vocabulary.words("east_family_name"),
        surnames=surnames,
        surname_readings={
            name: (reading, *also[name].split()) for name, reading in surnames.items()
        },
        surname_spellings=_readings(vocabulary, "surname_spelling"),
        given_spellings=_readings(vocabulary, "given_spelling"),
        pinyin_surnames=frozenset(surnames.values()),
        common_pinyin_surnames=frozenset(
            vocabulary.mapping("surname", "reading", usual="yes").values()
        ),
    )


def _readings(vocabulary: Vocabulary, name: str) -> dict[str, tuple[str, ...]]:
    mapping = vocabulary.mapping(name, "pinyin")
    return {spelling: tuple(pinyin.split()) for spelling, pinyin in mapping.items()}
