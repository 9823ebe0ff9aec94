"""How well amounts are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from value_sets import Figure, lines

from cleanse.normalise.amount import parse_amount


def amounts(folder: Path) -> Iterator[Figure]:
    """Share of amounts read to the cent."""
    cases = [case["case"] for case in lines(folder / "money_parser.jsonl")]
    sure = [(text, want["num"]) for text, want in cases if isinstance(want, dict)]
    right = sum(str(parse_amount(text).value) == want for text, want in sure)
    yield "amounts", right / len(sure), len(sure)


BENCHES = {"jionlp": amounts}
