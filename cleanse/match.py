"""Match: block, compare and score, chunk by chunk.

Candidate pairs never exist all at once: pairs at or above `keep_at` stay, of the
rest only the counts, so memory grows with records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block import Blocks, build_blocks
from cleanse.compare import compare_table, kind_of, levels_of, prepare
from cleanse.compare.table import Compared, Pairs, Table, magnitude
from cleanse.estimate import (
    Sample,
    believed,
    estimate_kind,
    level_counts,
    match_chances,
)
from cleanse.rulebook.matching import MatchRules
from cleanse.schema import present
from cleanse.score import (
    Evidence,
    KindModel,
    Model,
    Observed,
    bands,
    match_weights,
    probability,
)

KINDS = ("person", "company")
SEED = 20_260_701
CLOSURE = "closure"
"""Blocking rule of pairs compared because others of their group match."""

SCORED_PAIR = pl.Schema(
    {
        "record_id_l": pl.Int64,
        "record_id_r": pl.Int64,
        "blocking_rule": pl.String,
        "match_weight": pl.Float64,
        "match_probability": pl.Float64,
        "band": pl.String,
    }
)
"""One row per kept pair; level_* and weight_* per comparison of the list besides."""
COUNT = pl.Schema(
    {
        "blocking_rule": pl.String,
        "kind": pl.String,
        "band": pl.String,
        "pair_count": pl.UInt32,
    }
)
"""One row per blocking rule, kind and band."""
COST = pl.Schema(
    {
        "kind": pl.String,
        "blocking_rule": pl.String,
        "block_count": pl.Int64,
        "pair_count": pl.Int64,
        "split_count": pl.Int64,
        "first_count": pl.Int64,
        "match_count": pl.Int64,
        "is_applied": pl.Boolean,
    }
)
"""One row per kind and blocking rule: blocks, pairs, blocks that were split, and, from a
sample, pairs and matches that no earlier rule has found."""


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What matching found."""

    pairs: pl.DataFrame
    """The scored_pair frame: pairs at or above keep_at."""
    counts: pl.DataFrame
    """blocking_rule, kind, band, pair_count: every candidate pair counted once."""
    model: Model
    blocking: pl.DataFrame
    """kind, blocking_rule, block_count, pair_count, split_count: what each rule costs."""


def match(
    records: pl.DataFrame, rules: MatchRules, model: Model | None = None
) -> MatchResult:
    """Find, compare and score the candidate pairs of a list.

    Args:
        records: The normalised record frame with record_id and kind.
        rules: rules/matching.toml.
        model: The model in force; None: estimated on these records.
    """
    records = _ready(records, rules)
    kinds: dict[str, KindModel] = dict(model.kinds) if model else {}
    found: list[pl.DataFrame] = []
    counts: list[pl.DataFrame] = []
    costs: list[pl.DataFrame] = []
    decide = rules.decide
    for kind in KINDS:
        part = _filled(records.filter(pl.col("kind") == kind))
        if part.height < 2:  # noqa: PLR2004 - no pair
            continue
        blocks = build_blocks(part, rules, kind)
        table = prepare(part)
        trained = estimate(table, blocks, rules, kind)
        kinds.setdefault(kind, trained.model)
        costs.append(_cost(blocks, trained, kind))
        blocks = blocks.only(trained.worthwhile)
        trial = Model(version=1, kinds=kinds, **decide.model_dump())
        pairs, tally = _scored(table, blocks, trial, kind, rules)
        found.append(pairs)
        counts.append(tally)
    whole = model or Model(version=1, kinds=kinds, **decide.model_dump())
    pairs = pl.concat([SCORED_PAIR.to_frame(), *found], how="diagonal")
    return MatchResult(
        pairs.sort("record_id_l", "record_id_r"),
        pl.concat([COUNT.to_frame(), *counts]),
        whole,
        pl.concat([COST.to_frame(), *costs]),
    )


def estimate_model(records: pl.DataFrame, rules: MatchRules) -> Model:
    """Estimate the model of a list without labels.

    Deterministic: samples are drawn by record_id, so that the order of rows does not matter.
    """
    records = _ready(records, rules)
    kinds = {}
    for kind in KINDS:
        part = _filled(records.filter(pl.col("kind") == kind))
        if part.height < 2:  # noqa: PLR2004 - no pair
            continue
        table = prepare(part)
        blocks = build_blocks(part, rules, kind)
        kinds[kind] = estimate(table, blocks, rules, kind).model
    return Model(version=1, kinds=kinds, **rules.decide.model_dump())


@dataclass(frozen=True, slots=True)
class Trained:
    """What a sample of candidate pairs has taught."""

    model: KindModel
    matches: npt.NDArray[np.float64]
    """Per blocking rule: matches that it would be the first to find."""
    pairs: npt.NDArray[np.float64]
    """Per blocking rule: pairs that it would be the first to find."""
    worthwhile: tuple[str, ...]
    """Blocking rules that find enough for what they cost."""


