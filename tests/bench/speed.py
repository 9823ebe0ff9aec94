"""Seconds per stage and peak memory of `cleanse run`, from a fresh store, median of several runs.

    python tests/bench/speed.py LIST… [--runs 3] [--again]
    python tests/bench/speed.py --stages read,normalise LIST… [--peers]

--again also times a second run over the same list (nothing new). --stages times single
stages, see speed_stages.py: read, normalise (with each normaliser), parquet; --peers
reads the same lists with polars and DuckDB alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from speed_stages import tell_stages


def main() -> int:
    """Print one line per stage, list and kind of run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lists", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--stages")
    parser.add_argument("--peers", action="store_true")
    given = parser.parse_args()
    if given.stages:
        tell_stages(given.lists, given.stages.split(","), peers=given.peers)
        return 0
    for path in given.lists:
        print(f"{path.parent.name}/{path.name}: load average {os.getloadavg()[0]:.1f}")
        first, again = [], []
        for _ in range(given.runs):
            with tempfile.TemporaryDirectory() as work:
                first.append(timed(path, Path(work)))
                if given.again:
                    again.append(timed(path, Path(work)))
        tell("fresh store", first)
        tell("the same again", again)
    return 0


def timed(path: Path, work: Path) -> dict[str, float]:
    """Run once; return wall seconds by stage, ``total`` (the whole process) and ``peak_mb``."""
    began = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "cleanse",
        "run",
        str(path),
        "--store",
        str(work / "store"),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    told = json.loads(done.stdout)
    total = time.perf_counter() - began
    return {**told["seconds"], "total": total, "peak_mb": told["peak_mb"]}


def tell(title: str, runs: list[dict[str, float]]) -> None:
    """Print the medians."""
    if not runs:
        return
    print(f"  {title}, median of {len(runs)}:")
    total = statistics.median(run["total"] for run in runs)
    for name in runs[0]:
        values = [run[name] for run in runs]
        middle = statistics.median(values)
        share = f"{middle / total:6.0%}" if name not in ("total", "peak_mb") else ""
        print(
            f"    {name:<10}{middle:9.2f}   ({min(values):.2f} to {max(values):.2f}){share}"
        )


if __name__ == "__main__":
    sys.exit(main())
