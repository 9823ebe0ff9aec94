"""rules/survivorship.toml: which of a customer's values survives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from cleanse.errors import did_you_mean
from cleanse.rulebook.toml import Rule
from cleanse.schema import (
    ADDRESS_FIELDS,
    FIELDS,
    MANY_VALUED,
    SOURCE_FIELDS,
    FieldKind,
)


class Strategy(StrEnum):
    """What makes one value better than another."""

    VALID = "valid"
    """It obeys its standard; an address names a street, a building or a PO box."""
    CUSTOM_ORDER = "custom_order"
    """It, or its source, stands earlier in a list of the user's own, see `OrderRule`."""
    WEIGHTED = "weighted"
    """It has the most votes, see `WeightedRule`."""
    MOST_RECENT = "most_recent"
    """From the record updated last, by ``source_updated_at``."""
    MOST_TRUSTED = "most_trusted"
    """From the source with the smallest ``trust``."""
    MOST_FREQUENT = "most_frequent"
    """On most records, spellings of one value counted together."""
    MOST_COMPLETE = "most_complete"
    """The longest; of dates the most exact; of addresses and groups the most parts."""
    EARLIEST = "earliest"
    LATEST = "latest"
    LARGEST = "largest"
    STRICTEST = "strictest"
    """Of consent, see `StrictestRule`."""
    UNITE = "unite"
    """All values."""


EXTRA_FIELD: Final = "extra."
"""Before a heading, this names a column that is no standard field."""

_GROUP_CHAIN: Final = (
    Strategy.VALID,
    Strategy.MOST_RECENT,
    Strategy.MOST_FREQUENT,
    Strategy.MOST_COMPLETE,
)
_FOLLOWERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("given_name", "middle_name", "family_name"), "name"),
    **{field: "address" for field in ADDRESS_FIELDS if field != "address"},
}
"""Fields that survive with another, from the same record."""
_TOTALS: Final = ("total_amount", "currency", "purchase_count")
_OF_ONE_FIELD: Final = frozenset(
    (
        Strategy.EARLIEST,
        Strategy.LATEST,
        Strategy.LARGEST,
        Strategy.STRICTEST,
        Strategy.UNITE,
    )
)
"""What a group of fields cannot be chosen by."""

Months = Annotated[float, Field(gt=0)]


class StrictestRule(Rule):
    """Words of consent, from the strictest; case, width and punctuation make no difference."""

    refusals: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()
    """A word not listed stands between refusals and consents."""


class WeightedRule(Rule):
    """How much a record's vote counts for its value.

    A vote is ``trust_step ** (trust - 1) * 0.5 ** (age / half_life)``; a value has
    the votes of all records that bear it, in any spelling. Votes fade exponentially,
    so the ratio of two votes depends on the difference of their ages alone and never
    on the day from which age is counted (Cormode, Shkapenyuk, Srivastava and Xu,
    "Forward decay: a practical time decay model for streaming systems", ICDE 2009):
    a new record elsewhere in the store, or time that passes, changes no winner.
    """

    trust_step: Annotated[float, Field(gt=0, le=1)] = 0.7
    """What a vote is worth beside that of a source one step more trusted."""
    half_life_months: Months = 24
    """Months after which a vote counts half, where the tables below say nothing."""
    kind: dict[FieldKind, Months] = {}
    """The half-life of a kind of field."""
    field: dict[str, Months] = {}
    """The half-life of a field or group."""


class OrderRule(Rule):
    """An order of preference; what is not listed stands behind what is."""

    values: tuple[str, ...] = ()
    """The best first; case, width and punctuation make no difference."""
    sources: tuple[str, ...] = ()
    """The best first; they decide where `values` leave a tie."""

    @model_validator(mode="after")
    def _says_something_once(self) -> Self:
        if not self.values and not self.sources:
            raise ValueError('list what goes first: values = ["…"] or sources = ["…"]')
        for name in ("values", "sources"):
            twice = [w for w, n in Counter(getattr(self, name)).items() if n > 1]
            if twice:
                raise ValueError(f"{name} lists {twice[0]!r} twice")
        return self


