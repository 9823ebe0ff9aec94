"""Match: block, compare and score, chunk by chunk.

Candidate pairs never exist all at once: pairs at or above `keep_at` stay, of the
rest only the counts, so memory grows with records.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block import Blocking, Blocks, blocking_of
from cleanse.compare import compared_names, derive, prepare
from cleanse.compare.derive import DERIVED_FROM
from cleanse.compare.forms import with_forms
from cleanse.compare.frequency import Frequencies
from cleanse.compare.name_keys import with_name_keys
from cleanse.compare.prepare import lay_out
from cleanse.compare.table import Table
from cleanse.encoded import ByKind, Encoded, Hashes, encode
from cleanse.grown import Grown, Index
from cleanse.match.added import match_added
from cleanse.match.around import TooWideError
from cleanse.match.contacts import (
    drop_shared_contacts,
    shared_contacts,
    without_contacts,
)
from cleanse.match.difference import Difference, input_difference, pair_difference
from cleanse.match.drift import beliefs_of
from cleanse.match.index import index_kind
from cleanse.match.inputs import (
    INPUT,
    as_before,
    input_digests,
    looked_at,
    seed_of,
)
from cleanse.match.result import (
    COST,
    COUNT,
    MODEL_FREQUENCY,
    SCORED_PAIR,
    Before,
    MatchResult,
    cost_of,
    nothing,
)
from cleanse.match.train import estimate, is_believed, is_known
from cleanse.match.weigh import CLOSURE, Held, in_order, score_blocks
from cleanse.rulebook.matching import MatchRules
from cleanse.schema import IS_EVIDENCE, with_columns_present
from cleanse.score import KindModel, Model
from cleanse.threads import in_threads

__all__ = [
    "CLOSURE",
    "COST",
    "COUNT",
    "INPUT",
    "MODEL_FREQUENCY",
    "SCORED_PAIR",
    "Before",
    "Difference",
    "MatchResult",
    "as_before",
    "columns_needed",
    "drop_shared_contacts",
    "encoded",
    "estimate_model",
    "input_difference",
    "match",
    "pair_difference",
]

KINDS = ("person", "company")


def match(
    records: pl.DataFrame | ByKind | Grown,
    rules: MatchRules,
    model: Model | None = None,
    before: Before | None = None,
    version: str = "",
    *,
    keep_index: bool = False,
) -> MatchResult:
    """Find, compare and score the candidate pairs of a list.

    A pair is weighed only if something changed that decides on it; the others are
    taken from `before`. The result is that of weighing all of them.

    Args:
        records: The normalised record frame with record_id and kind; is_evidence where some
            have left their source. Or what `encoded` makes of it; or such that were added
            to others, of which only those are laid out that may have changed.
        rules: rules/matching.toml.
        model: The model in force; None: estimated on these records. What it does not
            know (a kind, a comparison, a blocking rule) is estimated, the rest stands;
            where the bands lie, the rules say.
        before: What the newest run under this model left.
        version: Version of the program: another one weighs everything anew.
        keep_index: Make an index of all records, for the next run.
    """
    bands = rules.decide.model_dump()
    whole = replace(model, **bands) if model else _empty(rules)
    before = before if model and before else nothing()
    if isinstance(records, Grown):
        with suppress(TooWideError):
            return match_added(records, rules, whole, before, version)
        records = records.whole()
    shared, parts = parts_of(records, rules)
    # Who left is gone soon, and with him what his aliases call for.
    is_indexed = keep_index and not _has_left(records)
    run = _Run(rules, whole, before, version, shared if is_indexed else None)
    kinds = list(in_threads(lambda kind: _match_kind(kind, parts, run), tuple(parts)))
    found = pl.concat(
        [SCORED_PAIR.to_frame(), *(k.pairs for k in kinds)], how="diagonal"
    )
    return MatchResult(
        in_order(found),
        pl.concat([COUNT.to_frame(), *(k.counts for k in kinds)]),
        replace(whole, kinds={**whole.kinds, **{k.kind: k.model for k in kinds}}),
        _frequencies(kinds, before.frequencies),
        pl.concat([INPUT.to_frame(), *(k.inputs for k in kinds)]).sort("record_id"),
        pl.concat([COST.to_frame(), *(k.costs for k in kinds)]),
        {k.kind: k.index for k in kinds if k.index},
    )


def _has_left(records: pl.DataFrame | ByKind) -> bool:
    """Say whether some of the records stay only as evidence."""
    parts = [records] if isinstance(records, pl.DataFrame) else records.values()
    return any(IS_EVIDENCE in part.columns for part in parts)


def _frequencies(kinds: Sequence[_Kind], before: pl.DataFrame) -> pl.DataFrame:
    """Return the frame `MODEL_FREQUENCY`, sorted if it is not what it was."""
    if not any(each.frequencies.has_more for each in kinds):
        return before
    told = [
        each.frequencies.frame().select(pl.lit(each.kind).alias("kind"), pl.all())
        for each in kinds
    ]
    stays = before.filter(~pl.col("kind").is_in([each.kind for each in kinds]))
    return pl.concat([*told, stays.select(MODEL_FREQUENCY.names())]).sort(pl.all())


def _empty(rules: MatchRules) -> Model:
    """Return the model that knows nothing yet."""
    bands = rules.decide.model_dump()
    return Model(version=1, kinds={}, beliefs=beliefs_of(rules), **bands)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What matching found among the customers of one kind."""

    kind: str
    model: KindModel
    frequencies: Frequencies
    inputs: pl.DataFrame
    costs: pl.DataFrame
    pairs: pl.DataFrame
    counts: pl.DataFrame
    index: Index | None


