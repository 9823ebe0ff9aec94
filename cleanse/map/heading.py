"""Know a standard field by its heading: folded, peeled of empty words, forgiven a typo."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from opencc import OpenCC
from rapidfuzz import process
from rapidfuzz.distance import OSA

from cleanse.rulebook.fields import FieldRules

_HAN = re.compile(r"[\u3400-\u9fff]")
_BRACKETED = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^】]*】|〔[^〕]*〕|<[^<>]*>"
)
_HUMP = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d])(?=\d)|(?<=[\u3400-\u9fff])(?=[A-Za-z])|(?<=[A-Za-z])(?=[\u3400-\u9fff])"
)
_HAN_DIGIT = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_MAX_PEELS = 3
_TWO_TYPOS_FROM = 11
"""Letters of a heading in which two may be wrong."""


class Way(IntEnum):
    """How a heading was understood, the surest last."""

    FUZZY = 70
    """One or two letters off."""
    PLACED = 86
    """After a word that says which of several was taken off (home, billing, 办公)."""
    PEELED = 90
    """After a word that says nothing was taken off (customer, primary, 客户)."""
    NUMBERED = 93
    """After a number at its end was taken off."""
    EXACT = 95
    """A heading of fields.toml as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One field that a heading may mean."""

    field: str
    way: Way
    rank: int
    """Position among the headings of its field; the lower the better."""
    known: str
    """The heading of fields.toml that it was taken for."""
    place: str = ""
    """Which of several: home, billing …"""
    number: int = 0
    """The number in the heading, 0 without one."""


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


@lru_cache(maxsize=8192)
def fold_words(heading: str) -> str:
    """Fold a heading, brackets and numbers kept as words.

    >>> fold_words("PRIMARY_NAME_LAST"), fold_words("birthDate"), fold_words("客戶電話(必填)")
    ('primary name last', 'birth date', '客户电话 必填')
    """
    text = unicodedata.normalize("NFKC", heading).removesuffix("__c")  # Salesforce
    if _HAN.search(text):
        text = _simplifier().convert(text)
    text = _HUMP.sub(" ", text)
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", text.replace("_", " ")))


@lru_cache(maxsize=8192)
def fold_heading(heading: str) -> Folded:
    """Fold a heading, brackets and numbers taken off.

    >>> fold_heading("Tel. 2 (office)"), fold_heading("地址二")
    (Folded(text='tel', number=2), Folded(text='地址', number=2))
    """
    bare = _BRACKETED.sub(" ", unicodedata.normalize("NFKC", heading)) or heading
    words = fold_words(bare).split()
    numbers = [int(word) for word in words if word.isdecimal()]
    text = " ".join(word for word in words if not word.isdecimal())
    if len(text) > 2 and text[-1] in _HAN_DIGIT and _HAN.match(text[-2]):  # noqa: PLR2004 - 手机二
        return Folded(text[:-1], _HAN_DIGIT[text[-1]])
    return Folded(text or fold_words(heading), numbers[-1] if text and numbers else 0)


class HeadingIndex:
    """All headings of fields.toml, folded, ready to be looked up."""

    def __init__(self, rules: FieldRules) -> None:
        self._known: dict[str, list[tuple[str, int, str]]] = {}
        for field, rule in rules.fields.items():
            for words in ((*rule.also, *rule.en), (*rule.also, *rule.zh), rule.parts):
                for rank, heading in enumerate(words):
                    self._add(heading, field, rank)
        self._long = [key for key in self._known if len(key) >= _shortest(key)]
        self._qualifiers = _folded_all(rules.words.qualifiers)
        self._places = _folded_all(rules.words.places)
        self._others = _folded_all(rules.words.others)
        self._attributes = _folded_all(rules.words.attributes)
        self._keys = {
            fold_words(h).replace(" ", ""): rank
            for rank, h in reversed(list(enumerate(rules.key.headings)))
        }
        self._counters = {fold_words(h).replace(" ", "") for h in rules.key.counters}
        self._parts = {
            field: tuple(fold_words(h).replace(" ", "") for h in rule.parts)
            for field, rule in rules.fields.items()
            if rule.parts
        }

    def _add(self, heading: str, field: str, rank: int) -> None:
        key = fold_words(heading).replace(" ", "")
        known = self._known.setdefault(key, [])
        if all(field != each for each, _, _ in known):
            known.append((field, rank, heading))

    def meanings(self, heading: str) -> list[Meaning]:
        """Return the fields that a heading may mean, by the surest way only.

        >>> from cleanse.rulebook import load_rulebook
        >>> index = heading_index(load_rulebook().fields)
        >>> [(m.field, m.way.name) for m in index.meanings("PRIMARY_NAME_LAST")]
        [('family_name', 'PEELED')]
        >>> [m.field for m in index.meanings("Emial")], index.meanings("Phone type")
        (['email'], [])
        """
        whole = fold_words(heading)
        folded = fold_heading(heading)
        if found := self._look_up(whole, Way.EXACT, number=folded.number):
            return found
        way = Way.NUMBERED if folded.number else Way.EXACT
        if found := self._look_up(folded.text, way, number=folded.number):
            return found
        is_about_else = self.is_of_others(heading) or self.key_rank(heading) is not None
        if is_about_else or _has_word(whole, self._attributes):
            return []
        for text, place in self._peeled(folded.text):
            way = Way.PLACED if place else Way.PEELED
            if found := self._look_up(text, way, folded.number, place):
                return found
        return self._misspelt(folded)

    def _look_up(
        self, text: str, way: Way, number: int = 0, place: str = ""
    ) -> list[Meaning]:
        return [
            Meaning(
                field=field,
                way=way,
                rank=rank,
                known=known,
                place=place or self._place_of(text),
                number=number,
            )
            for field, rank, known in self._known.get(text.replace(" ", ""), ())
        ]

    def _place_of(self, text: str) -> str:
        return next((p for p in self._places if _cut(text, p) is not None), "")

    def _peeled(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield what is left when empty words are taken off, least taken first."""
        level = [(text, "")]
        seen = {text}
        for _ in range(_MAX_PEELS):
            below = []
            for each, place in level:
                for word in self._qualifiers:
                    below += [(left, place) for left in _peel(each, word)]
                for word in self._places:
                    below += [(left, place or word) for left in _peel(each, word)]
                head, _, tail = each.partition(" ")
                if _HAN.search(head) and tail:
                    # A heading of two rows joined by a space: 基本信息 公司名称.
                    below.append((tail, place))
            level = [item for item in below if item[0] not in seen]
            seen.update(left for left, _ in level)
            yield from level

    def _misspelt(self, folded: Folded) -> list[Meaning]:
        key = folded.key
        if len(key) < _shortest(key):
            return []
        most = 2 if len(key) >= _TWO_TYPOS_FROM and not _HAN.search(key) else 1
        near = process.extract(
            key, self._long, scorer=OSA.distance, score_cutoff=most, limit=5
        )
        for known, _, _ in sorted(near, key=lambda item: (item[1], item[0])):
            if _is_typo(key, known):
                return self._look_up(known, Way.FUZZY, folded.number)
        return []

    def is_of_others(self, heading: str) -> bool:
        """Whether a heading speaks of somebody or something else than the customer."""
        return _has_word(fold_words(heading), self._others)

    def key_rank(self, heading: str) -> int | None:
        """Return how good a heading is for a source key (0 best), None if it is none."""
        text = fold_words(heading)
        forms = [text, *(t for t, place in self._peeled(text) if not place)]
        ranks = [self._keys.get(form.replace(" ", "")) for form in forms]
        return next((rank for rank in ranks if rank is not None), None)

    def is_counter(self, heading: str) -> bool:
        """Whether a heading counts rows (序号, No., #)."""
        text = fold_words(heading).replace(" ", "")
        return text in self._counters or heading.strip() in {"#", "№"}

    def part_of(self, field: str, meaning: Meaning) -> int | None:
        """Return the place of a piece (contact first name) in its field, None if whole."""
        key = fold_words(meaning.known).replace(" ", "")
        parts = self._parts.get(field, ())
        return parts.index(key) if key in parts else None


