"""Difference: which pairs a run has to write anew, of all that the store keeps."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanse.match.weigh import CLOSURE

KEYS = ("record_id_l", "record_id_r")


def pair_difference(
    pairs: pl.DataFrame,
    inputs: pl.DataFrame,
    pairs_before: pl.DataFrame,
    inputs_before: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Leave out the pairs that are what they were.

    Pairs of two records that are as they were are taken from the run before, but for
    those that only close a group: so few pairs are compared at all.

    Args:
        pairs: The scored_pair frame.
        inputs: The frame `INPUT` that decided it.
        pairs_before: The scored_pair frame of the run before.
        inputs_before: Its frame `INPUT`.

    Returns:
        The pairs that are new or not what they were; and record_id_l, record_id_r of
        those of the run before that are gone or not what they were. Where most records
        are not what they were, all pairs, and None.
    """
    both = ["record_id", "digest"]
    same = inputs.join(inputs_before, on=both, how="semi")["record_id"].sort()
    if 2 * len(same) < inputs_before.height or inputs_before.is_empty():
        return pairs, None
    now, was = (_stirred(each, same) for each in (pairs, pairs_before))
    if set(now.columns) != set(was.columns):
        return now, was.select(KEYS)
    was = was.select(now.columns).cast(now.schema)
    new = now.join(was, on=now.columns, how="anti", nulls_equal=True)
    gone = was.join(now, on=now.columns, how="anti", nulls_equal=True)
    return new, gone.select(KEYS)


def _stirred(pairs: pl.DataFrame, same: pl.Series) -> pl.DataFrame:
    """Return the pairs that may not be what they were."""
    known = same.to_numpy()
    held = np.ones(pairs.height, dtype=np.bool_)
    for side in KEYS:
        asked = pairs[side].to_numpy()
        place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        held &= known[place] == asked
    is_closure = pl.col("blocking_rule") == CLOSURE
    return pairs.filter(~pl.Series(held, dtype=pl.Boolean) | is_closure)
