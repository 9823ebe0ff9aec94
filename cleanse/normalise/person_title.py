"""Words of address before a western name, and generations and honours behind it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cleanse.normalise.person_words import PersonWords
from cleanse.normalise.text import to_ascii_letters

_LONGEST_TITLE = 4
_LONGEST_HONOUR = 5
_LINKS = frozenset(("the", "and", "&"))
_OFFICE = frozenset(("of", "the", "and"))
_NAME = 2
"""Words that a name has before what follows it may be an honour in capitals."""


class Titles(NamedTuple):
    """What stood before a name."""

    salutation: str = ""
    """The first that is one."""
    typed: str = ""
    """All of it."""
    makes_given: bool = False
    """Its last word is put before given names: King Henry."""


class Honours(NamedTuple):
    """What stood behind a name."""

    generation: str = ""
    typed: str = ""


@lru_cache(maxsize=1 << 16)
def word_key(token: str) -> str:
    """Fold a word to the form in which vocabularies hold it.

    >>> word_key("Ph.D.,"), word_key("Señor")
    ('phd', 'senor')
    """
    return to_ascii_letters(token).lower().replace(".", "").strip(",;'")


def take_titles(tokens: list[str], words: PersonWords) -> Titles:
    """Take the titles off the front; nothing is left where there is no name.

    "of" and what it names belong to the title before it: Secretary of State.
    """
    taken: list[str] = []
    salutation, makes_given = "", False
    while length := _title_length(tokens, words):
        key = _keys(tokens[:length])
        office = _office_length(tokens[length:])
        length += office
        if length == len(tokens) and not office and taken:
            break
        is_alone = length == len(tokens)
        if key in words.given_titles and not is_alone and not office:
            after = word_key(tokens[length])
            if after not in words.given and not _title_length(tokens[length:], words):
                break
        if is_alone and not office and key in words.given:
            break
        makes_given = key in words.given_titles
        salutation = salutation or words.titles.get(key, "")
        taken += tokens[:length]
        del tokens[:length]
    return Titles(salutation, " ".join(taken), makes_given)


def _title_length(tokens: Sequence[str], words: PersonWords) -> int:
    """Count the words of the longest title in front, with what links it to another."""
    start = 0
    while start < len(tokens) - 1 and tokens[start].lower() in _LINKS:
        start += 1
    for length in range(min(_LONGEST_TITLE, len(tokens)), 0, -1):
        if _keys(tokens[:length]) in words.titles:
            return length
        if start and _keys(tokens[start : start + length]) in words.titles:
            return start + length
    return 0


def _keys(tokens: Sequence[str]) -> str:
    return " ".join(map(word_key, tokens)).replace("-", " ")


def _office_length(tokens: Sequence[str]) -> int:
    """Count the words of "of State", "of the Universe" behind a title."""
    length = 0
    while length < len(tokens) and tokens[length].lower() in _OFFICE:
        length += 1
    is_office = "of" in map(str.lower, tokens[:length])
    return length + 1 if is_office and length < len(tokens) else 0


def take_honours(tokens: list[str], words: PersonWords) -> Honours:
    """Take generations, degrees and orders off the end of a name.

    Returns:
        The generation, and all that was taken.
    """
    generation = ""
    kept = len(tokens)
    while kept > 1:
        key = word_key(tokens[kept - 1])
        if kept > _NAME and f"{word_key(tokens[kept - 2])} {key}" in words.suffixes:
            kept -= 2
        elif key in words.suffixes and _is_honour(tokens[:kept], words):
            kept -= 1
            generation = words.suffixes[key] or generation
        else:
            break
    taken = tokens[kept:]
    del tokens[kept:]
    return Honours(generation, " ".join(taken))


def honours_apart(
    tokens: Sequence[str], words: PersonWords, before: Sequence[str]
) -> Honours | None:
    """Read what stands behind a comma as generations, degrees and orders.

    Args:
        tokens: The words behind the comma.
        words: Vocabulary.
        before: Words of the name before it; behind one alone a given name may
            stand, and behind capitals one in capitals: VON TOBEL, ROBERT.

    Returns:
        None when a word is none of them.
    """
    if not tokens:
        return Honours()
    whole = " ".join(tokens)
    if len(tokens) > 1 and " ".join(map(word_key, tokens)) in words.suffixes:
        pass
    elif not all(_is_acronym(token, words, before) for token in tokens):
        return None
    generations = [words.suffixes.get(word_key(token)) for token in tokens]
    return Honours(next(filter(None, generations), "") or "", whole)


def _is_honour(tokens: Sequence[str], words: PersonWords) -> bool:
    """Tell an honour from a name or an initial: John V, Jack Ma, Smith, J.R."""
    token = tokens[-1]
    key = word_key(token)
    if _is_initials(token):
        return False
    if len(key) == 1:
        # John V; and SOTO WILLIAM V is a family name, a given name, an initial.
        before = word_key(tokens[-2])
        return len(tokens) > _NAME < len(before) + 1 and before not in words.only_given
    if key not in words.marked_suffixes:
        return True
    if len(tokens) <= _NAME:
        return False
    names = [t for t in tokens if word_key(t) not in words.suffixes]
    is_loud = token.isupper() and not any(len(t) > _NAME and t.isupper() for t in names)
    return len(names) > 1 and ("." in token[:-1] or is_loud)


def _is_acronym(token: str, words: PersonWords, before: Sequence[str]) -> bool:
    """Tell letters that stand for a degree or an order: CLU, M.P., Jr."""
    key = word_key(token)
    if key not in words.suffixes:
        is_long = _NAME < len(key) <= _LONGEST_HONOUR
        is_loud = token.isupper() and not any(map(str.isupper, before))
        return len(before) > 1 and is_long and is_loud and key.isalpha()
    if _is_initials(token):
        return False
    if len(key) == 1 or key in words.marked_suffixes:
        return len(before) > 1 or (len(key) > 1 and "." in token[:-1])
    return True


def _is_initials(token: str) -> bool:
    return token.upper() == "J.R."
