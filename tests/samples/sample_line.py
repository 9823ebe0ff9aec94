"""What a list is made of: sightings of customers, and lines of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sample_customer import Customer
from sample_dice import Dice
from sample_story import Story, as_is, draw_story

QUARTERS = ("2026Q1", "2026Q2")
Cell = object


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """A customer as one clerk of one list wrote it down."""

    name: str
    """Unique within its list; every draw about this row hangs on it."""
    customer: Customer
    story: str
    key: str = ""
    fate: str = "same"
    """What happens to it in the second quarter: same, bought, phone, address, renamed, gone; or new."""

    @property
    def dice(self) -> Dice:
        """The chances of this row."""
        return Dice("sighting", self.name)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One physical row of a sheet."""

    kind: str
    """record, nothing (identifies nobody), blank, title, preamble, header, repeated_header, total or note."""
    cells: Sequence[Cell]
    sighting: Sighting | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All rows of one table of a file, in order."""

    source: str
    file: str
    sheet: str
    lines: Sequence[Line]


FATES = (
    ["same"] * 63
    + ["bought"] * 23
    + ["phone"] * 3
    + ["address"] * 3
    + ["renamed"] * 2
    + ["gone"] * 6
)


def sight(
    source: str, customer: Customer, turn: int, story: Story | None = as_is
) -> Sighting:
    """Write a customer down; `story` None draws one, `turn` counts its rows in the list."""
    name = f"{source}/{customer.entity}/{turn}"
    dice = Dice("sighting", name)
    told = story or draw_story(customer, dice)
    return Sighting(
        name=name,
        customer=told(customer, dice),
        story=told.__name__,
        fate=dice.pick("fate", FATES),
    )


def shuffled(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Bring rows into an order that says nothing about who is who."""
    return sorted(sightings, key=lambda sighting: sighting.dice.fraction("order"))


def numbered(
    sightings: Iterable[Sighting], write: Callable[[int], str]
) -> list[Sighting]:
    """Give each row its source key."""
    return [replace(s, key=write(n)) for n, s in enumerate(sightings, 1)]


def of_quarter(sightings: Iterable[Sighting], quarter: str) -> list[Sighting]:
    """Leave out what is not there yet, or no longer."""
    absent = "new" if quarter == QUARTERS[0] else "gone"
    return [s for s in sightings if s.fate != absent]


def as_of(sighting: Sighting, quarter: str, changes: Mapping[str, Story]) -> Customer:
    """Return the customer as this row tells of it in a quarter."""
    if quarter == QUARTERS[0] or sighting.fate not in changes:
        return sighting.customer
    return changes[sighting.fate](sighting.customer, Dice("Q2", sighting.name))
