"""What the steward is told of an overlap: quality side by side, wrong joins, the largest customers."""

from __future__ import annotations

from typing import Final

import polars as pl

from cleanse.evaluate import SCORECARD
from cleanse.pipeline.contradiction import VERDICT
from cleanse.pipeline.drafting import Draft
from cleanse.pipeline.summary import Rows, RunSummary
from cleanse.schema import FIELDS
from cleanse.warehouse import Known

NAMED: Final = 10
"""Customers that are named to the steward."""

_STANDS_FOR: Final = {"company": "name", "family_name": "name", "mobile": "phone"}
"""What a column tells of in a list that has no other: of companies, of given and family names, of
mobiles alone."""
_GOLDEN: Final = ("name", "importance", "total_amount", "record_count")


def joins(
    made: Draft, known: Known, classed: pl.DataFrame, links: pl.DataFrame
) -> pl.DataFrame:
    """Find customers of ours that the run would make one.

    Returns:
        customer_id, into, through (source keys of theirs), match_probability; the
        weakest first.
    """
    active = known.customers.filter(pl.col("status") == "active").select("customer_id")
    gone = (
        made.assignment.events.filter(pl.col("event") == "merged")
        .join(active, on="customer_id", how="semi")
        .select("customer_id", into="other_id")
    )
    was = known.crosswalk.filter("is_active").select(
        other_record_id="record_id", was="customer_id"
    )
    reached = (
        links.filter("is_inside")
        .join(was, on="other_record_id")
        .group_by("was", into="other_customer_id")
        .agg(match_probability=pl.col("match_probability").max())
    )
    own = reached.rename({"was": "customer_id", "match_probability": "one"})
    other = reached.filter(pl.col("was") == pl.col("into")).drop("was")
    through = classed.group_by(into="customer_id", maintain_order=True).agg(
        through=pl.coalesce("source_key", pl.format("row {}", "row_number")).unique(
            maintain_order=True
        )
    )
    return (
        gone.join(own, on=["customer_id", "into"], how="left")
        .join(other, on="into", how="left")
        .join(through, on="into", how="left")
        .select(
            "customer_id",
            "into",
            "through",
            match_probability=pl.min_horizontal("one", "match_probability"),
        )
        .sort("match_probability", "customer_id", nulls_last=False)
    )


def fields(
    summary: RunSummary, made: Draft, known: Known, by_field: pl.DataFrame
) -> Rows:
    """Set the quality of their list and ours side by side, with the contradictions."""
    card = pl.DataFrame(summary.quality, SCORECARD)
    sources = sorted(made.cleaned.intake.sources)
    theirs = _added_up(card)
    ours = _added_up(known.scorecard.filter(~pl.col("source").is_in(sources)))
    told = by_field.group_by("field").agg(
        (pl.col("verdict") == verdict).sum().cast(pl.Int64).alias(verdict)
        for verdict in VERDICT
    )
    return tuple(
        theirs.join(
            ours.rename({name: f"our_{name}" for name in ours.columns[1:]}),
            on="field",
            how="left",
        )
        .join(told, on="field", how="left")
        .sort(in_order(), "field")
        .to_dicts()
    )


def _added_up(card: pl.DataFrame) -> pl.DataFrame:
    """Add the figures of sources up.

    Returns:
        field, records (of all sources), filled, checked (filled of those that can be
        valid), valid, distinct (within each source).
    """
    has = card.select("source", stands_for="field", is_there=pl.lit(value=True))
    named = (
        card.with_columns(stands_for=pl.col("field").replace(_STANDS_FOR))
        .join(has, on=["source", "stands_for"], how="left", maintain_order="left")
        .with_columns(field=pl.when("is_there").then("field").otherwise("stands_for"))
        .unique(["source", "field"], keep="first", maintain_order=True)
    )
    can_be_valid = pl.col("valid").is_not_null()
    records = named.group_by("source").agg(pl.col("records").max())["records"].sum()
    return named.group_by("field").agg(
        records=pl.lit(records, pl.Int64),
        filled=pl.col("filled").sum(),
        checked=pl.col("filled").filter(can_be_valid).sum(),
        valid=pl.when(can_be_valid.any()).then(pl.col("valid").sum()),
        distinct=pl.col("distinct").sum(),
    )


def named(joined: pl.DataFrame, known: Known) -> Rows:
    """Name the customers that `joins` found."""
    ids = pl.concat([joined["customer_id"], joined["into"].rename("customer_id")])
    golden = known.golden_of(ids, ["name"])
    named = joined.join(golden, on="customer_id", how="left", maintain_order="left")
    other = golden.select(into="customer_id", into_name="name")
    rows = named.join(other, on="into", how="left", maintain_order="left")
    order = "customer_id name into into_name through match_probability".split()
    return tuple(rows.select(order).to_dicts())


def largest(overlapping: pl.DataFrame, by_field: pl.DataFrame, known: Known) -> Rows:
    """Name the customers of ours that both have, the largest first."""
    theirs = overlapping.group_by("customer_id").agg(their_records=pl.len())
    differing = (
        by_field.filter(pl.col("verdict") == "differ")
        .group_by("customer_id")
        .agg(differing=pl.col("field").sort_by(in_order()))
    )
    golden = known.golden_of(theirs["customer_id"], _GOLDEN)
    return tuple(
        golden.join(theirs, on="customer_id")
        .join(differing, on="customer_id", how="left")
        .sort(
            "total_amount",
            "record_count",
            "their_records",
            "customer_id",
            descending=[True, True, True, False],
            nulls_last=True,
        )
        .head(NAMED)
        .to_dicts()
    )


def in_order() -> pl.Expr:
    """Put fields in the order of schema.FIELDS."""
    order = {name: n for n, name in enumerate(FIELDS)}
    return pl.col("field").replace_strict(
        order, default=len(order), return_dtype=pl.Int64
    )
