"""Match records that were only added to others: those that may have changed, with those around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from cleanse.block import Blocks
from cleanse.compare import compared_names
from cleanse.compare.frequency import Frequencies
from cleanse.grown import Grown
from cleanse.match.around import Neighbours, Surroundings, TooWideError
from cleanse.match.index import around_new, columns_in
from cleanse.match.inputs import INPUT, as_before, input_digests, seed_of
from cleanse.match.result import COST, COUNT, SCORED_PAIR, Before, MatchResult, cost_of
from cleanse.match.train import is_believed, is_known
from cleanse.match.weigh import CLOSURE, Held, closing, found_in, in_order, unseen
from cleanse.places import Flags, Ints, found, searched
from cleanse.rulebook.matching import MatchRules
from cleanse.score import KindModel, Model
from cleanse.threads import in_threads, one_by_one


def match_added(
    grown: Grown, rules: MatchRules, model: Model, before: Before, version: str
) -> MatchResult:
    """Find the candidate pairs of records that were only added to others.

    Args:
        grown: The records.
        rules: rules/matching.toml.
        model: The model in force.
        before: What the newest run under it left.
        version: Version of the program.

    Raises:
        TooWideError: All records are to be laid out.
    """
    if not before.only_added or before.inputs.is_empty():
        raise TooWideError("records were not only added")
    if {kind for kind, part in grown.most.items() if part.height > 1} != {*grown.index}:
        raise TooWideError("there is no index")
    for kind, index in grown.index.items():
        if kind not in model.kinds:
            raise TooWideError("the model does not know the kind")
        seed = seed_of(version, rules, model, kind, columns_in(index))
        if index["seed"].tolist() != [seed]:
            raise TooWideError("rules, model, columns or program are others")
    told = {
        kind: before.frequencies.filter(pl.col("kind") == kind).drop("kind")
        for kind in grown.index
    }
    frequencies = {kind: Frequencies(frame) for kind, frame in told.items()}
    idle = {kind: model.kinds[kind].idle() for kind in grown.index}
    lay_out = around_new(grown, rules, frequencies, idle)

    def weighed(kind: str) -> _Found:
        seed = int(grown.index[kind]["seed"][0])
        with one_by_one():
            return _weigh(kind, *lay_out(kind), model, rules, before, seed)

    kinds = [*in_threads(weighed, grown.index)]
    pairs = _together(kinds, model, before.pairs)
    return MatchResult(
        pairs,
        pl.concat([COUNT.to_frame(), *(each.counts for each in kinds)]),
        model,
        before.frequencies,
        _inputs(kinds, before.inputs),
        pl.concat([COST.to_frame(), *(each.costs for each in kinds)]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What was found around the records of one kind that have changed."""

    kind: str
    surroundings: Surroundings
    inputs: pl.DataFrame
    """The frame `INPUT` of those that have changed."""
    pairs: pl.DataFrame
    """The scored_pair frame of the pairs of which a side has changed."""
    counts: pl.DataFrame
    costs: pl.DataFrame


def _weigh(
    kind: str,
    surroundings: Surroundings,
    around: Neighbours,
    model: Model,
    rules: MatchRules,
    before: Before,
    seed: int,
) -> _Found:
    one, table = model.kinds[kind], around.table
    used = around.blocking.blocks(one.applied(), one.narrowed, around.among)
    _require_known(kind, around, used, one, rules)
    inputs = input_digests(table, used, seed)
    same = ~around.changed | as_before(inputs, before.inputs)
    settled = ~around.changed | as_before(inputs, before.inputs, "values_digest")
    ids = table.record_ids
    left, right = (before.pairs[f"record_id_{side}"].to_numpy() for side in ("l", "r"))
    places, is_there = found(ids, left)
    others = np.flatnonzero(is_there)
    rights, is_there = found(ids, right[others])
    lefts, rights, others = (
        places[others][is_there],
        rights[is_there],
        others[is_there],
    )
    again = settled[lefts] & settled[rights] & ~(same[lefts] & same[rights])
    again_frame = before.pairs[others[again]].filter(pl.col("blocking_rule") != CLOSURE)
    none = before.pairs.clear()
    held = Held(same, none, none, settled, again_frame)
    pairs, counts = found_in(table, used, model, kind, rules, held)
    return _Found(
        kind=kind,
        surroundings=surroundings,
        inputs=inputs.filter(pl.Series(~same, dtype=pl.Boolean)),
        pairs=pairs,
        counts=counts,
        costs=cost_of(used, None, one, kind),
    )


def _require_known(
    kind: str, around: Neighbours, used: Blocks, model: KindModel, rules: MatchRules
) -> None:
    """See to it that the model knows all that is compared, and that blocks are made as they were.

    Raises:
        TooWideError: They are not.
    """
    names = compared_names(around.table, kind)
    known = around.among.known.rules
    narrowed = {name: each.is_narrowed for name, each in known.items()}
    if (
        not all(is_known(model, name) for name in names if is_believed(name, rules))
        or not model.blocking.keys() >= {*around.blocking.names}
        or used.narrowed() != narrowed
    ):
        raise TooWideError("the model lacks something, or second keys are asked for")


