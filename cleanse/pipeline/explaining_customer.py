"""What holds the records of a customer together, and how near the next customer is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from cleanse.errors import InputError
from cleanse.pipeline.explaining import Explanation, explain
from cleanse.pipeline.explaining_words import Sentence, Words, say
from cleanse.pipeline.linkage import Edge, Weakest, strongest_tree, weakest_link
from cleanse.rulebook import load_rulebook
from cleanse.score import Model
from cleanse.warehouse import Known, open_published, resolve
from cleanse.warehouse.evidence import Evidence

NEAREST = 5
"""Other customers that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerExplanation:
    """A customer and its evidence."""

    customer_id: str
    records: tuple[Mapping[str, Any], ...]
    """record_id, name, source, source_key, file, sheet, row_number of each member."""
    pairs: tuple[Mapping[str, Any], ...]
    """record_id_l, record_id_r, blocking_rule, match_weight, match_probability, band and
    ``weakest`` of all kept pairs inside, the strongest first."""
    nearest: tuple[Mapping[str, Any], ...]
    """customer_id, record_id, other_record_id, match_weight, band: the strongest pair with
    each of the nearest other customers."""
    said: tuple[Sentence, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "customer_id": self.customer_id,
            "records": [dict(row) for row in self.records],
            "pairs": [dict(row) for row in self.pairs],
            "nearest": [dict(row) for row in self.nearest],
            "sentences": [one.english for one in self.said],
            "sentences_zh": [one.chinese for one in self.said],
        }


def explain_customer(
    store: Path, rules: Path | None, customer_id: str
) -> CustomerExplanation:
    """Show all evidence between the records of a customer, and its weakest link.

    Args:
        store: Folder of the store.
        rules: Folder of the user's rules; None: the shipped ones.
        customer_id: A customer number in any spelling; a merged one shows its survivor.

    Raises:
        InputError: The number was never issued, or has no active records.
    """
    owner = str(resolve(store, customer_id)["customer_id"])
    words = Words(load_rulebook(rules).vocabulary)
    with open_published(store) as db:
        evidence = Evidence(db)
        match_at = Model.from_json(str(Known(db).model)).match_at
        members = evidence.members([owner])
        if not members:
            raise InputError(
                f"{owner}: no active records; cleanse customer shows its history."
            )
        rows = list(evidence.records(members).values())
        inside, across = evidence.pairs(members), evidence.pairs_across(members)
        left = evidence.left_for(owner)
        spoken = evidence.pairs([*members, *left]) if left else inside
    weakest = weakest_link(_edges(inside))
    near = across.unique("customer_id", keep="first", maintain_order=True).head(NEAREST)
    shown = "record_id name source source_key file sheet row_number".split()
    return CustomerExplanation(
        customer_id=owner,
        records=tuple(
            {name: row[name] for name in shown}
            for row in sorted(rows, key=lambda row: int(row["record_id"]))
        ),
        pairs=tuple(_shown(inside, weakest)),
        nearest=tuple(
            near.select(
                "customer_id", "record_id", "other_record_id", "match_weight", "band"
            ).to_dicts()
        ),
        said=(
            *_held(rows, inside, weakest, match_at),
            *_left(members, left, inside, spoken, match_at),
            *_nearest(near, words),
        ),
    )


def explain_any(
    store: Path, rules: Path | None, left: str, right: str
) -> tuple[Explanation, tuple[Sentence, ...]]:
    """Explain two records, or the strongest pair between two customers or a record and one.

    Args:
        store: Folder of the store.
        rules: Folder of the user's rules; None: the shipped ones.
        left: A record number, or a customer number.
        right: Another.

    Returns:
        The explanation, and what is to be said before it.

    Raises:
        InputError: A number is unknown, or both are one customer.
    """
    if left.isdecimal() and right.isdecimal():
        return explain(store, rules, int(left), int(right)), ()
    sides = [_records_of(store, text) for text in (left, right)]
    if set(sides[0]) & set(sides[1]):
        raise InputError(
            f"{left}, {right}: one customer. Ask for it alone: cleanse explain {left}"
        )
    with open_published(store) as db:
        across = Evidence(db).pairs_across(sides[0])
    other = across.filter(pl.col("other_record_id").is_in(sides[1]))
    if other.is_empty():
        return explain(store, rules, sides[0][0], sides[1][0]), ()
    one, two = (
        other.row(0, named=True)["record_id"],
        other.row(0, named=True)["other_record_id"],
    )
    head = say("strongest_of", count=other.height, left=one, right=two)
    return explain(store, rules, one, two), (head,)


