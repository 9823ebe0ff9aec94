"""Put the surviving values together: golden_record, and golden_choice that says why each was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from cleanse.merge.fields import PRECISION, address_candidates, candidates, field_type
from cleanse.merge.groups import follow, followers, survive_together
from cleanse.merge.pins import PINNED, with_pins
from cleanse.merge.survive import survive
from cleanse.merge.totals import TOTAL_FIELDS, choose_totals
from cleanse.merge.unite import unite, unite_extra
from cleanse.merge.vote import Weighing
from cleanse.rulebook.survivorship import EXTRA_FIELD, Strategy, SurvivorshipRules
from cleanse.schema import ADDRESS_FIELDS, EXTRA, FIELDS

GOLDEN_CHOICE: Final = pl.Schema(
    {
        "customer_id": pl.String(),
        "field": pl.Categorical(),
        "value": pl.String(),
        "origin": pl.Categorical(),
        "rule": pl.Categorical(),
        "record_ids": pl.List(pl.Int64()),
        "source": pl.Categorical(),
        "runner_up": pl.String(),
        "confidence": pl.Float32(),
    }
)
"""One row per filled field of the customers of several records, and per pinned one of the others:
of all else there was nothing to choose. Fields of `extra` are ``extra.<heading>``.

``confidence`` is the share of all votes (see `WeightedRule`) that records with the value
have, 0 to 1; null for totals, which are not a matter of votes."""

_FOLLOWING: Final = frozenset(
    (*ADDRESS_FIELDS, "given_name", "middle_name", "family_name", "source")
) - {"address"}


def choose_values(
    members: pl.DataFrame, rules: SurvivorshipRules
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Choose every field of every customer.

    Yields:
        Field and cells: customer_id, value (typed), origin, rule, record_ids,
        source, runner_up, confidence; in the order of FIELDS, followers after their
        leader, then the groups of the user's own.
    """
    yield from choose_totals(members)
    elsewhere = {*_FOLLOWING, *TOTAL_FIELDS, *rules.grouped}
    for field in FIELDS:
        if field in elsewhere:
            continue
        if field == "address":
            yield from _address(members, rules)
        elif field in members.columns:
            yield from _one(members, field, rules)
    for name in rules.group:
        for part, cells in survive_together(members, name, rules):
            yield part, _from_record(cells)


def _one(
    members: pl.DataFrame, field: str, rules: SurvivorshipRules
) -> Iterator[tuple[str, pl.DataFrame]]:
    if Strategy.UNITE in rules.chain(field):
        yield field, unite(members, field)
        return
    found, weighing = candidates(members, field, rules), Weighing.of(field, rules)
    chosen = survive(found, chain_of(field, rules), weighing=weighing)
    yield field, _from_record(chosen)
    for part, cells in follow(members, chosen, followers(members, field)):
        yield part, _from_record(cells)


def chain_of(field: str, rules: SurvivorshipRules) -> tuple[Strategy, ...]:
    """Return by what a field or group is chosen: its rules, behind what no rule may change."""
    chain = rules.chain(field)
    # The customer's own name: of a person not that of the company, if both are members.
    return (Strategy.VALID, *chain) if field == "name" else chain


def _address(
    members: pl.DataFrame, rules: SurvivorshipRules
) -> Iterator[tuple[str, pl.DataFrame]]:
    parts = followers(members, "address")
    if not parts:
        return
    found, weighing = address_candidates(members, rules), Weighing.of("address", rules)
    chosen = survive(found, rules.chain("address"), weighing=weighing)
    for part, cells in follow(members, chosen, parts):
        yield part, _from_record(cells)


def _from_record(chosen: pl.DataFrame) -> pl.DataFrame:
    return chosen.with_columns(pl.lit("record").alias("origin"))


def build_golden(
    members: pl.DataFrame, rules: SurvivorshipRules, pins: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Build golden_record (without confidence) and golden_choice; for the pins see `with_pins`.

    Returns:
        customer_id, kind, every standard field, extra, record_count, source_count,
        sorted by customer_id; and schema GOLDEN_CHOICE, field by field, in each by customer.
    """
    # Numbers are joined and grouped several times faster than names.
    names, members = members["customer_id"], _numbered(members)
    names = names.filter(members["customer_id"].is_first_distinct())
    golden = members.group_by("customer_id", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("record_count"),
        pl.col("source").n_unique().cast(pl.Int64).alias("source_count"),
    )
    several, cells, grouped = golden["record_count"] > 1, [], []
    for field, chosen in with_pins(choose_values(members, rules), members, pins):
        named = chosen.with_columns(pl.lit(field).alias("field"))
        if field.startswith(EXTRA_FIELD):
            grouped.append(named)
            continue
        golden = golden.with_columns(_beside(golden, chosen, "value").alias(field))
        cells.append(_as_cells(named, several))
    if "extra" in members.columns:
        extra, chosen = unite_extra(members, rules, grouped)
        golden = golden.with_columns(_beside(golden, extra, "extra"))
        cells.append(_as_cells(_from_record(chosen), several))
    return (
        _complete(golden.with_columns(names.gather(golden["customer_id"]))),
        _all_cells(cells, names),
    )


def _beside(golden: pl.DataFrame, chosen: pl.DataFrame, column: str) -> pl.Series:
    """Lay a column beside the customers; joining all columns each time would copy them all."""
    return (
        golden.select("customer_id")
        .join(
            chosen.select("customer_id", column),
            on="customer_id",
            how="left",
            maintain_order="left",
        )
        .to_series(1)
    )


def _numbered(members: pl.DataFrame) -> pl.DataFrame:
    """Replace the customers' names by their places; the members of each stand together."""
    place = members["customer_id"].rle_id()
    return members.with_columns(place.set_sorted())


def _all_cells(cells: list[pl.DataFrame], names: pl.Series) -> pl.DataFrame:
    if not cells:
        return pl.DataFrame(schema=GOLDEN_CHOICE)
    cell = pl.concat(cells)
    return cell.with_columns(names.gather(cell["customer_id"]))


def _complete(golden: pl.DataFrame) -> pl.DataFrame:
    """Add the fields that no record has, and put all in order."""
    fields: dict[str, pl.DataType] = {}
    for field in FIELDS:
        fields[field] = field_type(field)
        if field in PRECISION:
            fields[PRECISION[field]] = pl.String()
    fields["extra"] = EXTRA
    absent = [
        pl.lit(None, t).alias(f) for f, t in fields.items() if f not in golden.columns
    ]
    return golden.with_columns(absent).select(
        "customer_id", *fields, "record_count", "source_count"
    )


def _as_cells(chosen: pl.DataFrame, several: pl.Series) -> pl.DataFrame:
    """Lay out the cells for which there was something to choose: between records, or by a steward."""
    is_choice = several.gather(chosen["customer_id"]) | (chosen["origin"] == PINNED)
    return chosen.filter(is_choice).select(
        "customer_id",
        pl.col("field").cast(pl.Categorical),
        _text(chosen, "value"),
        pl.col("origin", "rule").cast(pl.Categorical),
        "record_ids",
        pl.col("source").cast(pl.Categorical),
        _text(chosen, "runner_up"),
        "confidence",
    )


def _text(frame: pl.DataFrame, column: str) -> pl.Expr:
    """Write a value as text: ISO 8601 for days and moments, plain digits for numbers."""
    if isinstance(frame.schema[column], pl.Datetime):
        return pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pl.col(column).cast(pl.String)