def estimate(table: Table, blocks: Blocks, rules: MatchRules, kind: str) -> Trained:
    """Estimate the model of one kind, and the worth of each blocking rule, from a sample."""
    records = len(table.record_ids)
    share = min(1.0, rules.limit.sample / max(1, blocks.pair_count()))
    chunks = list(blocks.chunks(rules.limit.chunk, share))
    left = np.concatenate([chunk[0] for chunk in chunks] or [np.zeros(0, np.int64)])
    right = np.concatenate([chunk[1] for chunk in chunks] or [np.zeros(0, np.int64)])
    candidates = Pairs(table, left, right)
    random = Pairs(table, *random_pairs(records, rules.limit.sample))
    seen = _observed(compare_table(candidates, kind))
    sample = Sample(
        records=records,
        candidates=seen,
        candidate_share=share,
        candidate_count=len(left),
        random=_level_counts(compare_table(random, kind)),
        random_count=len(random),
    )
    model = estimate_kind(sample, _beliefs(list(seen), rules), rules)
    rule = np.concatenate([chunk[2] for chunk in chunks] or [np.zeros(0, np.int16)])
    likely = match_chances(model, sample)[0] > 0.5  # noqa: PLR2004 - rather than not
    count = len(blocks.rules)
    matches = np.bincount(rule, weights=likely, minlength=count) / share
    pairs = np.bincount(rule, minlength=count) / share
    cheap = pairs <= records * CHEAP
    worth = cheap | (matches * rules.limit.effort >= pairs)
    names = tuple(np.asarray(blocks.rules, dtype=object)[worth].tolist())
    return Trained(model, matches, pairs, names)


CHEAP = 0.5
"""Pairs per record up to which a blocking rule is applied whatever it finds."""


def _cost(blocks: Blocks, trained: Trained, kind: str) -> pl.DataFrame:
    return blocks.report.select(
        pl.lit(kind).alias("kind"),
        pl.all(),
        first_count=pl.Series(trained.pairs.round(), dtype=pl.Int64),
        match_count=pl.Series(trained.matches.round(), dtype=pl.Int64),
        is_applied=pl.col("blocking_rule").is_in(list(trained.worthwhile)),
    )


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


def _beliefs(names: list[str], rules: MatchRules) -> dict[str, Evidence]:
    beliefs = {}
    for name in names:
        rule = rules.comparison.get(kind_of(name))
        if rule and rule.on:
            levels = sorted(levels_of(name))
            shown = tuple(level.name for level in levels if level.value >= 0)
            beliefs[name] = believed(rule, shown)
    return beliefs


def _level_counts(
    compared: Mapping[str, Compared],
) -> dict[str, npt.NDArray[np.float64]]:
    sizes = {name: len(levels_of(name)) - 1 for name in compared}
    seen = _observed(compared)
    return {name: level_counts(seen[name], None, sizes[name]) for name in seen}


def _observed(compared: Mapping[str, Compared]) -> dict[str, Observed]:
    return {name: _seen(one) for name, one in compared.items()}


def _seen(one: Compared) -> Observed:
    column = one.column
    if column is None or one.bearers is None:
        return Observed(one.levels)
    if one.whole is None:
        return Observed(one.levels, one.bearers, column.filled)
    sizes = np.where(one.whole, magnitude(np.nan_to_num(one.bearers, nan=1.0)), -1)
    return Observed(one.levels, one.bearers, column.filled, sizes, column.agreeing)


