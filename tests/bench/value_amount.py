"""How well amounts are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from value_sets import Figure, lines

from cleanse.normalise.amount import parse_amount


def amounts(folder: Path) -> Iterator[Figure]:
    """Share of exact amounts read to the cent; of bounds and ranges left alone."""
    cases = [case["case"] for case in lines(folder / "money_parser.jsonl")]
    told = [(text, want) for text, want in cases if isinstance(want, dict)]
    exact = [(t, w["num"]) for t, w in told if w["definition"] == "accurate"]
    vague = [
        t for t, w in told if isinstance(w["num"], list) or w["definition"][-1:] in "+-"
    ]
    right = sum(str(parse_amount(text).value) == number for text, number in exact)
    yield "amounts, exact", right / len(exact), len(exact)
    left = sum(parse_amount(text).value is None for text in vague)
    yield "bounds and ranges left alone", left / len(vague), len(vague)


BENCHES = {"jionlp": amounts}
