"""Fold text: three results of one value, each named for its use.

`tidied` is what a person may see, `simplified` writes Han one way, `folded` is
for comparing only. Each has a scalar twin for parsers (`tidy`, `simplify`,
`fold`). None of them raises, and doing one twice is doing it once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

import opencc
import polars as pl

APOSTROPHES = "`´‘’‛ʻʼʹ′＇"
DASHES = "‐‑‒–—―−﹣－"
QUOTES = "“”„‟«»＂"

HAN = r"\p{Han}"
"""One Han sign, as a polars pattern."""

# Joiners and fillers that no one sees, and that make equal texts unequal.
_FILLERS = "\ufe00\ufe0e\ufe0f\u115f\u1160\u3164\uffa0"
_INVISIBLE = rf"[\p{{Cf}}{_FILLERS}]"
_ACCENTED = r"[[\p{Latin}&&[^\x00-\x7F]]\x{300}-\x{36F}]"
_UNTIDY = r"[^\x21-\x5F\x61-\x7E ]|  |^ | $|^$"
_SPACE = r"[\s\p{Z}\p{Cc}]+"

_SIGNS = {
    **dict.fromkeys(APOSTROPHES, "'"),
    **dict.fromkeys(DASHES, "-"),
    **dict.fromkeys(QUOTES, '"'),
}
_SIGN_TABLE = str.maketrans(_SIGNS)

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


def tidied(values: pl.Series) -> pl.Series:
    """Fold width, spaces, quotes and dashes; drop invisible signs; keep case and accents.

    Full-width digits, letters and brackets become plain ones (Unicode NFKC), any
    white space one space. Empty texts become null.

    >>> tidied(pl.Series(["  ＡＢＣ　（上海）\u200b ", "O’Brien", " "])).to_list()
    ['ABC (上海)', "O'Brien", None]
    """
    values = values.cast(pl.String)
    untidy = values.str.contains(_UNTIDY).arg_true()
    if untidy.is_empty():
        return values
    text = values.gather(untidy).str.replace_many(_SIGNS)
    text = text.str.replace_all(_INVISIBLE, "").str.normalize("NFKC")
    # Again, because NFKC brings in signs of its own.
    text = text.str.replace_many(_SIGNS).str.replace_all(_SPACE, " ")
    text = text.str.strip_chars(" ")
    return values.scatter(untidy, text.set(text == "", None))


def tidy(text: str) -> str:
    """Do what `tidied` does to one text; empty stays empty.

    >>> tidy(" Ｊｏｈｎ  Smith ")
    'John Smith'
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(_seen(sign) for sign in text.translate(_SIGN_TABLE))
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.translate(_SIGN_TABLE).split())


def simplified(values: pl.Series) -> pl.Series:
    """Write traditional Han the simplified way, phrase by phrase (OpenCC t2s).

    For comparing; what a person sees stays in the script it was typed in.

    >>> simplified(pl.Series(["張偉", "瀋陽貿易", "Smith"])).to_list()
    ['张伟', '沈阳贸易', 'Smith']
    """
    # Looking for Han first spares columns without any the long pattern.
    if not values.str.contains(HAN).any():
        return values
    return _mapped(values, traditional_sign(), simplify)


def simplify(text: str) -> str:
    """Do what `simplified` does to one text."""
    if _traditional().isdisjoint(text):
        return text
    convert = _converter().convert
    # Twice: a few signs have a simplified form that is itself simplified (薴 苧 苎).
    simple: str = convert(convert(text))
    return simple


def folded(values: pl.Series) -> pl.Series:
    """Fold to the form that is compared: tidy, simplified Han, lower case, no accents.

    >>> folded(pl.Series(["Müller & Søn", "ŁÓDŹ", "廈門 ＡＢＣ"])).to_list()
    ['muller & son', 'lodz', '厦门 abc']
    """
    text = simplified(tidied(values))
    text = _mapped(text, _ACCENTED, to_ascii_letters)
    return tidied(text.str.to_lowercase())


def fold(text: str) -> str:
    """Do what `folded` does to one text."""
    text = tidy(text)
    if text.isascii():
        return text.lower()
    if has_han(text):
        text = simplify(text)
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


def _mapped(values: pl.Series, pattern: str, change: Callable[[str], str]) -> pl.Series:
    """Change the distinct values in which `pattern` is found, each once."""
    found = values.filter(values.str.contains(pattern))
    distinct = found.drop_nulls().unique()
    if distinct.is_empty():
        return values
    after = pl.Series([change(text) for text in distinct], dtype=pl.String)
    return values.replace(distinct, after)


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
    if kind == "Cf" or sign in _FILLERS:
        return ""
    return " " if kind == "Cc" else sign


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def traditional_sign() -> str:
    """Return the pattern of a sign that `simplify` may write another way."""
    return f"[{''.join(sorted(_traditional()))}]"


@cache
def _traditional() -> frozenset[str]:
    """Collect the signs that are written another way in simplified Chinese."""
    signs = [chr(code) for first, last in _HAN_BLOCKS for code in range(first, last)]
    simple = _converter().convert("\n".join(signs)).split("\n")
    return frozenset(a for a, b in zip(signs, simple, strict=True) if a != b)
