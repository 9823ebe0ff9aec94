"""Postings: which records have a key, kept from one run to the next.

A run that only adds records looks up the keys of these, and of whom they change, instead of
making the blocks of all records again. "Postings" are the lists of an inverted index, as in
Manning, Raghavan and Schütze, "Introduction to Information Retrieval" (2008), 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cleanse.block.pieces import Places
from cleanse.encoded import Hashes
from cleanse.places import Ints, spread_rows

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Postings:
    """Entries of keys, in the order of their hashes."""

    hashes: Hashes
    places: Places
    """Position of the record that has the key."""

    def sizes(self, asked: Hashes) -> Ints:
        """Return how many entries have each of some hashes."""
        begin, end = self._ranges(asked)
        return end - begin

    def members(self, asked: Hashes) -> Ints:
        """Return the records of all entries that have one of some hashes."""
        begin, end = self._ranges(asked)
        ranges = np.stack([begin, end], axis=1).ravel()
        # What stands between two ranges is left out: only every other one is asked for.
        places = self.places[spread_rows(ranges, np.arange(0, len(ranges), 2))]
        return places.astype(np.int64)

    def _ranges(self, asked: Hashes) -> tuple[Ints, Ints]:
        return (
            np.searchsorted(self.hashes, asked),
            np.searchsorted(self.hashes, asked, "right"),
        )


@dataclass(frozen=True, slots=True)
class RulePostings:
    """The blocks of one rule."""

    whole: Postings
    """By the keys of the rule; of keys that are to be called for, whether they are or not."""
    tight: Postings
    """By second keys besides, of the blocks that are too large."""
    pairs: int
    """How many the blocks make, before second keys are asked for."""
    shared: int
    """Of how many of these pairs the two share a second key, where one is asked for; an estimate."""
    block_count: int
    split_count: int
    is_narrowed: bool
    """Pairs must share a second key too."""


@dataclass(frozen=True, slots=True)
class KeyIndex:
    """The blocks of the records of one kind."""

    rules: Mapping[str, RulePostings]
    called: Mapping[str, tuple[Hashes, ...]]
    """By key that is to be called for: what the records call for."""

    def arrays(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        """Yield all that it holds, under names that `index_of` knows."""
        for name, rule in self.rules.items():
            counts = (
                *(rule.pairs, rule.shared, rule.block_count),
                *(rule.split_count, rule.is_narrowed),
            )
            yield f"rule {name} counts", np.asarray(counts, dtype=np.int64)
            for what, held in (("whole", rule.whole), ("tight", rule.tight)):
                yield f"rule {name} {what} hashes", held.hashes
                yield f"rule {name} {what} places", held.places
        for key, sets in self.called.items():
            for number, hashes in enumerate(sets):
                yield f"called {key} {number}", hashes


def index_of(arrays: Mapping[str, npt.NDArray[Any]]) -> KeyIndex:
    """Return the index that arrays hold, by the names of `KeyIndex.arrays`."""
    rules = {}
    called: dict[str, Sequence[Hashes]] = {}
    for name in arrays:
        what, _, rest = name.partition(" ")
        if what == "rule" and rest.endswith(" counts"):
            rule = rest.removesuffix(" counts")
            rules[rule] = _rule(arrays, rule)
        elif what == "called":
            key = rest.rpartition(" ")[0]
            called[key] = (*called.get(key, ()), arrays[name])
    return KeyIndex(rules, {key: tuple(sets) for key, sets in called.items()})


def _rule(arrays: Mapping[str, npt.NDArray[Any]], rule: str) -> RulePostings:
    whole, tight = (
        Postings(*(arrays[f"rule {rule} {what} {of}"] for of in ("hashes", "places")))
        for what in ("whole", "tight")
    )
    pairs, shared, blocks, split, narrowed = arrays[f"rule {rule} counts"].tolist()
    return RulePostings(whole, tight, pairs, shared, blocks, split, bool(narrowed))
