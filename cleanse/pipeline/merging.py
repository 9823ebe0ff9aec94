"""Merge the customers that may have changed; and what else is found of them meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from cleanse.identify import Assignment
from cleanse.match import Difference, MatchResult, input_difference, pair_difference
from cleanse.merge import CONTACT_COLUMNS, MERGE_COLUMNS, Merged, merge
from cleanse.pipeline.active import Active
from cleanse.pipeline.judging import Judged
from cleanse.pipeline.request import Step
from cleanse.rulebook import Rulebook
from cleanse.shelf import Shelf
from cleanse.warehouse import Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """What is to be written anew of what matching found."""

    pairs: Difference
    inputs: Difference


def written_anew(matched: MatchResult, known: Known) -> Anew:
    """Hold what matching found against what the newest run has left."""
    was = known.match_inputs
    return Anew(
        pairs=pair_difference(matched.pairs, matched.inputs, known.pairs, was),
        inputs=input_difference(matched.inputs, was),
    )


def merged_anew(
    active: Active,
    assignment: Assignment,
    touched: pl.DataFrame | None,
    pairs: pl.DataFrame,
    judged: Judged,
    rulebook: Rulebook,
    step: Step,
    shelf: Shelf | None,
) -> Merged:
    """Merge the records of the customers that may have changed."""
    members, contacts = _members(active, assignment, touched)
    return step(
        merge,
        members,
        assignment.crosswalk,
        rulebook,
        pairs,
        contacts,
        touched,
        judged.judgement.pins,
        shelf,
    )


def _members(
    active: Active, assignment: Assignment, touched: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return the records of the customers to be merged; and of all, who may be a contact."""
    if touched is None:
        return active.frame(MERGE_COLUMNS), None
    own = assignment.crosswalk.join(touched, on="customer_id", how="semi")
    contacts = pl.DataFrame(schema={"record_id": pl.Int64})
    if active.may_have("contact"):
        contacts = active.frame(CONTACT_COLUMNS)
    return active.of(own["record_id"], MERGE_COLUMNS), contacts
