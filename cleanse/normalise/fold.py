"""Fold one text: the scalar twins of `cleanse.normalise.text`, for parsers and for what is asked.

Importing this loads no frames: `cleanse find` starts with it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

APOSTROPHES = "`´‘’‛ʻʼʹ′＇"
DASHES = "‐‑‒–—―−﹣－"
QUOTES = "“”„‟«»＂"

# Joiners and fillers that no one sees, and that make equal texts unequal.
FILLERS = "\ufe00\ufe0e\ufe0f\u115f\u1160\u3164\uffa0"

SPELLED_SIGNS = {
    **dict.fromkeys(APOSTROPHES, "'"),
    **dict.fromkeys(DASHES, "-"),
    **dict.fromkeys(QUOTES, '"'),
}
_SIGN_TABLE = str.maketrans(SPELLED_SIGNS)

# Latin letters that Unicode does not take apart into letter and accent.
_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l",
    "þ": "th", "ħ": "h", "ı": "i", "ĸ": "k", "ŋ": "n", "ŧ": "t", "ə": "a",
    "ɓ": "b", "ɗ": "d", "ƙ": "k", "ǝ": "e", "ơ": "o", "ư": "u",
}  # fmt: skip
_CAPITALS = {
    key.upper(): value.capitalize()
    for key, value in _LETTERS.items()
    if len(key.upper()) == 1 and not key.upper().isascii()
}
_LETTER_TABLE = str.maketrans(_LETTERS | _CAPITALS | {"ẞ": "SS"})
_HAN_BLOCKS = ((0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32000))
_HAN_SIGN = re.compile(
    "[\u2e80-\u2fdf\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# Signs that tidying leaves as they are, of a pattern's class: of Han the main block.
TIDY_SIGNS = "!-_a-~\u4e00-\u9fff"
_TIDY = re.compile(f"[{TIDY_SIGNS}]+(?: [{TIDY_SIGNS}]+)*")


def tidy(text: str) -> str:
    """Fold width, spaces, quotes and dashes; drop invisible signs; empty stays empty.

    >>> tidy(" Ｊｏｈｎ  Smith ")
    'John Smith'
    """
    if _TIDY.fullmatch(text):
        return text
    if not (text.isascii() and text.isprintable()):
        text = "".join(_seen(sign) for sign in text.translate(_SIGN_TABLE))
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.translate(_SIGN_TABLE).split())


def simplify(text: str) -> str:
    """Write traditional Han the simplified way, phrase by phrase (OpenCC t2s)."""
    if traditional_signs().isdisjoint(text):
        return text
    convert = _converter().convert
    # Twice: a few signs have a simplified form that is itself simplified (薴 苧 苎).
    simple: str = convert(convert(text))
    return simple


def fold(text: str) -> str:
    """Fold to the form that is compared: tidy, simplified Han, lower case, no accents."""
    text = tidy(text)
    if text.isascii():
        return text.lower()
    if has_han(text):
        text = simplify(text)
        if _TIDY.fullmatch(text):
            return text.lower()
    return " ".join(to_ascii_letters(text).lower().split())


def to_ascii_letters(text: str) -> str:
    """Take accents off Latin letters; other scripts stay.

    >>> to_ascii_letters("Đặng Straße Čapek 张伟 Владимир")
    'Dang Strasse Capek 张伟 Владимир'
    """
    if text.isascii():
        return text
    return "".join(_plain_letter(letter) for letter in text)


def has_han(text: str) -> bool:
    """Tell whether there is a Han sign in `text`."""
    return not text.isascii() and _HAN_SIGN.search(text) is not None


def han_signs(text: str) -> int:
    """Count the Han signs in `text`."""
    return 0 if text.isascii() else len(_HAN_SIGN.findall(text))


@cache
def _plain_letter(letter: str) -> str:
    parts = unicodedata.normalize("NFKD", letter)
    if parts[:1].isascii() and parts[:1].isalpha():
        return "".join(part for part in parts if not unicodedata.combining(part))
    if "\u0300" <= letter <= "\u036f":
        return ""
    return letter.translate(_LETTER_TABLE)


@cache
def _seen(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Cf" or sign in FILLERS:
        return ""
    return " " if kind == "Cc" else sign


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def traditional_signs() -> frozenset[str]:
    """Collect the signs that are written another way in simplified Chinese."""
    signs = [chr(code) for first, last in _HAN_BLOCKS for code in range(first, last)]
    simple = _converter().convert("\n".join(signs)).split("\n")
    return frozenset(a for a, b in zip(signs, simple, strict=True) if a != b)