class SurvivorshipRules(Rule):
    """What rules/survivorship.toml says."""

    kind: dict[FieldKind, tuple[Strategy, ...]] = {}
    """By kind of field."""
    field: dict[str, tuple[Strategy, ...]] = {}
    """Where a field differs from its kind; the list of a group."""
    group: dict[str, tuple[str, ...]] = {}
    """Fields that survive together, from one record, by the name of the group."""
    order: dict[str, OrderRule] = {}
    """By field or group."""
    weighted: WeightedRule = WeightedRule()
    strictest: StrictestRule = StrictestRule()
    conflict: dict[str, Literal["error", "warning", "info", "off"]] = {}
    """By field: how grave it is when valid values of one customer's records contradict."""

    def chain(self, field: str) -> tuple[Strategy, ...]:
        """Return the strategies of a field or group, the most important first.

        An order of the user's own that the list does not name comes first, behind
        ``valid``.
        """
        kind = FIELDS.get(field, FieldKind.TEXT)
        usual = _GROUP_CHAIN if field in self.group else self.kind.get(kind, ())
        chain = self.field.get(field, usual)
        if field not in self.order or Strategy.CUSTOM_ORDER in chain:
            return chain
        place = int(chain[:1] == (Strategy.VALID,))
        return (*chain[:place], Strategy.CUSTOM_ORDER, *chain[place:])

    def half_life_months(self, field: str) -> float:
        """Return the months after which a vote for a value of a field or group counts half."""
        kind = self.weighted.kind.get(FIELDS.get(field, FieldKind.TEXT))
        usual = self.weighted.half_life_months if kind is None else kind
        return self.weighted.field.get(field, usual)

    @property
    def grouped(self) -> frozenset[str]:
        """The fields that survive with a group of the user's own."""
        return frozenset(field for fields in self.group.values() for field in fields)

    @field_validator("group")
    @classmethod
    def _groups(cls, group: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        seen: dict[str, str] = {}
        for name, fields in group.items():
            if name in FIELDS:
                raise ValueError(
                    f"{name!r} is a standard field; give the group another name"
                )
            if len(fields) < 2:  # noqa: PLR2004 - or it is no group
                raise ValueError(f"{name}: a group has at least two fields")
            for field in fields:
                _check_member(name, field)
                if field in seen:
                    raise ValueError(
                        f"{name}: {field!r} is in {seen[field]} already; a field survives with one group"
                    )
                seen[field] = name
        return group

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        for table, names in (
            ("field", self.field),
            ("order", self.order),
            ("weighted.field", self.weighted.field),
        ):
            for name in names:
                self._check_name(table, name)
        for name, chain in self.field.items():
            self._check_chain(name, chain)
        for name in self.order:
            self._check_order(name)
        for name in self.conflict:
            self._check_conflict(name)
        return self

    def _check_name(self, table: str, name: str) -> None:
        if name not in FIELDS and name not in self.group:
            near = did_you_mean(name, [*FIELDS, *self.group])
            raise ValueError(f"{table}.{name}: no standard field and no group{near}")
        for group, fields in self.group.items():
            # The shipped [field] speaks of fields that a user may group.
            if name in fields and table != "field":
                raise ValueError(
                    f"{table}.{name}: it survives with its group; write {table}.{group}"
                )
        if name in _FOLLOWERS:
            leader = _FOLLOWERS[name]
            raise ValueError(
                f"{table}.{name}: it survives with {leader}; write {table}.{leader}"
            )

    def _check_conflict(self, name: str) -> None:
        if name not in FIELDS:
            near = did_you_mean(name, FIELDS)
            raise ValueError(f"conflict.{name}: no standard field{near}")
        leader = _FOLLOWERS.get(name, name)
        several = {*MANY_VALUED, *_TOTALS, *SOURCE_FIELDS, "address", "kind"}
        if leader in several or name != leader or Strategy.UNITE in self.chain(name):
            raise ValueError(
                f"conflict.{name}: a customer may have several, or it survives with another; leave it out"
            )

    def _check_chain(self, name: str, chain: tuple[Strategy, ...]) -> None:
        wrong = _OF_ONE_FIELD.intersection(chain)
        if name in self.group and wrong:
            raise ValueError(
                f"field.{name}: a group of fields cannot be chosen by {_listed(wrong)}"
            )
        if Strategy.STRICTEST in chain and name != "consent":
            raise ValueError(
                f"field.{name}: strictest knows words of consent only; list the values in [order.{name}]"
            )
        if Strategy.CUSTOM_ORDER in chain and name not in self.order:
            raise ValueError(
                f"field.{name}: custom_order needs a table [order.{name}] with values or sources"
            )

    def _check_order(self, name: str) -> None:
        if self.order[name].values and (name in self.group or name == "address"):
            raise ValueError(
                f"order.{name}: it is taken as a whole and has no values to list; list sources"
            )
        if name in _TOTALS or Strategy.UNITE in self.chain(name):
            raise ValueError(
                f"order.{name}: its values are added or united, none goes first; leave it out"
            )


def _check_member(group: str, field: str) -> None:
    """Refuse a field that does not survive by itself, or is none."""
    if field.startswith(EXTRA_FIELD):
        return
    if field not in FIELDS:
        near = did_you_mean(field, FIELDS)
        raise ValueError(
            f"{group}: {field!r} is not a standard field{near}; a column of your own is {EXTRA_FIELD}<heading>"
        )
    leader = _FOLLOWERS.get(field, field)
    if leader in ("name", "address", "kind", *_TOTALS, *SOURCE_FIELDS):
        raise ValueError(
            f"{group}: {field!r} survives in a way of its own and cannot join a group"
        )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(str(word) for word in words))
