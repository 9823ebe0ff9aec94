"""Weigh: compare and score the candidate pairs of one kind, chunk by chunk."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block import Blocks
from cleanse.compare import compare_table
from cleanse.compare.table import Compared, Pairs, Table, magnitude
from cleanse.rulebook.matching import MatchRules
from cleanse.score import Model, Observed, bands, match_weights, probability

CLOSURE = "closure"
"""Blocking rule of pairs compared because others of their group match."""


def observed_of(compared: Mapping[str, Compared]) -> dict[str, Observed]:
    """Return of each comparison what scoring looks at."""
    return {name: _seen(one) for name, one in compared.items()}


def _seen(one: Compared) -> Observed:
    column = one.column
    if column is None or one.bearers is None:
        return Observed(one.levels)
    if one.whole is None:
        return Observed(one.levels, one.bearers, column.filled)
    sizes = np.where(one.whole, magnitude(np.nan_to_num(one.bearers, nan=1.0)), -1)
    return Observed(one.levels, one.bearers, column.filled, sizes, column.agreeing)


def score_blocks(
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
    weight, parts = match_weights(model.kinds[kind], observed_of(compared), len(pairs))
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
