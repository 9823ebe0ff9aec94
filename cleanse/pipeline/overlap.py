"""The overlap of an acquired company's list with our customers, before anything merges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from cleanse.identify import Churn
from cleanse.pipeline.contradiction import said, weigh
from cleanse.pipeline.drafting import Draft
from cleanse.pipeline.overlap_figures import fields, in_order, joins, largest, named
from cleanse.pipeline.summary import Rows, RunSummary
from cleanse.warehouse import Known

CLASSES: Final = {
    "known": "ours already: nothing would change but one more source",
    "sure": "joins a customer of ours, whose number stands",
    "review": "gets a number of its own until a steward decides",
    "new": "gets a number of its own",
}
"""What an acquired customer may be, and what merging would do."""

_RECORD: Final = (
    "their_customer class source_key name our_customer_id our_name match_probability "
    "differing_fields filled_fields joins file sheet row_number"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What merging an acquired company's list would come to."""

    records: pl.DataFrame
    """One row per record of theirs, in the order of the list: their_customer (those that are
    one customer have one number, from 1), class, source_key, name, our_customer_id and
    our_name (of review: the candidate), match_probability (of the best pair with a record of
    ours), differing_fields and filled_fields (ours is empty, theirs is not; both lists of
    fields), joins (customers of ours that it would make one), file, sheet, row_number."""
    classes: Rows
    """Per class: customers, records (theirs), our_customers."""
    fields: Rows
    """Per field: filled, valid and distinct of theirs and of ours, with what they are of, and
    how many customers known or sure agree, differ, have a value only theirs, only ours."""
    joins: Rows
    """Two customers of ours that their list would make one: customer_id, name, into, into_name,
    through (their source keys), match_probability (of the weaker link)."""
    largest: Rows
    """Customers of ours that they have too: customer_id, name, importance, total_amount,
    record_count, their_records, differing."""
    churn: Churn
    summary: RunSummary
    """Of the run that it would be, or was."""

    def counts(self) -> dict[str, dict[str, int]]:
        """Return per class the customers, records and customers of ours."""
        return {
            row["class"]: {name: row[name] for name in row if name != "class"}
            for row in self.classes
        }

    def facts(self) -> dict[str, Any]:
        """Return what a report may show: counts and numbers, no customer's values."""
        nameless = ("customer_id", "into", "match_probability")
        return {
            "classes": [dict(row) for row in self.classes],
            "fields": [dict(row) for row in self.fields],
            "joins": [{name: row[name] for name in nameless} for row in self.joins],
            "churn": self.churn.as_json(),
        }

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            **self.facts(),
            "joins": [dict(row) for row in self.joins],
            "largest": [dict(row) for row in self.largest],
            "run": self.summary.as_json(),
        }


def overlap(made: Draft, known: Known, summary: RunSummary) -> Overlap:
    """Lay the records of an input beside the customers that the store had before it.

    Args:
        made: The run that merges them, drafted.
        known: What the store knows.
        summary: Of that run.
    """
    theirs = _theirs(made, known)
    links = _links(made.matched.pairs, theirs, made.assignment.crosswalk)
    ours = _ours(made, theirs, links)
    told = _told(made, theirs, links, ours)
    classed = _classed(theirs, links, told)
    joined = joins(made, known, classed, links)
    overlapping = classed.filter(pl.col("class").is_in(["known", "sure"]))
    by_field = _by_customer(made, overlapping, ours)
    return Overlap(
        records=_laid_out(classed, told, joined, known),
        classes=_classes(classed),
        fields=fields(summary, made, known, by_field),
        joins=named(joined, known),
        largest=largest(overlapping, by_field, known),
        churn=made.churn,
        summary=summary,
    )


def _theirs(made: Draft, known: Known) -> pl.DataFrame:
    """Return the records of the input that are active after it.

    Returns:
        record_id, source, source_key, name, file, sheet, row_number, customer_id (after),
        is_found (it was active before), is_joined (so was a record of its customer).
    """
    read = made.recalled.active.read
    lineage = ("source", "source_key", "name", "file", "sheet", "row_number")
    normalised = made.recalled.normalised
    names = ["record_id", *(n for n in lineage if n in normalised.columns)]
    before = known.crosswalk.filter("is_active").select("record_id")
    after = made.assignment.crosswalk.select("record_id", "customer_id")
    stood = after.join(before, on="record_id", how="semi").select("customer_id")
    rows = normalised.select(names).join(read, on="record_id", how="semi")
    return (
        rows.join(after, on="record_id")
        .with_columns(
            *(pl.lit(None, pl.String).alias(n) for n in lineage if n not in names)
        )
        .with_columns(
            is_found=pl.col("record_id").is_in(before["record_id"].implode()),
            is_joined=pl.col("customer_id").is_in(stood["customer_id"].implode()),
        )
        .sort("file", "sheet", "row_number", "record_id", nulls_last=True)
    )


def _links(
    pairs: pl.DataFrame, theirs: pl.DataFrame, after: pl.DataFrame
) -> pl.DataFrame:
    """Return the pairs between a record of theirs and one of ours, from both sides.

    Returns:
        record_id, other_record_id, other_customer_id, match_weight, match_probability,
        is_inside (both are one customer): in the band match or review, or inside.
    """
    columns = ("match_weight", "match_probability", "band")
    own = theirs.filter(~pl.col("is_found")).select("record_id", "customer_id")
    sides = [
        pairs.select(
            pl.col(f"record_id_{one}").alias("record_id"),
            pl.col(f"record_id_{two}").alias("other_record_id"),
            *columns,
        )
        .join(own, on="record_id")
        .join(own, left_on="other_record_id", right_on="record_id", how="anti")
        for one, two in ("lr", "rl")
    ]
    other = after.select(other_record_id="record_id", other_customer_id="customer_id")
    inside = pl.col("customer_id") == pl.col("other_customer_id")
    return (
        pl.concat(sides)
        .join(other, on="other_record_id")
        .with_columns(is_inside=inside)
        .filter(pl.col("is_inside") | (pl.col("band") != "no_match"))
        .sort(
            "record_id",
            "match_weight",
            "other_record_id",
            descending=[False, True, False],
        )
        .drop("band")
    )


