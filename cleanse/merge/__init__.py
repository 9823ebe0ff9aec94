"""Merge: the records of a customer into one golden record, every cell with its lineage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import polars as pl

from cleanse.merge.confidence import weakest_link
from cleanse.merge.conflict import GOLDEN_CONFLICT, NAME_COLUMNS, find_conflicts
from cleanse.merge.contact_person import CONTACT_COLUMNS, find_contact_persons
from cleanse.merge.contact_point import POINT_COLUMNS, list_contact_points
from cleanse.merge.contest import contest
from cleanse.merge.fields import COMPARED_AS, PRECISION
from cleanse.merge.golden import GOLDEN_CHOICE, build_golden
from cleanse.merge.members import gather_members, member_parts
from cleanse.rulebook import Rulebook
from cleanse.rulebook.survivorship import SurvivorshipRules
from cleanse.schema import FIELDS, present, raw, valid
from cleanse.shelf import Frame, Pile, Shelf, filled
from cleanse.threads import in_threads

__all__ = [
    "CONTACT_COLUMNS",
    "GOLDEN_CHOICE",
    "GOLDEN_CONFLICT",
    "MERGE_COLUMNS",
    "Merged",
    "contest",
    "merge",
    "weakest_link",
]


MERGE_COLUMNS: Final = frozenset(
    (
        *("record_id", "kind", "extra", *FIELDS, *map(valid, FIELDS)),
        *(*COMPARED_AS.values(), *PRECISION.values()),
        *(*POINT_COLUMNS, *CONTACT_COLUMNS, *NAME_COLUMNS),
    )
)
"""Columns of records that are looked at."""

_PART = 200_000
"""Records that are merged at a time: whole customers, of which none needs another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What is published of customers; every frame sorted, whatever the order of records."""

    golden_record: Frame
    """customer_id, kind, every standard field, birth_precision, founded_precision, extra
    (schema.EXTRA), record_count, source_count, confidence (0 to 1)."""
    golden_choice: Frame
    """Schema GOLDEN_CHOICE: one row per filled field of a customer of several records; of so many
    customers at a time field by field, in each by customer."""
    contact_point: Frame
    """Every phone, e-mail, address … of every member, see `list_contact_points`."""
    golden_conflict: Frame
    """Schema GOLDEN_CONFLICT: where records of one customer contradict each other."""
    contact_person: pl.DataFrame
    """Who answers for a company, see `find_contact_persons`."""


def merge(
    records: pl.DataFrame,
    crosswalk: pl.DataFrame,
    rulebook: Rulebook,
    pairs: pl.DataFrame | None = None,
    contacts: pl.DataFrame | None = None,
    touched: pl.DataFrame | None = None,
    pins: pl.DataFrame | None = None,
    shelf: Shelf | None = None,
) -> Merged:
    """Merge the records of each customer.

    Args:
        records: Normalised records with record_id; those not in `crosswalk` are left out.
        crosswalk: record_id, customer_id: one row per active record.
        rulebook: Survivorship, and trust and additivity of the sources.
        pairs: Kept pairs (record_id_l, record_id_r, match_probability), for the
            confidence; without them it is known for customers of one record only.
        contacts: Records of all customers with the `CONTACT_COLUMNS`: contact persons
            are always those of all customers. None: as `records`.
        touched: customer_id: only these are merged, as they would be among all others.
            None: all.
        pins: What stewards have pinned: record_id, field, value, decision_id. None: nothing.
        shelf: Where the frames are laid that many records come to; None: they stay in memory.
    """
    everybody = records if contacts is None else contacts, crosswalk
    if touched is not None:
        crosswalk = crosswalk.join(touched, on="customer_id", how="semi")
        records = records.join(crosswalk, on="record_id", how="semi")
    needed = _filled(records.select(present(records, MERGE_COLUMNS)))
    parts = member_parts(needed, crosswalk, rulebook, _PART)
    made = in_threads(partial(_merge_part, rulebook.survivorship, pins), parts)
    sure = weakest_link(crosswalk, pairs).sort("customer_id")
    golden, cells, points, conflicts = _gathered(
        ((_with_confidence(golden, sure), *others) for golden, *others in made),
        shelf if shelf and shelf.takes(records.height) else None,
    )
    return Merged(
        golden_record=golden,
        golden_choice=cells,
        contact_point=points,
        golden_conflict=conflicts,
        contact_person=find_contact_persons(_contacts(*everybody, rulebook)),
    )


def _gathered(
    parts: Iterable[tuple[pl.DataFrame, ...]], shelf: Shelf | None
) -> Iterator[Frame]:
    """Put parts of several frames together, each frame in memory or on the shelf."""
    if shelf is None:
        yield from map(pl.concat, zip(*parts, strict=True))
        return
    piles: list[Pile] = []
    for part in parts:
        piles = piles or [shelf.pile() for _ in part]
        for pile, frame in zip(piles, part, strict=True):
            pile.add(frame)
    yield from (pile.done() for pile in piles)


def _with_confidence(golden: pl.DataFrame, sure: pl.DataFrame) -> pl.DataFrame:
    """Add the confidence to some customers; both are sorted by customer."""
    if golden.is_empty():
        return golden.with_columns(confidence=pl.lit(None, pl.Float64))
    names, known = golden["customer_id"], sure["customer_id"]
    begin = known.search_sorted(names[0])
    end = known.search_sorted(names[-1], side="right")
    return golden.join(
        sure[begin:end], on="customer_id", how="left", maintain_order="left"
    )


def _filled(records: pl.DataFrame) -> pl.DataFrame:
    """Leave out what no record has, not even as typed: a field takes its time, filled or not."""
    some = {"record_id", "kind"} | filled(records)
    return records.select(
        name for name in records.columns if not some.isdisjoint((name, raw(name)))
    )


def _merge_part(
    rules: SurvivorshipRules, pins: pl.DataFrame | None, members: pl.DataFrame
) -> tuple[pl.DataFrame, ...]:
    """Merge some customers: golden_record without confidence, golden_choice, contact_point, golden_conflict."""
    golden, cells = build_golden(members, rules, pins)
    points = list_contact_points(members, golden)
    return golden, cells, points, find_conflicts(members, cells, rules)


def _contacts(
    records: pl.DataFrame, crosswalk: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """Gather members with only what finding contact persons needs."""
    if "contact" not in records.columns or not records["contact"].count():
        return records.drop("contact", strict=False)
    needed = [name for name in records.columns if name in CONTACT_COLUMNS]
    return gather_members(records.select(needed), crosswalk, rulebook)
