"""What each comparison says of two records: values, frequency, level and bits, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cleanse.compare import kind_of, levels_of
from cleanse.pipeline.balance import SETTLED
from cleanse.pipeline.explaining_words import Sentence, Words, say
from cleanse.rulebook import Rulebook
from cleanse.score import Model
from cleanse.warehouse.evidence import Evidence

SHOWN: Mapping[str, tuple[str, ...]] = {
    "given": ("given_name",),
    "family": ("family_name",),
    "order": ("name",),
    "pinyin": ("name",),
    "script": ("name",),
    "middle": ("middle_name",),
    "suffix": ("name_suffix",),
    "birth": ("birth_on",),
    "founded": ("founded_on",),
    "phone": ("phones",),
    "email": ("emails",),
    "address": ("house_number", "street", "unit"),
    "place": ("postcode", "city"),
    "employer": ("company",),
    "company": ("company_core",),
    "form": ("company_form",),
    "region": ("company_region",),
    "branch": ("company_branch",),
}
"""Columns that a comparison looks at; any other has the name of its column."""

COUNTED: Mapping[str, tuple[str, ...]] = {
    "given": ("given_compare",),
    "family": ("family_compare",),
    "middle": ("middle_compare",),
    "address": ("house_number", "street_compare"),
    "place": ("postcode_compare",),
    "employer": ("company_core",),
}
"""Columns whose agreed values are counted, where they are not those shown."""
UNCOUNTED = frozenset(
    {"order", "pinyin", "script", "gender", "suffix", "form", "source"}
)
"""Comparisons for which no frequency says anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records and all that is known of them."""

    left: Mapping[str, Any]
    right: Mapping[str, Any]
    told: Mapping[str, Any]
    """``level_*``, ``weight_*``, match_weight …; empty when their kinds differ."""
    blocking: tuple[Mapping[str, Any], ...]
    model: Model
    rulebook: Rulebook
    words: Words
    decided: tuple[Sentence, ...] = ()
    """What stewards have decided of them."""

    @property
    def is_kept(self) -> bool:
        """The newest run kept the pair."""
        return bool(self.told.get("blocking_rule"))


def compared_fields(pair: Pair, evidence: Evidence) -> tuple[Mapping[str, Any], ...]:
    """Return a row per comparison in which a side has a value, the weightiest first.

    Args:
        pair: The two records.
        evidence: Counts how many records bear an agreed value.
    """
    rows = [
        row
        for column, level in pair.told.items()
        if column.startswith("level_") and level is not None
        if (row := _compared(pair, evidence, column.removeprefix("level_"), level))
    ]
    return tuple(sorted(rows, key=lambda row: -abs(row["weight"])))


def _compared(
    pair: Pair, evidence: Evidence, name: str, level: int
) -> dict[str, Any] | None:
    """Say one comparison; None where a side has nothing."""
    left, right = (value_of(side, name) for side in (pair.left, pair.right))
    bits = float(pair.told.get(f"weight_{name}") or 0.0)
    if not (left or right) or (level < 0 and name in SETTLED):
        return None
    agreed = _agreed(pair, name)
    count = evidence.count(agreed, pair.left["kind"]) if agreed else None
    said = _sentence(pair, name, level, bits, count)
    return {
        "comparison": name,
        "left": left,
        "right": right,
        "level": levels_of(name)(level).name.lower(),
        "weight": round(bits, 2),
        "frequency": count,
        "sentence": said and said.english,
        "sentence_zh": said and said.chinese,
    }


def _sentence(
    pair: Pair, name: str, level: int, bits: float, count: int | None
) -> Sentence | None:
    values = _both(pair, name)
    if level < 0:
        shared = name in {"phone", "email"} and _agreed(pair, name)
        limit, noun = pair.rulebook.matching.limit.shared, pair.words.noun(name)
        return say("shared", noun=noun, values=values, limit=limit) if shared else None
    frequency = Sentence("", "")
    if count is not None:
        only_two = count <= 2  # noqa: PLR2004 - the pair itself
        frequency = say("only_two") if only_two else say("several", count=count)
    return say(
        "evidence",
        level=pair.words.level(name, kind_of(name), levels_of(name)(level).name),
        values=values,
        frequency=frequency,
        strength=pair.words.strength(bits),
        bits=bits,
    )


def _agreed(pair: Pair, name: str) -> dict[str, Any]:
    """Return the columns and values that both sides share, as they are counted."""
    if name in UNCOUNTED:
        return {}
    found = {}
    for column in COUNTED.get(name, SHOWN.get(name, (name,))):
        one, two = pair.left.get(column), pair.right.get(column)
        if isinstance(one, list) and isinstance(two, list):
            one = two = next((value for value in one if value in two), None)
        if one != two:
            return {}
        if one is not None:
            found[column] = one
    return found


def _both(pair: Pair, name: str) -> str:
    """Show the shared value, or both, after a space; nothing where the level says it all."""
    if name in SETTLED - {"pinyin", "script"}:
        return ""
    agreed = _agreed(pair, name)
    shown = SHOWN.get(name, (name,))
    if len(agreed) == 1 and set(agreed) <= set(shown):
        return f" {next(iter(agreed.values()))}"
    left, right = (value_of(side, name) or "–" for side in (pair.left, pair.right))
    return f" {left}" if left == right else f" {left} / {right}"


def value_of(side: Mapping[str, Any], comparison: str) -> str | None:
    """Show what a comparison looks at of one record; None where it has nothing."""
    values = [side.get(column) for column in SHOWN.get(comparison, (comparison,))]
    texts = [
        ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for value in values
        if value is not None
    ]
    return " ".join(texts) or None
