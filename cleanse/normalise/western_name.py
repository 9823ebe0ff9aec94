"""Western person names into parts.

Order of work: nickname in brackets off, comma read, titles off the front,
suffixes off the end, then the family name: what is written in capitals, begins
with a particle, or stands last. Family name first without a comma is believed
only on evidence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from cleanse.normalise.person_order import is_straight, is_turned
from cleanse.normalise.person_title import (
    Honours,
    Titles,
    honours_apart,
    take_honours,
    take_titles,
    word_key,
)
from cleanse.normalise.person_words import PersonName, PersonWords

_ASIDE = re.compile(
    r"\(([^()]*)\)|\"([^\"]*)\"|\[([^\[\]]*)\]|(?<!\S)''?([^']+)''?(?![^\s,])"
)
_QUOTED = 2
"""The group of _ASIDE that stands in quotes; so does the last."""
_APART = re.compile(r"(?<=\b[OD])' (?=[^\W\d_]{2})")
"""O' Brien."""
_BORN_AFTER = re.compile(
    r" (?:née|nee|geb\.?|formerly|aka|a\.k\.a\.?) .+$", re.IGNORECASE
)
_BORN = re.compile(
    r"(?:nee|née|born|geb\.?|formerly|fka|aka|a\.k\.a\.?) +(.+)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = frozenset("&+")
_LINKS = frozenset(("&", "+", "and", "und", "et"))
_JOINS = frozenset(("y", "e"))
_LONGEST_NICKNAME = 2
_HONOUR_BEFORE_GIVEN = frozenset(("Sir", "Dame"))
_SPANISH_PAIR = frozenset(("de", "del"))
_PAIR = 2


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
    bare, asides = _without_asides(text)
    parts = _parts(bare, text)
    titles, first, given_part, honours = _opened(parts, words)
    is_family = bool(titles.typed or len(parts) > 1)
    also = ""
    if given_part:
        given, family, also = _inverted(first, given_part, words)
    else:
        given, family = _split(first, words, family_first, is_family)
        is_given_alone = titles.makes_given or titles.salutation in _HONOUR_BEFORE_GIVEN
        if is_given_alone and not given:
            given, family = family, given
    if is_one_case(bare):
        given = [recased(token) for token in given]
        family = [
            token.lower()
            if word_key(token) in words.lower_particles
            else recased(token)
            for token in family
        ]
    nickname, names = _asides(asides, given, words)
    if nickname and not family and asides and bare.startswith(" "):
        given, family = nickname.split(), given
    return PersonName(
        given=_bare(given[0]) if given else "",
        middle=" ".join(map(_bare, given[1:])),
        family=" ".join(map(_bare, _joined(family))),
        suffix=honours.generation,
        salutation=titles.salutation,
        also="; ".join(filter(None, (also, *names))),
        nickname=nickname,
        titles=titles.typed,
        honours=honours.typed,
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


def name_tokens(part: str) -> list[str]:
    """Part the words; what has no letter (an emoji, a dash, a number) is none."""
    return [word for word in part.split() if word.isalpha() or _has_letter(word)]


def _has_letter(word: str) -> bool:
    return any(map(str.isalpha, word)) or word in _PLAIN or _is_written_in_signs(word)


def _is_written_in_signs(word: str) -> bool:
    """Tell a word of signs that look like letters: nothing that was typed as a name goes."""
    return (
        len(word) > _PAIR
        and all(unicodedata.category(sign) == "Sm" for sign in word)
        and not word.isascii()
    )


def _without_links(tokens: list[str]) -> list[str]:
    """Drop the "and" of a second person who was cut off."""
    while len(tokens) > 1 and tokens[-1].lower() in _LINKS:
        tokens = tokens[:-1]
    while len(tokens) > 1 and tokens[0].lower() in _LINKS:
        tokens = tokens[1:]
    return tokens


def _without_asides(text: str) -> tuple[str, list[tuple[str, bool]]]:
    """Cut out what stands in brackets and quotes; tell of each whether it was quoted."""
    if text.isascii() and text.replace(" ", "").isalpha() and " nee " not in text:
        return text, []
    found = [
        ((match[match.lastindex or 0]).strip(), (match.lastindex or 0) % _QUOTED == 0)
        for match in _ASIDE.finditer(text)
    ]
    text = _ASIDE.sub(" ", text) if found else text
    if born := _BORN_AFTER.search(text, 1):
        text = text[: born.start()]
        found.append((born[0].strip(), False))
    return text, found


def _parts(bare: str, text: str) -> list[list[str]]:
    """Part the words at commas; where no word is left, take the text as it is."""
    text = _APART.sub("'", text)
    parts = [
        _without_links(name_tokens(part)) for part in _APART.sub("'", bare).split(",")
    ]
    return [part for part in parts if part] or [name_tokens(text) or text.split()]


def _opened(
    parts: list[list[str]], words: PersonWords
) -> tuple[Titles, list[str], list[str], Honours]:
    """Take titles and honours off.

    Returns:
        The titles, the words of the first part, those of the given names behind
        its comma, and the honours.
    """
    first, *others = parts
    titles = take_titles(first, words)
    found = [take_honours(first, words)]
    given: list[str] = []
    before = [token for token in first if len(token.strip(".")) > 1]
    for other in others:
        apart = honours_apart(other, words, before)
        if apart is None and not given:
            more = take_titles(other, words)
            titles = titles if titles.typed else more
            found.append(take_honours(other, words))
            given = _initials_apart(other)
            before += given
        else:
            found.append(apart or take_honours(other, words))
    generation = next((each.generation for each in found if each.generation), "")
    typed = " ".join(each.typed for each in found if each.typed)
    return titles, _initials_apart(first), given, Honours(generation, typed)


def _inverted(
    first: list[str], given: list[str], words: PersonWords
) -> tuple[list[str], list[str], str]:
    """Read "Soto, William"; and "Chan Tai Man, Peter", whose second name is another."""
    keys = [word_key(token) for token in first]
    is_chinese = len(keys) > 1 and is_turned(keys, words)
    if is_chinese and len(given) == 1 and word_key(given[0]) in words.given:
        first = [recased(first[0]), *first[1:]]
        return first[1:], first[:1], f"{given[0]} {recased(first[0])}"
    return given, first, ""


def _asides(
    asides: Sequence[tuple[str, bool]], given: Sequence[str], words: PersonWords
) -> tuple[str, list[str]]:
    """Choose from what stood in brackets and quotes: the nickname, and other names."""
    nickname, others = "", []
    for text, is_quoted in asides:
        if born := _BORN.fullmatch(text):
            name = born[1] if " " in born[1] or not given else f"{given[0]} {born[1]}"
            others.append(name)
        elif not nickname and (is_quoted or _is_nickname(text, given, words)):
            nickname = text.strip(" '")
    return nickname, others


def _is_nickname(text: str, given: Sequence[str], words: PersonWords) -> bool:
    """Tell a name in brackets from a note: (Ben), (Big Ben); but not (Sales)."""
    keys = [word_key(token) for token in text.split()]
    if not keys or len(keys) > _LONGEST_NICKNAME or not text.replace(" ", "").isalpha():
        return False
    first = word_key(given[0]) if given else ""
    return keys[-1] in words.given or (len(first) > _PAIR and first.startswith(keys[0]))


@lru_cache(maxsize=1 << 16)
def _bare(token: str) -> str:
    return token.strip(".;,")


def _joined(family: Sequence[str]) -> list[str]:
    """Write Mc Clain as McClain and O' Brien as O'Brien."""
    whole: list[str] = []
    for token in family:
        last = whole[-1] if whole else ""
        if last == "Mc" or (last.endswith("'") and len(last) == _PAIR):
            whole[-1] = last + token
        else:
            whole.append(token)
    return whole


def _initials_apart(tokens: Sequence[str]) -> list[str]:
    """Write J.R.Smith as J. R. Smith."""
    apart: list[str] = []
    for token in tokens:
        if "." not in token[:-1]:
            apart.append(token)
            continue
        *initials, last = token.split(".")
        apart += [f"{initial}." for initial in initials if initial]
        apart += [last] if last else []
    return apart


def _split(
    tokens: list[str], words: PersonWords, family_first: bool, is_family: bool
) -> tuple[list[str], list[str]]:
    """Part given names from the family name."""
    if len(tokens) <= 1:
        return ([], tokens) if is_family else (tokens, [])
    capitals = _capital_family(tokens, words)
    if capitals is not None:
        return capitals
    keys = [word_key(token) for token in tokens]
    if is_turned(keys, words) or (family_first and not is_straight(keys, words)):
        end = 1
        while end < len(tokens) - 1 and keys[end - 1] in words.particles:
            end += 1
        return tokens[end:], tokens[:end]
    if is_family and tokens[0] in words.lower_particles:
        return [], tokens
    start = _family_start(tokens, keys, words)
    return tokens[:start], tokens[start:]


def _family_start(
    tokens: Sequence[str], keys: Sequence[str], words: PersonWords
) -> int:
    """Find where the family name begins: at a particle, else at the last word."""
    last = len(keys) - 1
    if last > 1 and keys[0] in words.particles and keys[1] in words.particles:
        return 0
    groups = _particle_groups(tokens, keys, words)
    if groups:
        pair = groups[-_PAIR:]
        is_spanish = len(pair) == _PAIR and all(keys[p] in _SPANISH_PAIR for p in pair)
        return pair[0] if is_spanish else groups[-1]
    if last > _PAIR and keys[last - 1] in _JOINS:  # given, a y b
        return last - _PAIR
    spanish = words.families["spanish"]
    if last >= _PAIR and keys[last] in spanish and keys[last - 1] in spanish:
        return last - 1
    return last


def _particle_groups(
    tokens: Sequence[str], keys: Sequence[str], words: PersonWords
) -> list[int]:
    """Return where each run of particles begins that stands inside the name."""
    inside = [
        place
        for place in range(1, len(keys) - 1)
        if keys[place] in words.particles
        and (keys[place] not in words.typed_particles or tokens[place].islower())
    ]
    return [place for place in inside if place - 1 not in inside]


def _capital_family(
    tokens: list[str], words: PersonWords
) -> tuple[list[str], list[str]] | None:
    """Read "DUPONT Marie" and "Marie DUPONT": the family name is in capitals."""
    loud = [token.isupper() and len(_bare(token)) > 1 for token in tokens]
    if any(loud) and not all(token.isupper() for token in tokens):
        run = loud.count(True)
        inside = loud.index(True)
        if loud[0] and tokens[run] in words.lower_particles:
            return None
        if all(loud[:run]):
            return tokens[run:], [recased(token) for token in tokens[:run]]
        if all(loud[-run:]):
            return tokens[:-run], [recased(token) for token in tokens[-run:]]
        # Peter CHAN Tai Man, as Hong Kong writes it.
        if run == 1 and word_key(tokens[inside]) in words.surname_spellings:
            given = tokens[:inside] + tokens[inside + 1 :]
            return given, [recased(tokens[inside])]
    return None
