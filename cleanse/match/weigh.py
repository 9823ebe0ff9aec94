"""Weigh: compare and score the candidate pairs of one kind, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block import Blocks
from cleanse.block.keys import is_own
from cleanse.compare import compare_table
from cleanse.compare.forms import with_forms
from cleanse.compare.table import Compared, Pairs, Table, magnitude
from cleanse.components import components
from cleanse.places import searched
from cleanse.rulebook.matching import MatchRules
from cleanse.score import Model, Observed, bands, match_weights, probability
from cleanse.threads import in_threads

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


@dataclass(frozen=True, slots=True)
class Held:
    """What an earlier run weighed, and what of it still holds."""

    same: npt.NDArray[np.bool_]
    """Per record whether all that decides its pairs is as it was."""
    pairs: pl.DataFrame
    """Its pairs of two such records that a blocking rule found: the scored_pair frame."""
    closures: pl.DataFrame
    """Those that were compared because others of their group match."""
    settled: npt.NDArray[np.bool_]
    """Per record whether, since then, records have only been added and its values count as
    they did. What brings two such records together now did so then, as blocks have only
    grown, and been split; unless a key of theirs depends on others (`is_own`)."""
    others: pl.DataFrame
    """Its pairs of two settled records of which one is not the same: found again, if they
    are still brought together."""


def score_blocks(
    table: Table,
    blocks: Blocks,
    model: Model,
    kind: str,
    rules: MatchRules,
    held: Held,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Score all chunks but what is known; return all pairs kept and the counts of the scored."""
    found, tally = found_in(table, blocks, model, kind, rules, held)
    before = _laid_out(held.closures, found)
    missing = unseen(table.record_ids, found, model)
    placed = _packed(*_places(table.record_ids, before))
    again = before.filter(pl.Series(_again(missing, placed)[0], dtype=pl.Boolean))
    new = missing[~_again(np.sort(placed), missing)[0]]
    closure = closing(table, *_unpacked(new), model, kind)
    return pl.concat([found, closure, again]), tally


