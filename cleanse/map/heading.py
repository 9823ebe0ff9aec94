"""Know a standard field by its heading: folded, peeled of empty words, forgiven a typo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from cleanse.map import group
from cleanse.map.fold import (
    Alike,
    Folded,
    alternatives,
    fold_heading,
    fold_words,
)
from cleanse.map.key_heading import KeyHeadings
from cleanse.map.known import KnownHeadings
from cleanse.map.meaning import Meaning, Way, meant
from cleanse.map.peel import Peeler, folded_all, has_word
from cleanse.map.sound import KEY, Sounds, is_sound
from cleanse.rulebook.fields import FieldRules
from cleanse.schema import ADDRESS_FIELDS

__all__ = ["HeadingIndex", "Meaning", "Way", "heading_index"]

Forms = Iterable[tuple[str, str]]
"""What a folded heading may be peeled to, and which of several that is."""


class HeadingIndex:
    """All headings of fields.toml, folded, ready to be looked up."""

    def __init__(self, rules: FieldRules) -> None:
        same = Alike(rules.words.same, rules.words.small)
        self._known = KnownHeadings(rules, same)
        self._keys = KeyHeadings(rules.key, same)
        self._sounds = Sounds(rules)
        self._peeler = Peeler(rules.words)
        self._others = folded_all(rules.words.others)
        self._contacts = folded_all(rules.words.contacts)
        self._attributes = folded_all(rules.words.attributes)
        self._heads = folded_all(rules.words.heads)
        self._parts = {
            field: tuple(fold_words(h).replace(" ", "") for h in rule.parts)
            for field, rule in rules.fields.items()
            if rule.parts
        }

    def meanings(self, heading: str) -> list[Meaning]:
        """Return the fields that a heading may mean, by the surest way only.

        >>> from cleanse.rulebook import load_rulebook
        >>> index = heading_index(load_rulebook().fields)
        >>> [(m.field, m.way.name) for m in index.meanings("PRIMARY_NAME_LAST")]
        [('family_name', 'PEELED')]
        >>> [m.field for m in index.meanings("Emial")], index.meanings("Phone type")
        (['email'], [])
        >>> [m.field for m in index.meanings("联系信息 财务 姓名")]
        ['contact']
        """
        whole = fold_words(heading)
        folded = fold_heading(heading)
        way = Way.NUMBERED if folded.number else Way.EXACT
        if found := (
            self._look_up(whole, Way.EXACT, folded.number)
            or self._look_up(folded.text, way, folded.number)
            or self._grouped(folded)
        ):
            return found
        if self.is_of_others(heading):
            return self._ours(folded)
        if self.key_rank(heading) is not None:
            return []
        peeled = list(self._peeler.peeled(folded.text))
        if has_word(whole, self._attributes):
            # Customer status is one of its own, phone status is not.
            peeled = [(text, place) for text, place in peeled if not place]
            return self._left(peeled, folded.number)
        forms = [(folded.text, ""), *peeled]
        return (
            self._left(peeled, folded.number)
            or self._alike_to(forms, folded.number)
            or self._sounding(forms, folded.number)
            or self._either(heading)
            or meant(self._known.misspelt(folded.key), Way.FUZZY, folded.number)
            or meant(self._known.stopped_short(heading), Way.SHORTENED, folded.number)
            or self._headed(folded)
        )

    def _ours(self, folded: Folded) -> list[Meaning]:
        """Take a heading that speaks of others for who of us answers for the customer."""
        bare = folded._replace(text=group.named(folded.text) or folded.text)
        headed = self._headed(bare)
        return [m for m in headed if m.field == "owner" and not m.place]

    def _look_up(
        self, text: str, way: Way, number: int = 0, place: str = ""
    ) -> list[Meaning]:
        known = self._known.exactly(text)
        return meant(known, way, number, place or self._peeler.place_of(text))

    def _grouped(self, folded: Folded) -> list[Meaning]:
        """Take a heading of several parts for its last one, read within the others."""
        text, number = folded
        if head := group.named(text):
            forms = [head, *(left for left, _ in self._peeler.peeled(head))]
            for form in forms:
                found = self._look_up(form, Way.GROUPED, number)
                if named := [m for m in found if group.may_name(text, m.field)]:
                    return named
        for above, last in group.parted(text):
            found = group.within(
                [m for m in self.meanings(last) if m.way > Way.SOUND],
                self._peeler.place_of(above),
                is_contact=has_word(above, self._contacts),
                is_of_others=has_word(above, self._others)
                or (group.is_anyones(above, last) and not self._is_known(above)),
            )
            if found:
                return [replace(m, number=number) for m in found]
        return []

    def _is_known(self, above: str) -> bool:
        """Whether a group is made of words that we know."""
        forms = [above, *(left for left, _ in self._peeler.peeled(above))]
        return (
            has_word(above, self._contacts)
            or any(self._known.exactly(form) for form in forms)
            or any(self._peeler.is_empty(form) for form in forms)
        )

    def _left(self, peeled: Forms, number: int) -> list[Meaning]:
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

    def _headed(self, folded: Folded) -> list[Meaning]:
        """Take a heading for what its last words, or its first ones, tell."""
        text = folded.text
        head, _, rest = text.partition(" ")
        if rest and self._is_address(head, only="address") and self._is_address(rest):
            # A group over a part of an address: Adresse PLZ.
            return self._look_up(rest, Way.HEADED, folded.number)
        for word in self._heads:
            gap = "" if _runs_together(word) else " "
            if text.endswith(gap + word):
                return self._look_up(word, Way.HEADED, folded.number)
            if gap and text.startswith(word + gap):
                place = text.removeprefix(word).strip()
                return self._look_up(word, Way.HEADED, folded.number, place)
        return []

    def _is_address(self, text: str, only: str = "") -> bool:
        """Whether a folded heading is one of addresses, or of this field of them."""
        fields = {field for field, _, _ in self._known.exactly(text)}
        return bool(fields & ({only} if only else set(ADDRESS_FIELDS)))

    def _alike_to(self, forms: Forms, number: int) -> list[Meaning]:
        """Look up with words that are written for one another."""
        for text, place in forms:
            if found := self._known.alike(text):
                return meant(found, Way.ALIKE, number, place)
        return []

    def _sounding(self, forms: Forms, number: int) -> list[Meaning]:
        """Look up Chinese in Latin letters, the whole of it or behind an English word."""
        for text, place in forms:
            if is_sound(text) and (found := self._sounds.find(text)):
                known = [each for each in found if each[0] != KEY]
                return meant(known, Way.SOUND, number, place)
        return []

    def is_of_others(self, heading: str) -> bool:
        """Whether a heading speaks of somebody or something else than the customer."""
        return has_word(fold_words(heading), self._others)

    def key_rank(self, heading: str) -> int | None:
        """Return how good a heading is for a source key (0 best), None if it is none.

        >>> from cleanse.rulebook import load_rulebook
        >>> index = heading_index(load_rulebook().fields)
        >>> index.key_rank("Cust #") is None, index.key_rank("khbh") is None
        (False, False)
        >>> index.key_rank("会员信息 会员卡号") is None, index.key_rank("银行信息 账号") is None
        (False, True)
        """
        whole, folded = fold_words(heading), fold_heading(heading)
        texts = [whole, *([] if folded.number else [folded.text])]
        parts = [
            last
            for text in texts
            for above, last in group.parted(text)
            if not has_word(above, self._others)
        ]
        forms = [
            form
            for text in (*texts, *parts)
            for form in (
                text,
                *(left for left, place in self._peeler.peeled(text) if not place),
            )
        ]
        rank = self._keys.rank(forms, texts)
        if rank is None and is_sound(whole):
            ranks = [r for field, r, _ in self._sounds.find(whole) if field == KEY]
            return next(iter(ranks), None)
        return rank

    def is_counter(self, heading: str) -> bool:
        """Whether a heading counts rows (序号, No., #)."""
        return self._keys.is_counter(heading)

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
