"""Estimate the model of a list without labels.

u comes from random pairs, m and the shares of matches and relations from
expectation maximisation (Dempster, Laird and Rubin, 1977) over candidate pairs;
both start from, and are held by, the shipped beliefs in rules/matching.toml, so
that 12 rows follow the beliefs and 12 million rows follow the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cleanse.rulebook.matching import ComparisonRule, LevelRule, MatchRules
from cleanse.score import Evidence, KindModel, Observed, coincidence, evidence_bits

Floats = npt.NDArray[np.float64]
ROUNDS = 25
STILL = 1e-3
"""Change of the share of matches, relative, at which the estimate stands."""
UNTOLD = LevelRule(m=1e-4, u=1e-4)
"""Belief about a level that the rules do not name: it tells nothing."""
RANDOM_STRENGTH = 2000.0
"""Random pairs of evidence that the shipped u values are worth, at least."""
COINCIDENCES = 5.0
"""Coincidences that the shipped u of a level is worth, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a model is estimated on."""

    records: int
    """Records of the list."""
    candidates: Mapping[str, Observed]
    """Comparisons of a sample of the candidate pairs."""
    candidate_share: float
    """Share of all candidate pairs that the sample holds."""
    candidate_count: int
    random: Mapping[str, Floats]
    """By comparison, how many random pairs have each level."""
    random_count: int

    def pairs(self) -> float:
        """Return the number of pairs that the list has in all."""
        return max(1.0, self.records * (self.records - 1) / 2)


def believed(rule: ComparisonRule, levels: tuple[str, ...]) -> Evidence:
    """Turn the shipped belief about a comparison into evidence, chances adding to 1."""
    shown = [rule.levels.get(name, UNTOLD) for name in levels]
    m = np.asarray([level.m for level in shown])
    u = np.asarray([level.u for level in shown])
    related = np.asarray([level.related or level.u for level in shown])
    return Evidence(
        m=tuple((m / m.sum()).tolist()),
        u=tuple((u / u.sum()).tolist()),
        related=tuple((related / related.sum()).tolist()),
        fixed_u=rule.fixed_u,
        fixed=rule.fixed,
        fixed_related=rule.fixed_related,
        nested=rule.nested,
        most=rule.most,
    )


def estimate_kind(
    sample: Sample, beliefs: Mapping[str, Evidence], rules: MatchRules
) -> KindModel:
    """Estimate the model of one kind of customer.

    Args:
        sample: Candidate and random pairs of the list.
        beliefs: The shipped belief about each comparison of the list.
        rules: Priors and their strength.
    """
    prior = rules.prior
    pairs = sample.pairs()
    model = KindModel(
        match_share=min(0.4, prior.duplicates * sample.records / 2 / pairs),
        related_share=min(0.4, prior.relatives * sample.records / 2 / pairs),
        records_each=1.0,
        evidence={
            name: replace(one, filled=float(sample.candidates[name].filled))
            for name, one in beliefs.items()
        },
    )
    model = replace(model, evidence=_with_strangers(model, beliefs, sample, None))
    for _ in range(ROUNDS if sample.candidate_count else 0):
        before = model.match_share
        told = _told(model, sample)
        model = _maximised(model, beliefs, sample, told, rules)
        if abs(model.match_share - before) < STILL * before:
            break
    return model


IDENTIFIED = 3
"""Comparisons that it takes to tell the classes of a mixture apart by the data alone (J. B.
Kruskal, 1977). A list of names has two: left to itself it would learn that everybody who
shares a given name is one customer, whatever the family name. With one alone there is no
other that it could give way to."""
WRITTEN = frozenset({"order", "pinyin", "script", "alias"})
"""Comparisons that look at the name again."""


def _is_identified(sample: Sample, beliefs: Mapping[str, Evidence]) -> bool:
    """Say whether the list holds enough that m can be learned from it."""
    names = [n for n, one in beliefs.items() if n not in WRITTEN and not one.fixed]
    shown = [n for n in names if (sample.candidates[n].levels >= 0).any()]
    return len(shown) >= IDENTIFIED or len(shown) == 1


def match_chances(model: KindModel, sample: Sample) -> tuple[Floats, Floats]:
    """Return per candidate pair the chance of a match and of a relation."""
    return _chances(model, _told(model, sample))


def _told(model: KindModel, sample: Sample) -> dict[str, tuple[Floats, Floats]]:
    """Return by comparison the bits for a match and for a relation."""
    return {
        name: evidence_bits(model.evidence[name], seen, model.records_each)
        for name, seen in sample.candidates.items()
    }


def _chances(
    model: KindModel, told: Mapping[str, tuple[Floats, Floats]]
) -> tuple[Floats, Floats]:
    match = np.log2(model.match_share) + sum(bits for bits, _ in told.values())
    related = np.log2(model.related_share) + sum(near for _, near in told.values())
    total = np.logaddexp2(np.logaddexp2(match, related), 0.0)
    return np.exp2(match - total), np.exp2(related - total)


TELLING = 2.0
"""Bits for a match rather than a relation from which a comparison, at its best, is believed
to tell a customer from a household: a given name does, an address does not."""
VOUCHED = 3.0
"""Bits for a match rather than a relation by which other comparisons vouch for a pair."""


def _tells(belief: Evidence) -> bool:
    best = np.log2(np.asarray(belief.m) / np.asarray(belief.related)).max()
    return bool(best >= TELLING)


def _vouched(
    told: Mapping[str, tuple[Floats, Floats]], beliefs: Mapping[str, Evidence]
) -> dict[str, npt.NDArray[np.bool_]]:
    """Return by comparison which pairs the others hold for one customer, not a household.

    How often two records of one customer disagree in a name or a birth date cannot be
    learned from pairs which only an address and a telephone speak for: those are what
    a household shares, and counting them teaches that a match may have any name.
    """
    own = {
        name: bits - near if _tells(beliefs[name]) else np.zeros_like(bits)
        for name, (bits, near) in told.items()
    }
    whole = sum(own.values())
    return {name: whole - bits >= VOUCHED for name, bits in own.items()}


def _maximised(
    model: KindModel,
    beliefs: Mapping[str, Evidence],
    sample: Sample,
    told: Mapping[str, tuple[Floats, Floats]],
    rules: MatchRules,
) -> KindModel:
    match, related = _chances(model, told)
    vouched = _vouched(told, beliefs)
    strength = rules.prior.strength
    is_identified = _is_identified(sample, beliefs)
    evidence = {}
    for name, seen in sample.candidates.items():
        belief = beliefs[name]
        if belief.fixed or not is_identified:
            evidence[name] = model.evidence[name]
            continue
        m = _m(seen, match, match * vouched[name], belief, strength)
        evidence[name] = replace(
            model.evidence[name],
            m=m,
            related=_related(
                seen, related, belief, m, model.evidence[name].u, strength * 5
            ),
        )
    share = _share_of(match, rules.prior.duplicates, sample, rules)
    model = replace(
        model,
        match_share=share,
        records_each=1.0 + share * (sample.records - 1),
        related_share=_share_of(related, rules.prior.relatives, sample, rules),
        evidence=evidence,
    )
    together = match + related
    model = replace(model, evidence=_with_u(model, beliefs, sample, together))
    return replace(model, evidence=_with_strangers(model, beliefs, sample, together))


def _m(
    seen: Observed,
    match: Floats,
    vouched: Floats,
    belief: Evidence,
    strength: float,
) -> tuple[float, ...]:
    """Learn how matches agree from all of them, and how they disagree from the vouched.

    What vouches for a pair leaves this comparison out, so that it favours no level.
    """
    shares = np.asarray(_shares(seen, match, belief.m, strength))
    surely = np.asarray(_shares(seen, vouched, belief.m, strength))
    against = np.log2(np.asarray(belief.m) / np.asarray(belief.related)) < -TELLING
    rest = (1.0 - surely[against].sum()) / shares[~against].sum()
    return tuple(np.where(against, surely, shares * rest).tolist())


def _shares(
    seen: Observed, weights: Floats, belief: tuple[float, ...], strength: float
) -> tuple[float, ...]:
    """Return the share of each level among pairs weighted by `weights`, held by the belief."""
    counts = level_counts(seen, weights, len(belief))
    held = counts + strength * np.asarray(belief)
    return tuple((held / held.sum()).tolist())


def _related(
    seen: Observed,
    weights: Floats,
    belief: Evidence,
    m: tuple[float, ...],
    u: tuple[float, ...],
    strength: float,
) -> tuple[float, ...]:
    """Learn how relations agree, held by the belief as it stands beside the learned m and u.

    What a household shares is written as well or badly as what one customer has, and what
    it does not share is as often alike as between strangers: a list without postcodes has
    none for either, and one without initials no two people of one home with the same.
    """
    if belief.related == belief.u or belief.fixed_related:
        return belief.related
    held = _as_believed(belief, m, u)
    return _shares(seen, weights, held, strength)


def _as_believed(
    belief: Evidence, m: tuple[float, ...], u: tuple[float, ...]
) -> tuple[float, ...]:
    """Say what the belief about relations means where m and u are others than believed.

    Relations agree like one customer in a part of the cases and like strangers in the
    rest: the family name mostly the one, the given name mostly the other. That part is
    what the belief says of the best level; how far the belief is from such a mixture
    at the other levels stays.
    """
    believed_m, believed_u = np.asarray(belief.m), np.asarray(belief.u)
    related = np.asarray(belief.related)
    best = int(np.argmax(believed_m))
    part = (related[best] - believed_u[best]) / (believed_m[best] - believed_u[best])
    part = min(max(part, 0.0), 1.0)
    factor = related / (part * believed_m + (1 - part) * believed_u)
    follows = factor * (part * np.asarray(m) + (1 - part) * np.asarray(u))
    return tuple((follows / follows.sum()).tolist())


def level_counts(seen: Observed, weights: Floats | None, size: int) -> Floats:
    """Count the pairs at each level, level 0 first; a pair may count in part."""
    counts = np.bincount(seen.levels + 1, weights=weights, minlength=size + 1)
    return counts[1:].astype(np.float64)


def _share_of(
    chances: Floats, per_record: float, sample: Sample, rules: MatchRules
) -> float:
    """Return the share among all pairs: found in the candidates, held by the prior."""
    found = float(chances.sum()) / sample.candidate_share
    believed_count = per_record * sample.records / 2
    held = rules.prior.strength / (rules.prior.strength + sample.records)
    count = found * (1 - held) + believed_count * held
    return float(min(0.4, max(count, 0.5) / sample.pairs()))


def _with_u(
    model: KindModel,
    beliefs: Mapping[str, Evidence],
    sample: Sample,
    match: Floats | None,
) -> dict[str, Evidence]:
    """Estimate u: levels of random pairs, less the matches among them."""
    evidence = {}
    for name, one in model.evidence.items():
        if one.fixed_u:
            evidence[name] = one
            continue
        belief = beliefs[name]
        counts = sample.random[name]
        if match is not None:
            scale = sample.random_count / sample.pairs() / sample.candidate_share
            matched = (
                level_counts(sample.candidates[name], match, len(belief.u)) * scale
            )
            counts = np.maximum(counts - matched, 0.0)
        u = _held_u(counts, np.asarray(belief.u))
        same = belief.related == belief.u
        evidence[name] = replace(one, u=u, related=u if same else one.related)
    return evidence


def _held_u(counts: Floats, believed_u: Floats) -> tuple[float, ...]:
    """Hold the shares of levels among random pairs by the belief, level by level.

    The mean of a Gamma posterior (Poisson counts): a level that is believed to be rare is
    believed so until `COINCIDENCES` have been seen. Else a list of nothing but telephones,
    each borne twice, would teach that strangers share one.
    """
    shape = np.maximum(RANDOM_STRENGTH * believed_u, COINCIDENCES)
    rate = counts.sum() + shape / believed_u
    held = (counts + shape) / rate
    return tuple((held / held.sum()).tolist())


STRANGER_STRENGTH = 2000.0
"""Agreeing pairs of evidence that the shipped u is worth for value frequencies."""


def _with_strangers(
    model: KindModel,
    beliefs: Mapping[str, Evidence],
    sample: Sample,
    known: Floats | None,
) -> dict[str, Evidence]:
    """Learn which part of the pairs that agree on a value are strangers.

    All agreeing pairs of a magnitude are counted from the values themselves; less
    those that are matches or relations, as far as the candidates show them.
    """
    evidence = dict(model.evidence)
    for name, one in model.evidence.items():
        seen = sample.candidates[name]
        if seen.agreeing is None or seen.magnitude is None:
            continue
        sizes = 1.5 * np.exp2(np.arange(len(seen.agreeing)))
        u = beliefs[name].u[-1]
        shipped = coincidence(sizes, u, one.filled, model.records_each)
        shipped *= max(one.filled - 1.0, 1.0) / np.maximum(sizes - 1.0, 0.5)
        strangers = seen.agreeing
        if known is not None:
            found = np.bincount(seen.magnitude + 1, known, minlength=len(sizes) + 1)[1:]
            strangers = np.maximum(strangers - found / sample.candidate_share, 0.0)
        else:
            strangers = strangers * np.minimum(shipped, 1.0)
        held = strangers + STRANGER_STRENGTH * np.minimum(shipped, 1.0)
        part = held / (seen.agreeing + STRANGER_STRENGTH)
        evidence[name] = replace(one, strangers=tuple(part.tolist()))
    return evidence
