"""Block: which pairs of records are worth comparing.

Each rule puts records into blocks; two records of one block are a candidate
pair. A block that is too large is split by second keys instead of being dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block.entries import Digests, Entries, blocks_of
from cleanse.block.keys import Keys
from cleanse.rulebook.matching import MatchRules
from cleanse.threads import in_threads

__all__ = ["CANDIDATE", "Blocks", "block", "build_blocks"]

Ints = npt.NDArray[np.int64]
CANDIDATE = pl.Schema(
    {"record_id_l": pl.Int64, "record_id_r": pl.Int64, "blocking_rule": pl.String}
)
"""One row per candidate pair, record_id_l < record_id_r."""
_PLACE_BITS = 31
"""A position fits in so many bits."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """All blocks of the records of one kind."""

    record_ids: Ints
    """Ascending; a member is a position in it."""
    rules: tuple[str, ...]
    entries: tuple[Entries, ...]
    report: pl.DataFrame
    """blocking_rule, block_count, pair_count, split_count: what each rule costs, before
    pairs that several rules find are counted once."""

    def pair_count(self) -> int:
        """Return the number of pairs, those found by several rules counted several times."""
        return sum(entry.pair_count() for entry in self.entries)

    def digests(self) -> Digests:
        """Return per record a digest of the blocks that it is in, by all rules."""
        total = np.zeros(len(self.record_ids), dtype=np.uint64)
        for entry in self.entries:
            total += entry.digest
        return total

    def only(self, wanted: Sequence[str]) -> Blocks:
        """Return the blocks of some rules only."""
        kept = [number for number, name in enumerate(self.rules) if name in wanted]
        return Blocks(
            self.record_ids,
            tuple(self.rules[number] for number in kept),
            tuple(self.entries[number] for number in kept),
            self.report,
        )

    def touching(self, changed: npt.NDArray[np.bool_]) -> Blocks:
        """Return blocks that make every pair of which a side is `changed`, and few others.

        Args:
            changed: One flag per record.
        """
        entries = tuple(entry.touching(changed) for entry in self.entries)
        return replace(self, entries=entries)

    def chunks(
        self, size: int, share: float = 1.0
    ) -> Iterator[tuple[Ints, Ints, npt.NDArray[np.int16]]]:
        """Yield candidate pairs as (left, right, rule) positions.

        Args:
            size: About how many pairs a chunk holds.
            share: Share of the left records to take, chosen by their record_id.
        """
        count = len(self.record_ids)
        totals = np.zeros(count, dtype=np.int64)
        for entry in self.entries:
            totals += np.bincount(entry.owners, entry.partners, count).astype(np.int64)
        chosen = _chosen(self.record_ids, share) if share < 1.0 else None
        if chosen is not None:
            totals[~chosen] = 0
        bounds = np.searchsorted(
            np.cumsum(totals), np.arange(size, int(totals.sum()) + size, size), "left"
        )
        start = 0
        for stop in np.minimum(bounds + 1, count).tolist():
            if stop > start:
                yield self._between(start, stop, chosen)
            start = max(start, stop)

    def _between(
        self, start: int, stop: int, chosen: npt.NDArray[np.bool_] | None
    ) -> tuple[Ints, Ints, npt.NDArray[np.int16]]:
        """List the pairs whose left member is in [start, stop), each once."""
        bits = len(self.entries).bit_length()
        found = []
        for number, entry in enumerate(self.entries):
            left, right = entry.pairs(start, stop, chosen)
            pair = ((left - start) << _PLACE_BITS) | right
            found.append((pair << bits) | number)
        packed = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
        packed.sort()
        pairs = packed >> bits
        first = np.ones(len(pairs), dtype=np.bool_)
        np.not_equal(pairs[1:], pairs[:-1], out=first[1:])
        pairs = pairs[first]
        rule = (packed[first] & ((1 << bits) - 1)).astype(np.int16)
        return (
            (pairs >> _PLACE_BITS) + start,
            pairs & ((1 << _PLACE_BITS) - 1),
            rule,
        )


def _chosen(record_ids: Ints, share: float) -> npt.NDArray[np.bool_]:
    """Choose a share of records by a hash of their number."""
    mixed = (record_ids.astype(np.uint64) + np.uint64(1)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    return (mixed >> np.uint64(40)).astype(np.float64) / 2**24 < share


def build_blocks(
    records: pl.DataFrame,
    rules: MatchRules,
    kind: str,
    idle: Collection[str] = (),
) -> Blocks:
    """Put the records of one kind into blocks by every rule that applies.

    Args:
        records: The normalised record frame, all of one kind.
        rules: Blocking rules, limits and second keys.
        kind: "person" or "company".
        idle: Blocking rules known to find too little: left out.
    """
    frame = records if records["record_id"].is_sorted() else records.sort("record_id")
    keys = Keys(frame)
    names = [
        name
        for name, rule in rules.block.items()
        if rule.on and kind in rule.kinds and name not in idle
        if keys.hold(*rule.keys)
    ]
    keys.compute(key for name in names for key in rules.block[name].keys)
    entries = in_threads(partial(blocks_of, keys, rules=rules), names)
    found = dict(zip(names, entries, strict=True))
    report = [
        (name, entry.block_count, entry.pair_count(), entry.split_count)
        for name, entry in found.items()
    ]
    columns = ["blocking_rule", "block_count", "pair_count", "split_count"]
    counts = dict.fromkeys(columns[1:], pl.Int64)
    shown = pl.DataFrame(report, {columns[0]: pl.String, **counts}, orient="row")
    ids = frame["record_id"].to_numpy()
    return Blocks(ids, tuple(found), tuple(found.values()), shown)


def block(records: pl.DataFrame, rules: MatchRules) -> Iterator[pl.DataFrame]:
    """Yield candidate pairs in bounded chunks.

    Persons are paired with persons and companies with companies.

    Args:
        records: The normalised record frame with record_id and kind.
        rules: Blocking rules and limits.

    Yields:
        Frames of `CANDIDATE`; each unordered pair once, in the first rule that finds it.
    """
    for kind in ("person", "company"):
        blocks = build_blocks(records.filter(pl.col("kind") == kind), rules, kind)
        names = np.asarray([*blocks.rules, ""], dtype=object)
        for left, right, rule in blocks.chunks(rules.limit.chunk):
            yield pl.DataFrame(
                {
                    "record_id_l": blocks.record_ids[left],
                    "record_id_r": blocks.record_ids[right],
                    "blocking_rule": names[rule],
                },
                schema=CANDIDATE,
            )
