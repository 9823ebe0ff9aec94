"""Decide: what a steward says of records is checked against the published store, and written down.

Nothing waits for a run: decisions go into steward.sqlite, and the next run takes them in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from cleanse.errors import InputError, UsageError
from cleanse.judgement import DECISION, DecisionKind, Parting, Standing, judge
from cleanse.merge.pins import newest_pins
from cleanse.pipeline.judging import TAKEN
from cleanse.pipeline.pinning import clean_value
from cleanse.review import Decision, add_decisions, read_decisions
from cleanse.rulebook import Rulebook
from cleanse.warehouse import Known, StorePaths, open_published, resolve
from cleanse.warehouse.evidence import Evidence

WAITING = "waiting"
"""How a decision stands that no run has taken in yet."""
WHERE = (
    "cleanse customer ID shows the record numbers of a customer; "
    "table crosswalk holds all."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who decides, when and why; what all kinds of decision share."""

    reason: str
    actor: str
    """``steward:<login>``."""
    now: datetime
    """UTC."""
    until: date | None = None
    """Last day it holds; None: always."""

    def decision(self, kind: DecisionKind, **what: Any) -> Decision:
        """Make a decision out of what it says.

        Raises:
            UsageError: There is no reason.
        """
        if not self.reason.strip():
            raise UsageError("a decision needs a reason. Say why with --reason TEXT.")
        return Decision(
            kind=kind,
            reason=self.reason.strip(),
            actor=self.actor,
            decided_at=self.now,
            until_on=self.until,
            **what,
        )


class Desk:
    """Checks what stewards say against a store; valid while its published copy is open."""

    def __init__(self, store: Path, known: Known, evidence: Evidence) -> None:
        self._store, self._known, self._evidence = store, known, evidence

    def pair(self, kind: DecisionKind, one: str, two: str, said: Said) -> Decision:
        """Say that two records are one customer (MATCH), or two (NO_MATCH)."""
        left, right = sorted(self.records([one, two]))
        if left == right:
            raise InputError(f"record {left}: two different records are needed.")
        return said.decision(kind, record_id=left, other_record_id=right)

    def split(self, texts: Sequence[str], said: Said) -> Decision:
        """Let records leave their customer together, as one new customer."""
        leave = tuple(sorted(set(self.records(texts))))
        owner = self._known.crosswalk.filter("is_active")
        mine = owner.filter(pl.col("record_id").is_in(leave))
        gone = sorted(set(leave) - set(mine["record_id"]))
        if gone:
            raise InputError(
                f"record {_listed(gone)}: in no source any more, so it is of no customer."
            )
        if mine["customer_id"].n_unique() > 1:
            owners = ", ".join(mine["customer_id"].unique().sort())
            raise InputError(
                f"the records are of several customers ({owners}): split takes those of one apart.\n{WHERE}"
            )
        members = owner.join(mine, on="customer_id", how="semi")["record_id"]
        stay = tuple(sorted(set(members) - set(leave)))
        if not stay:
            raise InputError(
                f"record {_listed(leave)}: all of customer {mine['customer_id'][0]}; nobody would stay."
            )
        parting = Parting(leave, stay).as_value()
        return said.decision(DecisionKind.SPLIT, record_id=leave[0], value=parting)

    def kind(self, text: str, kind: str, said: Said) -> Decision:
        """Say that a record is a person, or a company."""
        if kind not in {"person", "company"}:
            raise InputError(f"{kind!r}: a record is a person or a company.")
        (record_id,) = self.records([text])
        return said.decision(DecisionKind.KIND, record_id=record_id, value=kind)

    def pin(
        self, text: str, field: str, value: str, said: Said, rulebook: Rulebook
    ) -> Decision:
        """Say what the customer of a record (or a customer, by one of its records) has in a field."""
        record_id = self.record_of(text)
        row = self._known.as_typed(pl.Series([record_id]))
        kinds = self._known.active_of(pl.Series([record_id]))
        row = row.with_columns(kind=pl.lit(kinds["kind"][0] if kinds.height else None))
        clean = clean_value(row, field, value, rulebook)
        return said.decision(
            DecisionKind.PIN, record_id=record_id, field=field, value=clean
        )

    def record_of(self, text: str) -> int:
        """Return a record by its number, or the first record of a customer by the customer's."""
        if text.isdecimal():
            return self.records([text])[0]
        owner = str(resolve(self._store, text)["customer_id"])
        members = self._evidence.members([owner])
        if not members:
            raise InputError(f"{owner}: no active records, so nothing can be pinned.")
        return members[0]

    def records(self, texts: Sequence[str]) -> list[int]:
        """Read record numbers of records that are, or were, in the store."""
        numbers = numbers_of(texts)
        missing = sorted(set(numbers) - self._numbers)
        if missing:
            raise InputError(
                f"record {_listed(missing)}: never was in this store.\n{WHERE}"
            )
        return numbers

    @cached_property
    def _numbers(self) -> frozenset[int]:
        return frozenset(self._known.record_ids)


