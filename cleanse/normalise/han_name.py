"""Chinese person names into parts, alone or beside Latin letters.

The family name comes first and has one sign, unless it is a compound name
(复姓) or a space says otherwise. Words of address behind the name come off.
"""

from __future__ import annotations

import re

from cleanse.normalise.person_words import PersonName, PersonWords
from cleanse.normalise.pinyin import is_pinyin, plain_pinyin, reading
from cleanse.normalise.text import simplify
from cleanse.normalise.western_name import parse_western_name

_ASIDE = re.compile(r"[(\[【〔<《].*?[)\]】〕>》]")
_LATIN = re.compile(r"[^\W\d_\u2e80-\U0003ffff][^\u2e80-\U0003ffff]*")
_DOT = re.compile("[·•・‧∙]")
_LONGEST_FAMILY = 2


def parse_han_name(text: str, words: PersonWords) -> PersonName:
    """Read one name with Han signs in it.

    Args:
        text: A tidy name.
        words: Vocabulary.

    Returns:
        Its parts as typed, traditional signs included. Never raises.
    """
    text = _ASIDE.sub("", text).strip() or text
    latin = " ".join(part.strip(" .,-/") for part in _LATIN.findall(text)).strip()
    pieces = [piece for piece in re.split(r"[\s,/]+", _LATIN.sub(" ", text)) if piece]
    pieces, salutation = _take_titles(pieces, words)
    if _DOT.search("".join(pieces)):
        return _foreign("".join(pieces), salutation)
    name = _split(pieces, words)._replace(salutation=salutation)
    return _beside_latin(name, latin, words) if latin else name


def han_family(simple: str, words: PersonWords) -> str:
    """Return the family name that simplified `simple` begins with, or nothing.

    A compound name needs a given name behind it.
    """
    for length in (4, 3, _LONGEST_FAMILY):
        if len(simple) > length and simple[:length] in words.surnames:
            return simple[:length]
    return simple[:1] if simple[:1] in words.surnames else ""


def han_reading(family: str, given: str, words: PersonWords) -> str:
    """Read a Chinese name in ASCII: family name and given name, sorted.

    >>> from cleanse.rulebook import load_rulebook
    >>> from cleanse.normalise.person_words import person_words
    >>> han_reading("单", "小芳", person_words(load_rulebook().vocabulary))
    'shan xiaofang'
    """
    family = simplify(family)
    first = words.surnames.get(family) or reading(family)
    parts = [plain_pinyin(first.lower()), reading(simplify(given)).lower()]
    return " ".join(sorted(part for part in parts if part))


def take_han_titles(name: str, words: PersonWords) -> tuple[str, str]:
    """Take the words of address off the end, as long as a name is left.

    Returns:
        The name, and the first salutation found from the right.
    """
    simple = simplify(name)
    salutation = ""
    while title := words.han_title_pattern.search(simple, 1):
        rest, word = simple[: title.start()], title[0]
        meaning, after_surname = words.han_titles[word]
        if after_surname and rest not in words.surnames:
            break
        salutation = salutation or meaning
        simple, name = rest, name[: len(rest)]
    return name, salutation


def _take_titles(pieces: list[str], words: PersonWords) -> tuple[list[str], str]:
    """Take titles off, whether written together with the name or apart."""
    joined, salutation = take_han_titles("".join(pieces), words)
    left, kept = len(joined), []
    for piece in pieces:
        if left > 0:
            kept.append(piece[:left])
        left -= len(piece)
    return kept, salutation


def _split(pieces: list[str], words: PersonWords) -> PersonName:
    """Part the family name from the given name."""
    whole = "".join(pieces)
    simple = [simplify(piece) for piece in pieces]
    if len(pieces) == 2:  # noqa: PLR2004 - the space parts the name
        if simple[0] in words.surnames:
            return PersonName(family=pieces[0], given=pieces[1])
        if simple[1] in words.surnames and not han_family(simple[0], words):
            return PersonName(family=pieces[1], given=pieces[0])
    family = han_family("".join(simple), words) or whole[:1]
    if "".join(simple) in words.surnames:
        family = whole
    size = len(family)
    return PersonName(family=whole[:size], given=whole[size:])


def _foreign(whole: str, salutation: str) -> PersonName:
    """Read 约翰·史密斯: given name first, as in the tongue it comes from."""
    given, *rest = [part for part in _DOT.split(whole) if part] or [whole]
    return PersonName(
        given=given,
        middle="".join(rest[:-1]),
        family="".join(rest[-1:]),
        salutation=salutation,
    )


def _beside_latin(name: PersonName, latin: str, words: PersonWords) -> PersonName:
    """Read a name of both scripts: two names, or one half of a name in each."""
    key = latin.lower()
    whole = name.family + name.given
    western = parse_western_name(latin, words)
    if not whole:
        return western
    if (
        is_pinyin(key)
        and key in words.pinyin_surnames
        and len(whole) <= _LONGEST_FAMILY
    ):
        own = words.surnames.get(simplify(whole[:1]))
        if len(whole) == 1 or own != key:
            return PersonName(family=latin, given=whole, salutation=name.salutation)
    if simplify(whole) in words.surnames and not western.family:
        return PersonName(family=whole, given=latin, salutation=name.salutation)
    also = " ".join(part for part in western[:3] if part)
    salutation = name.salutation or western.salutation
    return name._replace(also=also, salutation=salutation)
