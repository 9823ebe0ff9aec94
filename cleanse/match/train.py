"""Train: what a sample of candidate pairs teaches of one kind of customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from cleanse.block import Blocks
from cleanse.compare import compare_table, kind_of, levels_of
from cleanse.compare.table import Pairs, Table
from cleanse.estimate import (
    Sample,
    believed,
    estimate_kind,
    level_counts,
    match_chances,
)
from cleanse.match.weigh import observed_of
from cleanse.rulebook.matching import MatchRules
from cleanse.score import Evidence, KindModel, Observed
from cleanse.threads import in_threads

SEED = 20_260_701
CHEAP = 0.5
"""Pairs per record up to which a blocking rule is applied whatever it finds."""


def estimate(table: Table, blocks: Blocks, rules: MatchRules, kind: str) -> KindModel:
    """Estimate the model of one kind, and the worth of each blocking rule, from a sample."""
    share = min(1.0, rules.limit.sample / max(1, blocks.pair_count()))
    sample, rule = _sample(table, blocks, rules, kind, share)
    model = estimate_kind(sample, _beliefs(sample.candidates, rules), rules)
    likely = match_chances(model, sample)[0] > 0.5  # noqa: PLR2004 - rather than not
    count = len(blocks.rules)
    matches = np.bincount(rule, weights=likely, minlength=count) / share
    pairs = np.bincount(rule, minlength=count) / share
    cheap = pairs <= sample.records * CHEAP
    worth = cheap | (matches * rules.limit.effort >= pairs)
    worth &= _affordable(matches, pairs, sample.records, rules)
    return replace(model, blocking=dict(zip(blocks.rules, worth.tolist(), strict=True)))


FEW = 1_500_000
"""Pairs that are compared in a moment, however few the records."""


def _affordable(
    matches: npt.NDArray[np.float64],
    pairs: npt.NDArray[np.float64],
    records: int,
    rules: MatchRules,
) -> npt.NDArray[np.bool_]:
    """Take the rules that find most per pair, until they make too many pairs together."""
    order = np.argsort(-matches / np.maximum(pairs, 1.0), kind="stable")
    most = max(FEW, rules.limit.pairs * records)
    taken = np.zeros(len(pairs), dtype=np.bool_)
    total = 0.0
    for rule in order.tolist():
        if total + pairs[rule] <= most:
            taken[rule] = True
            total += pairs[rule]
    return taken


def _sample(
    table: Table, blocks: Blocks, rules: MatchRules, kind: str, share: float
) -> tuple[Sample, npt.NDArray[np.int16]]:
    """Draw candidate and random pairs; return them and the blocking rule of each candidate."""
    records = len(table.record_ids)
    chunks = list(blocks.chunks(rules.limit.chunk, share))
    left = np.concatenate([chunk[0] for chunk in chunks] or [np.zeros(0, np.int64)])
    right = np.concatenate([chunk[1] for chunk in chunks] or [np.zeros(0, np.int64)])
    rule = np.concatenate([chunk[2] for chunk in chunks] or [np.zeros(0, np.int16)])
    random = Pairs(table, *random_pairs(records, rules.limit.sample))
    parts = Pairs(table, left, right).parts(AT_ONCE), random.parts(AT_ONCE)
    found = in_threads(
        lambda some: observed_of(compare_table(some, kind)), [*parts[0], *parts[1]]
    )
    seen = _joined(list(islice(found, len(parts[0]))))
    sample = Sample(
        records=records,
        candidates={n: one for n, one in seen.items() if is_believed(n, rules)},
        candidate_share=share,
        candidate_count=len(left),
        random=_level_counts(found),
        random_count=len(random),
    )
    return sample, rule


AT_ONCE = 64_000
"""Pairs of the sample that are compared at a time, several times in parallel."""


def _joined(parts: Sequence[Mapping[str, Observed]]) -> dict[str, Observed]:
    """Put what was observed of parts of the pairs one after the other."""

    def joined(ones: Sequence[Observed]) -> Observed:
        def whole(name: str) -> Any:
            each = [getattr(one, name) for one in ones]
            return None if each[0] is None else np.concatenate(each)

        columns = {name: whole(name) for name in ("levels", "bearers", "magnitude")}
        return replace(ones[0], **columns)

    return {name: joined([part[name] for part in parts]) for name in parts[0]}


def is_believed(comparison: str, rules: MatchRules) -> bool:
    """Say whether the rules speak of a comparison and have not switched it off."""
    rule = rules.comparison.get(kind_of(comparison))
    return rule is not None and rule.on


def is_known(model: KindModel, comparison: str) -> bool:
    """Say whether a model knows a comparison, with the levels that it has today."""
    one = model.evidence.get(comparison)
    return one is not None and len(one.m) == len(levels_of(comparison)) - 1


def random_pairs(
    records: int, count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Draw pairs of positions; all of them when they are no more than `count`."""
    if records * (records - 1) // 2 <= count:
        left, right = np.triu_indices(records, 1)
        return left.astype(np.int64), right.astype(np.int64)
    generator = np.random.default_rng(SEED)
    left = generator.integers(0, records, count)
    right = generator.integers(0, records - 1, count)
    return left, right + (right >= left)


def _beliefs(names: Iterable[str], rules: MatchRules) -> dict[str, Evidence]:
    beliefs = {}
    for name in names:
        levels = sorted(levels_of(name))
        shown = tuple(level.name for level in levels if level.value >= 0)
        beliefs[name] = believed(rules.comparison[kind_of(name)], shown)
    return beliefs


def _level_counts(
    parts: Iterable[Mapping[str, Observed]],
) -> dict[str, npt.NDArray[np.float64]]:
    """Count the pairs at each level of each comparison."""
    counts: dict[str, npt.NDArray[np.float64]] = {}
    for part in parts:
        for name, seen in part.items():
            found = level_counts(seen, None, len(levels_of(name)) - 1)
            counts[name] = counts.get(name, 0.0) + found
    return counts
