"""How the bits of a scored pair add up, and what would have tipped them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import log2
from typing import Any

import numpy as np

from cleanse.score import Evidence, KindModel

SETTLED = frozenset({"order", "pinyin", "script"})
"""Comparisons that say how a name is written: no other value would change them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The bits of one pair: prior + comparisons + related = match weight."""

    prior: float
    """Bits of how rare a match is among all pairs."""
    related_share: float
    """Share of related pairs among all pairs of records."""
    bits: Mapping[str, float]
    """Match against strangers, by comparison."""
    near: Mapping[str, float]
    """Relation against strangers, by comparison."""

    @property
    def related(self) -> float:
        """Bits lost because a relation would explain the agreements too; at most 0."""
        return self._related(sum(self.near.values()))

    @property
    def weight(self) -> float:
        """The match weight."""
        return self.prior + sum(self.bits.values()) + self.related

    def without(self, names: Collection[str]) -> float:
        """Return the match weight had these comparisons nothing to compare."""
        bits = sum(v for k, v in self.bits.items() if k not in names)
        near = sum(v for k, v in self.near.items() if k not in names)
        return self.prior + bits + self._related(near)

    def replaced(self, name: str, bits: float, near: float) -> float:
        """Return the match weight had one comparison given other bits."""
        others = self.without({name}) - self._related(
            sum(v for k, v in self.near.items() if k != name)
        )
        kept = sum(v for k, v in self.near.items() if k != name)
        return others + bits + self._related(kept + near)

    def _related(self, near: float) -> float:
        return -float(np.logaddexp2(0.0, log2(self.related_share) + near))


def balance_of(told: Mapping[str, Any], model: KindModel) -> Balance:
    """Take a scored pair apart.

    The bits for a relation are not stored; they follow from those for a match, as
    both are measured against the same chance u: bits + log2(related / m), less what
    labels added to the bits.

    Args:
        told: ``level_*``, ``weight_*`` and match_weight of one pair.
        model: The model that scored it.
    """
    names = [
        k.removeprefix("weight_")
        for k, v in told.items()
        if k.startswith("weight_") and k != "weight_related" and v is not None
    ]
    bits = {name: float(told[f"weight_{name}"]) for name in names}
    near = {
        name: _near(model.evidence.get(name), told.get(f"level_{name}"), bits[name])
        for name in names
    }
    related = float(told.get("weight_related") or 0.0)
    return Balance(
        prior=float(told["match_weight"]) - sum(bits.values()) - related,
        related_share=model.related_share,
        bits=bits,
        near=near,
    )


def _near(one: Evidence | None, level: int | None, bits: float) -> float:
    if one is None or level is None or level < 0 or one.related == one.u:
        return 0.0
    taught = one.learned[level] if one.learned else 0.0
    near = bits - taught + log2(one.related[level] / one.m[level])
    return min(max(near, -one.most), one.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of the evidence, and the match weight that it would lead to."""

    what: str
    """without (the comparison had nothing to compare), equal (its values were equal)
    or known (both sides had a value, and the same)."""
    comparison: str
    match_weight: float


def tipping(
    balance: Balance, told: Mapping[str, Any], model: KindModel, match_at: float
) -> tuple[Change, ...]:
    """Find the single changes that would move a pair across `match_at`, the strongest first."""
    is_match = balance.weight >= match_at
    changes = [
        *_without(balance),
        *(() if is_match else _agreeing(balance, told, model)),
    ]
    tip = [one for one in changes if (one.match_weight >= match_at) != is_match]
    return tuple(
        sorted(
            tip,
            key=lambda one: (-abs(one.match_weight - balance.weight), one.comparison),
        )
    )


def _without(balance: Balance) -> list[Change]:
    return [
        Change(what="without", comparison=name, match_weight=balance.without({name}))
        for name, bits in balance.bits.items()
        if bits and name not in SETTLED
    ]


def _agreeing(
    balance: Balance, told: Mapping[str, Any], model: KindModel
) -> list[Change]:
    """Suppose of each comparison in turn that both sides had the same value."""
    found = []
    for name in balance.bits:
        one, level = model.evidence.get(name), told.get(f"level_{name}")
        if one is None or name in SETTLED or level in {None, len(one.m) - 1}:
            continue
        taught = one.learned[-1] if one.learned else 0.0
        bits = taught + min(log2(one.m[-1] / one.u[-1]), one.most)
        near = 0.0 if one.related == one.u else log2(one.related[-1] / one.u[-1])
        weight = balance.replaced(name, bits, near)
        what = "known" if level == -1 else "equal"
        found.append(Change(what=what, comparison=name, match_weight=weight))
    return found
