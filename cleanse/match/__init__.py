"""Match: block, compare and score, chunk by chunk.

Candidate pairs never exist all at once: pairs at or above `keep_at` stay, of the
rest only the counts, so memory grows with records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from cleanse.block import Blocks, build_blocks
from cleanse.compare import compared_names, prepare
from cleanse.compare.table import Table
from cleanse.match.contacts import drop_shared_contacts
from cleanse.match.train import estimate, is_believed, is_known
from cleanse.match.weigh import CLOSURE, score_blocks
from cleanse.rulebook.matching import MatchRules
from cleanse.score import KindModel, Model

__all__ = [
    "CLOSURE",
    "COST",
    "COUNT",
    "SCORED_PAIR",
    "MatchResult",
    "drop_shared_contacts",
    "estimate_model",
    "match",
]

KINDS = ("person", "company")

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
        "is_applied": pl.Boolean,
    }
)
"""One row per kind and blocking rule: blocks, pairs, blocks that were split, and whether
it finds enough for what it costs."""


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What matching found."""

    pairs: pl.DataFrame
    """The scored_pair frame: pairs at or above keep_at."""
    counts: pl.DataFrame
    """The frame `COUNT`: every candidate pair counted once."""
    model: Model
    """The model in force, with what it did not know before."""
    blocking: pl.DataFrame
    """The frame `COST`: what each blocking rule costs."""


def match(
    records: pl.DataFrame, rules: MatchRules, model: Model | None = None
) -> MatchResult:
    """Find, compare and score the candidate pairs of a list.

    Args:
        records: The normalised record frame with record_id and kind.
        rules: rules/matching.toml.
        model: The model in force; None: estimated on these records. What it does not
            know (a kind, a comparison, a blocking rule) is estimated, the rest stands.
    """
    whole = model or Model(version=1, kinds={}, **rules.decide.model_dump())
    found = [SCORED_PAIR.to_frame()]
    counts, costs = [COUNT.to_frame()], [COST.to_frame()]
    for kind, table, blocks in _parts(records, rules):
        taught = _taught(whole.kinds.get(kind), table, blocks, rules, kind)
        whole = replace(whole, kinds={**whole.kinds, kind: taught})
        costs.append(_cost(blocks, taught, kind))
        pairs, tally = score_blocks(
            table, blocks.only(taught.applied()), whole, kind, rules
        )
        found.append(pairs)
        counts.append(tally)
    return MatchResult(
        pl.concat(found, how="diagonal").sort("record_id_l", "record_id_r"),
        pl.concat(counts),
        whole,
        pl.concat(costs),
    )


def estimate_model(records: pl.DataFrame, rules: MatchRules) -> Model:
    """Estimate the model of a list without labels.

    Deterministic: samples are drawn by record_id, so that the order of rows does not matter.
    """
    kinds = {
        kind: estimate(table, blocks, rules, kind)
        for kind, table, blocks in _parts(records, rules)
    }
    return Model(version=1, kinds=kinds, **rules.decide.model_dump())


def _parts(
    records: pl.DataFrame, rules: MatchRules
) -> Iterator[tuple[str, Table, Blocks]]:
    """Prepare each kind of which there are two records or more."""
    records = drop_shared_contacts(_filled(records), rules.limit.shared)
    for kind in KINDS:
        part = _filled(records.filter(pl.col("kind") == kind))
        if part.height > 1:
            yield kind, prepare(part), build_blocks(part, rules, kind)


def _filled(records: pl.DataFrame) -> pl.DataFrame:
    """Leave out the columns that hold nothing: they cost time and tell nothing."""
    empty = [c.name for c in records if c.null_count() == records.height]
    return records.drop(name for name in empty if name not in {"record_id", "kind"})


def _taught(
    known: KindModel | None, table: Table, blocks: Blocks, rules: MatchRules, kind: str
) -> KindModel:
    """Return the model of a kind, with what it lacks estimated."""
    if known is None:
        return estimate(table, blocks, rules, kind)
    names = [
        name
        for name in compared_names(table, kind)
        if is_believed(name, rules) and not is_known(known, name)
    ]
    unweighed = [name for name in blocks.rules if name not in known.blocking]
    if not names and not unweighed:
        return known
    new = estimate(table, blocks, rules, kind)
    learned = {name: new.evidence[name] for name in names}
    return replace(
        known,
        evidence={**known.evidence, **learned},
        blocking={**known.blocking, **{name: new.blocking[name] for name in unweighed}},
    )


def _cost(blocks: Blocks, model: KindModel, kind: str) -> pl.DataFrame:
    return blocks.report.select(
        pl.lit(kind).alias("kind"),
        pl.all(),
        is_applied=pl.col("blocking_rule").is_in(model.applied()),
    )
