"""What labels gain: clustered F1 without, and with a few, wrong and many of them.

    python tests/bench/train_labels.py SET [SET …] [--seeds N]

SET is a folder with records.csv and truth.csv. Labels are drawn from the kept pairs: at
random, or as a steward meets them (pairs within 5 bits of even odds); in rows with
wrong ones the first labels say the opposite of the truth. Scored on all entities, and
on the halves whose sha256 is even and odd. Learning's constants were looked at on the
whole of fake_1000, chicago, zh_company and historical, three settings of each.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from match_lab import cleaned, truth_of
from scoring import even_half, odd_half, score

from cleanse.cluster import cluster
from cleanse.match import Before, MatchResult, match
from cleanse.match.learn import learn
from cleanse.rulebook import Rulebook, load_rulebook
from cleanse.score import Model

CASES = (
    ("random", 300, 0),
    ("review", 300, 0),
    ("review", 5, 0),
    ("review", 50, 5),
    ("random", 50, 5),
)
"""How labels are drawn, how many, and how many of them are wrong."""
NEAR = 5.0


def labels(
    found: MatchResult, truth: pl.DataFrame, case: tuple[str, int, int], seed: int
) -> pl.DataFrame:
    """Draw labelled pairs."""
    how, count, wrong = case
    entity = dict(truth.iter_rows())
    pairs = found.pairs.select("record_id_l", "record_id_r", "match_weight")
    if how == "review":
        pairs = pairs.filter(pl.col("match_weight").abs() < NEAR)
    chosen = np.random.default_rng(seed).choice(
        pairs.height, min(count, pairs.height), replace=False
    )
    ids = pairs[chosen].select("record_id_l", "record_id_r")
    said = [
        (entity[a] == entity[b]) != (at < wrong)
        for at, (a, b) in enumerate(ids.iter_rows())
    ]
    return ids.with_columns(is_match=pl.Series(said))


def scores(pairs: pl.DataFrame, truth: pl.DataFrame, rulebook: Rulebook) -> list[float]:
    """Return clustered F1 of all entities, and of both halves."""
    groups = cluster(pairs, truth, rulebook.matching)
    named = groups.with_columns(pl.col("cluster_id").cast(pl.String))
    parts = (truth, even_half(truth), odd_half(truth))
    return [score(part, named).f1 if part.height else np.nan for part in parts]


def taught(
    records: pl.DataFrame, found: MatchResult, model: Model, rulebook: Rulebook
) -> pl.DataFrame:
    """Weigh every pair anew under a taught model."""
    before = Before(
        frequencies=found.frequencies,
        inputs=found.inputs.clear(),
        pairs=found.pairs.clear(),
    )
    return match(records, rulebook.matching, model, before).pairs


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line per set and case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args(arguments)
    rulebook = load_rulebook()
    for folder in given.folders:
        records = cleaned(folder / "records.csv", rulebook)
        truth = truth_of(folder, records)
        found = match(records, rulebook.matching)
        plain = scores(found.pairs, truth, rulebook)
        print(f"{folder.name:26} no labels         {shown(plain)}", flush=True)
        for case in CASES:
            all_of_them = []
            for seed in range(given.seeds):
                lesson = learn(
                    records,
                    rulebook.matching,
                    found.model,
                    found.frequencies,
                    labels(found, truth, case, seed),
                )
                pairs = taught(records, found, lesson.model, rulebook)
                all_of_them.append(scores(pairs, truth, rulebook))
            worst = min(one[0] for one in all_of_them)
            how, count, wrong = case
            mean = shown(np.mean(all_of_them, axis=0).tolist())
            print(
                f"{'':26} {how} {count:3} ({wrong} wrong)  {mean} worst {worst:.4f}",
                flush=True,
            )
    return 0


def shown(f1: Sequence[float]) -> str:
    """Show F1 of all entities and of both halves."""
    return "F1 {:.4f} even {:.4f} odd {:.4f}".format(*f1)


if __name__ == "__main__":
    sys.exit(main())
