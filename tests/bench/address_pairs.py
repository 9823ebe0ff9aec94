"""Chinese address pairs: is it one place? Average precision beside a ratio of the texts.

    python tests/bench/address_pairs.py [--bench DIR]

DIR holds ccks2021_address_pairs_dev/dev_round1.csv (query, candidate, label); also read
from CLEANSE_BENCH. Addresses are normalised as a list's are. Three ways to rank the pairs
are shown: the ratio of their texts, the bits that rules/matching.toml gives for the levels
of the address and place comparisons, and `address_likeness`, whose points were looked at on
the queries whose sha256 is even (both halves are shown). Nothing is learned when it runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from cleanse.compare import levels_of, prepare
from cleanse.compare.address import (
    address_likeness,
    compare_addresses,
    compare_places,
)
from cleanse.compare.table import Compared, Pairs
from cleanse.encoded import encode
from cleanse.estimate import believed
from cleanse.normalise import normalise
from cleanse.rulebook import Rulebook, load_rulebook
from cleanse.score import Observed, evidence_bits

Floats = npt.NDArray[np.float64]
SET = Path("ccks2021_address_pairs_dev") / "dev_round1.csv"
SAME = "完全匹配"


def average_precision(score: Floats, is_same: npt.NDArray[np.bool_]) -> float:
    """Return the mean precision at each true pair, best first; ties share their precision."""
    order = np.argsort(-score, kind="stable")
    right, ranked = is_same[order], score[order]
    last = np.append(ranked[1:] != ranked[:-1], True)
    found, seen = np.cumsum(right)[last], (np.flatnonzero(last) + 1.0)
    gained = np.diff(found, prepend=0)
    return float((gained * found / seen).sum() / right.sum())


def _is_even(text: str) -> bool:
    return int(sha256(text.encode()).hexdigest(), 16) % 2 == 0


def bits_of(name: str, compared: Compared, rulebook: Rulebook, filled: int) -> Floats:
    """Return the believed bits of one comparison for a match against strangers."""
    shown = [level.name for level in sorted(levels_of(name)) if level.value >= 0]
    evidence = believed(rulebook.matching.comparison[name], tuple(shown))
    seen = Observed(compared.levels, compared.bearers, filled)
    return evidence_bits(replace(evidence, filled=float(filled)), seen, 1.0)[0]


def main() -> int:
    """Print average precision of ours and of the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, default=os.environ.get("CLEANSE_BENCH"))
    given = parser.parse_args()
    if not given.bench or not (Path(given.bench) / SET).exists():
        print(f"skipped: no {SET} under --bench")
        return 0
    pairs = pl.read_csv(Path(given.bench) / SET, infer_schema=False)
    texts = pl.concat([pairs["query"], pairs["candidate"].alias("query")])
    records = pl.DataFrame(
        {
            "row_id": np.arange(len(texts)),
            "record_id": np.arange(len(texts)),
            "source": ["pairs"] * len(texts),
            "region": ["CN"] * len(texts),
            "customer": ["company"] * len(texts),
            "address_raw": texts,
        }
    )
    rulebook = load_rulebook()
    records = normalise(records, rulebook)[0]
    table = prepare(encode(records))
    both = Pairs(table, np.arange(len(pairs)), np.arange(len(pairs)) + len(pairs))
    score = np.zeros(len(pairs))
    for name, compare in (("address", compare_addresses), ("place", compare_places)):
        score += bits_of(name, compare(both), rulebook, len(records))
    ratio = np.asarray(
        cpdist(pairs["query"], pairs["candidate"], scorer=fuzz.ratio), dtype=np.float64
    )
    is_same = (pairs["label"] == SAME).to_numpy()
    print(f"pairs {len(pairs)}, {SAME} {is_same.mean():.3f}")
    likeness = address_likeness(both).astype(np.float64)
    is_even = np.asarray([_is_even(text) for text in pairs["query"]])
    for name, each in (
        ("rapidfuzz ratio", ratio),
        ("bits of the levels", score),
        ("likeness", likeness),
    ):
        parts = [
            average_precision(each[half], is_same[half])
            for half in (np.ones(len(each), dtype=np.bool_), is_even, ~is_even)
        ]
        top = is_same[np.argsort(-each, kind="stable")[:200]].mean()
        print(
            f"{name:20} AP {parts[0]:.3f} even {parts[1]:.3f} odd {parts[2]:.3f} top 200 {top:.2f}"
        )
    for level in sorted(levels_of("address")):
        at = compare_addresses(both).levels == level.value
        if at.any():
            print(
                f"  {level.name:12} {at.sum():6} pairs, {is_same[at].mean():.3f} {SAME}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
