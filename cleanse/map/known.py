"""The headings of fields.toml, folded, to be looked up exactly or nearly."""

from __future__ import annotations

import re
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cleanse.map.fold import HAN, Alike, fold_words, shortened
from cleanse.map.meaning import Known
from cleanse.rulebook.fields import FieldRules

_TWO_TYPOS_FROM = 11
"""Letters of a heading in which two may be wrong."""


class KnownHeadings:
    """All headings of all fields."""

    def __init__(self, rules: FieldRules, same: Alike) -> None:
        """Take the headings, and the words that are written for one another."""
        self._same = same
        self._known: dict[str, list[Known]] = {}
        for field, rule in rules.fields.items():
            for words in (rule.en, rule.zh, rule.parts, rule.other):
                for rank, heading in enumerate((*rule.also, *words)):
                    key = fold_words(heading).replace(" ", "")
                    _add(self._known, key, (field, rank, heading))

    def exactly(self, text: str) -> list[Known]:
        """Return what a folded heading is known for, spaces or not."""
        return self._known.get(text.replace(" ", ""), [])

    def alike(self, text: str) -> list[Known]:
        """Return what it is known for with words that are written for one another."""
        return self._alike.get(self._same.key(text), [])

    def misspelt(self, key: str) -> list[Known]:
        """Return what it is known for but for one letter, or two in a long one.

        Args:
            key: A folded heading without spaces.
        """
        if len(key) < _shortest(key):
            return []
        most = 2 if len(key) >= _TWO_TYPOS_FROM and not HAN.search(key) else 1
        near = process.extract(
            key, self._long, scorer=OSA.distance, score_cutoff=most, limit=5
        )
        for known, _, _ in sorted(near, key=lambda item: (item[1], item[0])):
            if _is_typo(key, known):
                return self._known[known]
        return []

    def stopped_short(self, heading: str) -> list[Known]:
        """Return the one field with headings of these words, some stopped short by a dot."""
        words = shortened(heading)
        if not words:
            return []
        pattern = re.compile(
            " ".join(
                re.escape(w[:-1]) + r"\w+" if w.endswith(".") else re.escape(w)
                for w in words
            )
        )
        found = [
            each
            for known in self._known.values()
            for each in known
            if pattern.fullmatch(fold_words(each[2]))
        ]
        return found[:1] if len({field for field, _, _ in found}) == 1 else []

    @cached_property
    def _long(self) -> list[str]:
        return [key for key in self._known if len(key) >= _shortest(key)]

    @cached_property
    def _alike(self) -> dict[str, list[Known]]:
        found: dict[str, list[Known]] = {}
        for known in self._known.values():
            for each in known:
                _add(found, self._same.key(fold_words(each[2])), each)
        return found


def _add(table: dict[str, list[Known]], key: str, known: Known) -> None:
    """Note a heading under a key, the first of each field."""
    there = table.setdefault(key, [])
    if all(known[0] != field for field, _, _ in there):
        there.append(known)


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
