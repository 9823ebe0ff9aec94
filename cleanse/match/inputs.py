"""Inputs: a digest per record of all that decides whom it is compared with, and how it ends.

A pair of records whose digests are what they were when the pair was last weighed
would be weighed the same again. So a run weighs only pairs of which a side changed,
and takes the rest from the run before: by construction equal to weighing all.
In the digest are the record's values and how often each counts, the blocks that it
is in, and (as a seed) the rules, the model of its kind and the versions of what computes.

Blocks that grow too large are split, and then many records have other blocks that nobody
touched. A second digest is of the values alone: see `cleanse.match.weigh.Held.settled`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block import Blocks
from cleanse.block.keys import column_of, mix
from cleanse.compare.prepare import DATES, columns_of_interest
from cleanse.compare.table import Column, Table
from cleanse.places import found
from cleanse.rulebook.matching import MatchRules
from cleanse.score import Model

Digests = npt.NDArray[np.uint64]
INPUT = pl.Schema(
    {"record_id": pl.Int64, "digest": pl.UInt64, "values_digest": pl.UInt64}
)
"""One row per active record that was matched; values_digest leaves its blocks out."""


def looked_at(names: Collection[str], rules: MatchRules) -> set[str]:
    """Name the columns that blocking or comparing looks at: the rest is most of a record."""
    keys = [
        *rules.tighten,
        *(key for rule in rules.block.values() for key in rule.keys),
    ]
    wanted = {*columns_of_interest(names), "name_compare", *map(column_of, keys)}
    return wanted.intersection(names)


def seed_of(
    version: str, rules: MatchRules, model: Model, kind: str, columns: Collection[str]
) -> int:
    """Return a digest of all that the outcome depends on besides values and blocks.

    Args:
        version: Of the program.
        rules: rules/matching.toml.
        model: The model in force.
        kind: Of the records.
        columns: That some record fills.
    """
    in_force = replace(model, kinds={kind: model.kinds[kind]}).to_json()
    told = (version, rules.model_dump_json(), in_force, ",".join(sorted(columns)))
    return _number("\n".join((pl.__version__, *told)))


def input_digests(table: Table, blocks: Blocks, seed: int) -> pl.DataFrame:
    """Return the frame `INPUT` of the records of one kind.

    Args:
        table: Their values, with the frequencies in force.
        blocks: Their blocks, of the rules that are applied.
        seed: See `seed_of`.
    """
    number = np.uint64(seed)
    total = np.full(len(table.record_ids), mix(np.asarray([number]))[0])
    for name, column in table.columns.items():
        values = _of_values(table, name, column)
        if column.codes.ndim == 1:
            total += values[column.codes]
        else:
            for place in range(column.codes.shape[1]):
                total += values[column.codes[:, place]]
    for name, array in table.arrays.items():
        if name in DATES or name == "script" or name.endswith(("_vague", "_is_valid")):
            total += mix(array.astype(np.int64).view(np.uint64) ^ _seed(name))
    whole = mix(total + mix(blocks.digests() ^ number))
    return pl.DataFrame(
        {"record_id": table.record_ids, "digest": whole, "values_digest": mix(total)},
        schema=INPUT,
    )


def as_before(
    inputs: pl.DataFrame, before: pl.DataFrame, digest: str = "digest"
) -> npt.NDArray[np.bool_]:
    """Say of each record whether its digest is what it was.

    Args:
        inputs: The frame `INPUT`, sorted by record_id.
        before: That of the run before, sorted as well.
        digest: The column that is compared.
    """
    ids, known = inputs["record_id"].to_numpy(), before["record_id"].to_numpy()
    if not len(known):
        return np.zeros(len(ids), dtype=np.bool_)
    places, there = found(known, ids)
    was = before[digest].fill_null(0).to_numpy()[places]
    return there & np.asarray(was == inputs[digest].to_numpy(), dtype=np.bool_)


def _of_values(table: Table, name: str, column: Column) -> Digests:
    """Digest each value of a column with all that comparing it looks at; 0 for none."""
    found = mix(column.hashes ^ _seed(name))
    found = mix(found ^ column.bearers[:-1].astype(np.float64).view(np.uint64))
    if name == "emails":
        is_own = table.arrays["email_domain"][:-1] >= 0
        found = mix(found ^ is_own.astype(np.uint64))
        for kind in ("made", "named", "echo", "role"):
            flags = table.arrays[f"email_is_{kind}"][:-1]
            found = mix(found ^ flags.astype(np.uint64) ^ _seed(kind))
    if name == "company_core":
        found = mix(found ^ _rarities(table, len(found)))
    return np.append(found, np.uint64(0))


def _rarities(table: Table, count: int) -> Digests:
    """Digest how rare the pieces of each core are."""
    arrays = table.arrays
    rarity = arrays["piece_rarity"][arrays["piece_places"]]
    owners = np.repeat(np.arange(count), np.diff(arrays["core_starts"])[:count])
    total = np.zeros(count, dtype=np.uint64)
    np.add.at(total, owners, mix(rarity.astype(np.float64).view(np.uint64)))
    return total


def _seed(name: str) -> np.uint64:
    return np.uint64(_number(name))


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
