"""Learn: what labelled pairs teach a model that was estimated without any.

The chances m and u of the estimate stay; labels add bits to levels, and to every
pair of a kind. Labels rarely are a fair sample: stewards judge the unsure pairs,
and how often two records of one customer differ in a name cannot be counted among
pairs chosen for being unsure. How likely a match is *given* the levels can, so the
added bits are those of a logistic regression on top of the match weight, the most
likely ones given the labels and two beliefs: that each is small, and that the model
was right of `BELIEVED` pairs drawn from the list (a catalytic prior: Huang, Stein,
Rubin and Kou, PNAS 2020). A few labels so move little. A label may be a slip: one
that speaks far against the evidence says less.

Before anything is learned, labels held out in turn must be told better with what the
others teach than without, by more than the standard error of that gain (the rule of
Breiman, Friedman, Olshen and Stone, 1984); else the model stays as it is.

Decided 2026-11: counting labelled pairs in the expectation step instead, as further
evidence for m, would learn from the stewards' choice of pairs what they did not say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.block.keys import mix
from cleanse.compare import levels_of
from cleanse.match import parts_of
from cleanse.match.lecture import Lecture, Levels, ids_of, lecture_of
from cleanse.rulebook.matching import MatchRules
from cleanse.score import Evidence, KindModel, Model

Floats = npt.NDArray[np.float64]

LABEL = pl.Schema(
    {"record_id_l": pl.Int64, "record_id_r": pl.Int64, "is_match": pl.Boolean}
)
"""One row per labelled pair, record_id_l < record_id_r."""
FIGURE = pl.Schema(
    {
        "kind": pl.String,
        "labels": pl.Int64,
        "matches": pl.Int64,
        "precision_without": pl.Float64,
        "precision_with": pl.Float64,
        "recall_without": pl.Float64,
        "recall_with": pl.Float64,
        "wrong_without": pl.Int64,
        "wrong_with": pl.Int64,
        "loss_without": pl.Float64,
        "loss_with": pl.Float64,
        "gain_error": pl.Float64,
        "is_learned": pl.Boolean,
    }
)
"""One row per kind that has labels: how the labels held out are told with and without what
the others teach; loss in bits per label, gain_error the standard error of its difference."""
MOVED = pl.Schema(
    {
        "kind": pl.String,
        "comparison": pl.String,
        "level": pl.String,
        "matches": pl.Int64,
        "no_matches": pl.Int64,
        "bits_before": pl.Float64,
        "bits_after": pl.Float64,
    }
)
"""One row per kind, comparison and level whose bits differ from those of the model in force;
comparison "every pair" for what is added to each. Bits of a level are those of a value of
no particular frequency."""

BELIEVED = 200.0
"""Pairs of evidence that the model without labels is worth."""
SMALL = 1.0
"""Bits that a label-learned correction of a level is believed to have (standard deviation)."""
SMALL_OF_ALL = 0.5
"""The same for what is added to every pair: how many pairs of each answer were labelled is
the choice of whoever labelled them."""
SLIP = 0.03
"""Share of labels that say nothing: a slip of the hand."""
SURE = 10.0
"""Bits beyond which the model is no surer for learning."""
WORTH = 0.002
"""Bits per label that a lesson has to gain at least."""
PARTS = 5
"""Parts that the labels are held out in."""
ROUNDS, STILL = 40, 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What labels taught."""

    model: Model
    figures: pl.DataFrame
    """The frame `FIGURE`."""
    moved: pl.DataFrame
    """The frame `MOVED`."""
    used: pl.DataFrame
    """The frame `LABEL`: the labels learned from; both records are there and of one kind."""


