"""Other names: an alias of one record that is a name or an alias of the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cleanse.compare.contact import compare_lists
from cleanse.compare.name import AgreeLevel
from cleanse.compare.table import Compared, Levels, Pairs
from cleanse.encoded import MISSING
from cleanse.places import Ints

NAMES = ("given", "family", "order", "company")
"""Comparisons of names, which an alias stands in for."""


def with_aliases(pairs: Pairs, found: dict[str, Compared]) -> dict[str, Compared]:
    """Let an alias speak where the names themselves disagree.

    A nickname or trade name that is missing or different is no evidence; one that is
    the other's name explains why the names differ, which then says nothing any more.

    Args:
        pairs: Positions in a prepared table.
        found: What the other comparisons say.

    Returns:
        `found` with ``alias`` (`AgreeLevel`, SAME or MISSING) where the list has aliases.
    """
    if "name_keys" not in pairs.table:
        return found
    shared = compare_lists(pairs, "name_keys", _same, AgreeLevel.SAME)
    poor = np.zeros(len(pairs), dtype=np.bool_)
    for name in ("given", "family", "company"):
        if name in found:
            poor |= found[name].levels <= 0
    agreed = poor & (shared.levels == AgreeLevel.SAME)
    levels = np.where(agreed, AgreeLevel.SAME, MISSING).astype(np.int8)
    silent = {
        name: replace(
            found[name],
            levels=np.where(agreed, MISSING, found[name].levels).astype(np.int8),
            bearers=_unless(agreed, found[name]),
        )
        for name in NAMES
        if name in found
    }
    return {**found, **silent, "alias": replace(shared, levels=levels)}


def _unless(agreed: np.ndarray, one: Compared) -> np.ndarray | None:
    return None if one.bearers is None else np.where(agreed, np.nan, one.bearers)


def _same(pairs: Pairs, left: Ints, right: Ints) -> Levels:
    del pairs
    levels: Levels = (left == right).astype(np.int8)
    return levels