@contextmanager
def open_desk(store: Path) -> Iterator[Desk]:
    """Open the published copy of a store to decide about its records."""
    with open_published(store) as db:
        yield Desk(store, Known(db), Evidence(db))


def numbers_of(texts: Sequence[str]) -> list[int]:
    """Read record numbers.

    >>> numbers_of(["7", "12"])
    [7, 12]
    """
    for text in texts:
        if not text.isdecimal():
            raise InputError(
                f"{text!r} is no record number: decisions speak of records, for these stay what they are.\n{WHERE}"
            )
    return [int(text) for text in texts]


def _listed(numbers: Collection[int]) -> str:
    return ", ".join(map(str, numbers))


def require_time(decision: Decision) -> None:
    """Refuse a decision whose last day was over when it was made.

    Raises:
        UsageError: It would never hold.
    """
    until = decision.until_on
    if until and until < decision.decided_at.date():
        raise UsageError(
            f"until {until}: that day is over; the decision would never hold."
        )


def write_down(store: Path, *decisions: Decision) -> list[int]:
    """Append decisions to those of the store, all or none; no run is waited for.

    Returns:
        Their decision_ids.

    Raises:
        UsageError: One of them would never hold.
    """
    for decision in decisions:
        require_time(decision)
    return add_decisions(StorePaths(store).steward, decisions)


def decisions_of(store: Path) -> pl.DataFrame:
    """Return all decisions and how each stands: schema TAKEN; standing is `WAITING` until a run takes it in."""
    made = read_decisions(StorePaths(store).steward)
    with open_published(store) as db:
        taken = Known(db).decisions
    judged = taken.select("decision_id", *TAKEN.names()[len(DECISION) :])
    everything = made.join(judged, on="decision_id", how="left", maintain_order="left")
    return everything.with_columns(pl.col("standing").fill_null(WAITING))


def shown(decisions: pl.DataFrame, *, everything: bool) -> list[dict[str, Any]]:
    """Lay decisions out for a person, the newest first.

    Args:
        decisions: Schema TAKEN.
        everything: Also those that were taken back, expired or overruled, and the taking back itself.
    """
    if not everything:
        is_open = pl.col("standing").is_in([WAITING, Standing.BINDING, Standing.LAPSED])
        decisions = decisions.filter(
            is_open & (pl.col("kind") != DecisionKind.WITHDRAW)
        )
    told = decisions.drop("typed_l", "typed_r").sort("decision_id", descending=True)
    return told.to_dicts()


def contradicted(store: Path, on: date) -> list[dict[str, Any]]:
    """Return the decisions that newer ones contradict, wholly or in part, waiting ones judged too; the newest first.

    A pin of one record binds as long as no newer one says otherwise of another record of its
    customer; it stays there, and holds again when the two are no longer one.

    Args:
        store: Folder of the store.
        on: Today, UTC.
    """
    told = decisions_of(store)
    lapsed = told.filter(standing=Standing.LAPSED)["decision_id"]
    judgement = judge(told, on, lapsed.to_list())
    with open_published(store) as db:
        members = Known(db).crosswalk.filter("is_active")
    beaten = _displaced(judgement.pins, members).rename({"against": "newer"})
    now = told.drop("standing", "against").join(judgement.verdicts, on="decision_id")
    now = now.join(beaten, on="decision_id", how="left", maintain_order="left")
    now = now.with_columns(pl.col("against").list.concat(pl.col("newer").fill_null([])))
    has_lost = pl.col("against").list.len() > 0
    return shown(
        now.filter(has_lost & (pl.col("standing") != Standing.WITHDRAWN)).drop("newer"),
        everything=True,
    )


def _displaced(pins: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Find the pins in whose place the golden table has a newer one, of another record of the customer.

    Args:
        pins: Schema PIN.
        members: record_id, customer_id.

    Returns:
        decision_id, against: a list of the one that stands there.
    """
    cell = ["customer_id", "field"]
    stands = newest_pins(pins, members).select(*cell, "value", newest="decision_id")
    return (
        pins.join(members, on="record_id")
        .join(stands, on=cell, suffix="_that_stands")
        .filter(pl.col("value") != pl.col("value_that_stands"))
        .select("decision_id", against=pl.concat_list("newest"))
    )
