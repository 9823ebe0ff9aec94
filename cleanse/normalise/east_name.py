"""Japanese and Korean names in their own scripts: family name first, nothing mangled."""

from __future__ import annotations

import re

from cleanse.normalise.person_words import PersonName, PersonWords
from cleanse.normalise.text import simplify

_KANA_OR_HANGUL = re.compile("[\u3041-\u30fa\u30fc-\u30ff\uac00-\ud7af]")
_KANA = re.compile("[\u3041-\u30fa\u30fc-\u30ff]+")
_HANGUL = re.compile("[\uac00-\ud7af]+")
_TITLE = re.compile(r"(?<=.)\s*(?:씨|님|さん|さま|様|くん|ちゃん|先生)$")
_LONGEST_FAMILY = 3
_LONGEST_GIVEN = 4
_SHORTEST_WHOLE = 4
"""Signs from which a name in Han alone cannot be Chinese, but for a compound family name."""


def is_east_script(text: str) -> bool:
    """Tell whether there is kana or Hangul in `text`.

    >>> is_east_script("田中さくら"), is_east_script("김철수"), is_east_script("张伟")
    (True, True, False)
    """
    return not text.isascii() and _KANA_OR_HANGUL.search(text) is not None


def is_kana(text: str) -> bool:
    """Tell whether `text` is written in kana alone.

    >>> is_kana("タナカ"), is_kana("田中")
    (True, False)
    """
    return _KANA.fullmatch(text) is not None


def parse_east_name(text: str, words: PersonWords) -> PersonName:
    """Read a name with kana or Hangul in it.

    Without a space the family name is one syllable in Hangul, and a known one in
    Han; where neither helps, all is the given name. Never raises.
    """
    text = _TITLE.sub("", text).strip() or text
    family, *given = text.replace("·", " ").replace("・", " ").split() or [text]
    if given:
        return PersonName(family=family, given="".join(given))
    if _HANGUL.fullmatch(text) and 1 < len(text) <= _LONGEST_GIVEN + 1:
        size = 2 if text[:2] in words.east_families and len(text) > 2 else 1  # noqa: PLR2004
        return PersonName(family=text[:size], given=text[size:])
    size = len(japanese_family(simplify(text), words))
    return PersonName(family=text[:size], given=text[size:])


def japanese_family(simple: str, words: PersonWords) -> str:
    """Return the Japanese family name that a name in simplified Han begins with, or nothing.

    A name of three signs may as well be Chinese: 高桥翔.
    """
    if len(simple) < _SHORTEST_WHOLE:
        return ""
    for size in range(_LONGEST_FAMILY, 1, -1):
        if simple[:size] in words.east_families and size < len(simple):
            return simple[:size]
    return ""
