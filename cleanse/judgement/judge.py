"""Judge the decisions: the newest first, each against those that hold already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

import polars as pl

from cleanse.judgement.bonds import Bonds
from cleanse.judgement.parting import Parting

DECISION = pl.Schema(
    {
        "decision_id": pl.Int64(),
        "kind": pl.String(),
        "record_id": pl.Int64(),
        "other_record_id": pl.Int64(),
        "field": pl.String(),
        "value": pl.String(),
        "reason": pl.String(),
        "actor": pl.String(),
        "decided_at": pl.Datetime("us", "UTC"),
        "until_on": pl.Date(),
    }
)
"""One row per decision."""

VERDICT = pl.Schema(
    {"decision_id": pl.Int64(), "standing": pl.String(), "against": pl.List(pl.Int64())}
)
"""One row per decision: how it stands, and the decisions that speak against it."""
PIN = pl.Schema(
    {
        "record_id": pl.Int64(),
        "field": pl.String(),
        "value": pl.String(),
        "decision_id": pl.Int64(),
    }
)
"""One row per record and field."""
KIND = pl.Schema(
    {"record_id": pl.Int64(), "kind": pl.String(), "decision_id": pl.Int64()}
)
"""One row per record."""
BOND = pl.Schema(
    {"record_id_l": pl.Int64(), "record_id_r": pl.Int64(), "is_match": pl.Boolean()}
)
"""One row per pair that is decided, record_id_l < record_id_r."""


class DecisionKind(StrEnum):
    """What a steward can decide."""

    MATCH = "match"
    """Two records are one customer."""
    NO_MATCH = "no_match"
    """Two records are two customers."""
    SPLIT = "split"
    """Records leave their customer, together: see `Parting`."""
    PIN = "pin"
    """The customer of a record has this value in this field."""
    KIND = "kind"
    """A record is a person, or a company."""
    WITHDRAW = "withdraw"
    """An earlier decision no longer holds."""


class Standing(StrEnum):
    """How a decision stands."""

    BINDING = "binding"
    """It holds; of a split perhaps only a part, if `against` names decisions."""
    OVERRULED = "overruled"
    """Newer decisions contradict it."""
    LAPSED = "lapsed"
    """A no_match of which a side is no longer what it was: to be looked at again."""
    EXPIRED = "expired"
    """Its last day is over."""
    WITHDRAWN = "withdrawn"
    """It was taken back."""


IDENTITY: Final = (DecisionKind.MATCH, DecisionKind.NO_MATCH, DecisionKind.SPLIT)
"""Decisions about who is one customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the decisions come to."""

    verdicts: pl.DataFrame = field(default_factory=VERDICT.to_frame)
    """Schema VERDICT, by decision_id."""
    pins: pl.DataFrame = field(default_factory=PIN.to_frame)
    """Schema PIN."""
    kinds: pl.DataFrame = field(default_factory=KIND.to_frame)
    """Schema KIND."""
    ties: Bonds = field(default_factory=Bonds)
    """Who is one customer, and who is not."""
    subjects: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.Int64))
    """Every record of which a decision says who it is, whether it holds or not; sorted."""

    @property
    def named(self) -> pl.DataFrame:
        """Records that a decision ties or parts, and their groups: record_id, group."""
        schema = {"record_id": pl.Int64, "group": pl.Int64}
        return pl.DataFrame(list(self.ties.records()), schema, orient="row")

    @property
    def parted(self) -> pl.DataFrame:
        """Groups that are two customers: group_l, group_r, decision_id."""
        schema = dict.fromkeys(("group_l", "group_r", "decision_id"), pl.Int64)
        return pl.DataFrame(list(self.ties.parted()), schema, orient="row")

    def bonds(self, records: pl.DataFrame) -> pl.DataFrame:
        """Say which of some records are one customer, and which are two.

        A tie holds through records that are not there, and a part of one group holds
        for all of it.

        Args:
            records: record_id: those that are there.

        Returns:
            Schema BOND: of each group a star around its smallest record there, and of
            two groups kept apart their smallest.
        """
        there = self.named.join(records, on="record_id", how="semi").with_columns(
            head=pl.col("record_id").min().over("group")
        )
        ties = there.filter(pl.col("record_id") != pl.col("head")).select(
            record_id_l="head", record_id_r="record_id", is_match=pl.lit(value=True)
        )
        heads = there.select("group", "head").unique()
        parts = self.parted
        for side in "lr":
            mine = heads.select(pl.all().name.suffix(f"_{side}"))
            parts = parts.join(mine, on=f"group_{side}")
        pairs = parts.select(
            record_id_l=pl.min_horizontal("head_l", "head_r"),
            record_id_r=pl.max_horizontal("head_l", "head_r"),
            is_match=pl.lit(value=False),
        )
        return pl.concat([ties, pairs]).cast(BOND).sort(pl.all())

    def settled(self, pairs: pl.DataFrame) -> pl.Series:
        """Say of each pair what is decided of it.

        Args:
            pairs: record_id_l, record_id_r.

        Returns:
            Boolean: true for one customer, false for two; null where it is open.
        """
        named, parted = self.named, self.parted
        told = pairs.select("record_id_l", "record_id_r")
        for side in "lr":
            mine = named.select(pl.all().name.suffix(f"_{side}"))
            told = told.join(
                mine, on=f"record_id_{side}", how="left", maintain_order="left"
            )
        low, high = (
            pl.min_horizontal("group_l", "group_r"),
            pl.max_horizontal("group_l", "group_r"),
        )
        told = told.select(
            is_one=pl.col("group_l") == pl.col("group_r"), group_l=low, group_r=high
        ).join(parted, on=["group_l", "group_r"], how="left", maintain_order="left")
        return told.select(
            is_match=pl.when("is_one")
            .then(statement=True)
            .when(pl.col("decision_id").is_not_null())
            .then(statement=False)
        ).to_series()


def judge(decisions: pl.DataFrame, on: date, lapsed: Collection[int] = ()) -> Judgement:
    """Judge which decisions hold, and what follows from them.

    Args:
        decisions: Schema DECISION, all that were ever made; any order.
        on: The day, UTC: those whose last day is over do not hold.
        lapsed: Numbers of those of which a side is no longer what it was.
    """
    bench = _Bench(on, frozenset(lapsed))
    rows = decisions.select(DECISION.names()).sort("decision_id", descending=True)
    for row in rows.iter_rows(named=True):
        bench.hear(row)
    return bench.judgement()


class _Bench:
    """Hears one decision after another, the newest first."""

    def __init__(self, on: date, lapsed: frozenset[int]) -> None:
        self._on, self._lapsed = on, lapsed
        self._withdrawn: dict[int, int] = {}
        self._ties = Bonds()
        self._subjects: set[int] = set()
        self._said: dict[tuple[str, int, str | None], tuple[int, str]] = {}
        self._verdicts: list[tuple[int, str, list[int]]] = []
        self._heard: dict[str, Callable[[dict[str, Any]], tuple[int, set[int]]]] = {
            DecisionKind.MATCH: self._match,
            DecisionKind.NO_MATCH: self._no_match,
            DecisionKind.SPLIT: self._split,
            DecisionKind.PIN: self._value,
            DecisionKind.KIND: self._value,
        }

    def hear(self, row: dict[str, Any]) -> None:
        """Take one decision in."""
        decision_id, kind = row["decision_id"], row["kind"]
        self._subjects |= subjects_of(row)
        standing, against = Standing.BINDING, set[int]()
        if kind == DecisionKind.WITHDRAW:
            self._withdrawn.setdefault(int(row["value"]), decision_id)
        elif decision_id in self._withdrawn:
            standing, against = Standing.WITHDRAWN, {self._withdrawn[decision_id]}
        elif row["until_on"] and row["until_on"] < self._on:
            standing = Standing.EXPIRED
        elif decision_id in self._lapsed:
            standing = Standing.LAPSED
        else:
            taken, against = self._heard[kind](row)
            standing = Standing.BINDING if taken else Standing.OVERRULED
        self._verdicts.append((decision_id, standing, sorted(against)))

    def _match(self, row: dict[str, Any]) -> tuple[int, set[int]]:
        pair = (row["record_id"], row["other_record_id"])
        return _count([self._ties.tie(*pair, row["decision_id"])])

    def _no_match(self, row: dict[str, Any]) -> tuple[int, set[int]]:
        pair = (row["record_id"], row["other_record_id"])
        return _count([self._ties.part(*pair, row["decision_id"])])

    def _split(self, row: dict[str, Any]) -> tuple[int, set[int]]:
        """Part whom no newer decision ties, and keep those together who leave."""
        decision_id = row["decision_id"]
        parting = Parting.of(row["record_id"], row["value"])
        first, *others = parting.leave
        ties = [self._ties.tie(first, other, decision_id) for other in others]
        parts = [
            self._ties.part(one, two, decision_id)
            for one in parting.leave
            for two in parting.stay
        ]
        return _count([*ties, *parts])

    def _value(self, row: dict[str, Any]) -> tuple[int, set[int]]:
        """Let the newest word on a cell or a record stand; the same word again is no contradiction."""
        matter = (row["kind"], row["record_id"], row["field"])
        said = (row["decision_id"], row["value"])
        newest, value = self._said.setdefault(matter, said)
        return _count([[] if value == row["value"] else [newest]])

    def judgement(self) -> Judgement:
        """Put together what was heard."""
        pins, kinds = [], []
        for (kind, record_id, name), (decision_id, value) in self._said.items():
            if kind == DecisionKind.PIN:
                pins.append((record_id, name, value, decision_id))
            else:
                kinds.append((record_id, value, decision_id))
        return Judgement(
            verdicts=_frame(self._verdicts, VERDICT).sort("decision_id"),
            pins=_frame(pins, PIN).sort("record_id", "field"),
            kinds=_frame(kinds, KIND).sort("record_id"),
            ties=self._ties,
            subjects=pl.Series(sorted(self._subjects), dtype=pl.Int64),
        )


def subjects_of(row: Mapping[str, Any]) -> set[int]:
    """Return the records of which a decision says who they are."""
    if row["kind"] not in IDENTITY:
        return set()
    if row["kind"] == DecisionKind.SPLIT:
        parting = Parting.of(row["record_id"], row["value"])
        return {*parting.leave, *parting.stay}
    return {row["record_id"], row["other_record_id"]}


def _count(refused: list[list[int]]) -> tuple[int, set[int]]:
    """Return how many bonds were taken, and the decisions against the others."""
    taken = sum(not against for against in refused)
    return taken, {each for against in refused for each in against}


def _frame(rows: Iterable[tuple[Any, ...]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema, orient="row")
