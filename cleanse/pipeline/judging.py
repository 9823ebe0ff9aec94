"""The decisions of stewards as a run takes them in: how each stands, and what is to be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from cleanse.errors import StoreError
from cleanse.judgement import (
    DECISION,
    DecisionKind,
    Judgement,
    Standing,
    judge,
    typed_digests,
)
from cleanse.places import is_among
from cleanse.shelf import Frame
from cleanse.warehouse import Known

TAKEN: Final = pl.Schema(
    DECISION
    | {
        "typed_l": pl.String(),
        "typed_r": pl.String(),
        "standing": pl.String(),
        "against": pl.List(pl.Int64),
    }
)
"""One row per decision, as table decision has it but for the run that took it in."""
CASE: Final = pl.Schema(
    {
        "record_id_l": pl.Int64,
        "record_id_r": pl.Int64,
        "match_weight": pl.Float64,
        "match_probability": pl.Float64,
        "blocking_rule": pl.String,
        "status": pl.String,
        "decision_id": pl.Int64,
    }
)
"""One row per pair that a steward should look at (open), or has decided (decided)."""
MOST_NAMED = 8
"""Decisions named in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The decisions after this run."""

    decisions: pl.DataFrame = field(default_factory=TAKEN.to_frame)
    """Schema TAKEN."""
    judgement: Judgement = field(default_factory=Judgement)
    """What those that hold come to."""
    standing_before: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={"decision_id": pl.Int64, "standing": pl.String}
        )
    )
    """decision_id, standing: as the run before left them."""

    def of(self, standing: Standing) -> pl.DataFrame:
        """Return the decisions that stand so: schema TAKEN."""
        return self.decisions.filter(standing=standing)

    @property
    def changed(self) -> pl.DataFrame:
        """Return the decisions that are new or do not stand as they did: schema TAKEN."""
        same = self.decisions.join(
            self.standing_before, on=["decision_id", "standing"], how="semi"
        )
        return self.decisions.join(same, on="decision_id", how="anti")


def take_in(
    decisions: pl.DataFrame, known: Known, normalised: Frame, on: date
) -> Judged:
    """Judge all decisions, those that no run has seen yet among them.

    Args:
        decisions: Schema DECISION, as stewards made them.
        known: What the run before left.
        normalised: Records that this run has read: record_id and as typed.
        on: The day of the run, UTC.

    Raises:
        StoreError: Decisions that a run has taken in are not what they were.
    """
    before = known.decisions
    told = before.select(DECISION.names()).cast(DECISION)
    _require_same(told, decisions)
    everything = pl.concat([told, decisions.select(DECISION.names())])
    everything = everything.unique("decision_id", keep="first", maintain_order=True)
    if everything.is_empty():
        return Judged()
    typed = before.select("decision_id", "typed_l", "typed_r")
    typed = everything.join(typed, on="decision_id", how="left", maintain_order="left")
    seen = everything["decision_id"].is_in(before["decision_id"].implode())
    typed = _with_digests(typed, seen, known)
    judgement = judge(everything, on, _lapsed(typed, known, normalised))
    judged = typed.join(judgement.verdicts, on="decision_id", how="left")
    return Judged(
        decisions=judged.select(TAKEN.names()).sort("decision_id"),
        judgement=judgement,
        standing_before=before.select("decision_id", "standing"),
    )


def _require_same(taken: pl.DataFrame, decisions: pl.DataFrame) -> None:
    """Notice that steward.sqlite is not the one whose decisions the store has taken in."""
    names = ["decision_id", "kind", "record_id", "other_record_id", "value"]
    both = taken.join(decisions, on="decision_id", how="semi")
    same = both.join(decisions, on=names, how="semi", nulls_equal=True)
    if same.height < both.height:
        (odd, *_) = both.join(same, on="decision_id", how="anti")["decision_id"].sort()
        raise StoreError(
            f"steward.sqlite: decision {odd} is not the one that an earlier run took in under this number.\n"
            "The file of another store, or an old copy? Restore the whole store from a backup."
        )


def _with_digests(
    decisions: pl.DataFrame, seen: pl.Series, known: Known
) -> pl.DataFrame:
    """Note of each new no_match what its records are, as typed, when it is taken in.

    That is as the store has them before this run: so its steward saw them.
    """
    is_new = pl.Series(~seen) & (decisions["kind"] == DecisionKind.NO_MATCH)
    if not is_new.any():
        return decisions
    new = decisions.filter(is_new)
    ids = pl.concat([new["record_id"], new["other_record_id"]]).unique()
    found = _digests_of(typed_digests(known.as_typed(ids)), decisions)
    return decisions.with_columns(
        pl.when(is_new).then(column).otherwise(name).alias(name)
        for name, column in found.items()
    )


def _lapsed(decisions: pl.DataFrame, known: Known, normalised: Frame) -> list[int]:
    """Find the no_match decisions of which a side is not, as typed, what it was."""
    told = decisions.filter(kind=DecisionKind.NO_MATCH).drop_nulls("typed_l")
    if told.is_empty():
        return []
    ids = pl.concat([told["record_id"], told["other_record_id"]]).unique()
    read = normalised.filter(pl.col("record_id").is_in(ids.implode()))
    still = ids.filter(~ids.is_in(read["record_id"].implode()))
    now = pl.concat([typed_digests(read), typed_digests(known.as_typed(still))])
    found = _digests_of(now, told)
    is_other = [found[name].ne_missing(told[name]) for name in ("typed_l", "typed_r")]
    return told.filter(is_other[0] | is_other[1])["decision_id"].to_list()


def _digests_of(typed: pl.DataFrame, decisions: pl.DataFrame) -> dict[str, pl.Series]:
    """Return the digests of both sides of each decision."""
    sides = {"typed_l": "record_id", "typed_r": "other_record_id"}
    return {
        name: decisions.select(record_id=side)
        .join(typed, on="record_id", how="left", maintain_order="left")["typed"]
        .alias(name)
        for name, side in sides.items()
    }


def told(judged: Judged) -> Iterator[str]:
    """Say what a person should know of the decisions: what changed since the run before, and what is in conflict."""
    before = dict(judged.standing_before.iter_rows())
    new = [n for n in judged.decisions["decision_id"] if n not in before]
    if new:
        yield f"decisions taken in: {_listed(new)}"
    for row in judged.decisions.iter_rows(named=True):
        if row["standing"] == before.get(row["decision_id"], Standing.BINDING):
            continue
        number, standing = row["decision_id"], row["standing"]
        sides = f"records {row['record_id']} and {row['other_record_id']}"
        against = _listed(row["against"])
        yield {
            Standing.BINDING: f"decision {number} binds again",
            Standing.LAPSED: f"decision {number} (no match of {sides}) has lapsed: one of them is no longer what it was. "
            "It is open to review; decide anew",
            Standing.EXPIRED: f"decision {number} has expired: its last day is over",
            Standing.OVERRULED: f"decision {number} is overruled by decision {against}, which is newer",
            Standing.WITHDRAWN: f"decision {number} is withdrawn by decision {against}",
        }[standing]


def _listed(numbers: Sequence[int]) -> str:
    """Name decisions, not endlessly many.

    >>> _listed([3, 5]), _listed(range(1, 13))
    ('3, 5', '1, 2, 3, 4, 5, 6, 7, 8 and 4 more')
    """
    shown = ", ".join(map(str, numbers[:MOST_NAMED]))
    more = len(numbers) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def review_cases(
    pairs: pl.DataFrame, judged: Judged, records: pl.DataFrame
) -> pl.DataFrame:
    """Return what is left to look at: pairs in the review band that nobody has decided, and lapsed decisions.

    Args:
        pairs: The scored_pair frame; the bands in it are the machine's.
        judged: The decisions.
        records: record_id: all active records, sorted.

    Returns:
        Schema CASE.
    """
    sides = ["record_id_l", "record_id_r"]
    lapsed = judged.of(Standing.LAPSED)
    again = pl.concat([judged.changed.filter(kind=DecisionKind.NO_MATCH), lapsed])
    again = again.select(
        record_id_l="record_id",
        record_id_r="other_record_id",
        decision_id=pl.when(pl.col("standing") == Standing.LAPSED).then("decision_id"),
    )
    for side in sides:
        again = again.filter(is_among(again[side], records["record_id"]))
    again = again.sort("decision_id", nulls_last=False).unique(sides, keep="last")
    weighed = [*sides, "match_weight", "match_probability", "blocking_rule", "band"]
    told = pairs.select(weighed)
    review = told.filter(pl.col("band") == "review").join(again, on=sides, how="anti")
    weights = told.join(again, on=sides, how="semi")
    again = again.join(weights, on=sides, how="left")
    cases = pl.concat([review, again], how="diagonal")
    is_open = judged.judgement.settled(cases).is_null()
    status = pl.when(is_open).then(pl.lit("open")).otherwise(pl.lit("decided"))
    needs_look = (pl.col("band") == "review") | pl.col("decision_id").is_not_null()
    return (
        cases.with_columns(status=status)
        .filter(needs_look | (pl.col("status") == "decided"))
        .select(CASE.names())
        .sort(sides)
    )
