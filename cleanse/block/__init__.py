"""Block: which pairs of records are worth comparing.

Each rule puts records into blocks; two records of one block are a candidate
pair. A block that is too large is split by second keys instead of being dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block.entries import Among, Digests, Entries, blocks_of
from cleanse.block.keys import Around, Keys, Part
from cleanse.encoded import Encoded, encode
from cleanse.places import Ints, firsts
from cleanse.rulebook.matching import MatchRules
from cleanse.threads import in_threads

__all__ = ["CANDIDATE", "Blocking", "Blocks", "block", "blocking_of", "build_blocks"]

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
    share: float = 1.0
    """Share of the records around which the blocks are: see `Blocking.sampled`."""

    def pair_count(self) -> int:
        """Return the number of pairs, those found by several rules counted several times."""
        return round(sum(entry.pair_count() for entry in self.entries) / self.share)

    def report(self) -> pl.DataFrame:
        """Say what each rule costs, before pairs that several rules find are counted once.

        Returns:
            blocking_rule, block_count, pair_count, split_count; of a sample, estimated.
        """
        rows = [
            (
                name,
                entry.block_count,
                round(entry.pair_count() / self.share),
                entry.split_count,
            )
            for name, entry in zip(self.rules, self.entries, strict=True)
        ]
        columns = ["blocking_rule", "block_count", "pair_count", "split_count"]
        counts = dict.fromkeys(columns[1:], pl.Int64)
        return pl.DataFrame(rows, {columns[0]: pl.String, **counts}, orient="row")

    def narrowed(self) -> dict[str, bool]:
        """Say of each rule whether its pairs must share a second key too."""
        held = zip(self.rules, self.entries, strict=True)
        return {name: entry.second is not None for name, entry in held}

    def digests(self) -> Digests:
        """Return per record a digest of the blocks that it is in, by all rules."""
        total = np.zeros(len(self.record_ids), dtype=np.uint64)
        for entry in self.entries:
            total += entry.digest
        return total

    def only(self, wanted: Collection[str]) -> Blocks:
        """Return the blocks of some rules only."""
        kept = [number for number, name in enumerate(self.rules) if name in wanted]
        return replace(
            self,
            rules=tuple(self.rules[number] for number in kept),
            entries=tuple(self.entries[number] for number in kept),
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
            share: Share of the left records to take, chosen by their record_id; of blocks
                around a part of the records, at most that part.
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
        # The pairs of each rule stand in order of their left records, or nearly so.
        packed.sort(kind="stable")
        pairs = packed >> bits
        first = firsts(pairs)
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


@dataclass(frozen=True, slots=True)
class Blocking:
    """The records of one kind, ready to be put into blocks by the rules that apply."""

    record_ids: Ints
    rules: MatchRules
    names: tuple[str, ...]
    """Of the blocking rules."""
    keys: Keys

    def blocks(
        self,
        wanted: Collection[str],
        narrowed: Mapping[str, bool] | None = None,
        among: Among | None = None,
    ) -> Blocks:
        """Return all blocks of some rules; of `narrowed` and `among`, see `blocks_of`."""
        names = [name for name in self.names if name in wanted]
        return self._around(names, 1.0, narrowed, among)

    def sampled(self, pairs: int) -> Blocks:
        """Return the blocks around as many records as are the left ones of so many pairs.

        Which rules are worth applying shows on these, and most rules are dear and are not.

        Args:
            pairs: By all rules; those that several find count several times.
        """
        share = min(1.0, _FIRST_LOOK / max(1, self.keys.count))
        while True:
            found = self._around(self.names, share)
            count = found.pair_count()
            if share >= 1.0 or count * share >= pairs:
                return found
            share = min(1.0, max(2 * share, _MORE * pairs / max(1, count)))

    def _around(
        self,
        names: Sequence[str],
        share: float,
        narrowed: Mapping[str, bool] | None = None,
        among: Among | None = None,
    ) -> Blocks:
        chosen = _chosen(self.record_ids, share) if share < 1.0 else None
        around = Around(chosen, share) if chosen is not None else None
        keys = self.keys.around(around) if around else self.keys
        make = partial(
            blocks_of,
            keys,
            rules=self.rules,
            around=around,
            narrowed=narrowed,
            among=among,
        )
        entries = tuple(in_threads(make, names))
        return Blocks(self.record_ids, tuple(names), entries, share)


_FIRST_LOOK = 6_000
"""Records around which pairs are counted first."""
_MORE = 1.2
"""What is drawn beyond what is asked for, as a count on a sample may be too high."""


def blocking_of(
    records: Encoded,
    rules: MatchRules,
    kind: str,
    idle: Collection[str] = (),
    part: Part | None = None,
) -> Blocking:
    """Compute the keys of the records of one kind.

    Args:
        records: The normalised records of one kind, encoded.
        rules: Blocking rules, limits and second keys.
        kind: "person" or "company".
        idle: Blocking rules known to find too little: left out.
        part: Which of all records they are; None: all.
    """
    keys = Keys(records, part)
    names = [
        name
        for name, rule in rules.block.items()
        if rule.on and kind in rule.kinds and name not in idle
        if keys.hold(*rule.keys)
    ]
    first = [key for name in names for key in rules.block[name].keys]
    keys.compute([*first, *filter(keys.hold, rules.tighten)])
    keys.let_go()
    return Blocking(records.record_ids, rules, tuple(names), keys)


def build_blocks(records: pl.DataFrame, rules: MatchRules, kind: str) -> Blocks:
    """Put the records of one kind into blocks by every rule that applies.

    Args:
        records: The normalised record frame, all of one kind.
        rules: Blocking rules, limits and second keys.
        kind: "person" or "company".
    """
    blocking = blocking_of(encode(records), rules, kind)
    return blocking.blocks(blocking.names)


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
