"""The words of western addresses, from the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cleanse.normalise.text import fold
from cleanse.rulebook import Vocabulary


class State(NamedTuple):
    """A state, province or territory."""

    code: str
    countries: frozenset[str]
    """ISO 3166-1 alpha-2; WA is in the US and in Australia."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What single words and short phrases of an address mean; keys are folded, without dots."""

    types: dict[str, str]
    """st → street."""
    strong_types: frozenset[str]
    """Types that end a street's name wherever they stand."""
    first_types: dict[str, str]
    """Types that stand before the name: rue, via."""
    directions: dict[str, str]
    ordinals: dict[str, str]
    units: dict[str, str]
    """apt → apartment."""
    floors: dict[str, str]
    buildings: dict[str, str]
    states: dict[str, State]
    countries: dict[str, str]
    """Countries that may end an address; no codes that are states as well."""
    unplain: frozenset[str]
    """Words that are more than a name before the last word of a street."""


@lru_cache(maxsize=4)
def words_of(vocabulary: Vocabulary) -> Words:
    """Build the words of a vocabulary once."""

    def street(kind: str) -> dict[str, str]:
        return dict(vocabulary.mapping("street_word", "canonical", kind=kind))

    def unit(kind: str) -> dict[str, str]:
        return dict(vocabulary.mapping("unit_word", "canonical", kind=kind))

    types = street("type")
    strong = vocabulary.words("street_word", kind="type", alone="yes")
    strong_types = frozenset(word for word, full in types.items() if full in strong)
    firsts = vocabulary.words("street_word", kind="first")
    return Words(
        types=types,
        strong_types=strong_types,
        first_types=street("first"),
        directions=street("direction"),
        ordinals=street("ordinal"),
        units=unit("unit"),
        floors=unit("floor"),
        buildings=unit("building"),
        states=_states(vocabulary),
        countries=_countries(vocabulary),
        unplain=strong_types | firsts | vocabulary.words("unit_word"),
    )


def _states(vocabulary: Vocabulary) -> dict[str, State]:
    found: dict[str, dict[str, str]] = {}
    for row in vocabulary.rows("state"):
        country = row["subdivision"].partition("-")[0]
        names = [row["code"], row["name"], *row["aliases"].split("|")]
        for name in filter(None, map(plain, names)):
            found.setdefault(name, {})[country] = row["code"]
    return {
        name: State(next(iter(codes.values())), frozenset(codes))
        for name, codes in found.items()
        if len(set(codes.values())) == 1
    }


def _countries(vocabulary: Vocabulary) -> dict[str, str]:
    short = 3
    names = vocabulary.mapping("country", "country")
    kept = {"us", "uk", "usa", "prc", "uae", "u s a", "u s", "u k"}
    return {
        name: code
        for name, code in names.items()
        if name.isascii() and (len(name) > short or name in kept)
    }


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """Fold a word as the keys are: no dots, no commas.

    >>> plain("St.,"), plain("Québec")
    ('st', 'quebec')
    """
    return fold(text).replace(".", "").strip(" ,;'\"")