class _Run(NamedTuple):
    """What the kinds have in common."""

    rules: MatchRules
    model: Model
    before: Before
    version: str
    shared: Mapping[str, Hashes] | None
    """Contacts that count for nothing, by column; None: no index is wanted."""


def _match_kind(kind: str, parts: dict[str, Encoded], run: _Run) -> _Kind:
    """Match the records of one kind, taken out of `parts` so that they go when encoded."""
    rules, whole, before, version, shared = run
    part = parts.pop(kind)
    known = whole.kinds.get(kind)
    told = before.frequencies.filter(pl.col("kind") == kind).drop("kind")
    frequencies = Frequencies(told if known else None)
    table = lay_out(part, frequencies)
    if before.inputs.is_empty():
        table = with_forms(table)
    columns = frozenset(part.columns)
    blocking = blocking_of(part, rules, kind, known.idle() if known else ())
    del part
    taught, sampled = _taught(known, table, blocking, rules, kind)
    if sampled and sampled.share == 1.0:
        used = sampled.only(taught.applied())
    else:
        used = blocking.blocks(taught.applied(), taught.narrowed)
    if known is None:
        taught = replace(taught, narrowed=used.narrowed())
    costs = cost_of(used, sampled, taught, kind)
    whole = replace(whole, kinds={**whole.kinds, kind: taught})
    seed = seed_of(version, rules, whole, kind, columns - {IS_EVIDENCE})
    index = None
    if shared is not None:
        index = index_kind(table, blocking, used, columns, shared, seed)
    del blocking, sampled
    inputs = input_digests(table, used, seed)
    pairs, counts = score_blocks(table, used, whole, kind, rules, _held(before, inputs))
    return _Kind(
        kind=kind,
        model=taught,
        frequencies=frequencies,
        inputs=inputs,
        costs=costs,
        pairs=pairs,
        counts=counts,
        index=index,
    )


