"""Groups: records that have the same key, or the same several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cleanse.block.keys import Called, Keyed, are_called, mix
from cleanse.block.pieces import Places
from cleanse.block.postings import Postings
from cleanse.encoded import Hashes
from cleanse.places import Flags, Ints, firsts, spread_rows, starts_of


def combined(keyed: Sequence[Keyed]) -> Keyed:
    """Join keys: an entry for each combination of the keys of a record."""
    whole = keyed[0]
    for one in keyed[1:]:
        if one.is_single:
            whole = _with_one(whole, one)
            continue
        count = 1 + max(_last(whole), _last(one))
        sizes = np.bincount(one.places, minlength=count)
        rows = whole.places.astype(np.int64)
        at = spread_rows(starts_of(sizes), rows)
        again = np.repeat(np.arange(len(rows)), sizes[rows])
        hashes = mix(whole.hashes)[again] + one.hashes[at]
        single = whole.is_single and one.is_single
        whole = Keyed(whole.places[again], hashes, single)
    return whole


def _with_one(whole: Keyed, one: Keyed) -> Keyed:
    """Join a key of which no record has several."""
    at = np.full(1 + max(_last(whole), _last(one)), -1, dtype=np.int32)
    at[one.places] = np.arange(len(one.places), dtype=np.int32)
    found = at[whole.places]
    hold = found >= 0
    hashes = mix(whole.hashes[hold]) + one.hashes[found[hold]]
    return Keyed(whole.places[hold], hashes, whole.is_single)


def _last(keyed: Keyed) -> int:
    return int(keyed.places.max(initial=-1))


def salted(keyed: Sequence[Keyed], number: int) -> Keyed:
    """Join the key of a large block and a second key, told from those by other second keys."""
    tight = combined(keyed)
    hashes = mix(tight.hashes + np.uint64(number + 1))
    return Keyed(tight.places, hashes, is_single=False)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large blocks are, of which not all members are at hand."""

    known: Postings
    called: Called
    """Keys to be called for, that were; none: all were, or none is to be."""
    is_new: Flags
    """Of each record at hand whether it is in no posting."""

    def of(self, hashes: Hashes, group: Ints, places: Places) -> tuple[Ints, Ints]:
        """Return how many members each block had, and how many it has.

        Args:
            hashes: Of each block.
            group: The block of each entry at hand; of blocks that are in no posting all are.
            places: Its record.
        """
        was = self.known.sizes(hashes)
        at_hand = np.bincount(group, minlength=len(hashes))
        new = np.bincount(group[self.is_new[places]], minlength=len(hashes))
        now = np.where(was > 0, was + new, at_hand)
        return np.where(are_called(hashes, self.called), was, 0), now


class Growth(NamedTuple):
    """What blocks make more than when the index was made."""

    pairs: int = 0
    blocks: int = 0
    split: int = 0


class Groups(NamedTuple):
    """Entries of equal hash, ordered by group and place, each once."""

    group: Ints
    places: Places
    sizes: Ints
    """By group: how many of it are at hand."""
    fits: Flags
    """By group: whether it is not too large."""
    hashes: Hashes
    grown: Growth


def grouped(
    keyed: Keyed, counts: Flags | None, limit: int, whole: Sizes | None = None
) -> Groups:
    """Group entries of equal hash.

    Args:
        keyed: The entries.
        counts: Who counts to the size of a block; None: everybody.
        limit: The most records of a block. Of those who do not count, as many may come
            besides; where there are more, none does.
        whole: How large the blocks are; None: all their members are at hand.
    """
    # Entries of one hash stay as they stood, by record mostly: the second sort has little to do.
    order = np.argsort(keyed.hashes, kind="stable")
    hashes = keyed.hashes[order]
    first = firsts(hashes)
    packed = (np.cumsum(first) - 1 << 32) | keyed.places[order]
    packed.sort(kind="stable")
    if not keyed.is_single:
        packed = packed[firsts(packed)]
    group, places = packed >> 32, (packed & 0xFFFFFFFF).astype(np.int32)
    hashes = hashes[first]
    sizes = np.bincount(group, minlength=len(hashes))
    fits, grown = sizes <= limit, Growth()
    if whole:
        was, now = whole.of(hashes, group, places)
        fits, grown = now <= limit, _grown(was, now, limit)
    if counts is None or fits.all():
        return Groups(group, places, sizes, fits, hashes, grown)
    fits = np.bincount(group[counts[places]], minlength=len(hashes)) <= limit
    crowded = fits & (sizes > 2 * limit)
    stay = counts[places] | ~crowded[group]
    group, places = group[stay], places[stay]
    sizes = np.bincount(group, minlength=len(hashes))
    return Groups(group, places, sizes, fits, hashes, grown)


def _grown(was: Ints, now: Ints, limit: int) -> Growth:
    before, after = (np.where(sizes <= limit, sizes, 0) for sizes in (was, now))
    pairs = after * (after - 1) // 2 - before * (before - 1) // 2
    blocks = np.count_nonzero(after > 1) - np.count_nonzero(before > 1)
    split = np.count_nonzero(now > limit) - np.count_nonzero(was > limit)
    return Growth(int(pairs.sum()), int(blocks), int(split))
