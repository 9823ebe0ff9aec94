"""Fold a heading: what makes no difference between two of them is taken out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from opencc import OpenCC

HAN = re.compile(r"[\u3400-\u9fff]")
_BRACKETED = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^】]*】|〔[^〕]*〕|<[^<>]*>"
)
_INDEXED = re.compile(r"(?<=\w)\[(\w+)\]")
"""The name of a form's field: customer[email]."""
_PATH = re.compile(r"_ids?/(?=\w)")
"""From one table to another: state_id/name."""
_NUMBER_SIGN = re.compile(r"(?<=\w)\s*#(?=\W|$)|№|\b[nN][°º]\.?")
_HUMP = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d])(?=\d)|(?<=[\u3400-\u9fff])(?=[A-Za-z])|(?<=[A-Za-z])(?=[\u3400-\u9fff])"
)
_SHORT = re.compile(r"\w{3,}\.(?!\w)")
_WORD = re.compile(r"\w+\.?")
_LEAST = 3
"""Letters that a word stopped short still has."""
_OR = re.compile(r"\s*(?:/|／|\\|\||\bor\b|或者?)\s*", re.IGNORECASE)
_HAN_DIGIT = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


class Folded(NamedTuple):
    """A heading without what makes no difference."""

    text: str
    """Words with single spaces, without numbers and brackets; Chinese ones have no spaces."""
    number: int
    """The last number in it, 0 without one."""

    @property
    def key(self) -> str:
        """The words run together."""
        return self.text.replace(" ", "")


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=16384)
def fold_words(heading: str) -> str:
    """Fold a heading, brackets and numbers kept as words.

    >>> fold_words("PRIMARY_NAME_LAST"), fold_words("birthDate"), fold_words("客戶電話(必填)")
    ('primary name last', 'birth date', '客户电话 必填')
    >>> fold_words("Acct#"), fold_words("N° TVA")
    ('acct no', 'no tva')
    """
    text = _NUMBER_SIGN.sub(" no ", _PATH.sub(" ", heading))
    text = unicodedata.normalize("NFKC", text).removesuffix("__c")  # Salesforce
    if HAN.search(text):
        text = _simplifier().convert(text)
    text = _HUMP.sub(" ", text)
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", text.replace("_", " ")))


@lru_cache(maxsize=16384)
def fold_heading(heading: str) -> Folded:
    """Fold a heading, brackets and numbers taken off.

    >>> fold_heading("Tel. 2 (office)"), fold_heading("地址二")
    (Folded(text='tel', number=2), Folded(text='地址', number=2))
    >>> fold_heading("customer[email]").text
    'customer email'
    """
    plain = _PATH.sub(" ", unicodedata.normalize("NFKC", heading))
    plain = _INDEXED.sub(r" \1", plain)
    bare = _BRACKETED.sub(" ", plain) or heading
    words = fold_words(bare).split()
    numbers = [int(word) for word in words if word.isdecimal()]
    text = " ".join(word for word in words if not word.isdecimal())
    if len(text) > 2 and text[-1] in _HAN_DIGIT and HAN.match(text[-2]):  # noqa: PLR2004 - 手机二
        return Folded(text[:-1], _HAN_DIGIT[text[-1]])
    return Folded(text or fold_words(heading), numbers[-1] if text and numbers else 0)


def alternatives(heading: str) -> list[str]:
    """Return the names that a heading gives to choose from, none where it gives one.

    >>> alternatives("Surname / Last name"), alternatives("市/县"), alternatives("Phone")
    (['Surname', 'Last name'], ['市', '县'], [])
    """
    bare = _BRACKETED.sub(" ", _PATH.sub(" ", unicodedata.normalize("NFKC", heading)))
    parts = [part for part in _OR.split(bare) if part.strip()]
    return parts if len(parts) > 1 else []


def shortened(heading: str) -> list[str]:
    """Return the words of a heading that stops some of them short, those with their dot.

    >>> shortened("Date de naiss."), shortened("Tel"), shortened("P. IVA")
    (['date', 'de', 'naiss.'], [], [])
    """
    bare = _BRACKETED.sub(" ", unicodedata.normalize("NFKC", heading))
    if not _SHORT.search(bare):
        return []
    words = [(fold_words(word), word.endswith(".")) for word in _WORD.findall(bare)]
    return [w + "." * (short and len(w) >= _LEAST) for w, short in words if w]


class Alike:
    """Words that are written for one another, to be folded to one of them."""

    def __init__(self, same: Mapping[str, Sequence[str]], small: Sequence[str]) -> None:
        """Take the table [words.same] and the words [words] small of fields.toml."""
        pairs = [(fold_words(v), fold_words(k)) for k, vs in same.items() for v in vs]
        self._words = {v: k for v, k in pairs if not HAN.search(v)}
        self._words |= {fold_words(word): "" for word in small}
        self._parts = sorted(
            ((v, k) for v, k in pairs if HAN.search(v)), key=lambda p: (-len(p[0]), p)
        )

    def key(self, text: str) -> str:
        """Write each word of a folded heading the one way; their order is let go.

        >>> alike = Alike({"name": ["nm"], "最近": ["最后", "上次"]}, ["of"])
        >>> alike.key("nm of cust"), alike.key("上次日期")
        ('cust name', '最近日期')
        """
        words = sorted(filter(None, (self._words.get(w, w) for w in text.split(" "))))
        text = " ".join(words)
        if HAN.search(text):
            for variant, word in self._parts:
                text = text.replace(variant, word)
        return text