def _held(before: Before, inputs: pl.DataFrame) -> Held:
    """Find the records that are as they were, and the pairs of two of them."""
    ids = inputs["record_id"].to_numpy()
    same = as_before(inputs, before.inputs, "digest")
    held = _both_among(before.pairs, ids[same])
    settled = np.zeros_like(same)
    # Blocks are what they were, but grown: of no record could all be the same if a
    # rule had begun to ask for second keys, or the model were another.
    if before.only_added and same.any() and "values_digest" in before.inputs.columns:
        settled = as_before(inputs, before.inputs, "values_digest")
    others = _both_among(before.pairs, ids[settled]) & ~held
    is_closure = (before.pairs["blocking_rule"] == CLOSURE).to_numpy()
    chosen = (held & ~is_closure, held & is_closure, others & ~is_closure)
    found, closures, again = (
        before.pairs.filter(pl.Series(some, dtype=pl.Boolean)) for some in chosen
    )
    return Held(same, found, closures, settled, again)


def _both_among(
    pairs: pl.DataFrame, ids: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Say of each pair whether both records are among some."""
    left, right = (pairs[f"record_id_{side}"].to_numpy() for side in ("l", "r"))
    # Record numbers are given out one after the other.
    last = max((int(some.max(initial=0)) for some in (left, right, ids)), default=0)
    is_among = np.zeros(last + 1, dtype=np.bool_)
    is_among[ids] = True
    return np.asarray(is_among[left] & is_among[right], dtype=np.bool_)


def estimate_model(records: pl.DataFrame, rules: MatchRules) -> Model:
    """Estimate the model of a list without labels.

    Deterministic: samples are drawn by record_id, so that the order of rows does not matter.
    """
    kinds = {
        kind: estimate(
            prepare(part, Frequencies()),
            blocking_of(part, rules, kind).sampled(rules.limit.sample),
            rules,
            kind,
        )
        for kind, part in parts_of(records, rules)[1].items()
    }
    return replace(_empty(rules), kinds=kinds)


def encoded(records: pl.DataFrame, rules: MatchRules) -> ByKind:
    """Encode what matching looks at of records, each by itself: lists may be encoded in parts.

    Args:
        records: The normalised record frame with record_id and kind.
        rules: rules/matching.toml.
    """
    records = derive(with_columns_present(records, {"kind": pl.String}))
    wanted = looked_at(records.columns, rules) | {"name_compare", "alias_compare"}
    records = records.select(name for name in records.columns if name in wanted)
    return {kind: encode(records.filter(pl.col("kind") == kind)) for kind in KINDS}


def parts_of(
    records: pl.DataFrame | ByKind, rules: MatchRules
) -> tuple[dict[str, Hashes], dict[str, Encoded]]:
    """Return the contacts that count for nothing, and each kind with two or more records, with what matching looks at."""
    if isinstance(records, pl.DataFrame):
        records = encoded(records, rules)
    several = with_name_keys([*records.values()])
    shared = shared_contacts(several, rules.limit.shared)
    parts = {}
    for kind, part in zip(records, several, strict=True):
        if part.height > 1:
            told = without_contacts(part, shared)
            names = looked_at(told.columns, rules) & told.filled()
            parts[kind] = told.select(names)
    return shared, parts


def columns_needed(names: Collection[str], rules: MatchRules) -> frozenset[str]:
    """Return which of the columns that records have `match` looks at."""
    return frozenset(looked_at(names, rules) | DERIVED_FROM)


def _taught(
    known: KindModel | None,
    table: Table,
    blocking: Blocking,
    rules: MatchRules,
    kind: str,
) -> tuple[KindModel, Blocks | None]:
    """Return the model of a kind, with what it lacks estimated, and on which blocks."""
    names = [
        name
        for name in compared_names(table, kind)
        if is_believed(name, rules) and not (known and is_known(known, name))
    ]
    weighed = known.blocking if known else {}
    unweighed = [name for name in blocking.names if name not in weighed]
    if known and not names and not unweighed:
        return known, None
    sampled = blocking.sampled(rules.limit.sample)
    new = estimate(with_forms(table), sampled, rules, kind)
    if known is None:
        return new, sampled
    learned = {name: new.evidence[name] for name in names}
    taught = replace(
        known,
        evidence={**known.evidence, **learned},
        blocking={**known.blocking, **{name: new.blocking[name] for name in unweighed}},
    )
    return taught, sampled
