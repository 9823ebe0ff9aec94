"""Difference: which pairs a run has to write anew, of all that the store keeps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.match.inputs import as_before
from cleanse.match.weigh import CLOSURE
from cleanse.places import found, searched

KEYS = ("record_id_l", "record_id_r")


class Difference(NamedTuple):
    """What a run has to write anew of a frame."""

    new: pl.DataFrame
    """The rows that are new, or not what they were; all of them, where most are not."""
    gone: pl.DataFrame | None
    """Keys of those of the run before that are gone, or not what they were; None: all are."""


def pair_difference(
    pairs: pl.DataFrame,
    inputs: pl.DataFrame,
    pairs_before: pl.DataFrame,
    inputs_before: pl.DataFrame,
) -> Difference:
    """Leave out the pairs that are what they were.

    Pairs of two records that are as they were are taken from the run before, but for
    those that only close a group: so few pairs are compared at all.

    Args:
        pairs: The scored_pair frame.
        inputs: The frame `INPUT` that decided it.
        pairs_before: The scored_pair frame of the run before.
        inputs_before: Its frame `INPUT`.
    """
    same = inputs["record_id"].to_numpy()[as_before(inputs, inputs_before)]
    if 2 * len(same) < inputs_before.height or inputs_before.is_empty():
        return Difference(pairs, None)
    now, was = (_stirred(each, same) for each in (pairs, pairs_before))
    if set(now.columns) != set(was.columns):
        return Difference(now, was.select(KEYS))
    was = was.select(now.columns).cast(now.schema)
    new = now.join(was, on=now.columns, how="anti", nulls_equal=True)
    gone = was.join(now, on=now.columns, how="anti", nulls_equal=True)
    return Difference(new, gone.select(KEYS))


def input_difference(inputs: pl.DataFrame, before: pl.DataFrame) -> Difference:
    """Leave out the digests that are what they were.

    Args:
        inputs: The frame `INPUT`, sorted by record_id.
        before: That of the run before, sorted as well.
    """
    same = as_before(inputs, before) & as_before(inputs, before, "values_digest")
    if 2 * np.count_nonzero(same) < before.height or before.is_empty():
        return Difference(inputs, None)
    ids = inputs["record_id"].to_numpy()[same]
    gone = np.ones(before.height, dtype=np.bool_)
    gone[searched(before["record_id"].to_numpy(), ids)] = False
    return Difference(
        inputs.filter(pl.Series(~same, dtype=pl.Boolean)),
        before.select("record_id").filter(pl.Series(gone, dtype=pl.Boolean)),
    )


def _stirred(pairs: pl.DataFrame, known: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Return the pairs that may not be what they were, but for those of `known` records."""
    held = np.ones(pairs.height, dtype=np.bool_)
    for side in KEYS:
        held &= found(known, pairs[side].to_numpy())[1]
    is_closure = pl.col("blocking_rule") == CLOSURE
    return pairs.filter(~pl.Series(held, dtype=pl.Boolean) | is_closure)
