"""Know a standard field by its heading: folded, peeled of empty words, forgiven a typo."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cleanse.map.fold import (
    HAN,
    Alike,
    Folded,
    alternatives,
    fold_heading,
    fold_words,
    shortened,
)
from cleanse.map.sound import KEY, Sounds, is_sound
from cleanse.rulebook.fields import FieldRules

_MAX_PEELS = 3
_TWO_TYPOS_FROM = 11
"""Letters of a heading in which two may be wrong."""


Known = tuple[str, int, str]
"""Field, rank among its headings, and the heading as fields.toml writes it."""


class Way(IntEnum):
    """How a heading was understood, the surest last."""

    FUZZY = 70
    """One or two letters off."""
    HEADED = 72
    """Its last or first words tell the field; the others are not known."""
    SHORTENED = 74
    """Words stopped short by a dot (Date de naiss.)."""
    SOUND = 75
    """The sound of a Chinese heading, or its initials (kehu_mingcheng, khmc)."""
    ALIKE = 84
    """With words that are written for one another (number, no)."""
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


class HeadingIndex:
    """All headings of fields.toml, folded, ready to be looked up."""

    def __init__(self, rules: FieldRules) -> None:
        self._known: dict[str, list[Known]] = {}
        for field, rule in rules.fields.items():
            for words in (rule.en, rule.zh, rule.parts, rule.other):
                for rank, heading in enumerate((*rule.also, *words)):
                    self._add(heading, field, rank)
        self._long = [key for key in self._known if len(key) >= _shortest(key)]
        self._same = Alike(rules.words.same, rules.words.small)
        self._alike: dict[str, list[Known]] = {}
        for known in self._known.values():
            for field, rank, heading in known:
                alike = self._same.key(fold_words(heading))
                likes = self._alike.setdefault(alike, [])
                if all(field != each for each, _, _ in likes):
                    likes.append((field, rank, heading))
        self._sounds = Sounds(rules)
        self._qualifiers = _folded_all(rules.words.qualifiers)
        self._places = _folded_all(rules.words.places)
        self._others = _folded_all(rules.words.others)
        self._attributes = _folded_all(rules.words.attributes)
        self._heads = _folded_all(rules.words.heads)
        self._keys = {
            fold_words(h).replace(" ", ""): rank
            for rank, h in reversed(list(enumerate(rules.key.headings)))
        }
        self._alike_keys = {
            self._same.key(fold_words(h)): rank
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
        way = Way.NUMBERED if folded.number else Way.EXACT
        if found := (
            self._look_up(whole, Way.EXACT, folded.number)
            or self._look_up(folded.text, way, folded.number)
        ):
            return found
        if self.is_of_others(heading):
            headed = self._headed(folded)
            return [m for m in headed if m.field == "owner" and not m.place]
        if self.key_rank(heading) is not None:
            return []
        peeled = list(self._peeled(folded.text))
        if _has_word(whole, self._attributes):
            # Customer status is one of its own, phone status is not.
            peeled = [(text, place) for text, place in peeled if not place]
            return self._left(peeled, folded.number)
        forms = [(folded.text, ""), *peeled]
        return (
            self._left(peeled, folded.number)
            or self._alike_to(forms, folded.number)
            or self._sounding(forms, folded.number)
            or self._either(heading)
            or self._misspelt(folded)
            or self._shortened(heading, folded.number)
            or self._headed(folded)
        )

    def _left(self, peeled: Iterable[tuple[str, str]], number: int) -> list[Meaning]:
        """Look up what is left when empty words are taken off."""
        for text, place in peeled:
            way = Way.PLACED if place else Way.PEELED
            if found := self._look_up(text, way, number, place):
                return found
        return []

    def _either(self, heading: str) -> list[Meaning]:
        """Look up each name of a heading that gives several to choose from."""
        found = [m for part in alternatives(heading) for m in self.meanings(part)]
        return list({m.field: m for m in reversed(found)}.values())[::-1]

    def _shortened(self, heading: str, number: int) -> list[Meaning]:
        """Find the one field with headings of these words, some stopped short."""
        words = shortened(heading)
        if not words:
            return []
        pattern = " ".join(
            re.escape(w[:-1]) + r"\w+" if w.endswith(".") else re.escape(w)
            for w in words
        )
        found = [
            each
            for known in self._known.values()
            for each in known
            if re.fullmatch(pattern, fold_words(each[2]))
        ]
        fields = {field for field, _, _ in found}
        return (
            self._meant(found[:1], Way.SHORTENED, number, "")
            if len(fields) == 1
            else []
        )

    def _headed(self, folded: Folded) -> list[Meaning]:
        """Take a heading for what its last words, or its first ones, tell."""
        text = folded.text
        for word in self._heads:
            gap = "" if _runs_together(word) else " "
            if text.endswith(gap + word):
                return self._look_up(word, Way.HEADED, folded.number)
            if gap and text.startswith(word + gap):
                place = text.removeprefix(word).strip()
                return self._look_up(word, Way.HEADED, folded.number, place)
        return []

    def _look_up(
        self, text: str, way: Way, number: int = 0, place: str = ""
    ) -> list[Meaning]:
        known = self._known.get(text.replace(" ", ""), ())
        return self._meant(known, way, number, place or self._place_of(text))

    def _meant(
        self, known: Iterable[Known], way: Way, number: int, place: str
    ) -> list[Meaning]:
        return [
            Meaning(
                field=field, way=way, rank=rank, known=word, place=place, number=number
            )
            for field, rank, word in known
        ]

    def _alike_to(self, forms: Iterable[tuple[str, str]], number: int) -> list[Meaning]:
        """Look up with words that are written for one another."""
        for text, place in forms:
            key = self._same.key(text)
            if found := self._alike.get(key):
                return self._meant(found, Way.ALIKE, number, place)
        return []

    def _sounding(self, forms: Iterable[tuple[str, str]], number: int) -> list[Meaning]:
        """Look up Chinese in Latin letters, the whole of it or behind an English word."""
        for text, place in forms:
            if is_sound(text) and (found := self._sounds.find(text)):
                known = [each for each in found if each[0] != KEY]
                return self._meant(known, Way.SOUND, number, place)
        return []

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
                if HAN.search(head) and tail:
                    # A heading of two rows joined by a space: 基本信息 公司名称.
                    below.append((tail, place))
            level = [item for item in below if item[0] not in seen]
            seen.update(left for left, _ in level)
            yield from level

    def _misspelt(self, folded: Folded) -> list[Meaning]:
        key = folded.key
        if len(key) < _shortest(key):
            return []
        most = 2 if len(key) >= _TWO_TYPOS_FROM and not HAN.search(key) else 1
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
        """Return how good a heading is for a source key (0 best), None if it is none.

        >>> from cleanse.rulebook import load_rulebook
        >>> index = heading_index(load_rulebook().fields)
        >>> index.key_rank("Cust #") is None, index.key_rank("khbh") is None
        (False, False)
        """
        whole, folded = fold_words(heading), fold_heading(heading)
        texts = [whole, *([] if folded.number else [folded.text])]
        forms = [
            form
            for text in texts
            for form in (text, *(t for t, place in self._peeled(text) if not place))
        ]
        keys = [form.replace(" ", "") for form in forms]
        ranks = [self._keys.get(key) for key in keys]
        ranks += [self._alike_keys.get(self._same.key(t)) for t in texts]
        if all(rank is None for rank in ranks) and is_sound(whole):
            ranks += [
                rank for field, rank, _ in self._sounds.find(whole) if field == KEY
            ]
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


def _runs_together(word: str) -> bool:
    """Whether words of this script are written without spaces."""
    return any(ord(letter) > 0x1100 and letter.isalpha() for letter in word)  # noqa: PLR2004 - Hangul and beyond


def _has_word(text: str, words: Sequence[str]) -> bool:
    return any(
        word in text if HAN.search(word) else f" {word} " in f" {text} "
        for word in words
    )


def _folded_all(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({fold_words(w) for w in words}, key=lambda w: (-len(w), w)))


def _cut(text: str, word: str) -> str | None:
    """Return `text` without `word` at its front, None when it does not stand there."""
    if HAN.search(word):
        return text.removeprefix(word).strip() if text.startswith(word) else None
    return text[len(word) + 1 :] if text.startswith(word + " ") else None


def _peel(text: str, word: str) -> list[str]:
    front = _cut(text, word)
    tail = " " + word
    back = text.removesuffix(tail) if text.endswith(tail) else None
    return [left for left in (front, back) if left]


def _shortest(key: str) -> int:
    """Return the length from which a heading may be forgiven a typo."""
    return 4 if HAN.search(key) else 5


def _is_typo(key: str, known: str) -> bool:
    """Whether two keys, near by edits, are one word for a person too.

    Short words must be the same letters in another order (emial), Chinese ones
    must sound the same (公司明称): one edit makes 县 of 市 and county of country.
    """
    if HAN.search(key):
        return len(key) == len(known) and _sound(key) == _sound(known)
    if key[0] != known[0]:
        return False
    shorter = min(len(key), len(known))
    return shorter >= 6 or sorted(key) == sorted(known)  # noqa: PLR2004 - as above


def _sound(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - half a second, rarely needed

    return list(lazy_pinyin(text))
