"""Block: which pairs of records are worth comparing.

Each rule puts records into blocks; two records of one block are a candidate
pair. A block that is too large is split by second keys instead of being dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block.keys import Keys
from cleanse.rulebook.matching import BlockRule, MatchRules

__all__ = ["CANDIDATE", "Blocks", "block", "build_blocks"]

Ints = npt.NDArray[np.int64]
CANDIDATE = pl.Schema(
    {"record_id_l": pl.Int64, "record_id_r": pl.Int64, "blocking_rule": pl.String}
)
"""One row per candidate pair, record_id_l < record_id_r."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Blocks of one rule, laid out so that pairs come by counting.

    Members of a block stand together in ascending order; a member pairs with the
    `partners` members after it.
    """

    members: Ints
    places: Ints
    """Positions in `members`, ordered by member."""
    partners: Ints
    """For each of `places`: how many members of its block follow."""


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
        return int(sum(int(entry.partners.sum()) for entry in self.entries))

    def only(self, wanted: Sequence[str]) -> Blocks:
        """Return the blocks of some rules only."""
        kept = [number for number, name in enumerate(self.rules) if name in wanted]
        return Blocks(
            self.record_ids,
            tuple(self.rules[number] for number in kept),
            tuple(self.entries[number] for number in kept),
            self.report,
        )

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
            np.add.at(totals, entry.members[entry.places], entry.partners)
        chosen = _chosen(self.record_ids, share)
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
        self, start: int, stop: int, chosen: npt.NDArray[np.bool_]
    ) -> tuple[Ints, Ints, npt.NDArray[np.int16]]:
        """List the pairs whose left member is in [start, stop), each once."""
        keys: list[Ints] = []
        rules: list[npt.NDArray[np.int16]] = []
        for number, entry in enumerate(self.entries):
            left, right = _expand(entry, start, stop, chosen)
            keys.append((left << 32) | right)
            rules.append(np.full(len(left), number, dtype=np.int16))
        packed = np.concatenate(keys) if keys else np.zeros(0, dtype=np.int64)
        pairs, first = np.unique(packed, return_index=True)
        rule = np.concatenate(rules)[first] if rules else np.zeros(0, dtype=np.int16)
        return pairs >> 32, pairs & 0xFFFFFFFF, rule


def _chosen(record_ids: Ints, share: float) -> npt.NDArray[np.bool_]:
    """Choose a share of records by a hash of their number."""
    mixed = (record_ids.astype(np.uint64) + np.uint64(1)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    return (mixed >> np.uint64(40)).astype(np.float64) / 2**24 < share


def _expand(
    entry: Entries, start: int, stop: int, chosen: npt.NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    owners = entry.members[entry.places]
    low, high = np.searchsorted(owners, [start, stop])
    places, partners = entry.places[low:high], entry.partners[low:high]
    keep = chosen[entry.members[places]]
    places, partners = places[keep], partners[keep]
    left = np.repeat(entry.members[places], partners)
    ends = np.cumsum(partners)
    offset = np.arange(len(left)) - np.repeat(ends - partners, partners)
    right = entry.members[np.repeat(places + 1, partners) + offset]
    return left, right


def build_blocks(records: pl.DataFrame, rules: MatchRules, kind: str) -> Blocks:
    """Put the records of one kind into blocks by every rule that applies.

    Args:
        records: The normalised record frame, all of one kind.
        rules: Blocking rules, limits and second keys.
        kind: "person" or "company".
    """
    frame = records.sort("record_id").with_row_index("place")
    frame = frame.with_columns(pl.col("place").cast(pl.Int64))
    keys = Keys(frame)
    names: list[str] = []
    entries: list[Entries] = []
    report = []
    for name, rule in rules.block.items():
        if not rule.on or kind not in rule.kinds or not keys.hold(*rule.keys):
            continue
        entry, split = _blocks_of(keys, rule, rules)
        names.append(name)
        entries.append(entry)
        heads = entry.partners[entry.places == 0].size
        report.append((name, heads, int(entry.partners.sum()), split))
    columns = ["blocking_rule", "block_count", "pair_count", "split_count"]
    shown = pl.DataFrame(report, schema=columns, orient="row")
    return Blocks(frame["record_id"].to_numpy(), tuple(names), tuple(entries), shown)


def _blocks_of(keys: Keys, rule: BlockRule, rules: MatchRules) -> tuple[Entries, int]:
    """Return the blocks of a rule, and how many were too large and got split."""
    members = _keyed(keys, rule.keys)
    sizes = members.with_columns(size=pl.len().over("block"))
    fitting = sizes.filter(pl.col("size").is_between(2, rules.limit.block))
    large = sizes.filter(pl.col("size") > rules.limit.block).select("place", "block")
    parts = [fitting.select("place", "block")]
    parts += [
        _split(keys, large, key, rules.limit.block)
        for key in rules.tighten
        if large.height and keys.hold(key)
    ]
    count = large["block"].n_unique() if large.height else 0
    return _entries(pl.concat(parts)), count


def _keyed(keys: Keys, wanted: Sequence[str]) -> pl.DataFrame:
    """Return place, block: one row per record and combination of its keys."""
    members = keys.values(wanted[0])
    for number, key in enumerate(wanted[1:]):
        more = keys.values(key).rename({"key": f"key_{number}"})
        members = members.join(more, on="place")
    names = [name for name in members.columns if name != "place"]
    return members.select("place", block=pl.struct(names).hash(seed=1)).unique()


def _split(keys: Keys, large: pl.DataFrame, key: str, limit: int) -> pl.DataFrame:
    """Split large blocks by a second key; parts that are still too large stay out."""
    parts = large.join(keys.values(key), on="place")
    parts = parts.select(
        "place", block=pl.struct("block", "key", by=pl.lit(key)).hash(seed=2)
    ).unique()
    size = pl.len().over("block")
    return parts.filter(size.is_between(2, limit))


def _entries(members: pl.DataFrame) -> Entries:
    ordered = members.sort("block", "place")
    size, number = pl.len().over("block"), pl.int_range(pl.len()).over("block")
    partners = ordered.select((size - number - 1).cast(pl.Int64)).to_series().to_numpy()
    who = ordered["place"].to_numpy()
    places = np.argsort(who, kind="stable")
    return Entries(who, places, partners[places])


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