def learn(
    records: pl.DataFrame,
    rules: MatchRules,
    model: Model,
    frequencies: pl.DataFrame,
    labels: pl.DataFrame,
) -> Lesson:
    """Learn from labels.

    Deterministic, and independent of the order of rows and of earlier lessons: what
    labels added to `model` before is forgotten first. Of very many labels some are drawn.

    Args:
        records: The normalised record frame with record_id and kind.
        rules: rules/matching.toml.
        model: The model in force, or one estimated anew.
        frequencies: The frame MODEL_FREQUENCY that belongs to it.
        labels: The frame `LABEL`, each pair once.
    """
    lessons = [
        _learn_kind(lecture_of(kind, part, rules, model, frequencies, labels), model)
        for kind, part in parts_of(records, rules)[1].items()
        if kind in model.kinds
    ]
    kinds = {lesson.kind: lesson.model for lesson in lessons}
    return Lesson(
        model=replace(model, kinds={**model.kinds, **kinds}),
        figures=pl.concat([FIGURE.to_frame(), *(each.figures for each in lessons)]),
        moved=pl.concat([MOVED.to_frame(), *(each.moved for each in lessons)]),
        used=pl.concat([LABEL.to_frame(), *(each.used for each in lessons)]).sort(
            pl.all()
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _KindLesson:
    kind: str
    model: KindModel
    figures: pl.DataFrame
    moved: pl.DataFrame
    used: pl.DataFrame


def _learn_kind(lecture: Lecture, model: Model) -> _KindLesson:
    is_match = lecture.labels["is_match"].to_numpy().astype(float)
    figures = _held_out(lecture, is_match, model)
    taught = lecture.plain
    if figures.height and figures["is_learned"][0]:
        everything = np.ones(len(is_match), dtype=np.bool_)
        taught = _with(taught, lecture.levels, _fitted(lecture, is_match, everything))
    before = model.kinds[lecture.kind]
    return _KindLesson(
        kind=lecture.kind,
        model=taught,
        figures=figures,
        moved=_moved(lecture, before, taught, is_match),
        used=lecture.labels.select(LABEL.names()),
    )


def _with(model: KindModel, levels: Levels, bits: Floats) -> KindModel:
    """Give a model the bits that labels add: first those of every pair, then by level."""
    evidence = dict(model.evidence)
    for name, one in model.evidence.items():
        own = [bits[at] for at, (n, _) in enumerate(levels, 1) if n == name]
        evidence[name] = replace(one, learned=tuple(np.round(own, 6).tolist()))
    return replace(model, evidence=evidence, learned=round(float(bits[0]), 6))


def _fitted(lecture: Lecture, is_match: Floats, of: npt.NDArray[np.bool_]) -> Floats:
    """Return the bits that some of the labels add."""
    told, drawn = lecture.told, lecture.drawn
    believed = np.full(len(drawn.weight), BELIEVED / max(1, len(drawn.weight)))
    small = np.full(told.shown.shape[1], SMALL)
    small[0] = SMALL_OF_ALL
    return _most_likely(
        weight=np.concatenate([told.weight[of], drawn.weight]),
        shown=np.vstack([told.shown[of], drawn.shown]),
        answer=np.concatenate([is_match[of], _chance(drawn.weight)]),
        counts=np.concatenate([np.ones(int(of.sum())), believed]),
        small=small,
    )


def _chance(weight: Floats) -> Floats:
    """Return the chance that a label says match, given the match weight in bits."""
    chance = 1.0 / (1.0 + np.exp2(-np.clip(weight, -50.0, 50.0)))
    return (1.0 - SLIP) * chance + SLIP / 2


def _most_likely(
    *, weight: Floats, shown: Floats, answer: Floats, counts: Floats, small: Floats
) -> Floats:
    """Return the bits per column of `shown` that make the answers most likely.

    Fisher scoring; the chance that two answers agree with the evidence follows `_chance`.

    Args:
        weight: Match weight per pair.
        shown: Per pair, the levels that it has.
        answer: Per pair, the chance that it is a match.
        counts: What each pair counts.
        small: Standard deviation of each column's bits, as believed.
    """
    weight = np.clip(weight, -SURE, SURE)
    tight = 1.0 / small**2
    bits = np.zeros(shown.shape[1])
    for _ in range(ROUNDS):
        chance = _chance(weight + shown @ bits)
        plain = (chance - SLIP / 2) / (1.0 - SLIP)
        slope = (1.0 - SLIP) * plain * (1.0 - plain) * np.log(2.0)
        spread = chance * (1.0 - chance)
        pull = shown.T @ (counts * (answer - chance) * slope / spread) - tight * bits
        held = (shown * (counts * slope**2 / spread)[:, None]).T @ shown
        step = np.linalg.solve(held + np.diag(tight), pull)
        bits = bits + step
        if np.abs(step).max() < STILL:
            break
    return bits


def _held_out(lecture: Lecture, is_match: Floats, model: Model) -> pl.DataFrame:
    """Tell each label by what the labels of other records teach, and without them."""
    count = len(is_match)
    if not count:
        return FIGURE.to_frame()
    part = mix(ids_of(lecture.labels)[0].astype(np.uint64)) % np.uint64(PARTS)
    without = lecture.told.weight
    told = without.copy()
    for each in np.unique(part):
        out = part == each
        bits = _fitted(lecture, is_match, ~out)
        told[out] = without[out] + lecture.told.shown[out] @ bits
    gain = _loss(without, is_match) - _loss(told, is_match)
    error = float(gain.std(ddof=1) / np.sqrt(count)) if count > 1 else np.inf
    row = {
        "kind": lecture.kind,
        "labels": count,
        "matches": int(is_match.sum()),
        "gain_error": error,
        "is_learned": bool(gain.mean() > max(error, WORTH)),
    }
    for name, weight in (("without", without), ("with", told)):
        row |= {f"{k}_{name}": v for k, v in _told(weight, is_match, model).items()}
    return pl.DataFrame([row]).select(
        pl.col(name).cast(kind) for name, kind in FIGURE.items()
    )


def _loss(weight: Floats, is_match: Floats) -> Floats:
    """Return the bits of surprise at each label."""
    chance = _chance(weight)
    return -np.log2(np.where(is_match > 0, chance, 1.0 - chance))


def _told(weight: Floats, is_match: Floats, model: Model) -> dict[str, object]:
    is_said = weight >= model.match_at
    right = float((is_said & (is_match > 0)).sum())
    return {
        "precision": right / is_said.sum() if is_said.any() else None,
        "recall": right / is_match.sum() if is_match.any() else None,
        "wrong": int((is_said != (is_match > 0)).sum()),
        "loss": float(_loss(weight, is_match).mean()),
    }


def _moved(
    lecture: Lecture, before: KindModel, after: KindModel, is_match: Floats
) -> pl.DataFrame:
    """List the bits that differ from those of the model in force."""
    shown = lecture.told.shown > 0
    rows = []
    for at, (name, level) in enumerate([("every pair", -1), *lecture.levels]):
        was, now = (
            _bits_of_level(each.evidence.get(name), level) if at else each.learned
            for each in (before, after)
        )
        if was == now:
            continue
        answers = is_match[shown[:, at]]
        rows.append(
            {
                "kind": lecture.kind,
                "comparison": name,
                "level": _level_name(name, level) if at else None,
                "matches": int(answers.sum()),
                "no_matches": int(len(answers) - answers.sum()),
                "bits_before": was,
                "bits_after": now,
            }
        )
    return pl.DataFrame(rows, schema=MOVED)


def _bits_of_level(one: Evidence | None, level: int) -> float | None:
    if one is None or level >= len(one.m):
        return None
    bits = np.clip(np.log2(one.m[level] / one.u[level]), -one.most, one.most)
    return round(float(bits) + (one.learned[level] if one.learned else 0.0), 6)


def _level_name(comparison: str, level: int) -> str:
    shown = sorted(each for each in levels_of(comparison) if each >= 0)
    return str(shown[level].name)
