"""The blocks of one rule, laid out so that candidate pairs come by counting."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleanse.block.groups import Groups, Sizes, combined, grouped, salted
from cleanse.block.keys import Around, Called, Keyed, Keys, mix, share_one
from cleanse.block.pieces import Places
from cleanse.block.postings import KeyIndex
from cleanse.encoded import Hashes
from cleanse.places import Flags, Ints, firsts
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
    made: int
    """Pairs that the blocks make, before second keys are asked for."""
    second: Hashes | None
    """Per record its second keys, of which the two of a pair must share one where blocks
    alone would make too many pairs; see `Keys.second`."""
    share: float | None = None
    """Of the pairs made, the share of which the two share a second key; None: to be looked for."""

    def pair_count(self) -> int:
        """Return the number of pairs that are listed, those of two blocks counted twice.

        Where second keys are asked for, it is estimated: on every so many-th record, or by
        the share that an index knows.
        """
        if self.second is None or not self.made:
            return self.made
        if self.share is not None:
            return round(self.made * self.share)
        listed = int(self.partners.sum(dtype=np.int64))
        step = max(1, listed // _LOOKED_AT)
        some = np.arange(0, len(self.owners), step)
        looked = int(self.partners[some].sum(dtype=np.int64))
        return round(self.made * len(self._expanded(some)[0]) / max(1, looked))

    def touching(self, changed: Flags) -> Entries:
        """Leave out the members with whom no pair is made of which a side is `changed`."""
        before = np.zeros(len(self.members) + 1, dtype=np.int64)
        np.cumsum(changed[self.members], out=before[1:])
        # A member stands before the first of those that it pairs with.
        some = before[self.firsts + self.partners] > before[self.firsts - 1]
        partners = self.partners[some]
        return replace(
            self,
            owners=self.owners[some],
            firsts=self.firsts[some],
            partners=partners,
            made=int(partners.sum(dtype=np.int64)),
            share=None,
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


class Among(NamedTuple):
    """The index of all blocks, where only some records are at hand."""

    known: KeyIndex
    is_new: Flags
    """Of each record at hand whether it is not in the index."""
    whole: Around
    """Those of whom all blocks are whole."""

    def keep(self, keyed: Keyed) -> Keyed:
        """Keep the entries of blocks in which one of these is, or a new record, and few others."""
        return self.whole.keep(keyed)


def blocks_of(
    keys: Keys,
    name: str,
    rules: MatchRules,
    around: Around | None = None,
    narrowed: Mapping[str, bool] | None = None,
    among: Among | None = None,
) -> Entries:
    """Put records into the blocks of a rule.

    Args:
        keys: The keys of the records.
        name: Of the rule.
        rules: It, the most records of a block, and the second keys that split larger ones.
        around: None: all blocks. Else those that hold one of these records, with the pairs
            of which it is the left one; their digest is 0, and what is counted is estimated.
        narrowed: By rule, what the model knows of it: see `is_burden`.
        among: Where not all records are at hand, the index that tells of the others. Only
            blocks of which all members are at hand are then whole.
    """
    limit = rules.limit.block
    rule = rules.block[name]
    known = among.known.rules[name] if among else None
    digest = np.zeros(keys.count, dtype=np.uint64)
    keyed = _near(combined([*map(keys.values, rule.keys)]), around or among)
    called: Called = ()
    if among and len(rule.keys) == 1:
        # Of several keys together, only what is called for is in the postings.
        called = among.known.called.get(rule.keys[0], ())
    sizes = Sizes(known.whole, called, among.is_new) if known and among else None
    whole = grouped(keyed, keys.counts, limit, sizes)
    parts, found = [_shared(whole)], [whole.grown]
    if not around:
        _enter(digest, keyed, whole, name)
    group, places, _, fits, hashes, _ = whole
    large = np.flatnonzero(~fits[group])
    split_count = _count(places[large][firsts(group[large])], around)
    # In the order of records, as second keys are.
    large = large[np.argsort(places[large])]
    rest = Keyed(places[large], hashes[group[large]], keyed.is_single)
    del keyed, whole, group, places, fits, hashes
    # One second key after the other: all of them at once would take far more memory.
    for number, key in enumerate(rules.tighten if len(large) else ()):
        if keys.hold(key):
            # Around a few records, fewer share a second key with them than stand in the rest.
            both = [rest, keys.values(key)]
            tight = _near(salted(both[::-1] if around else both, number), around)
            sizes = Sizes(known.tight, (), among.is_new) if known and among else None
            split = grouped(tight, keys.counts, limit, sizes)
            parts.append(_shared(split))
            found.append(split.grown)
            if not around:
                _enter(digest, tight, split, name)
    members = np.concatenate([part[0] for part in parts])
    follow = np.concatenate([part[1] for part in parts])
    block_count = _count(members[_starts(follow)], around)
    if around:
        follow = np.where(around.chosen[members], follow, 0)
    made = int(follow.sum(dtype=np.int64))
    if known:
        made = known.pairs + sum(each.pairs for each in found)
        block_count = known.block_count + sum(each.blocks for each in found)
        split_count = known.split_count + found[0].split
    many = is_burden(
        made / (around.share if around else 1.0),
        keys.total,
        rules.limit.each,
        was=(narrowed or {}).get(name),
    )
    second = keys.second(rules.tighten, but=rule.keys) if many else None
    share = known.shared / known.pairs if known and known.pairs else None
    digest ^= np.uint64(_number(f"{name} {many}"))
    return _entries(
        members,
        follow,
        digest=mix(digest),
        block_count=block_count,
        split_count=split_count,
        made=made,
        second=second,
        share=share,
    )


def _near(keyed: Keyed, around: Around | Among | None) -> Keyed:
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
    group, places, _, fits, hashes, _ = found
    seed = np.uint64(_number(name))
    if len(places) < len(keyed.places):
        at = np.flatnonzero(fits[group])
        np.add.at(digest, places[at], mix(hashes ^ seed)[group[at]])
        return
    if not len(places):
        return
    # In the order of records, and the few large ones taken out again: four times as quick.
    starts = np.flatnonzero(firsts(keyed.places))
    sums = np.add.reduceat(mix(keyed.hashes ^ seed), starts)
    digest[keyed.places[starts]] += sums
    at = np.flatnonzero(~fits[group])
    np.subtract.at(digest, places[at], mix(hashes ^ seed)[group[at]])


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


Members = tuple[Places, Places]
"""Records and how many of its block follow each."""


def _shared(found: Groups) -> Members:
    """Keep the blocks that make pairs and are not too large."""
    group, places, sizes, fits, *_ = found
    size = sizes[group]
    keep = (size > 1) & fits[group]
    group, size = group[keep], size[keep]
    starts = np.flatnonzero(firsts(group))
    number = np.arange(len(group)) - np.repeat(starts, size[starts])
    return places[keep], (size - number - 1).astype(np.int32)


def _entries(
    members: Places,
    follow: Places,
    *,
    digest: Digests,
    block_count: int,
    split_count: int,
    made: int,
    second: Hashes | None,
    share: float | None,
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
        made,
        second,
        share,
    )
