"""Score: Fellegi and Sunter's match weight, and the model that it comes from.

A pair is one of three things: one customer (match), two customers who share
contacts or address (related: a household, two firms of one group), or two
strangers. The match weight is the log2 odds of the first against the other two,
after I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage" (1969). The
second class keeps a shared household from being counted once as address, once
as telephone and once as family name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.errors import StoreError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one comparison tells, per level (level 0 first)."""

    m: tuple[float, ...]
    """Chance of the level between two records of one customer."""
    u: tuple[float, ...]
    """Chance between two strangers, where no value frequency is known."""
    related: tuple[float, ...]
    """Chance between two related customers."""
    strangers: tuple[float, ...] = ()
    """Of the other bearers of an agreed value, the part who are strangers, by magnitude
    of the bearers; empty where that is not learned."""
    filled: float = 0.0
    """Records that have a value: what value frequencies are shares of."""
    fixed_u: bool = False
    """u is not learned from random pairs."""
    fixed: bool = False
    """m and related are not learned."""
    fixed_related: bool = False
    """related is not learned."""
    nested: bool = False
    """The levels above one at which a value is agreed imply that agreement."""
    most: float
    """Bits that the comparison may count at most, for or against."""
    learned: tuple[float, ...] = ()
    """Bits per level that labels add (`cleanse.match.learn`); empty: none were learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindModel:
    """The model of the pairs of one kind of customer."""

    match_share: float
    """Share of matches among all pairs of records."""
    related_share: float
    """Share of related pairs among all pairs of records."""
    records_each: float
    """Mean number of records per customer."""
    evidence: Mapping[str, Evidence]
    """By comparison."""
    blocking: Mapping[str, bool] = field(default_factory=dict)
    """By blocking rule, whether it finds enough for what it costs."""
    narrowed: Mapping[str, bool] = field(default_factory=dict)
    """By blocking rule that is applied, whether its pairs had to share a second key too when
    the model was made; see `cleanse.block.entries.is_burden`."""
    learned: float = 0.0
    """Bits that labels add to every pair."""

    def untaught(self) -> KindModel:
        """Return the model without what labels added to it."""
        plain = {n: replace(one, learned=()) for n, one in self.evidence.items()}
        return replace(self, evidence=plain, learned=0.0)

    def applied(self) -> list[str]:
        """Return the blocking rules that are applied, sorted."""
        return sorted(name for name, worth in self.blocking.items() if worth)

    def idle(self) -> list[str]:
        """Return the blocking rules that find too little for what they cost, sorted."""
        return sorted(name for name, worth in self.blocking.items() if not worth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Everything that turns levels into a match weight; versioned and stored with a run.

    Its value frequencies are too many for one text: table model_frequency holds them.
    """

    version: int
    kinds: Mapping[str, KindModel]
    match_at: float
    review_at: float
    keep_at: float
    beliefs: str = ""
    """Digest of the beliefs that it was estimated from; empty: not known."""

    def to_json(self) -> str:
        """Write the model as JSON; what no label has taught is left out."""
        values = asdict(self)
        if not self.beliefs:
            del values["beliefs"]
        for kind in values["kinds"].values():
            if not kind["narrowed"]:
                del kind["narrowed"]
            for part in (kind, *kind["evidence"].values()):
                if not part["learned"]:
                    del part["learned"]
        return json.dumps(values, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Model:
        """Read what `to_json` wrote.

        Raises:
            StoreError: Another version of the program wrote it, or it is damaged.
        """
        try:
            values = json.loads(text)
            kinds = {name: _kind(kind) for name, kind in values.pop("kinds").items()}
            return cls(kinds=kinds, **values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(
                "The store's model (table model) was written by another version of cleanse, or is "
                "damaged: it lacks something or holds what this version does not know.\n"
                "Run the version that wrote it, restore a backup, or start a new store."
            ) from error


def _kind(values: Mapping[str, Any]) -> KindModel:
    chances = ("m", "u", "related", "strangers")
    evidence = {
        name: Evidence(
            **{
                **one,
                **{key: tuple(one[key]) for key in chances},
                "learned": tuple(one.get("learned", ())),
            }
        )
        for name, one in values["evidence"].items()
    }
    return KindModel(**{**values, "evidence": evidence})


@dataclass(frozen=True, slots=True)
class Observed:
    """One comparison of many pairs: levels, and how many records bear the agreed values."""

    levels: npt.NDArray[np.int8]
    bearers: npt.NDArray[np.float32] | None = None
    """NaN where no value is agreed."""
    filled: int = 0
    """Records that have a value."""
    magnitude: npt.NDArray[np.int64] | None = None
    """Magnitude of the bearers where strangers are learned by it; -1 elsewhere."""
    agreeing: npt.NDArray[np.floating] | None = None
    """Pairs of all records that agree on a value, by magnitude of its bearers."""


def evidence_bits(
    one: Evidence, seen: Observed, records_each: float
) -> tuple[Floats, Floats]:
    """Return per pair the bits for a match and for a relation, both against strangers.

    A rare agreed value counts more than a common one: see `coincidence`. For names
    of companies, where a few are very common and most are unique, the part of the
    bearers who are strangers is learned per magnitude (`Evidence.strangers`).

    Args:
        one: What the comparison tells.
        seen: Levels, and the bearers of agreed values.
        records_each: Mean number of records per customer.
    """
    # By level, and last for a missing one; pairs that agree on a value are put right after.
    m, related = (np.log2(np.asarray([*each, 1.0])) for each in (one.m, one.related))
    u = np.asarray([*one.u, 1.0])
    is_apart = one.related != one.u
    bits = _clipped(m - np.log2(u), one.most)[seen.levels]
    near = _clipped(related - np.log2(u), one.most) * is_apart
    near = near[seen.levels]
    taught = np.asarray([*one.learned, 0.0])[seen.levels] if one.learned else 0.0
    if seen.bearers is None:
        return bits + taught, near
    known = np.flatnonzero(~np.isnan(seen.bearers) & (seen.levels >= 0))
    levels, bearers = seen.levels[known], seen.bearers[known]
    found = coincidence(bearers, u[levels], one.filled, records_each)
    if seen.magnitude is not None:
        sizes = seen.magnitude[known]
        part = np.asarray(one.strangers)[sizes]
        others = np.maximum(bearers - 1.0, 0.5) / max(one.filled - 1.0, 1.0)
        found = np.where(sizes >= 0, part * others, found)
    chance = np.log2(np.minimum(found, 1.0))
    agreed = m[levels]
    if seen.magnitude is not None and one.nested:
        # Strangers are counted at all levels that imply the agreement, so matches are too.
        above = np.log2(np.cumsum(np.asarray(one.m)[::-1])[::-1])
        agreed = np.where(sizes >= 0, above[levels], agreed)
    bits[known] = _clipped(agreed - chance, one.most)
    if is_apart:
        near[known] = _clipped(related[levels] - chance, one.most)
    return bits + taught, near


def _clipped(bits: Floats, most: float) -> Floats:
    return np.clip(bits, -most, most)


def coincidence(
    bearers: npt.NDArray[np.floating],
    u: float | Floats,
    filled: float,
    records_each: float,
) -> Floats:
    """Return the chance that a stranger bears a value that k of n customers bear.

    It is k / (n + 1/u), the predictive chance of a Dirichlet process (Ferguson,
    1973) whose draws coincide with chance u: a short list stays near u, a long one
    near k / n.

    >>> coincidence(np.array([2.0]), 0.001, 12, 1.0).round(4).tolist()
    [0.002]
    """
    customers = np.maximum(bearers / records_each, 1.0)
    found = customers / (filled / records_each + 1.0 / np.asarray(u))
    return np.asarray(found, dtype=np.float64)


def match_weights(
    model: KindModel, observed: Mapping[str, Observed], count: int
) -> tuple[Floats, dict[str, Floats]]:
    """Return the match weight of each pair, and the bits each comparison gave.

    The last part, ``related``, is what the pair loses because a relation would
    explain its agreements too; it is never above 0.
    """
    total, near = np.zeros(count), np.zeros(count)
    parts: dict[str, Floats] = {}
    for name, seen in observed.items():
        if name not in model.evidence:
            continue
        bits, relation = evidence_bits(model.evidence[name], seen, model.records_each)
        parts[name] = bits
        total += bits
        near += relation
    prior = np.log2(model.match_share) - np.log2(1 - model.match_share) + model.learned
    ratio = np.log2(model.related_share) + near
    parts["related"] = -np.logaddexp2(0.0, ratio)
    return total + prior + parts["related"], parts


def probability(weight: Floats) -> Floats:
    """Turn log2 odds into a probability.

    >>> probability(np.array([0.0, 3.0])).round(3).tolist()
    [0.5, 0.889]
    """
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(weight, -100, 100))))


