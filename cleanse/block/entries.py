"""The blocks of one rule, laid out so that candidate pairs come by counting."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cleanse.block.keys import Around, Keyed, Keys, mix, share_one
from cleanse.block.pieces import Places
from cleanse.encoded import Hashes
from cleanse.places import Flags, Ints, spread_rows, starts_of
from cleanse.rulebook.matching import MatchRules

Digests = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Entries:
    """Blocks of one rule.

    Members of a block stand together in ascending order; a member pairs with the
    members after it.
    """

    members: Places
    owners: Places
    """Members that have others after them, ascending."""
    firsts: Places
    """For each owner: the position in `members` of the next one in its block."""
    partners: Places
    """For each owner: how many follow it."""
    digest: Digests
    """Per record, what blocks of this rule it is in (or would be, with company): two
    records whose digests stay as they are share the same blocks as before."""
    block_count: int
    split_count: int
    """Blocks that were too large."""
    second: Hashes | None
    """Per record its second keys, of which the two of a pair must share one where blocks
    alone would make too many pairs; see `Keys.second`."""

    def pair_count(self) -> int:
        """Return the number of pairs that are listed, those of two blocks counted twice.

        Where second keys are asked for, it is estimated on every so many-th record.
        """
        whole = int(self.partners.sum(dtype=np.int64))
        if self.second is None or not whole:
            return whole
        step = max(1, whole // _LOOKED_AT)
        some = np.arange(0, len(self.owners), step)
        looked = int(self.partners[some].sum(dtype=np.int64))
        return round(whole * len(self._expanded(some)[0]) / max(1, looked))

    def touching(self, changed: Flags) -> Entries:
        """Leave out the members with whom no pair is made of which a side is `changed`."""
        before = np.zeros(len(self.members) + 1, dtype=np.int64)
        np.cumsum(changed[self.members], out=before[1:])
        # A member stands before the first of those that it pairs with.
        some = before[self.firsts + self.partners] > before[self.firsts - 1]
        return replace(
            self,
            owners=self.owners[some],
            firsts=self.firsts[some],
            partners=self.partners[some],
        )

    def pairs(self, start: int, stop: int, chosen: Flags | None) -> tuple[Ints, Ints]:
        """List the pairs whose left member is in [start, stop), and chosen."""
        low, high = np.searchsorted(self.owners, [start, stop])
        some = np.arange(low, high)
        if chosen is not None:
            some = some[chosen[self.owners[some]]]
        return self._expanded(some)

    def _expanded(self, some: Ints) -> tuple[Ints, Ints]:
        """List the pairs of some of the owners."""
        firsts, partners = self.firsts[some], self.partners[some]
        left = np.repeat(self.owners[some].astype(np.int64), partners)
        ends = np.cumsum(partners, dtype=np.int64)
        places = np.arange(len(left)) + np.repeat(firsts - (ends - partners), partners)
        right = self.members[places].astype(np.int64)
        if self.second is None:
            return left, right
        shared = share_one(self.second[left], self.second[right])
        return left[shared], right[shared]


_LOOKED_AT = 200_000
"""Pairs on which it is estimated how many share a second key."""
FEW = 1_000_000
"""Pairs that are no burden, however few the records: a list of 50,000 loses a twentieth of its
matches at half of this and gains a second."""


def is_burden(
    pairs: float, records: int, each: float, *, was: bool | None = None
) -> bool:
    """Say whether a blocking rule makes so many pairs that they must share a second key too.

    Blocks of all records change with the answer, so it stays what it was until the pairs
    are twice as many, or half as many, as where it would be another.

    Args:
        pairs: How many it makes.
        records: Of how many records.
        each: Pairs per record that are too many.
        was: The answer when the model was made; None: not known.

    >>> [is_burden(1.5e6, 1_000_000, 1.0, was=was) for was in (None, False, True)]
    [True, False, True]
    """
    most = max(FEW, each * records)
    if was is not None:
        most = most / 2 if was else most * 2
    return pairs > most


def blocks_of(
    keys: Keys,
    name: str,
    rules: MatchRules,
    around: Around | None = None,
    narrowed: Mapping[str, bool] | None = None,
) -> Entries:
    """Put records into the blocks of a rule.

    Args:
        keys: The keys of the records.
        name: Of the rule.
        rules: It, the most records of a block, and the second keys that split larger ones.
        around: None: all blocks. Else those that hold one of these records, with the pairs
            of which it is the left one; their digest is 0, and what is counted is estimated.
        narrowed: By rule, what the model knows of it: see `is_burden`.
    """
    limit = rules.limit.block
    rule = rules.block[name]
    digest = np.zeros(keys.count, dtype=np.uint64)
    keyed = _near(combined([*map(keys.values, rule.keys)]), around)
    whole = _grouped(keyed, keys.counts, limit)
    parts = [_shared(whole)]
    if not around:
        _enter(digest, keyed, whole, name)
    group, places, _, fits, hashes = whole
    large = np.flatnonzero(~fits[group])
    split_count = _count(places[large][_firsts(group[large])], around)
    # In the order of records, as second keys are.
    large = large[np.argsort(places[large])]
    rest = Keyed(places[large], hashes[group[large]], keyed.is_single)
    del keyed, whole, group, places, fits, hashes
    # One second key after the other: all of them at once would take far more memory.
    for number, key in enumerate(rules.tighten if len(large) else ()):
        if keys.hold(key):
            # Around a few records, fewer share a second key with them than stand in the rest.
            both = [rest, keys.values(key)]
            tight = _near(combined(both[::-1] if around else both), around)
            salted = mix(tight.hashes + np.uint64(number + 1))
            tight = Keyed(tight.places, salted, is_single=False)
            split = _grouped(tight, keys.counts, limit)
            parts.append(_shared(split))
            if not around:
                _enter(digest, tight, split, name)
    members = np.concatenate([part[0] for part in parts])
    follow = np.concatenate([part[1] for part in parts])
    block_count = _count(members[_starts(follow)], around)
    if around:
        follow = np.where(around.chosen[members], follow, 0)
    pairs = int(follow.sum(dtype=np.int64)) / (around.share if around else 1.0)
    many = is_burden(
        pairs, keys.count, rules.limit.each, was=(narrowed or {}).get(name)
    )
    second = keys.second(rules.tighten, but=rule.keys) if many else None
    digest ^= np.uint64(_number(f"{name} {many}"))
    return _entries(
        members,
        follow,
        digest=mix(digest),
        block_count=block_count,
        split_count=split_count,
        second=second,
    )


def _near(keyed: Keyed, around: Around | None) -> Keyed:
    return around.keep(keyed) if around else keyed


def _count(firsts: Places, around: Around | None) -> int:
    """Count blocks by their first members; of a sample, those that begin with a chosen one."""
    if around is None:
        return len(firsts)
    return round(np.count_nonzero(around.chosen[firsts]) / around.share)


def _starts(follow: Places) -> Flags:
    """Mark the first member of each block: the one before has nobody after it."""
    first = np.ones(len(follow), dtype=np.bool_)
    np.equal(follow[:-1], 0, out=first[1:])
    return first


def _enter(digest: Digests, keyed: Keyed, found: Groups, name: str) -> None:
    """Enter in the digest of each record the blocks that it is in, if they are not too large.

    Blocks in which a record is alone are entered too. The sum of mixed hashes tells sets
    apart: see Bellare and Micciancio (1997), AdHash.
    """
    group, places, _, fits, hashes = found
    seed = np.uint64(_number(name))
    if len(places) < len(keyed.places):
        at = np.flatnonzero(fits[group])
        np.add.at(digest, places[at], mix(hashes ^ seed)[group[at]])
        return
    if not len(places):
        return
    # In the order of records, and the few large ones taken out again: four times as quick.
    starts = np.flatnonzero(_firsts(keyed.places))
    sums = np.add.reduceat(mix(keyed.hashes ^ seed), starts)
    digest[keyed.places[starts]] += sums
    at = np.flatnonzero(~fits[group])
    np.subtract.at(digest, places[at], mix(hashes ^ seed)[group[at]])


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


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


Groups = tuple[Ints, Places, Ints, Flags, Hashes]
"""See `_grouped`."""


def _grouped(keyed: Keyed, counts: Flags | None, limit: int) -> Groups:
    """Group entries of equal hash.

    Args:
        keyed: The entries.
        counts: Who counts to the size of a block; None: everybody.
        limit: The most records of a block. Of those who do not count, as many may come
            besides; where there are more, none does.

    Returns:
        group, place of each entry, ordered by both, each once; by group its size, whether it is
        not too large, and its hash.
    """
    order = np.argsort(keyed.hashes)
    hashes = keyed.hashes[order]
    first = _firsts(hashes)
    packed = (np.cumsum(first) - 1 << 32) | keyed.places[order]
    packed.sort()
    if not keyed.is_single:
        packed = packed[_firsts(packed)]
    group, places = packed >> 32, (packed & 0xFFFFFFFF).astype(np.int32)
    hashes = hashes[first]
    sizes = np.bincount(group, minlength=len(hashes))
    fits = sizes <= limit
    if counts is None or fits.all():
        return group, places, sizes, fits, hashes
    fits = np.bincount(group[counts[places]], minlength=len(hashes)) <= limit
    crowded = fits & (sizes > 2 * limit)
    stay = counts[places] | ~crowded[group]
    group, places = group[stay], places[stay]
    sizes = np.bincount(group, minlength=len(hashes))
    return group, places, sizes, fits, hashes


def _firsts(ordered: npt.NDArray[np.integer]) -> Flags:
    """Mark the first of each run of equal numbers."""
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return first


Members = tuple[Places, Places]
"""Records and how many of its block follow each."""


def _shared(found: Groups) -> Members:
    """Keep the blocks that make pairs and are not too large."""
    group, places, sizes, fits, _ = found
    size = sizes[group]
    keep = (size > 1) & fits[group]
    group, size = group[keep], size[keep]
    starts = np.flatnonzero(_firsts(group))
    number = np.arange(len(group)) - np.repeat(starts, size[starts])
    return places[keep], (size - number - 1).astype(np.int32)


def _entries(
    members: Places,
    follow: Places,
    *,
    digest: Digests,
    block_count: int,
    split_count: int,
    second: Hashes | None,
) -> Entries:
    at = np.flatnonzero(follow)
    ordered = (members[at].astype(np.int64) << 32) | at
    ordered.sort()
    at = ordered & 0xFFFFFFFF
    return Entries(
        members,
        (ordered >> 32).astype(np.int32),
        (at + 1).astype(np.int32),
        follow[at].astype(np.int32),
        digest,
        block_count,
        split_count,
        second,
    )
