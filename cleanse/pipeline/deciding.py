"""Decide: what a steward says of records is checked against the published store, and written down.

Nothing waits for a run: decisions go into steward.sqlite, and the next run takes them in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from cleanse.errors import InputError, UsageError
from cleanse.judgement import DECISION, DecisionKind, Standing
from cleanse.pipeline.judging import TAKEN
from cleanse.review import Decision, add_decision, read_decisions
from cleanse.warehouse import Known, StorePaths, open_published

_WAITING = "waiting"
"""How a decision stands that no run has taken in yet."""


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
        """Make a decision out of what it says."""
        if not self.reason.strip():
            raise UsageError("a decision needs a reason. Say why with --reason TEXT.")
        if self.until and self.until < self.now.date():
            raise UsageError(
                f"--until {self.until}: that day is over; the decision would never hold."
            )
        return Decision(
            kind=kind,
            reason=self.reason.strip(),
            actor=self.actor,
            decided_at=self.now,
            until_on=self.until,
            **what,
        )


def decide_pair(
    store: Path, kind: DecisionKind, one: str, two: str, said: Said
) -> Decision:
    """Say that two records are one customer, or are two.

    Args:
        store: Folder of the store.
        kind: MATCH or NO_MATCH.
        one: A record number.
        two: Another.
        said: Who, when, why.

    Raises:
        InputError: A record was never there, or both are one.
    """
    records = numbers_of([one, two])
    with open_published(store) as db:
        _require_known(Known(db), records)
    left, right = sorted(records)
    if left == right:
        raise InputError(f"record {left}: two different records are needed.")
    return said.decision(kind, record_id=left, other_record_id=right)


def numbers_of(texts: Sequence[str]) -> list[int]:
    """Read record numbers.

    >>> numbers_of(["7", "12"])
    [7, 12]
    """
    for text in texts:
        if not text.isdecimal():
            raise InputError(
                f"{text!r} is no record number: decisions speak of records, for these stay what they are.\n"
                "cleanse customer ID shows the records of a customer."
            )
    return [int(text) for text in texts]


def _require_known(known: Known, records: Collection[int]) -> None:
    there = known.as_typed(pl.Series(sorted(set(records)), dtype=pl.Int64))
    missing = sorted(set(records) - set(there["record_id"]))
    if missing:
        raise InputError(
            f"record {', '.join(map(str, missing))}: never was in this store.\n"
            "cleanse customer ID shows the record numbers of a customer; table crosswalk holds all."
        )


def decisions_of(store: Path) -> pl.DataFrame:
    """Return all decisions and how each stands: schema TAKEN; standing is ``waiting`` until a run takes it in."""
    made = read_decisions(StorePaths(store).steward)
    with open_published(store) as db:
        taken = Known(db).decisions
    judged = taken.select("decision_id", *TAKEN.names()[len(DECISION) :])
    everything = made.join(judged, on="decision_id", how="left", maintain_order="left")
    return everything.with_columns(pl.col("standing").fill_null(_WAITING))


def shown(decisions: pl.DataFrame, *, everything: bool) -> list[dict[str, Any]]:
    """Lay decisions out for a person, the newest first.

    Args:
        decisions: Schema TAKEN.
        everything: Also those that were taken back, expired or overruled, and the taking back itself.
    """
    if not everything:
        is_open = pl.col("standing").is_in(
            [_WAITING, Standing.BINDING, Standing.LAPSED]
        )
        decisions = decisions.filter(
            is_open & (pl.col("kind") != DecisionKind.WITHDRAW)
        )
    told = decisions.drop("typed_l", "typed_r").sort("decision_id", descending=True)
    return told.to_dicts()


def write_down(store: Path, decision: Decision) -> int:
    """Append a decision to the store's; no run is waited for.

    Returns:
        Its decision_id.
    """
    return add_decision(StorePaths(store).steward, decision)
