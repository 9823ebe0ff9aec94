"""Say of each value of one cell why it lost, by choosing again between it and the winner.

The order of values is lexicographic in what each value has of itself, so the word that
decides between two of them is the same whichever others stand beside.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cleanse.merge.fields import PRECISION, address_candidates, candidates
from cleanse.merge.golden import chain_of
from cleanse.merge.groups import followers, group_candidates
from cleanse.merge.members import gather_members
from cleanse.merge.survive import survive
from cleanse.merge.totals import TOTAL_FIELDS
from cleanse.merge.vote import Weighing, share, vote
from cleanse.rulebook import Rulebook
from cleanse.rulebook.survivorship import EXTRA_FIELD, Strategy, SurvivorshipRules

CONTEST: Final = pl.Schema(
    {
        "value": pl.String(),
        "record_ids": pl.List(pl.Int64()),
        "sources": pl.List(pl.String()),
        "share": pl.Float32(),
        "lost_by": pl.String(),
    }
)
"""One row per value, spellings of one together; the winner first, without ``lost_by``."""

_BY: Final = ("customer_id",)


def contest(records: pl.DataFrame, field: str, rulebook: Rulebook) -> pl.DataFrame:
    """Lay the values of one cell side by side.

    Args:
        records: The normalised records of one customer.
        field: A standard field, or one that survives with another: then whole groups
            are compared, parts apart by " · ".
        rulebook: The rules to choose by.

    Returns:
        Schema CONTEST; no rows where nothing is chosen (united, added, nothing there).
    """
    rules = rulebook.survivorship
    leader = leader_of(field, rules)
    if (
        leader in TOTAL_FIELDS
        or leader.startswith(EXTRA_FIELD)
        or Strategy.UNITE in rules.chain(leader)
    ):
        return CONTEST.to_frame()
    crosswalk = records.select("record_id", pl.lit("").alias("customer_id"))
    found = _contenders(gather_members(records, crosswalk, rulebook), leader, rules)
    if found.is_empty():
        return CONTEST.to_frame()
    weighing, chain = Weighing.of(leader, rules), chain_of(leader, rules)
    winner = survive(found, chain, weighing=weighing)["record_id"].item()
    won = found.filter(pl.col("record_id") == winner)["key"].item()
    lost_by = {
        key: survive(
            found.filter(pl.col("key").is_in([won, key])), chain, weighing=weighing
        )["rule"].item()
        for key in found["key"].unique()
        if key != won
    }
    return _laid_out(found, lost_by, weighing)


def leader_of(field: str, rules: SurvivorshipRules) -> str:
    """Return the field or group that a field survives with; most are their own."""
    for date, precision in PRECISION.items():
        if field == precision:
            field = date
    for group, fields in rules.group.items():
        if field in fields:
            return group
    frame = pl.DataFrame(schema=[field])
    leaders = (each for each in ("name", "address") if field in followers(frame, each))
    return next(leaders, field)


def _contenders(
    members: pl.DataFrame, leader: str, rules: SurvivorshipRules
) -> pl.DataFrame:
    if leader in rules.group:
        return group_candidates(members, leader, rules)
    if leader == "address":
        return address_candidates(members, rules)
    if leader not in members.columns:
        return members.clear()
    return candidates(members, leader, rules)


def _laid_out(
    found: pl.DataFrame, lost_by: dict[object, str], weighing: Weighing
) -> pl.DataFrame:
    laid = (
        found.with_columns(vote(_BY, weighing).alias("votes"))
        .group_by("key", maintain_order=True)
        .agg(
            pl.col("value").first().cast(pl.String),
            pl.col("record_id").sort().alias("record_ids"),
            pl.col("source").unique().sort().alias("sources"),
            pl.col("votes").sum(),
        )
    )
    reasons = [lost_by.get(key) for key in laid["key"]]
    value = pl.col("value").str.strip_chars("\n").str.replace_all(r"\n+", " · ")
    return (
        laid.with_columns(
            value,
            share(pl.col("votes"), pl.col("votes").sum()).alias("share"),
            pl.Series("lost_by", reasons, pl.String),
        )
        .sort(
            pl.col("lost_by").is_not_null(),
            "share",
            descending=[False, True],
            maintain_order=True,
        )
        .select(CONTEST.names())
    )
