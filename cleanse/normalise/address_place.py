"""Cities of the United States at the end of a line that has no comma before them."""

from __future__ import annotations

from collections.abc import Sequence

from cleanse.normalise.address_street import Token
from cleanse.normalise.address_words import Words

_FIRST = {
    "st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "pt": "point",
    "n": "north", "s": "south", "e": "east", "w": "west", "so": "south", "no": "north",
    "lk": "lake",
}  # fmt: skip
_LATER = {
    "st": "saint", "pk": "park", "vly": "valley", "vy": "valley", "hts": "heights",
    "spgs": "springs", "spg": "spring", "bch": "beach", "hbr": "harbor", "is": "island",
    "cty": "city", "vlg": "village", "lk": "lake", "jct": "junction", "mtn": "mountain",
    "fls": "falls", "cyn": "canyon", "ctr": "center", "hl": "hill", "hls": "hills",
    "rpds": "rapids", "grv": "grove", "est": "estates",
}  # fmt: skip
_LONGEST = 4
"""Words of the longest names that are looked for."""


def place_start(
    tokens: Sequence[Token], words: Words, state: str | None, least: int = 0
) -> int | None:
    """Find where the longest known city at the end begins.

    Args:
        tokens: What may end in a city.
        words: Their vocabulary.
        state: Code of the state it must lie in; None: any.
        least: Index before which it cannot begin.

    >>> from cleanse.normalise.address_street import read_tokens
    >>> from cleanse.normalise.address_words import words_of
    >>> from cleanse.rulebook import load_rulebook
    >>> words = words_of(load_rulebook().vocabulary)
    >>> tokens = read_tokens("375 Valley Forge Rd W. Palm Beach", words)
    >>> place_start(tokens, words, "FL"), place_start(tokens, words, "OH")
    (4, None)
    """
    count = len(tokens)
    for at in range(max(least, count - _LONGEST), count):
        first = tokens[at].word
        if first in {"e", "w"} and at > least and tokens[at - 1].word in {"n", "s"}:
            continue
        later = [_LATER.get(token.word, token.word) for token in tokens[at + 1 :]]
        if not later and first in words.directions:
            break
        states = words.places.get(" ".join([_FIRST.get(first, first), *later]))
        if states and (state is None or state in states):
            return at
    return None


def is_large(tokens: Sequence[Token], words: Words) -> bool:
    """Tell whether all of `tokens` is the name of a large city."""
    return " ".join(token.word for token in tokens) in words.large_places


def is_place(text: str, words: Words, state: str | None) -> bool:
    """Tell whether a text ends in a known city of a state."""
    tokens = [Token(part, part, ends=False) for part in _last_words(text)]
    return place_start(tokens, words, state) is not None


def longer_place(text: str, words: Words, count: int) -> bool:
    """Tell whether the last `count` words only end a longer city: Holland of South Holland."""
    tokens = [Token(part, part, ends=False) for part in _last_words(text)]
    place = place_start(tokens, words, None)
    return place is not None and len(tokens) - place > count


def _last_words(text: str) -> list[str]:
    last = text.rsplit(",", 1)[-1].lower().replace(".", "")
    return last.split()[-_LONGEST:]