def _scored(
    table: Table, blocks: Blocks, model: Model, kind: str, rules: MatchRules
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Score all chunks; return the pairs kept and the counts of all."""
    kept, counts = [], []
    names = pl.Series([*blocks.rules, CLOSURE], dtype=pl.String)
    for left, right, rule in blocks.chunks(rules.limit.chunk):
        pairs, weight = _weighed(Pairs(table, left, right), model, kind)
        named = names.gather(rule.astype(np.int64)).alias("blocking_rule")
        counts.append(_counted(named, weight, model, kind))
        keep = weight >= model.keep_at
        kept.append(pairs.filter(keep).with_columns(named.filter(keep)))
    empty = _weighed(Pairs(table, *[np.zeros(0, np.int64)] * 2), model, kind)[0]
    known = pl.concat([empty.with_columns(blocking_rule=pl.lit("")), *kept])
    known = pl.concat([known, _closure(table, known, model, kind)])
    none = _counted(pl.Series("blocking_rule", [], pl.String), np.zeros(0), model, kind)
    tally = pl.concat([none, *counts]).group_by("blocking_rule", "kind", "band").sum()
    return known, tally.sort("blocking_rule", "band")


def _weighed(
    pairs: Pairs, model: Model, kind: str
) -> tuple[pl.DataFrame, npt.NDArray[np.float64]]:
    compared = compare_table(pairs, kind)
    weight, parts = match_weights(model.kinds[kind], _observed(compared), len(pairs))
    frame = pl.DataFrame(
        {
            "record_id_l": pairs.table.record_ids[pairs.left],
            "record_id_r": pairs.table.record_ids[pairs.right],
            **{f"level_{name}": one.levels for name, one in compared.items()},
            **{
                f"weight_{name}": bits.astype(np.float32)
                for name, bits in parts.items()
            },
            "match_weight": weight,
            "match_probability": probability(weight),
        }
    )
    return frame.with_columns(band=bands(pl.col("match_weight"), model)), weight


def _counted(
    rule: pl.Series, weight: npt.NDArray[np.float64], model: Model, kind: str
) -> pl.DataFrame:
    frame = pl.DataFrame({"blocking_rule": rule, "weight": weight})
    band = bands(pl.col("weight"), model)
    counted = frame.group_by("blocking_rule", band=band).agg(pair_count=pl.len())
    return counted.select(
        "blocking_rule", pl.lit(kind).alias("kind"), "band", "pair_count"
    )


LARGEST_CLOSURE = 60
"""Records of a group up to which all its pairs are compared."""


def _closure(
    table: Table, known: pl.DataFrame, model: Model, kind: str
) -> pl.DataFrame:
    """Compare the pairs inside groups that match which no blocking rule has found.

    Clusters are judged on all evidence for and against, so no pair inside a group
    may stay unseen.
    """
    strong = known.filter(pl.col("match_weight") >= model.match_at)
    left = np.searchsorted(table.record_ids, strong["record_id_l"].to_numpy())
    right = np.searchsorted(table.record_ids, strong["record_id_r"].to_numpy())
    groups = components(left, right, len(table.record_ids))
    wanted = _inside(groups)
    have = pl.DataFrame(
        {
            "l": np.searchsorted(table.record_ids, known["record_id_l"].to_numpy()),
            "r": np.searchsorted(table.record_ids, known["record_id_r"].to_numpy()),
        }
    )
    missing = wanted.join(have, on=["l", "r"], how="anti").sort("l", "r")
    pairs = Pairs(table, missing["l"].to_numpy(), missing["r"].to_numpy())
    frame, _ = _weighed(pairs, model, kind)
    return frame.with_columns(blocking_rule=pl.lit(CLOSURE))


def _inside(groups: npt.NDArray[np.int64]) -> pl.DataFrame:
    frame = pl.DataFrame({"group": groups}).with_row_index("l")
    frame = frame.with_columns(pl.col("l").cast(pl.Int64))
    some = frame.filter(pl.len().over("group").is_between(3, LARGEST_CLOSURE))
    pairs = some.join(some.rename({"l": "r"}), on="group").filter(
        pl.col("l") < pl.col("r")
    )
    return pairs.select("l", "r")


def components(
    left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.int64]:
    """Return per position the smallest position that it is linked to, however far.

    >>> components(np.array([0, 3]), np.array([2, 4]), 5).tolist()
    [0, 1, 0, 3, 3]
    """
    label = np.arange(count, dtype=np.int64)
    while True:
        low = np.minimum(label[left], label[right])
        new = label.copy()
        np.minimum.at(new, label[left], low)
        np.minimum.at(new, label[right], low)
        new = new[new]
        if np.array_equal(new, label):
            return label
        label = new


def _ready(records: pl.DataFrame, rules: MatchRules) -> pl.DataFrame:
    return drop_shared_contacts(_filled(records), rules.limit.shared)


def _filled(records: pl.DataFrame) -> pl.DataFrame:
    """Leave out the columns that hold nothing: they cost time and tell nothing."""
    empty = [c.name for c in records if c.null_count() == records.height]
    return records.drop(name for name in empty if name not in {"record_id", "kind"})


def drop_shared_contacts(records: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Take away telephones and mails borne by more than `limit` differently named customers.

    They belong to a switchboard, an agency or nobody, and say nothing of who is who.
    """
    columns = present(records, ("name_latin", "name_compare"))
    if not columns:
        return records
    name = pl.coalesce(columns)
    for column in present(records, ("phones", "emails")):
        bearers = (
            records.select("kind", value=column, name=_kernel_of(name))
            .explode("value", empty_as_null=True)
            .drop_nulls()
            .group_by("value")
            .agg(names=pl.col("name").n_unique())
        )
        shared = bearers.filter(pl.col("names") > limit)["value"].implode()
        if len(shared[0]):
            kept = pl.col(column).list.filter(~pl.element().is_in(shared))
            kept = pl.when(kept.list.len() > 0).then(kept)
            records = records.with_columns(kept.alias(column))
    return records


def _kernel_of(name: pl.Expr) -> pl.Expr:
    """Return what most spellings of one name have in common: its sorted initials."""
    return name.str.extract_all(r"\b\w").list.sort().list.join("")
