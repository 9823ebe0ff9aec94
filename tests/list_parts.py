"""Parts of made-up lists with known truth: rows, who each is about, and slips of the pen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

Row = dict[str, str]
Twist = Callable[[Random, Row], Row]


@dataclass(frozen=True, slots=True)
class MadeList:
    """A list and its truth."""

    rows: Sequence[Row]
    entities: Sequence[int]
    """Per row, who it is about."""


def few(random: Random, parts: Sequence[str], steepness: float = 0.7) -> str:
    """Draw a part; the first are the most common (Zipf)."""
    weights = [1 / (place + 1) ** steepness for place in range(len(parts))]
    return random.choices(parts, weights)[0]


def slip(random: Random, text: str) -> str:
    """Leave out, double, swap or replace one letter, not the first."""
    if len(text) < 4:
        return text
    at = random.randrange(1, len(text) - 1)
    return random.choice(
        [
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + random.choice("aeinorst") + text[at + 1 :],
        ]
    )


def twice(
    random: Random,
    make: Callable[[Random], Row],
    twist: Twist,
    *,
    entities: int,
    share: float,
) -> MadeList:
    """Make entities, and of a share of them one or two more rows, each twisted."""
    made: list[tuple[Row, int]] = []
    for entity in range(entities):
        row = make(random)
        made.append((row, entity))
        more = (1 + (random.random() < 0.3)) if random.random() < share else 0
        made += [(twist(random, dict(row)), entity) for _ in range(more)]
    random.shuffle(made)
    return MadeList([row for row, _ in made], [entity for _, entity in made])
