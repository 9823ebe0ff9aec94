"""One person's name: read whatever a list has of it, and show it.

Given and family names that have columns of their own are believed; a whole
name is parsed in its script.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanse.normalise.east_name import is_east_script, is_kana, parse_east_name
from cleanse.normalise.han_name import parse_han_name, take_han_titles
from cleanse.normalise.person_couple import split_people
from cleanse.normalise.person_plain import plain_name
from cleanse.normalise.person_title import take_honours, take_titles, word_key
from cleanse.normalise.person_words import PersonName, PersonWords
from cleanse.normalise.text import fold, has_han
from cleanse.normalise.western_name import is_one_case, parse_western_name, recased

_HOUSEHOLD = re.compile(
    r"(?:the )?([^\W\d_][\w'-]+) (?:family|household)", re.IGNORECASE
)
_FAMILY = "Family"
"""Salutation of a household: The Smith Family."""

_BESIDE = "?"
"""Stands for the part of the name that has a column of its own."""


class TypedName(NamedTuple):
    """A person's name as a list has it, tidy; empty where there is nothing."""

    name: str
    given: str = ""
    middle: str = ""
    family: str = ""
    family_first: bool = False
    """The list writes western family names first, without a comma."""


def read_person(typed: TypedName, words: PersonWords) -> PersonName:
    """Read a name from its columns, or from the whole name where that says more.

    Never raises; what is no name gives empty parts.
    """
    name, given, middle, family, family_first = typed
    part = given or family
    if not part:
        return parse_person(name, words, family_first=family_first)
    if given and family:
        if len(split_people(f"{given} {family}", words)) > 1:
            return parse_person(f"{given} {family}", words)
        return from_columns(given, middle, family, words)
    # With one column of two filled, the whole name may say more.
    if len(name.split()) > len(part.split()) and part.lower() in name.lower():
        return parse_person(name, words, family_first=family_first)
    last = fold(given).rsplit(" ", 1)[-1]
    if " " in given and last not in words.given:
        return parse_person(given, words)
    return from_columns(given, middle, family, words)


def parse_person(
    name: str, words: PersonWords, *, family_first: bool = False
) -> PersonName:
    """Read one whole name in any script.

    Args:
        name: A tidy name.
        words: Vocabulary.
        family_first: The list writes western family names first, without a comma.

    Returns:
        Its parts; of several people those of the first, and the others as
        partner. Never raises.
    """
    plain = None if family_first else plain_name(name, words)
    if plain:
        return plain
    first, *others = split_people(name, words)
    found = _parse_one(first, words, family_first=family_first)
    if not others:
        return found
    partners = [
        displayed(_parse_one(other, words, family_first=family_first))
        for other in others
    ]
    return found._replace(partner="; ".join(filter(None, partners)))


def _parse_one(name: str, words: PersonWords, *, family_first: bool) -> PersonName:
    if is_east_script(name):
        return parse_east_name(name, words)
    if has_han(name):
        return parse_han_name(name, words)
    if household := _HOUSEHOLD.fullmatch(name):
        return PersonName(family=household[1], salutation=_FAMILY)
    return parse_western_name(name, words, family_first=family_first)


def from_columns(
    given: str, middle: str, family: str, words: PersonWords
) -> PersonName:
    """Clean the parts of a name that a list has columns for, without parsing them again.

    Only what is certain comes off: titles, generations, and a family name
    repeated beside the given name.

    >>> from cleanse.normalise.person_words import person_words
    >>> from cleanse.rulebook import load_rulebook
    >>> words = person_words(load_rulebook().vocabulary)
    >>> from_columns("MR WILLIAM SOTO", "", "SOTO JR", words)[:5]
    ('William', '', 'Soto', 'jr', 'Mr')
    """
    if has_han(given + family):
        given, salutation = take_han_titles(given.replace(" ", ""), words)
        family = family.replace(" ", "")
        given = given.removeprefix(family) or given
        return PersonName(given, middle, family, salutation=salutation)
    parts = [given.split(), middle.split(), family.split()]
    titles = take_titles(parts[0], words)
    suffix, honours = "", ""
    for part in (parts[2], parts[0]):
        if len(part) > 1 and _is_suffix(word_key(part[-1]), words):
            found = take_honours([_BESIDE, *part], words)
            suffix = suffix or found.generation
            honours = honours or found.typed
            del part[len(part) - len(found.typed.split()) :]
    size = len(parts[2])
    if size and fold(" ".join(parts[0][-size:])) == fold(" ".join(parts[2])):
        parts[0] = parts[0][:-size] or parts[0]
    if not parts[1]:
        parts[1] = _take_initials(parts[0])
    if is_one_case(given + middle + family):
        parts = [[recased(token) for token in part] for part in parts]
    first, second, last = (" ".join(part).strip(".,") for part in parts)
    return PersonName(
        first,
        second,
        last,
        suffix,
        titles.salutation,
        titles=titles.typed,
        honours=honours,
    )


def _is_suffix(key: str, words: PersonWords) -> bool:
    """Whether a last word is a generation, or a degree that is no family name: Ma."""
    generation = words.suffixes.get(key) if len(key) > 1 else None
    return bool(generation) or (
        generation is not None
        and key not in words.marked_suffixes
        and key not in words.pinyin_surnames
    )


def _take_initials(given: list[str]) -> list[str]:
    """Take the initials behind a given name off: the I of "Morris I" is a middle name."""
    kept = len(given)
    while kept > 1 and len(given[kept - 1].strip(".")) == 1:
        kept -= 1
    initials = [token.strip(".") for token in given[kept:]]
    del given[kept:]
    return initials


def displayed(name: PersonName) -> str:
    """Write a name as a person should see it, western names given name first.

    >>> displayed(PersonName("John", "F", "Kennedy", "jr"))
    'John F. Kennedy Jr.'
    >>> displayed(PersonName(given="伟", family="张"))
    '张伟'
    """
    if not (name.given + name.family).isascii():
        if is_east_script(name.given + name.family):
            space = " " if is_kana(name.family) else ""
            return f"{name.family}{space}{name.given}".strip()
        if has_han(name.given) or has_han(name.family):
            return _displayed_han(name)
    elif len(name.given) > 1 < len(name.family) and not (name.middle or name.suffix):
        return f"{name.given} {name.family}"
    tokens = f"{name.given} {name.middle} {name.family}".split()
    shown = [
        f"{token}." if len(token) == 1 and "A" <= token <= "Z" else token
        for token in tokens
    ]
    if name.suffix:
        generation = {"jr": "Jr.", "sr": "Sr."}
        shown.append(generation.get(name.suffix, name.suffix.upper()))
    if not name.given and name.salutation == _FAMILY:
        return f"{name.family} {_FAMILY}"
    if not name.given and name.salutation:
        shown.insert(0, name.salutation)
    return " ".join(shown)


def _displayed_han(name: PersonName) -> str:
    given, middle, family = name[:3]
    if name.has_dot:
        return "·".join(filter(None, (given, middle, family)))
    if not given and name.titles:
        return name.titles  # 王总 stays 王总: a family name alone names nobody
    if not (given and family and has_han(given) and has_han(family)):
        return " ".join(filter(None, (family, middle, given)))
    return family + middle + given
