"""Know a Chinese heading written in Latin letters: by its sound or by its initials."""

from __future__ import annotations

import re
from functools import cached_property

from cleanse.map.fold import HAN, fold_words
from cleanse.rulebook.fields import FieldRules

KEY = "\x00key"
"""Stands for a heading of source keys where a field stands otherwise."""

_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:[iu]?ang|[iu]?an|iong|ong|[iu]?eng|[iu]?en|ing|in|[iu]?ao|[iu]?ai|[iu]?ei|ou|iu|ue|ua|uo|ui|un|ia|ie|[aeiouv])(?:n|ng|r)?"
)
_INITIALS = re.compile(r"[bcdfghjklmnpqrstwxyzae]{2,8}")
_SURE_FROM = 4
"""Initials from which any heading may be meant; fewer only stand for the common ones."""
_COMMON = 12
"""Headings of a field that are common: its first ones."""
_MOST_VOWELS = 1


def is_sound(text: str) -> bool:
    """Whether a folded heading may be Chinese in Latin letters.

    >>> is_sound("kehu mingcheng"), is_sound("khmc"), is_sound("phone")
    (True, True, False)
    """
    key = text.replace(" ", "")
    if not (key.isascii() and key.isalpha()):
        return False
    vowels = sum(letter in "aeiou" for letter in key)
    if _INITIALS.fullmatch(key) and vowels <= _MOST_VOWELS and len(key) > 1:
        return True
    return re.fullmatch(f"(?:{_SYLLABLE.pattern}){{2,}}", key) is not None


class Sounds:
    """The Chinese headings of fields.toml by sound; made when first asked for."""

    def __init__(self, rules: FieldRules) -> None:
        """Take the headings; those of keys stand under `KEY`."""
        self._rules = rules

    def find(self, text: str) -> list[tuple[str, int, str]]:
        """Return field, rank and heading of those that sound so, the best rank of each field.

        >>> from cleanse.rulebook import load_rulebook
        >>> sounds = Sounds(load_rulebook().fields)
        >>> sounds.find("lxdh")[0], sounds.find("lianxi dianhua")[0][0]
        (('phone', 1, '联系电话'), 'phone')
        """
        return self._found.get(text.replace(" ", ""), [])

    @cached_property
    def _found(self) -> dict[str, list[tuple[str, int, str]]]:
        # Half a second to load, and rarely needed.
        from pypinyin import lazy_pinyin  # noqa: PLC0415

        headings = {field: rule.zh for field, rule in self._rules.fields.items()}
        headings[KEY] = self._rules.key.headings
        found: dict[str, list[tuple[str, int, str]]] = {}
        for field, words in headings.items():
            ranked = [fold_words(w) for w in words]
            han = [(w, r) for r, w in enumerate(ranked) if HAN.search(w)]
            for place, (word, rank) in enumerate(han):
                sounds = lazy_pinyin(word.replace(" ", ""))
                initials = "".join(sound[0] for sound in sounds)
                keys = ["".join(sounds)] if len(word) > 1 else []
                if len(word) >= _SURE_FROM or (len(word) > 1 and place < _COMMON):
                    keys.append(initials)
                for key in keys:
                    known = found.setdefault(key, [])
                    if all(field != each for each, _, _ in known):
                        known.append((field, rank, word))
        return found