def bands(weight: pl.Expr, model: Model) -> pl.Expr:
    """Return the band of a match weight."""
    return (
        pl.when(weight >= model.match_at)
        .then(pl.lit("match"))
        .when(weight >= model.review_at)
        .then(pl.lit("review"))
        .otherwise(pl.lit("no_match"))
    )


def score(compared: pl.DataFrame, model: Model, kind: str) -> pl.DataFrame:
    """Score compared pairs of one kind.

    Args:
        compared: record_id_l, record_id_r, blocking_rule, level_*, bearers_* and magnitude_*.
        model: The model in force.
        kind: "person" or "company".

    Returns:
        The scored_pair frame: level_* and weight_* per comparison, match_weight,
        match_probability, band; the bearers are gone.
    """
    names = [
        c.removeprefix("level_") for c in compared.columns if c.startswith("level_")
    ]
    evidence = model.kinds[kind].evidence
    observed = {
        name: _observed(compared, name, evidence[name].filled)
        for name in names
        if name in evidence
    }
    weights, parts = match_weights(model.kinds[kind], observed, compared.height)
    return (
        compared.drop(
            c for c in compared.columns if c.startswith(("bearers_", "magnitude_"))
        )
        .with_columns(
            *(
                pl.Series(f"weight_{name}", bits, pl.Float32)
                for name, bits in parts.items()
            ),
            match_weight=weights,
            match_probability=probability(weights),
        )
        .with_columns(band=bands(pl.col("match_weight"), model))
    )


def _observed(compared: pl.DataFrame, name: str, filled: float) -> Observed:
    def column(kind: str) -> Any:
        found = f"{kind}_{name}"
        return compared[found].to_numpy() if found in compared.columns else None

    return Observed(
        column("level"), column("bearers"), int(filled), column("magnitude")
    )