@lru_cache(maxsize=4)
def heading_index(rules: FieldRules) -> HeadingIndex:
    """Return the index of some rules, made once."""
    return HeadingIndex(rules)


def _has_word(text: str, words: Sequence[str]) -> bool:
    return any(
        word in text if _HAN.search(word) else f" {word} " in f" {text} "
        for word in words
    )


def _folded_all(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({fold_words(w) for w in words}, key=lambda w: (-len(w), w)))


def _cut(text: str, word: str) -> str | None:
    """Return `text` without `word` at its front, None when it does not stand there."""
    if _HAN.search(word):
        return text.removeprefix(word).strip() if text.startswith(word) else None
    return text[len(word) + 1 :] if text.startswith(word + " ") else None


def _peel(text: str, word: str) -> list[str]:
    front = _cut(text, word)
    tail = " " + word
    back = text.removesuffix(tail) if text.endswith(tail) else None
    return [left for left in (front, back) if left]


def _shortest(key: str) -> int:
    """Return the length from which a heading may be forgiven a typo."""
    return 4 if _HAN.search(key) else 5


def _is_typo(key: str, known: str) -> bool:
    """Whether two keys, near by edits, are one word for a person too.

    Short words must be the same letters in another order (emial), Chinese ones
    must sound the same (公司明称): one edit makes 县 of 市 and county of country.
    """
    if _HAN.search(key):
        return len(key) == len(known) and _sound(key) == _sound(known)
    if key[0] != known[0]:
        return False
    shorter = min(len(key), len(known))
    return shorter >= 6 or sorted(key) == sorted(known)  # noqa: PLR2004 - as above


def _sound(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - half a second, rarely needed

    return list(lazy_pinyin(text))