def _records_of(store: Path, text: str) -> list[int]:
    if text.isdecimal():
        return [int(text)]
    owner = str(resolve(store, text)["customer_id"])
    with open_published(store) as db:
        found = Evidence(db).members([owner])
    if not found:
        raise InputError(
            f"{owner}: no active records; cleanse customer shows its history."
        )
    return found


def _edges(pairs: pl.DataFrame) -> list[Edge]:
    columns = pairs.select("record_id_l", "record_id_r", "match_weight")
    return [Edge(*row) for row in columns.iter_rows()]


def _shown(pairs: pl.DataFrame, weakest: Weakest | None) -> Iterator[dict[str, Any]]:
    columns = (
        "record_id_l record_id_r blocking_rule match_weight match_probability band"
    )
    order = pairs.sort(
        "match_weight", "record_id_l", "record_id_r", descending=[True, False, False]
    )
    for row in order.select(columns.split()).iter_rows(named=True):
        ends = (row["record_id_l"], row["record_id_r"])
        yield {**row, "weakest": weakest is not None and ends == weakest.edge[:2]}


def _held(
    rows: list[dict[str, Any]],
    pairs: pl.DataFrame,
    weakest: Weakest | None,
    match_at: float,
) -> Iterator[Sentence]:
    """Say how many pairs hold the records together, where they would part, what contradicts."""
    if len(rows) == 1:
        yield say("alone")
        return
    yield say(
        "members",
        count=len(rows),
        sources=len({row["source"] for row in rows}),
        pairs=pairs.filter(pl.col("match_weight") >= match_at).height,
        match_at=match_at,
    )
    ids = {int(row["record_id"]) for row in rows}
    linked = {*pairs["record_id_l"], *pairs["record_id_r"]}
    if weakest:
        side = min(
            weakest.side, linked - weakest.side, key=lambda s: (len(s), sorted(s))
        )
        chance = 1 / (1 + 2**-weakest.edge.weight)
        yield say(
            "weakest", **weakest.edge._asdict(), chance=chance, side=_numbers(side)
        )
    if ids - linked:
        yield say("unlinked", side=_numbers(ids - linked))
    against = pairs.filter(pl.col("match_weight") < 0).sort(
        "match_weight", "record_id_l", "record_id_r"
    )
    if against.height:
        first = against.row(0, named=True)
        yield say(
            "dissent",
            count=against.height,
            left=first["record_id_l"],
            right=first["record_id_r"],
            weight=first["match_weight"],
        )


def _left(
    members: list[int],
    left: list[int],
    inside: pl.DataFrame,
    spoken: pl.DataFrame,
    match_at: float,
) -> Iterator[Sentence]:
    """Say which records that left speak for the customer, and whether they alone hold it together."""
    if not left:
        return
    yield say("left", count=len(left), side=_numbers(set(left)))
    alone, helped = (
        len(strongest_tree(_edges(pairs.filter(pl.col("match_weight") >= match_at))))
        for pairs in (inside, spoken)
    )
    if len(members) + len(left) - helped < len(members) - alone:
        yield say("left_only")


def _numbers(records: AbstractSet[int]) -> str:
    return ", ".join(map(str, sorted(records)))


def _nearest(near: pl.DataFrame, words: Words) -> Iterator[Sentence]:
    if near.height:
        row = near.row(0, named=True)
        yield say(
            "nearest",
            id=row["customer_id"],
            left=row["record_id"],
            right=row["other_record_id"],
            weight=row["match_weight"],
            band=words.of(f"band.{row['band']}"),
        )