def _ours(made: Draft, theirs: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return what our own records say of the customers that theirs lead to.

    Returns:
        customer_id (after), field, key.
    """
    wanted = pl.concat(
        [
            theirs.filter("is_joined").select("customer_id"),
            links.select(customer_id="other_customer_id"),
        ]
    ).unique()
    new = theirs.filter(~pl.col("is_found")).select("record_id")
    members = (
        made.assignment.crosswalk.join(wanted, on="customer_id", how="semi")
        .join(new, on="record_id", how="anti")
        .select("record_id", "customer_id")
    )
    told = said(made.recalled.active.of(members["record_id"]))
    return told.join(members, on="record_id").drop("record_id").unique()


def _told(
    made: Draft, theirs: pl.DataFrame, links: pl.DataFrame, ours: pl.DataFrame
) -> pl.DataFrame:
    """Weigh each record of theirs against the customer that it leads to: record_id, field, verdict."""
    away = links.filter(~pl.col("is_inside")).unique(
        "record_id", keep="first", maintain_order=True
    )
    joined = theirs.filter("is_joined").select("record_id", "customer_id")
    others = away.join(joined, on="record_id", how="anti").select(
        "record_id", customer_id="other_customer_id"
    )
    leads = pl.concat([joined, others])
    told = said(made.recalled.active.of(leads["record_id"]))
    return weigh(told, leads.join(ours, on="customer_id"), "record_id")


def _classed(
    theirs: pl.DataFrame, links: pl.DataFrame, told: pl.DataFrame
) -> pl.DataFrame:
    """Add class, our_customer_id and match_probability; a customer's records are of one class."""
    best = links.unique(["record_id", "is_inside"], keep="first", maintain_order=True)
    inside = best.filter("is_inside").select(
        "record_id", inside_probability="match_probability"
    )
    outside = best.filter(~pl.col("is_inside")).select(
        "record_id",
        candidate="other_customer_id",
        outside_probability="match_probability",
    )
    news = told.filter(pl.col("verdict").is_in(["differ", "we_lack"]))
    tells_news = pl.col("record_id").is_in(news["record_id"].implode())
    is_known = (pl.col("is_found") | (pl.col("is_joined") & ~tells_news)).all()
    is_seen = pl.col("candidate").is_not_null().any()
    return (
        theirs.join(inside, on="record_id", how="left", maintain_order="left")
        .join(outside, on="record_id", how="left", maintain_order="left")
        .with_columns(
            pl.when("is_joined")
            .then(
                pl.when(is_known.over("customer_id"))
                .then(pl.lit("known"))
                .otherwise(pl.lit("sure"))
            )
            .when(is_seen.over("customer_id"))
            .then(pl.lit("review"))
            .otherwise(pl.lit("new"))
            .alias("class"),
            our_customer_id=pl.when("is_joined")
            .then("customer_id")
            .otherwise("candidate"),
            match_probability=pl.when("is_joined")
            .then("inside_probability")
            .otherwise("outside_probability"),
        )
    )


def _laid_out(
    classed: pl.DataFrame, told: pl.DataFrame, joined: pl.DataFrame, known: Known
) -> pl.DataFrame:
    by_verdict = [
        told.filter(pl.col("verdict") == verdict)
        .group_by("record_id")
        .agg(pl.col("field").sort_by(in_order()).alias(name))
        for verdict, name in (
            ("differ", "differing_fields"),
            ("we_lack", "filled_fields"),
        )
    ]
    names = known.golden_of(classed["our_customer_id"].drop_nulls(), ["name"]).select(
        our_customer_id="customer_id", our_name="name"
    )
    joining = joined.group_by(our_customer_id="into").agg(
        joins=pl.col("customer_id").sort()
    )
    first = pl.col("place").min().over("customer_id")
    rows = classed.with_row_index("place")
    rows = rows.with_columns(their_customer=first.rank("dense").cast(pl.Int64))
    for frame, key in (
        (by_verdict[0], "record_id"),
        (by_verdict[1], "record_id"),
        (names, "our_customer_id"),
        (joining, "our_customer_id"),
    ):
        rows = rows.join(frame, on=key, how="left", maintain_order="left")
    return rows.select(_RECORD)


def _classes(classed: pl.DataFrame) -> Rows:
    counted = classed.group_by("class").agg(
        customers=pl.col("customer_id").n_unique(),
        records=pl.len(),
        our_customers=pl.col("our_customer_id").drop_nulls().n_unique(),
    )
    found = {row["class"]: row for row in counted.to_dicts()}
    none = {"customers": 0, "records": 0, "our_customers": 0}
    return tuple({"class": name, **none, **found.get(name, {})} for name in CLASSES)


def _by_customer(
    made: Draft, overlapping: pl.DataFrame, ours: pl.DataFrame
) -> pl.DataFrame:
    """Weigh what all records of an overlapping customer say: customer_id, field, verdict."""
    theirs = overlapping.filter(~pl.col("is_found")).select("record_id", "customer_id")
    told = said(made.recalled.active.of(theirs["record_id"]))
    told = told.join(theirs, on="record_id").drop("record_id").unique()
    standing = ours.join(theirs, on="customer_id", how="semi")
    return weigh(told, standing, "customer_id")
