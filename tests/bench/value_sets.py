"""Reading the sets that single values are measured on."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from cleanse.rulebook import load_rulebook

RULES = load_rulebook()

Figure = tuple[str, float, int]
"""Part of a set, share that is right, cases."""


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
