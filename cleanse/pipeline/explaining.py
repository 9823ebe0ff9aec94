"""Why two records are one customer, or why they are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from cleanse.compare import compare, levels_of
from cleanse.errors import InputError
from cleanse.match import drop_shared_contacts
from cleanse.rulebook import Rulebook, load_rulebook
from cleanse.score import Model, score
from cleanse.warehouse import Known, open_published

SHOWN: Mapping[str, tuple[str, ...]] = {
    "given": ("given_name",),
    "family": ("family_name",),
    "order": ("name",),
    "pinyin": ("name",),
    "middle": ("middle_name",),
    "suffix": ("name_suffix",),
    "birth": ("birth_on",),
    "founded": ("founded_on",),
    "phone": ("phones",),
    "email": ("emails",),
    "address": ("house_number", "street"),
    "place": ("postcode", "city"),
    "employer": ("company",),
    "company": ("company_core",),
    "form": ("company_form",),
    "region": ("company_region",),
    "branch": ("company_branch",),
}
"""Columns that a comparison looks at; any other has the name of its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Two records side by side."""

    records: tuple[Mapping[str, Any], ...]
    """record_id, customer_id, source, file, row_number of each."""
    comparisons: tuple[Mapping[str, Any], ...]
    """comparison, left, right, level, weight (bits for, or against when negative)."""
    match_weight: float | None
    """log2 odds that they are one customer; None when they are not comparable."""
    match_probability: float | None
    band: str | None
    sentences: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "records": [dict(row) for row in self.records],
            "comparisons": [dict(row) for row in self.comparisons],
            "match_weight": self.match_weight,
            "match_probability": self.match_probability,
            "band": self.band,
            "sentences": list(self.sentences),
        }


def explain(store: Path, rules: Path | None, left: int, right: int) -> Explanation:
    """Compare two records under the model in force, as the run did.

    Raises:
        InputError: A record is unknown, no longer active, or both are one.
    """
    if left == right:
        raise InputError(f"record {left}: two different records are needed.")
    ids = sorted((left, right))
    with open_published(store) as db:
        known = Known(db)
        records, model = known.normalised, Model.from_json(str(known.model))
        owner = known.crosswalk.filter("is_active").select("record_id", "customer_id")
        found = known.pairs.filter(
            (pl.col("record_id_l") == ids[0]) & (pl.col("record_id_r") == ids[1])
        )
    pair = records.filter(pl.col("record_id").is_in(ids)).join(owner, on="record_id")
    sides = {row["record_id"]: row for row in pair.iter_rows(named=True)}
    for each in ids:
        if each not in sides:
            raise InputError(
                f"record {each}: not an active record of this store.\n"
                "cleanse customer ID shows the record numbers of a customer; table crosswalk holds all."
            )
    a, b = (sides[each] for each in (left, right))
    told = _scored(records, model, load_rulebook(rules), (a, b))
    return Explanation(
        records=tuple(_place(side) for side in (a, b)),
        comparisons=_comparisons(told, a, b),
        match_weight=told.get("match_weight"),
        match_probability=told.get("match_probability"),
        band=told.get("band"),
        sentences=_sentences(told, found, model, a, b),
    )


def _scored(
    records: pl.DataFrame,
    model: Model,
    rulebook: Rulebook,
    sides: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> dict[str, Any]:
    """Return levels, weights and band of the pair; empty when their kinds differ."""
    a, b = sides
    ids = sorted(side["record_id"] for side in sides)
    if a["kind"] != b["kind"] or a["kind"] not in model.kinds:
        return {}
    alike = drop_shared_contacts(
        records.filter(pl.col("kind") == a["kind"]), rulebook.matching.limit.shared
    )
    pairs = pl.DataFrame({"record_id_l": ids[:1], "record_id_r": ids[1:]})
    pairs = pairs.with_columns(blocking_rule=pl.lit("asked"))
    return score(compare(alike, pairs), model, a["kind"]).row(0, named=True)


def _comparisons(
    told: Mapping[str, Any], a: Mapping[str, Any], b: Mapping[str, Any]
) -> tuple[Mapping[str, Any], ...]:
    rows = [
        {
            "comparison": name,
            "left": _value(a, name),
            "right": _value(b, name),
            "level": levels_of(name)(level).name.lower(),
            "weight": round(float(told.get(f"weight_{name}") or 0.0), 2),
        }
        for column, level in told.items()
        if column.startswith("level_") and (name := column.removeprefix("level_"))
    ]
    filled = [row for row in rows if row["left"] or row["right"]]
    return tuple(sorted(filled, key=lambda row: -abs(row["weight"])))


def _value(side: Mapping[str, Any], comparison: str) -> str | None:
    values = [side.get(column) for column in SHOWN.get(comparison, (comparison,))]
    texts = [
        ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for value in values
        if value is not None
    ]
    return " ".join(texts) or None


def _place(side: Mapping[str, Any]) -> Mapping[str, Any]:
    names = "record_id customer_id name source source_key file sheet row_number"
    return {name: side[name] for name in names.split()}


def _sentences(
    told: Mapping[str, Any],
    found: pl.DataFrame,
    model: Model,
    a: Mapping[str, Any],
    b: Mapping[str, Any],
) -> tuple[str, ...]:
    """Say the outcome, how the pair was found, and what decided."""
    if not told:
        return (f"Never compared: one is a {a['kind']}, the other a {b['kind']}.",)
    weight, chance = told["match_weight"], told["match_probability"]
    summed = sum(v or 0.0 for k, v in told.items() if f"level_{k[7:]}" in told)
    lines = [
        (
            f"The comparisons add up to {summed:.1f}; {weight - summed:+.1f} for how rare a match is at all, "
            "and for what relatives share."
        ),
        (
            f"Match weight {weight:.1f} (match from {model.match_at:g}, review from {model.review_at:g}): "
            f"probability {chance:.1%}, band {told['band']}."
        ),
    ]
    if found.height:
        lines.append(f"Found by the blocking rule {found['blocking_rule'][0]!r}.")
    elif weight >= model.keep_at:
        lines.append("No blocking rule put them side by side; compared now.")
    else:
        lines.append(
            "Not kept: below what is worth keeping, or no blocking rule put them side by side."
        )
    together = a["customer_id"] == b["customer_id"]
    lines.append(
        f"They are {'one customer, ' + a['customer_id'] if together else 'two customers: ' + a['customer_id'] + ' and ' + b['customer_id']}."
    )
    if together and told["band"] != "match":
        lines.append(
            "The pair alone would not do: other records of this customer link them."
        )
    if not together and told["band"] == "match":
        lines.append("The pair alone would do: other records of the two contradict it.")
    return tuple(lines)