def found_in(
    table: Table,
    blocks: Blocks,
    model: Model,
    kind: str,
    rules: MatchRules,
    held: Held,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Do what `score_blocks` does, but for the pairs that close a group."""
    names = pl.Series([*blocks.rules, CLOSURE], dtype=pl.String)
    if np.count_nonzero(held.same) < _MOST * len(held.same):
        table = with_forms(table)
    nobody = np.zeros(0, dtype=np.int64)
    empty = _weighed(_pairs(table, nobody, nobody), model, kind)
    empty = empty.with_columns(blocking_rule=pl.lit(""))
    kept = [empty, _laid_out(held.pairs, empty)]
    counts = []
    others = in_order(_laid_out(held.others, empty))
    known = _packed(*_places(table.record_ids, others))
    is_own_rule = np.asarray(_own(blocks, rules), dtype=np.bool_)

    def unknown(chunk: Chunk) -> Chunk:
        """Leave out the pairs that are known, and keep those of `others` found again."""
        left, right, rule = chunk
        new = ~(held.same[left] & held.same[right])
        old = new & held.settled[left] & held.settled[right] & is_own_rule[rule]
        again, at = _again(known, _packed(left[old], right[old]))
        found = others[at].with_columns(
            names.gather(rule[old][again].astype(np.int64)).alias("blocking_rule")
        )
        kept.append(found)
        new &= ~old
        return left[new], right[new], rule[new]

    def weighed(chunk: Chunk) -> tuple[pl.DataFrame, pl.DataFrame]:
        left, right, rule = chunk
        pairs = _pairs(table, left, right)
        weight, compared, parts = _weights(pairs, model, kind)
        named = names.gather(rule.astype(np.int64)).alias("blocking_rule")
        keep = np.flatnonzero(weight >= model.keep_at)
        frame = _framed(pairs, weight, compared, parts, model, keep)
        tally = _counted(named, weight, model, kind)
        return frame.with_columns(named.gather(keep)), tally

    size = rules.limit.chunk
    new = blocks.chunks(size)
    if held.same.any():
        new = map(unknown, blocks.touching(~held.same).chunks(size))
    for frame, tally in in_threads(weighed, _gathered(new, size)):
        kept.append(frame)
        counts.append(tally)
    none = _counted(pl.Series("blocking_rule", [], pl.String), np.zeros(0), model, kind)
    tally = pl.concat([none, *counts]).group_by("blocking_rule", "kind", "band").sum()
    return pl.concat(kept), tally.sort("blocking_rule", "band")


_MOST = 0.9
"""Share of the records from which on, if they are what they were, forms of the values of the others
are made chunk by chunk: of all values they would cost more than all else that is weighed."""


def _pairs(table: Table, left: Ints, right: Ints) -> Pairs:
    """Return pairs, with the forms of their values."""
    return Pairs(with_forms(table, np.concatenate([left, right])), left, right)


def _gathered(chunks: Iterable[Chunk], size: int) -> Iterator[Chunk]:
    """Put chunks together until they are as large as asked for: few pairs cost as many do."""
    held: list[Chunk] = []
    count = 0
    for chunk in chunks:
        if held and count + len(chunk[0]) > size:
            yield _joined(held)
            held, count = [], 0
        held.append(chunk)
        count += len(chunk[0])
    if held:
        yield _joined(held)


def _joined(chunks: Sequence[Chunk]) -> Chunk:
    left, right, rule = (np.concatenate(each) for each in zip(*chunks, strict=True))
    return left, right, rule


def _own(blocks: Blocks, rules: MatchRules) -> list[bool]:
    """Say of each blocking rule whether all keys that it may use are the records' own."""
    tight = all(map(is_own, rules.tighten))
    return [tight and all(map(is_own, rules.block[name].keys)) for name in blocks.rules]


def _packed(left: Ints | pl.Series, right: Ints | pl.Series) -> Ints:
    """Put two positions into one number."""
    packed: Ints = (np.asarray(left, np.int64) << 32) | np.asarray(right, np.int64)
    return packed


def _unpacked(packed: Ints) -> tuple[Ints, Ints]:
    return packed >> 32, packed & 0xFFFFFFFF


def in_order(
    pairs: pl.DataFrame, stays: npt.NDArray[np.bool_] | None = None
) -> pl.DataFrame:
    """Sort pairs by both records: by one number, and in one piece, as to gather from many takes twice as long.

    Those that do not stay are left out on the way.
    """
    # Pairs of a run before stand in order: such a sort looks for what does.
    numbers = _packed(*pairs.select("record_id_l", "record_id_r"))
    order = np.argsort(numbers, kind="stable")
    if stays is not None:
        order = order[stays[order]]
    return pairs.rechunk()[order]


def _again(known: Ints, asked: Ints) -> tuple[npt.NDArray[np.bool_], Ints]:
    """Say which of some numbers are among others, that are sorted, and where."""
    if not len(known):
        return np.zeros(len(asked), dtype=np.bool_), np.zeros(0, dtype=np.int64)
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    found = np.asarray(known[place] == asked, dtype=np.bool_)
    return found, place[found]


def _laid_out(pairs: pl.DataFrame, empty: pl.DataFrame) -> pl.DataFrame:
    """Give known pairs the columns of new ones: what was never compared is missing."""
    missing = {
        name: -1 if name.startswith("level_") else 0.0
        for name in empty.columns
        if name.startswith(("level_", "weight_"))
    }
    columns = [
        (pl.col(name) if name in pairs.columns else pl.lit(None).alias(name))
        .fill_null(missing.get(name))
        .cast(kind)
        if name in missing
        else pl.col(name).cast(kind)
        for name, kind in empty.schema.items()
    ]
    return pairs.select(columns)


Ints = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]
Chunk = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int16]]


def _weights(
    pairs: Pairs, model: Model, kind: str
) -> tuple[Weights, dict[str, Compared], dict[str, Weights]]:
    compared = compare_table(pairs, kind)
    weight, parts = match_weights(model.kinds[kind], observed_of(compared), len(pairs))
    return weight, compared, parts


