"""Western person names into parts.

Order of work: nickname in brackets off, comma read, titles off the front,
suffixes off the end, then the family name: what is written in capitals, begins
with a particle, or stands last. Family name first without a comma is believed
only on evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from cleanse.normalise.person_words import PersonName, PersonWords
from cleanse.normalise.pinyin import SYLLABLES, is_pinyin
from cleanse.normalise.text import to_ascii_letters

_ASIDE = re.compile(r"\([^()]*\)|\"[^\"]*\"|\[[^\[\]]*\]|(?<!\S)'[^']+'(?!\S)")
_WORD = re.compile(r"[^\W\d_]+")
_LINKS = frozenset(("&", "and", "und", "et"))
_JOINS = frozenset(("y", "e"))
_LONGEST_TITLE = 3
_HONOUR_BEFORE_GIVEN = frozenset(("Sir", "Dame", "Lord", "Lady"))


def parse_western_name(
    text: str, words: PersonWords, *, family_first: bool = False
) -> PersonName:
    """Read one western name.

    Args:
        text: A tidy name.
        words: Vocabulary.
        family_first: The list writes family names first, without a comma.

    Returns:
        Its parts; letters are recased when all are capitals or all small.
        Never raises; a text without letters gives empty parts.
    """
    parts = _parts(text)
    salutation = take_titles(parts[0], words)
    first, *others = parts
    suffix = "".join(take_suffixes(part, words) for part in (*others, first))
    tokens = _initials_apart(first)
    if others and others[0]:
        salutation = take_titles(others[0], words) or salutation
        given, family = _initials_apart(others[0]), tokens
    else:
        tokens = _first_of_couple(tokens)
        is_family = bool(salutation or others)
        given, family = _split(tokens, words, family_first, is_family)
        if salutation in _HONOUR_BEFORE_GIVEN and not given:
            given, family = family, given
    if is_one_case(text):
        given = [recased(token) for token in given]
        family = [
            token.lower() if _key(token) in words.lower_particles else recased(token)
            for token in family
        ]
    return PersonName(
        given=_bare(given[0]) if given else "",
        middle=" ".join(map(_bare, given[1:])),
        family=" ".join(map(_bare, family)),
        suffix=suffix,
        salutation=salutation,
    )


def is_one_case(text: str) -> bool:
    """Tell whether the letters tell nothing about case: all capitals, or all small."""
    return text.isupper() or text.islower()


@lru_cache(maxsize=1 << 16)
def recased(word: str) -> str:
    """Write a word of a name with capitals where they belong.

    >>> [recased(word) for word in ("MCDONALD", "O'BRIEN", "garcía-lópez")]
    ['McDonald', "O'Brien", 'García-López']
    """
    word = _WORD.sub(lambda match: match[0].capitalize(), word)
    if word.startswith("Mc") and len(word) > len("Mcx"):
        word = "Mc" + word[2:].capitalize()
    return word


def _parts(text: str) -> list[list[str]]:
    """Part the words at commas, nicknames in brackets and quotes left out."""
    if text.replace(" ", "").isalpha():
        return [text.split()]
    parts = [_tokens(part) for part in _ASIDE.sub(" ", text).split(",")]
    return [part for part in parts if part] or [text.split()]


def _tokens(part: str) -> list[str]:
    """Part the words; signs alone (an emoji, a dash) are none, but "&" is."""
    return [
        word
        for word in part.split()
        if word.isalpha() or word in _LINKS or any(map(str.isalnum, word))
    ]


@lru_cache(maxsize=1 << 16)
def _key(token: str) -> str:
    return to_ascii_letters(token).lower().replace(".", "").strip(",;'")


def _bare(token: str) -> str:
    return token.strip(".;,'")


def take_titles(tokens: list[str], words: PersonWords) -> str:
    """Take the titles off the front, as long as a name is left; return the first."""
    first = ""
    while len(tokens) > 1:
        for length in range(min(_LONGEST_TITLE, len(tokens) - 1), 0, -1):
            salutation = words.titles.get(" ".join(map(_key, tokens[:length])))
            if salutation is not None:
                first = first or salutation
                del tokens[:length]
                break
        else:
            break
    return first


def take_suffixes(tokens: list[str], words: PersonWords) -> str:
    """Take generations and degrees off the end; return the generation."""
    generation = ""
    kept = len(tokens)
    while kept:
        key = _key(tokens[kept - 1])
        if kept > 1 and f"{_key(tokens[kept - 2])} {key}" in words.suffixes:
            kept -= 2
        elif key in words.suffixes and not _is_initial(tokens[:kept]):
            kept -= 1
            generation = words.suffixes[key] or generation
        else:
            break
    del tokens[kept:]
    return generation


def _is_initial(tokens: Sequence[str]) -> bool:
    """Tell initials from generations: John V, Smith, J.R."""
    token = tokens[-1]
    one_letter = len(_key(token)) == 1
    return (one_letter and len(tokens) <= 2) or token.upper() == "J.R."  # noqa: PLR2004


def _initials_apart(tokens: Sequence[str]) -> list[str]:
    """Write J.R.Smith as J. R. Smith."""
    apart: list[str] = []
    for token in tokens:
        if "." not in token:
            apart.append(token)
            continue
        *initials, last = token.split(".")
        apart += [f"{initial}." for initial in initials if initial]
        apart += [last] if last else []
    return apart


def _first_of_couple(tokens: list[str]) -> list[str]:
    """Of "John & Mary Smith" keep John Smith: a row is one customer."""
    for place in range(1, len(tokens) - 2):
        if tokens[place].lower() in _LINKS:
            return tokens[:place] + tokens[place + 2 :]
    return tokens


def _split(
    tokens: list[str], words: PersonWords, family_first: bool, is_family: bool
) -> tuple[list[str], list[str]]:
    """Part given names from the family name."""
    if len(tokens) <= 1:
        return ([], tokens) if is_family else (tokens, [])
    capitals = _capital_family(tokens)
    if capitals is not None:
        return capitals
    keys = [_key(token) for token in tokens]
    if family_first or is_turned(keys, words):
        end = 1
        while end < len(tokens) - 1 and keys[end - 1] in words.particles:
            end += 1
        return tokens[end:], tokens[:end]
    start = _family_start(keys, words)
    return tokens[:start], tokens[start:]


def _family_start(keys: list[str], words: PersonWords) -> int:
    """Find where the family name begins: at a particle, else at the last word."""
    particles = words.particles
    last = len(keys) - 1
    if last > 1 and keys[0] in particles and keys[1] in particles:
        return 0
    for place in range(1, last):
        if keys[place] in particles:
            return place
    if last > 2 and keys[last - 1] in _JOINS:  # noqa: PLR2004 - given, a y b
        return last - 2
    return last


def _capital_family(tokens: list[str]) -> tuple[list[str], list[str]] | None:
    """Read "DUPONT Marie" and "Marie DUPONT": the family name is in capitals."""
    loud = [token.isupper() and len(_bare(token)) > 1 for token in tokens]
    if any(loud) and not all(token.isupper() for token in tokens):
        run = loud.count(True)
        if all(loud[:run]):
            return tokens[run:], [recased(token) for token in tokens[:run]]
        if all(loud[-run:]):
            return tokens[:-run], [recased(token) for token in tokens[-run:]]
    return None


def is_turned(keys: Sequence[str], words: PersonWords) -> bool:
    """Tell whether the words prove that the family name stands first.

    Sure in two cases: the last word is hardly ever a family name and the first
    is no given name (Soto Elizabeth), or they are pinyin, the first alone is a
    Chinese family name, and the others are two syllables (Zhang Xiaoming).
    """
    first, last = keys[0], keys[-1]
    if first in words.given or len(first) == 1:
        return False
    if last in words.only_given:
        return len(keys) == 2 or len(keys[1]) == 1  # noqa: PLR2004
    return (
        first in words.common_pinyin_surnames
        and last not in words.common_pinyin_surnames
        and is_pinyin_given(keys[1:], words)
    )


def is_pinyin_given(keys: Sequence[str], words: PersonWords) -> bool:
    """Tell whether words are a Chinese given name of two syllables in pinyin."""
    together = "".join(keys)
    return (
        len(keys) <= 2  # noqa: PLR2004 - Xiao Ming
        and together not in SYLLABLES
        and is_pinyin(together)
        and not any(key in words.given for key in keys)
    )
