"""Chance that hangs on names instead of on order, and the vocabulary tables.

Every draw is a hash of who draws and what for, so a row that is added or taken
away changes no other row, and every Python writes the same lists.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Row = dict[str, str]


class Dice:
    """The chances of one thing, by its name.

    >>> Dice("crm", 7).number("house", 1, 99) == Dice("crm", 7).number("house", 1, 99)
    True
    """

    def __init__(self, *names: object) -> None:
        self._name = "/".join(map(str, names))

    def fraction(self, what: str) -> float:
        """Draw a number in [0, 1)."""
        digest = hashlib.sha256(f"{self._name}/{what}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    def happens(self, what: str, chance: float) -> bool:
        """Say whether something of this chance comes true."""
        return self.fraction(what) < chance

    def number(self, what: str, low: int, high: int) -> int:
        """Draw a whole number from low to high, both included."""
        return low + int(self.fraction(what) * (high - low + 1))

    def pick(self, what: str, options: Sequence[T]) -> T:
        """Draw one of `options`."""
        return options[self.number(what, 0, len(options) - 1)]

    def pick_first(self, what: str, options: Sequence[T]) -> T:
        """Draw one of `options`, the first ones more often (as surnames fall)."""
        return options[int(self.fraction(what) ** 2 * len(options))]


@cache
def table(name: str) -> tuple[Row, ...]:
    """Read one vocabulary table of this folder."""
    path = Path(__file__).with_name(f"{name}.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(csv.DictReader(line for line in lines if not line.startswith("#")))