def _framed(
    pairs: Pairs,
    weight: Weights,
    compared: Mapping[str, Compared],
    parts: Mapping[str, Weights],
    model: Model,
    keep: npt.NDArray[np.int64],
) -> pl.DataFrame:
    """Lay the pairs at `keep` out as a frame."""
    ids, weight = pairs.table.record_ids, weight[keep]
    frame = pl.DataFrame(
        {
            "record_id_l": ids[pairs.left[keep]],
            "record_id_r": ids[pairs.right[keep]],
            **{f"level_{name}": one.levels[keep] for name, one in compared.items()},
            **{
                f"weight_{name}": bits[keep].astype(np.float32)
                for name, bits in parts.items()
            },
            "match_weight": weight,
            "match_probability": probability(weight),
        }
    )
    return frame.with_columns(band=bands(pl.col("match_weight"), model))


def _weighed(pairs: Pairs, model: Model, kind: str) -> pl.DataFrame:
    weight, compared, parts = _weights(pairs, model, kind)
    return _framed(pairs, weight, compared, parts, model, np.arange(len(pairs)))


def _counted(
    rule: pl.Series, weight: npt.NDArray[np.float64], model: Model, kind: str
) -> pl.DataFrame:
    band = (weight >= model.match_at).astype(np.int8) + (weight >= model.review_at)
    frame = pl.DataFrame({"blocking_rule": rule, "band": band})
    counted = frame.group_by("blocking_rule", "band").agg(pair_count=pl.len())
    return counted.select(
        "blocking_rule",
        pl.lit(kind).alias("kind"),
        pl.col("band").replace_strict(
            {0: "no_match", 1: "review", 2: "match"}, return_dtype=pl.String
        ),
        "pair_count",
    )


LARGEST_CLOSURE = 60
"""Records of a group up to which all its pairs are compared."""


def unseen(record_ids: Ints, known: pl.DataFrame, model: Model) -> Ints:
    """List the pairs inside groups that match which no blocking rule has found.

    Clusters are judged on all evidence for and against, so no pair inside a group
    may stay unseen.

    Args:
        record_ids: All records of these groups, ascending.
        known: The scored_pair frame of the pairs found among them.
        model: It says what a match is.

    Returns:
        Positions in `record_ids`, packed, ascending.
    """
    left, right = (column.to_numpy() for column in _places(record_ids, known))
    strong = (known["match_weight"] >= model.match_at).to_numpy()
    groups = components(left[strong], right[strong], len(record_ids))
    # Of two, the pair is known.
    size = np.bincount(groups, minlength=len(groups))[groups]
    some = (size >= 3) & (size <= LARGEST_CLOSURE)  # noqa: PLR2004 - as said
    inside = np.flatnonzero((groups[left] == groups[right]) & some[left])
    seen = np.sort(_packed(left[inside], right[inside]))
    missing = np.sort(_inside(groups, np.flatnonzero(some)))
    return missing[~_again(seen, missing)[0]]


def closing(
    table: Table, left: Ints, right: Ints, model: Model, kind: str
) -> pl.DataFrame:
    """Compare pairs at some positions because others of their group match."""
    frame = _weighed(_pairs(table, left, right), model, kind)
    return frame.with_columns(blocking_rule=pl.lit(CLOSURE))


def _places(record_ids: Ints, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return l, r: the positions of both records of each pair."""
    return pl.DataFrame(
        {
            side: searched(record_ids, pairs[f"record_id_{side}"].to_numpy())
            for side in ("l", "r")
        }
    )


def _inside(groups: Ints, some: Ints) -> Ints:
    """List all pairs (see `_packed`) inside the groups of some records."""
    frame = pl.DataFrame({"group": groups[some], "l": some})
    pairs = frame.join(frame.rename({"l": "r"}), on="group").filter(
        pl.col("l") < pl.col("r")
    )
    return _packed(pairs["l"], pairs["r"])
