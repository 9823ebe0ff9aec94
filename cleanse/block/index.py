"""Index the blocks of all records, for the runs that only add some."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from cleanse.block import Blocking, Blocks
from cleanse.block.groups import Groups, combined, grouped, salted
from cleanse.block.keys import Keyed
from cleanse.block.postings import KeyIndex, Postings, RulePostings
from cleanse.threads import in_threads


def index_blocks(blocking: Blocking, blocks: Blocks) -> KeyIndex:
    """Index blocks.

    Args:
        blocking: The keys of all records.
        blocks: Their blocks.
    """
    keys = (key for name in blocks.rules for key in blocking.rules.block[name].keys)
    called = {key: blocking.keys.bare(key)[1] for key in dict.fromkeys(keys)}
    made = in_threads(
        lambda name: _indexed(blocking, blocks.only([name])), blocks.rules
    )
    rules = dict(zip(blocks.rules, list(made), strict=True))
    return KeyIndex(rules, {key: sets for key, sets in called.items() if sets})


def _indexed(blocking: Blocking, blocks: Blocks) -> RulePostings:
    (name,), (entry,) = blocks.rules, blocks.entries
    keys, rules = blocking.keys, blocking.rules
    whole = _grouped(combined([keys.bare(key)[0] for key in rules.block[name].keys]))
    places, hashes = whole.places, whole.hashes[whole.group]
    large = np.flatnonzero((whole.sizes > rules.limit.block)[whole.group])
    large = large[np.argsort(places[large])]
    rest = Keyed(places[large], hashes[large], is_single=False)
    tight = [
        _grouped(salted([rest, keys.values(key)], number))
        for number, key in enumerate(rules.tighten if len(large) else ())
        if keys.hold(key)
    ]
    return RulePostings(
        Postings(hashes, places),
        _united(tight),
        entry.made,
        entry.pair_count(),
        entry.block_count,
        entry.split_count,
        entry.second is not None,
    )


def _grouped(keyed: Keyed) -> Groups:
    return grouped(keyed, None, limit=len(keyed.places))


def _united(several: Collection[Groups]) -> Postings:
    """Put groups by several second keys in one order."""
    none = Postings(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int32))
    if not several:
        return none
    hashes = np.concatenate([each.hashes[each.group] for each in several])
    places = np.concatenate([each.places for each in several])
    order = np.argsort(hashes, kind="stable")
    return Postings(hashes[order], places[order])
