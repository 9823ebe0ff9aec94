"""The matching lab: one set, from its file to scored clusters, without a store.

    python tests/bench/match_lab.py SET [SET ...] [--wrong N] [--calibration]

SET is a folder with records.csv and truth.csv (record_id, entity_id). Read, map and
normalise are the product's own, under default rules and without labels; truth is only
looked at afterwards. Entities whose sha256 is even chose the defaults; both halves are
shown. ``--wrong N`` prints the bits of N wrongly joined and N wrongly parted pairs, by
record number: no values. ``--calibration`` shows, by match weight, how many of the kept
pairs match beside how many should.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from scoring import even_half, odd_half, score

from cleanse.cluster import cluster
from cleanse.map import map_file, propose_mappings, recognise_source
from cleanse.match import MatchResult, match
from cleanse.normalise import normalise
from cleanse.read import read_file
from cleanse.rulebook import Rulebook, load_rulebook


def cleaned(path: Path, rulebook: Rulebook) -> pl.DataFrame:
    """Return the records of one file as the match stage gets them."""
    raw = read_file(path, path.name)
    choice = recognise_source(raw, rulebook, None, None)
    rule = rulebook.source(choice.name)
    mappings = propose_mappings(raw, rule, rulebook, choice.name)
    records = map_file(raw, mappings, choice, rule)
    numbered = records.with_columns(
        row_id=pl.int_range(pl.len(), dtype=pl.Int64),
        record_id=pl.int_range(pl.len(), dtype=pl.Int64),
    )
    return normalise(numbered, rulebook)[0]


def truth_of(folder: Path, records: pl.DataFrame) -> pl.DataFrame:
    """Return record_id, entity_id: the truth by the numbers of this run."""
    truth = pl.read_csv(folder / "truth.csv", infer_schema=False)
    named = records.select("record_id", "source_key")
    known = truth.select("entity_id", source_key="record_id")
    return named.join(known, on="source_key").select("record_id", "entity_id")


def wrong(result: MatchResult, found: pl.DataFrame, count: int) -> pl.DataFrame:
    """Return kept pairs that were wrongly joined or parted, with their bits."""
    sides = found.select("record_id", "entity_id", "cluster_id")
    pairs = result.pairs.join(sides, left_on="record_id_l", right_on="record_id")
    pairs = pairs.join(
        sides, left_on="record_id_r", right_on="record_id", suffix="_other"
    )
    same = pl.col("entity_id") == pl.col("entity_id_other")
    joined = pl.col("cluster_id") == pl.col("cluster_id_other")
    fault = pl.when(joined & ~same).then(pl.lit("joined"))
    fault = fault.when(same & ~joined).then(pl.lit("parted"))
    shown = pairs.select(
        "record_id_l", "record_id_r", "match_weight", "^weight_.*$", fault=fault
    )
    shown = shown.filter(pl.col("fault").is_not_null()).sort("match_weight")
    return (
        pl.concat(
            part.gather_every(max(1, part.height // count))
            for _, part in shown.group_by("fault", maintain_order=True)
        )
        if shown.height
        else shown
    )


def calibration(result: MatchResult, truth: pl.DataFrame) -> pl.DataFrame:
    """Return from, pairs, promised, true: shares of matches by two bits of match weight."""
    pairs = result.pairs.join(truth, left_on="record_id_l", right_on="record_id").join(
        truth, left_on="record_id_r", right_on="record_id", suffix="_other"
    )
    bucket = ((pl.col("match_weight") / 2).floor() * 2).clip(-8, 10)
    same = pl.col("entity_id") == pl.col("entity_id_other")
    grouped = pairs.with_columns(same=same).group_by(bucket.alias("from"))
    return grouped.agg(
        pairs=pl.len(),
        promised=pl.col("match_probability").mean(),
        true=pl.col("same").mean(),
    ).sort("from")


def main(arguments: Sequence[str] | None = None) -> int:
    """Score each set and print one line for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--wrong", type=int, default=0)
    parser.add_argument("--calibration", action="store_true")
    given = parser.parse_args(arguments)
    rulebook = load_rulebook()
    for folder in given.folders:
        records = cleaned(folder / "records.csv", rulebook)
        started, used = time.perf_counter(), time.process_time()
        result = match(records, rulebook.matching)
        groups = cluster(result.pairs, records, rulebook.matching)
        wall, cpu = time.perf_counter() - started, time.process_time() - used
        truth = truth_of(folder, records)
        named = groups.with_columns(pl.col("cluster_id").cast(pl.String))
        whole = score(truth, named)
        parts = [half(truth) for half in (even_half, odd_half)]
        halves = [score(part, named).f1 if part.height else 0.0 for part in parts]
        candidates = result.counts["pair_count"].sum()
        print(
            f"{folder.name:26} F1 {whole.f1:.4f} P {whole.precision:.4f} R {whole.recall:.4f} "
            f"exact {whole.exact:.3f} even {halves[0]:.4f} odd {halves[1]:.4f} "
            f"candidates {candidates} wall {wall:.1f} s cpu {cpu:.1f} s"
        )
        if given.calibration:
            with pl.Config(tbl_rows=-1):
                print(calibration(result, truth))
        if given.wrong:
            with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=240):
                print(wrong(result, truth.join(groups, on="record_id"), given.wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
