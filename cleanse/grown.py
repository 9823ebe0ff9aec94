"""Grown lists: records that were added to others, and the index that a run keeps of most of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy.typing as npt

from cleanse.encoded import ByKind, Encoded, beside

Index = Mapping[str, npt.NDArray[Any]]
"""What a run keeps of the records of one kind: names → arrays of one dimension."""


@dataclass(frozen=True, slots=True)
class Grown:
    """Records that were added to others."""

    most: ByKind
    """Those that are in the index."""
    since: ByKind = field(default_factory=dict)
    """Those that earlier runs have added to them."""
    given: ByKind = field(default_factory=dict)
    """Those that this run adds; their numbers are the highest."""
    index: Mapping[str, Index] = field(default_factory=dict)
    """By kind."""

    def whole(self) -> ByKind:
        """Lay all of them beside each other."""
        return {kind: reduce(beside, self.parts(kind)) for kind in self.most}

    def parts(self, kind: str) -> list[Encoded]:
        """Return the records of a kind, as they are."""
        several = (self.most, self.since, self.given)
        return [each[kind] for each in several if kind in each]

    def news(self, kind: str) -> Encoded | None:
        """Return those of a kind that are not in the index."""
        _, *news = self.parts(kind)
        return reduce(beside, news) if news else None
