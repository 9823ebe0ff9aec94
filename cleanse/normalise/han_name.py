"""Chinese person names into parts, alone or beside Latin letters.

The family name comes first and has one sign, unless it is a compound name
(复姓) or a space says otherwise. Words of address behind the name come off.
"""

from __future__ import annotations

import re

from cleanse.normalise.east_name import japanese_family
from cleanse.normalise.person_words import PersonName, PersonWords
from cleanse.normalise.pinyin import is_pinyin, plain_pinyin, reading
from cleanse.normalise.text import has_han, simplify
from cleanse.normalise.western_name import parse_western_name

_ASIDE = re.compile(r"[(\[【〔<《](.*?)[)\]】〕>》]")
_BRACKET = re.compile(r"[()\[\]【】〔〕<>《》]")
_LATIN = re.compile(r"[^\W\d_\u2e80-\U0003ffff][^\u2e80-\U0003ffff]*")
_DOT = re.compile("[·•・‧∙･˙⋅●.]")
_BETWEEN = re.compile(r"[\s,，、/\d+:：;；_-]+")
_LABEL = re.compile(
    r"^(?:联系人|姓名|客户|收件人|收货人|尊敬的)[:：\s]*(?=.{2})|(?:的?(?:电话|手机号?|联系电话|微信|座机))?[:：]?[+\d][\d\s()-]{4,}$|等\d*人?$"
)
_LONGEST_FAMILY = 2
_LONGEST_NAME = 4


def parse_han_name(text: str, words: PersonWords) -> PersonName:
    """Read one name with Han signs in it.

    Args:
        text: A tidy name.
        words: Vocabulary.

    Returns:
        Its parts as typed, traditional signs included. Never raises.
    """
    text, also = _without_asides(_LABEL.sub("", text).strip() or text, words)
    # Those that nothing closes part words and are no part of them.
    text = " ".join(_BRACKET.sub(" ", text).split())
    latin = " ".join(part.strip(" .,-/") for part in _LATIN.findall(text)).strip()
    pieces = [piece for piece in _BETWEEN.split(_LATIN.sub(" ", text)) if piece]
    typed = "".join(pieces)
    pieces, salutation = _take_titles(pieces, words)
    if _DOT.search("".join(pieces).strip(".")):
        return _foreign("".join(pieces), salutation)
    pieces = [bare for piece in pieces if (bare := piece.strip("."))]
    name = _split(pieces, words)._replace(salutation=salutation, also=also)
    if latin:
        return _beside_latin(name, latin, words)
    return name if name.given else name._replace(titles=typed)


def _without_asides(text: str, words: PersonWords) -> tuple[str, str]:
    """Read brackets: the other script of the name, another name, or a note.

    Returns:
        The text to read, and the other name.
    """
    asides = [aside.strip() for aside in _ASIDE.findall(text)]
    rest = _ASIDE.sub(" ", text).strip()
    if not asides or not rest:
        return text, ""
    if not has_han(rest):
        han = next(filter(has_han, asides))
        return f"{han} {rest}", ""
    for aside in asides:
        if has_han(aside):
            simple = simplify(aside)
            size = len(han_family(simple, words))
            if size and 1 <= len(simple) - size <= _LONGEST_FAMILY and aside != rest:
                return rest, aside
        elif any(word.lower() in words.given for word in aside.split()) or is_pinyin(
            "".join(aside.lower().split()[:_LONGEST_FAMILY])
        ):
            return f"{rest} {aside}", ""
    return rest, ""


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
    parts = [plain_pinyin(first.lower()), given_reading(given)]
    return " ".join(sorted(part for part in parts if part))


def given_reading(given: str) -> str:
    """Read a given name in ASCII."""
    return reading(simplify(given)).lower()


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
    while len(pieces) > 1 and pieces[0] in words.han_titles:
        pieces = pieces[1:]
    if len(pieces) == 1:
        bare, salutation = take_han_titles(pieces[0], words)
        return [bare], salutation
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
        if simple[0] in words.east_families:
            return PersonName(family=pieces[0], given=pieces[1])
        if simple[0] in words.surnames:
            return PersonName(family=pieces[0], given=pieces[1])
        if simple[1] in words.surnames and not han_family(simple[0], words):
            return PersonName(family=pieces[1], given=pieces[0])
        if len(simple[0]) > 1 and not han_family("".join(simple), words):
            return PersonName(family=pieces[0], given=pieces[1])
    joined = "".join(simple)
    if _is_familiar(joined, words):
        return PersonName(family=whole[1:])
    family = japanese_family(joined, words) or han_family(joined, words) or whole[:1]
    if joined in words.surnames:
        family = whole
    size = len(family)
    return PersonName(family=whole[:size], given=whole[size:])


def _is_familiar(simple: str, words: PersonWords) -> bool:
    """Tell 老王 and 小李: a family name alone, as friends say it."""
    family = simple[1:]
    return simple[:1] in words.han_familiar and family in words.surnames


def _foreign(whole: str, salutation: str) -> PersonName:
    """Read 约翰·史密斯: given name first, as in the tongue it comes from."""
    given, *rest = [part for part in _DOT.split(whole) if part] or [whole]
    return PersonName(
        given=given,
        middle="".join(rest[:-1]),
        family="".join(rest[-1:]),
        salutation=salutation,
        has_dot=True,
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
    also = "; ".join(
        filter(None, (name.also, " ".join(part for part in western[:3] if part)))
    )
    salutation = name.salutation or western.salutation
    return name._replace(also=also, salutation=salutation)
