"""Trace: which blocking rules put two records side by side, and why the others do not."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import polars as pl

from cleanse.block.groups import combined
from cleanse.block.keys import Keys, column_of, key_values
from cleanse.block.pieces import Places
from cleanse.encoded import Encoded, encode
from cleanse.rulebook.matching import MatchRules

TRACE: Final = pl.Schema(
    {
        "blocking_rule": pl.String,
        "keys": pl.String,
        "left": pl.String,
        "right": pl.String,
        "record_count": pl.Int64,
        "outcome": pl.String,
    }
)
"""One row per blocking rule of the kind: the values of both records that the keys are made
of (several joined by ``, ``, those of several keys by `` + ``), how many records share the smallest common block, and the
outcome: found, split (a second key of a block that is too large unites them), too_large,
idle (found, but the model holds the rule not worth its cost), differs, or missing."""


def trace_pair(
    records: pl.DataFrame,
    rules: MatchRules,
    kind: str,
    pair: tuple[int, int],
    idle: Collection[str] = (),
) -> pl.DataFrame:
    """Say of each blocking rule whether it puts two records side by side.

    Args:
        records: The records that blocking saw, all of one kind; both of the pair among them.
        rules: Blocking rules, limits and second keys.
        kind: "person" or "company".
        pair: The record_ids asked for.
        idle: Blocking rules that the model does not apply.

    Returns:
        The frame `TRACE`, in the order of the rules.
    """
    frame = records.sort("record_id")
    ids = frame["record_id"].to_numpy()
    sides = (int(np.searchsorted(ids, pair[0])), int(np.searchsorted(ids, pair[1])))
    keys = Keys(encode(frame))
    # Most rules already differ between the two by themselves: no list is needed for that.
    alone = (encode(frame[[sides[0]]]), encode(frame[[sides[1]]]))
    rows = [
        {
            "blocking_rule": name,
            "keys": " + ".join(rule.keys),
            "left": _shown(frame, rule.keys, sides[0]),
            "right": _shown(frame, rule.keys, sides[1]),
            **(
                _apart(alone, rule.keys)
                or _traced(keys, rule.keys, rules, sides, is_idle=name in idle)
            ),
        }
        for name, rule in rules.block.items()
        if rule.on and kind in rule.kinds and keys.hold(*rule.keys)
    ]
    return pl.DataFrame(rows, schema=TRACE)


_OF_THE_LIST = re.compile(r"\.(rare|local|spelt|across)$")
"""Forms of a key that depend on what other records have."""


def _apart(
    alone: tuple[Encoded, Encoded], wanted: Sequence[str]
) -> dict[str, object] | None:
    """Say what keeps two records apart as far as they tell by themselves; None if they do not."""
    for key in wanted:
        if any(one.series(column_of(key)).null_count() for one in alone):
            return {"record_count": None, "outcome": "missing"}
    own = [key for key in wanted if not _OF_THE_LIST.search(key)]
    for key in own:
        left, right = (key_values(one, key).hashes for one in alone)
        if not len(left) or not len(right):
            return {"record_count": None, "outcome": "missing"}
        if not len(np.intersect1d(left, right)):
            return {"record_count": None, "outcome": "differs"}
    return None


def _traced(
    keys: Keys,
    wanted: Sequence[str],
    rules: MatchRules,
    sides: tuple[int, int],
    *,
    is_idle: bool,
) -> dict[str, object]:
    keyed = combined([keys.values(key) for key in wanted])
    left, right = (keyed.hashes[keyed.places == side] for side in sides)
    if not len(left) or not len(right):
        return {"record_count": None, "outcome": "missing"}
    common = np.intersect1d(left, right)
    if not len(common):
        return {"record_count": None, "outcome": "differs"}
    blocks = [np.unique(keyed.places[keyed.hashes == each]) for each in common]
    size = min(map(len, blocks))
    found = size <= rules.limit.block
    unites = found or any(_is_united(keys, block, rules, sides) for block in blocks)
    outcome = "found" if found else "split" if unites else "too_large"
    outcome = "idle" if unites and is_idle else outcome
    return {"record_count": size, "outcome": outcome}


def _is_united(
    keys: Keys, block: Places, rules: MatchRules, sides: tuple[int, int]
) -> bool:
    """Say whether some second key unites the two in a part of a block that is small enough."""
    for key in filter(keys.hold, rules.tighten):
        keyed = keys.values(key)
        keyed = keyed.take(np.isin(keyed.places, block))
        left, right = (keyed.hashes[keyed.places == side] for side in sides)
        for each in np.intersect1d(left, right):
            if len(np.unique(keyed.places[keyed.hashes == each])) <= rules.limit.block:
                return True
    return False


def _shown(frame: pl.DataFrame, wanted: Sequence[str], side: int) -> str | None:
    """Show what the keys of one record are made of; None where something is missing."""
    values = [frame[column_of(key)][side] for key in wanted]
    if any(value is None for value in values):
        return None
    return " + ".join(
        ", ".join(value) if isinstance(value, pl.Series) else str(value)
        for value in values
    )
