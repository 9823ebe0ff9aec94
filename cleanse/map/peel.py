"""Take off a heading the words that say nothing, or only which of several it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleanse.map.fold import HAN, fold_words
from cleanse.rulebook.fields import WordRule

_MAX_PEELS = 3


class Peeler:
    """The words [words] qualifiers and places of fields.toml."""

    def __init__(self, words: WordRule) -> None:
        """Fold them, the longest first."""
        self._qualifiers = folded_all(words.qualifiers)
        self._places = folded_all(words.places)

    def peeled(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield what is left of a folded heading and which of several it is, least taken first.

        >>> words = WordRule(qualifiers=("customer",), places=("billing",))
        >>> list(Peeler(words).peeled("customer billing city"))
        [('billing city', ''), ('city', 'billing')]
        """
        level = [(text, "")]
        seen = {text}
        for _ in range(_MAX_PEELS):
            below = []
            for each, place in level:
                for word in self._qualifiers:
                    below += [(left, place) for left in _peel(each, word)]
                for word in self._places:
                    below += [(left, place or word) for left in _peel(each, word)]
            level = [item for item in below if item[0] not in seen]
            seen.update(left for left, _ in level)
            yield from level

    def is_empty(self, text: str) -> bool:
        """Whether a folded heading is one of the words itself."""
        return text in self._qualifiers or text in self._places

    def place_of(self, text: str) -> str:
        """Return the place that a folded heading begins with, empty without one."""
        return next((p for p in self._places if _cut(text, p) is not None), "")


def folded_all(words: Sequence[str]) -> tuple[str, ...]:
    """Fold words, each once, the longest first."""
    return tuple(sorted({fold_words(w) for w in words}, key=lambda w: (-len(w), w)))


def has_word(text: str, words: Sequence[str]) -> bool:
    """Whether a folded heading has one of the words, Chinese ones anywhere in it."""
    spaced = f" {text} "
    return any(
        word in text if HAN.search(word) else f" {word} " in spaced for word in words
    )


def _cut(text: str, word: str) -> str | None:
    """Return `text` without `word` at its front, None when it does not stand there."""
    if not text.startswith(word):
        return None
    if HAN.search(word):
        return text.removeprefix(word).strip()
    return text[len(word) + 1 :] if text.startswith(word + " ") else None


def _peel(text: str, word: str) -> list[str]:
    front = _cut(text, word)
    tail = " " + word
    back = text.removesuffix(tail) if text.endswith(tail) else None
    return [left for left in (front, back) if left]
