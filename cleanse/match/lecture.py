"""Lecture: what one kind of customer is taught with, as numbers.

The labelled pairs, and pairs that stand for the list, each with its match weight
without labels and the levels that it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block import Blocks, blocking_of
from cleanse.block.keys import mix
from cleanse.compare import compare_table, prepare
from cleanse.compare.frequency import Frequencies
from cleanse.compare.table import Pairs, Table
from cleanse.encoded import Encoded
from cleanse.match.weigh import observed_of
from cleanse.rulebook.matching import MatchRules
from cleanse.score import KindModel, Model, match_weights

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Levels = Sequence[tuple[str, int]]
"""Comparison and level, in the order of the columns of what is shown."""

DRAWN = 4000
"""Pairs of the list that stand for it."""
MOST = 20_000
"""Labels of one kind that are learned from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Some pairs: their weights without labels, and which levels they have."""

    weight: Floats
    shown: Floats
    """Per pair a row: 1 for every pair, then 1 for each level that it has."""

    @classmethod
    def of(cls, pairs: Pairs, kind: str, model: KindModel, levels: Levels) -> Told:
        """Compare pairs and weigh them under a model that labels have not touched."""
        seen = observed_of(compare_table(pairs, kind))
        weight, _ = match_weights(model, seen, len(pairs))
        none = np.full(len(pairs), -1, dtype=np.int8)
        columns = [
            (seen[name].levels if name in seen else none) == level
            for name, level in levels
        ]
        ones = np.ones(len(pairs), dtype=np.bool_)
        return cls(weight=weight, shown=np.column_stack([ones, *columns]).astype(float))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lecture:
    """What one kind is taught with."""

    kind: str
    plain: KindModel
    """Without what labels added before."""
    levels: Levels
    labels: pl.DataFrame
    told: Told
    """The labelled pairs."""
    drawn: Told
    """Pairs that stand for the list."""


def lecture_of(
    kind: str,
    part: Encoded,
    rules: MatchRules,
    model: Model,
    frequencies: pl.DataFrame,
    labels: pl.DataFrame,
) -> Lecture:
    """Lay out what one kind is taught with.

    Args:
        kind: "person" or "company".
        part: The records of this kind, as `parts_of` yields them.
        rules: rules/matching.toml.
        model: The model; what labels added to it is left out.
        frequencies: The frame MODEL_FREQUENCY that belongs to it.
        labels: record_id_l, record_id_r, is_match: each pair once.
    """
    plain = model.kinds[kind].untaught()
    counted = frequencies.filter(pl.col("kind") == kind).drop("kind")
    table = prepare(part, Frequencies(counted))
    levels = [
        (name, level)
        for name, one in sorted(plain.evidence.items())
        if not one.fixed
        for level in range(len(one.m))
    ]
    blocks = blocking_of(part, rules, kind, plain.idle()).blocks(
        plain.applied(), plain.narrowed
    )
    drawn = _drawn(blocks, table, plain, kind, rules)
    labels = _of_kind(labels, table)
    labels = labels[lot(*ids_of(labels), MOST)]
    return Lecture(
        kind=kind,
        plain=plain,
        levels=levels,
        labels=labels,
        told=Told.of(_placed(labels, table), kind, plain, levels),
        drawn=Told.of(drawn, kind, plain, levels),
    )


def _drawn(
    blocks: Blocks, table: Table, plain: KindModel, kind: str, rules: MatchRules
) -> Pairs:
    """Draw from the candidate pairs that are not plainly strangers."""
    share = min(1.0, rules.limit.sample / max(1, blocks.pair_count()))
    left, right = _joined(blocks.chunks(rules.limit.chunk, share))
    pairs = Pairs(table, left, right)
    seen = observed_of(compare_table(pairs, kind))
    weight, _ = match_weights(plain, seen, len(pairs))
    near = np.flatnonzero(weight >= rules.decide.keep_at)
    left, right = left[near], right[near]
    chosen = lot(table.record_ids[left], table.record_ids[right], DRAWN)
    return Pairs(table, left[chosen], right[chosen])


def _joined(
    chunks: Iterable[tuple[Ints, Ints, npt.NDArray[np.int16]]],
) -> tuple[Ints, Ints]:
    none = np.zeros(0, dtype=np.int64)
    sides = [(left, right) for left, right, _ in chunks]
    left, right = (np.concatenate([none, *(s[at] for s in sides)]) for at in (0, 1))
    return left, right


def _of_kind(pairs: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Keep the pairs of which both records are in the table, sorted."""
    ids = pl.DataFrame({"record_id": table.record_ids})
    for side in ("record_id_l", "record_id_r"):
        pairs = pairs.join(ids, left_on=side, right_on="record_id", how="semi")
    return pairs.sort("record_id_l", "record_id_r")


def _placed(pairs: pl.DataFrame, table: Table) -> Pairs:
    left, right = (np.searchsorted(table.record_ids, ids) for ids in ids_of(pairs))
    return Pairs(table, left.astype(np.int64), right.astype(np.int64))


def ids_of(pairs: pl.DataFrame) -> tuple[Ints, Ints]:
    """Return the record numbers of both sides."""
    return pairs["record_id_l"].to_numpy(), pairs["record_id_r"].to_numpy()


def lot(left: Ints, right: Ints, most: int) -> Ints:
    """Choose at most so many pairs by their numbers, so that the order of rows does not matter."""
    if len(left) <= most:
        return np.arange(len(left))
    lot = mix(left.astype(np.uint64) ^ mix(right.astype(np.uint64)))
    return np.sort(np.argsort(lot, kind="stable")[:most])