def _inputs(kinds: list[_Found], before: pl.DataFrame) -> pl.DataFrame:
    """Return the frame `INPUT` of all records, sorted."""
    new = pl.concat([INPUT.to_frame(), *(each.inputs for each in kinds)])
    new = new.sort("record_id")
    ids = before["record_id"].to_numpy()
    places, is_there = found(ids, new["record_id"].to_numpy())
    told = {"record_id": np.append(ids, new["record_id"].to_numpy()[~is_there])}
    for name in ("digest", "values_digest"):
        digests = before[name].to_numpy().copy()
        digests[places[is_there]] = new[name].to_numpy()[is_there]
        told[name] = np.append(digests, new[name].to_numpy()[~is_there])
    return pl.DataFrame(told, schema=INPUT)


def _together(kinds: list[_Found], model: Model, before: pl.DataFrame) -> pl.DataFrame:
    """Return the scored_pair frame of all records.

    Args:
        kinds: What was found.
        model: The model in force.
        before: The frame of the run before.
    """
    changed = [each.inputs["record_id"].to_numpy() for each in kinds]
    ids = np.concatenate([np.zeros(0, dtype=np.int64), *changed])
    left, right = (before[f"record_id_{side}"].to_numpy() for side in ("l", "r"))
    last = max((int(some.max(initial=0)) for some in (left, right, ids)), default=0)
    stirred = np.zeros(last + 1, dtype=np.bool_)
    stirred[ids] = True
    holds = ~(stirred[left] | stirred[right])
    is_closure = (before["blocking_rule"] == CLOSURE).to_numpy()
    strong = (before["match_weight"] >= model.match_at).to_numpy() & ~is_closure
    links = [(left[strong], right[strong])]
    for each in kinds:
        likely = each.pairs.filter(pl.col("match_weight") >= model.match_at)
        sides = (likely[f"record_id_{side}"].to_numpy() for side in ("l", "r"))
        links.append((next(sides), next(sides)))
    regrouped = _reached(
        stirred, *(np.concatenate(side) for side in zip(*links, strict=True))
    )
    inside = regrouped[left]
    stays = holds & ~(is_closure & inside)
    near = before.filter(pl.Series(holds & inside, dtype=pl.Boolean))
    layout = pl.concat(
        [SCORED_PAIR.to_frame(), *(each.pairs.clear() for each in kinds)],
        how="diagonal",
    )
    among = np.flatnonzero(regrouped)

    def closed(each: _Found) -> pl.DataFrame:
        with one_by_one():
            return _closed(each, near, among, model)

    made = [*(each.pairs for each in kinds), *in_threads(closed, kinds)]
    whole = pl.concat([_laid_out(each, layout) for each in (before, *made)])
    is_new = np.ones(whole.height - before.height, dtype=np.bool_)
    return in_order(whole, np.append(stays, is_new))


def _laid_out(pairs: pl.DataFrame, layout: pl.DataFrame) -> pl.DataFrame:
    """Give pairs the columns of all kinds."""
    return pairs.select(
        (pl.col(name) if name in pairs.columns else pl.lit(None).alias(name)).cast(kind)
        for name, kind in layout.schema.items()
    )


def _reached(flags: Flags, left: Ints, right: Ints) -> Flags:
    """Mark whomever chains of links lead to from those that are marked."""
    reached = flags.copy()
    count = -1
    while count != (count := int(np.count_nonzero(reached))):
        touched = reached[left] | reached[right]
        reached[left[touched]] = True
        reached[right[touched]] = True
    return reached


def _closed(
    one: _Found, held: pl.DataFrame, regrouped: Ints, model: Model
) -> pl.DataFrame:
    """Return the pairs that close groups.

    Args:
        one: What was found among the records of a kind.
        held: The scored_pair frame of the run before of pairs that hold, inside these groups.
        regrouped: The records of groups that may have changed, ascending, of all kinds.
        model: The model in force.
    """
    ids = one.surroundings.own(regrouped)
    sides = ("record_id_l", "record_id_r")
    told = pl.concat([_laid_out(held, one.pairs), one.pairs])
    is_inside = np.ones(told.height, dtype=np.bool_)
    for side in sides:
        is_inside &= found(ids, told[side].to_numpy())[1]
    told = told.filter(pl.Series(is_inside, dtype=pl.Boolean))
    is_closure = pl.col("blocking_rule") == CLOSURE
    missing = unseen(ids, told.filter(~is_closure), model)
    pairs = pl.DataFrame(
        {"record_id_l": ids[missing >> 32], "record_id_r": ids[missing & 0xFFFFFFFF]}
    )
    again = told.filter(is_closure).join(pairs, on=sides, how="semi")
    new = pairs.join(again, on=sides, how="anti")
    table = one.surroundings.table_of(
        pl.concat([new[side] for side in sides]).unique().sort().to_numpy()
    )
    left, right = (searched(table.record_ids, new[side].to_numpy()) for side in sides)
    frame = closing(table, left, right, model, one.kind)
    return pl.concat([_laid_out(frame, one.pairs), again])
