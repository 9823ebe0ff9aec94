"""What a heading may mean, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

Known = tuple[str, int, str]
"""Field, rank among its headings, and the heading as fields.toml writes it."""


class Way(IntEnum):
    """How a heading was understood, the surest last."""

    FUZZY = 70
    """One or two letters off."""
    HEADED = 72
    """Its last or first words tell the field; the others are not known."""
    SHORTENED = 74
    """Words stopped short by a dot (Date de naiss.)."""
    SOUND = 75
    """The sound of a Chinese heading, or its initials (kehu_mingcheng, khmc)."""
    ALIKE = 84
    """With words that are written for one another (number, no)."""
    PLACED = 86
    """After a word that says which of several was taken off (home, billing, 办公)."""
    GROUPED = 88
    """By its last part, or by what that part is the name of (联系方式 联系人, 结算方式.名称)."""
    PEELED = 90
    """After a word that says nothing was taken off (customer, primary, 客户)."""
    NUMBERED = 93
    """After a number at its end was taken off."""
    EXACT = 95
    """A heading of fields.toml as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One field that a heading may mean."""

    field: str
    way: Way
    rank: int
    """Position among the headings of its field; the lower the better."""
    known: str
    """The heading of fields.toml that it was taken for."""
    place: str = ""
    """Which of several: home, billing …"""
    number: int = 0
    """The number in the heading, 0 without one."""


def meant(
    known: tuple[Known, ...] | list[Known], way: Way, number: int = 0, place: str = ""
) -> list[Meaning]:
    """Return what known headings mean when they are found in some way."""
    return [
        Meaning(field=field, way=way, rank=rank, known=word, place=place, number=number)
        for field, rank, word in known
    ]
