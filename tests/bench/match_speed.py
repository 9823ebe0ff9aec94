"""Block to cluster on its own: seconds, CPU seconds and peak memory, beside Splink.

    python tests/bench/match_speed.py FOLDER… [--peer splink_peer.py] [--keep DIR]
    python tests/bench/match_speed.py FOLDER --hard 50000

FOLDER holds records.csv. Each list is normalised once (kept in DIR when that is given);
then a fresh process reads what it normalised to and blocks, compares, scores and
clusters it: default rules, no model, so that its estimation is in. The peer reads the
same records.csv; its reading and cleaning are left out as ours are. --hard gives the
first rows of the list one name, one telephone, or no contact and no address at all, and
says how long each takes beside the list as it is, and who was merged by it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

NAME, PHONES, KEYS = ["name"], ["phone"], ["phone", "email", "address", "postcode"]
HARD = {
    "as it is": ([], ""),
    "one name": (NAME, "Ann Lee"),
    "one phone": (PHONES, "+44 20 7946 0958"),
    "no keys": (KEYS, ""),
}


def main() -> int:
    """Measure each list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--hard", type=int)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        keep = given.keep or Path(work)
        if given.hard:
            tell_hard(given.folders[0], given.hard, keep)
            return 0
        told = [tell(folder, keep, given.peer) for folder in given.folders]
    tabulate(sorted(told, key=lambda found: found["rows"]))
    return 0


def tabulate(told: list[dict[str, Any]]) -> None:
    """Print all lists one under the other, and how fast their cost grows."""
    print("\n       rows      wall s    CPU s   peak MB  wall/peer  memory/peer")
    for found in told:
        ratios = (found.get("wall_ratio"), found.get("memory_ratio"))
        shown = "".join(f"{one:12.2f}" if one else f"{'-':>12}" for one in ratios)
        print(
            f"{found['rows']:11,}{found['wall']:12.1f}{found['cpu']:9.1f}"
            f"{found['peak_mb']:10,.0f}{shown}"
        )
    small, large = told[0], told[-1]
    if small["rows"] < large["rows"]:
        rows = math.log(large["rows"] / small["rows"])
        for what in ("wall", "cpu"):
            power = math.log(large[what] / small[what]) / rows
            print(f"{what} seconds grow as rows ^ {power:.2f}")


def tell(folder: Path, keep: Path, peer: Path | None) -> dict[str, Any]:
    """Print and return what one list takes."""
    print(f"{folder.name}: load average {os.getloadavg()[0]:.1f}", flush=True)
    found = apart("--one", str(normalised(folder / "records.csv", keep)))
    line(f"cleanse, {found['rows']:,} rows, {found['candidates']:,} pairs", found)
    if peer:
        theirs = of_peer(peer, folder / "records.csv", keep)
        line("Splink 5, without its reading and cleaning", theirs)
        ratio = found["wall"] / theirs["wall"]
        alone = found["wall"] / (theirs["wall"] - theirs["train"])
        memory = found["peak_mb"] / theirs["peak_mb"]
        found |= {"wall_ratio": ratio, "memory_ratio": memory}
        print(
            f"  of Splink's: wall {ratio:.2f} ({alone:.2f} of it without training), "
            f"memory {memory:.2f}"
        )
    return found


def line(title: str, found: dict[str, Any]) -> None:
    """Print one measurement."""
    cpu = f"{found['cpu']:8.1f} s CPU" if "cpu" in found else ""
    print(
        f"  {title:<50}{found['wall']:8.1f} s{cpu}{found['peak_mb']:9,.0f} MB",
        flush=True,
    )


def normalised(records: Path, keep: Path) -> Path:
    """Return the normalised list as Parquet, made once."""
    out = keep / f"{records.parent.name}.parquet"
    if not out.exists():
        apart("--normalise", str(records), str(out))
    return out


def apart(*arguments: str) -> dict[str, Any]:
    """Do one thing in a fresh process."""
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def of_peer(peer: Path, records: Path, keep: Path) -> dict[str, Any]:
    """Run Splink with the settings of its script."""
    command = [sys.executable, str(peer), "customers", str(records)]
    command.append(str(keep / "peer.csv"))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    stages = told["seconds"]
    wall = stages["train"] + stages["predict"] + stages["cluster"]
    return {"wall": wall, "train": stages["train"], "peak_mb": told["peak_mb"]}


def tell_hard(folder: Path, rows: int, keep: Path) -> None:
    """Print what lists with one name, one telephone or no keys take."""
    base = None
    for title, (columns, value) in HARD.items():
        hard = keep / f"{folder.name}-{rows}-{title.replace(' ', '-')}"
        hard.mkdir(exist_ok=True)
        frame = pl.read_csv(folder / "records.csv", infer_schema=False, n_rows=rows)
        held = [name for name in columns if name in frame.columns]
        frame = frame.with_columns(pl.lit(value).alias(name) for name in held)
        frame.write_csv(hard / "records.csv")
        found = apart("--one", str(normalised(hard / "records.csv", keep)))
        base = base or found["cpu"]
        line(f"{title}: {found['cpu'] / base:.2f} times", found)
        print(f"    {found['clusters']:,} customers, the largest of {found['largest']}")


def normalise(records: str, out: str) -> dict[str, Any]:
    """Write the normalised records of a file."""
    from match_lab import cleaned

    from cleanse.rulebook import load_rulebook

    cleaned(Path(records), load_rulebook()).write_parquet(out)
    return {}


def one(path: str) -> dict[str, Any]:
    """Match and cluster one normalised list."""
    from cleanse.cluster import cluster
    from cleanse.match import columns_needed, match
    from cleanse.rulebook import load_rulebook

    rules = load_rulebook().matching
    frame = pl.scan_parquet(path)
    named = frame.collect_schema().names()
    needed = columns_needed(named, rules)
    # As a run does: the rest of a record is read when something looks at it.
    records = frame.select(name for name in named if name in needed).collect()
    wall, cpu = time.perf_counter(), time.process_time()
    result = match(records, rules)
    groups = cluster(result.pairs, records, rules)
    sizes = groups.group_by("cluster_id").len()["len"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "rows": records.height,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "candidates": int(result.counts["pair_count"].sum()),
        "clusters": len(sizes),
        "largest": int(sizes.to_numpy().max(initial=0)),
        # Bytes on macOS, kilobytes elsewhere.
        "peak_mb": peak / (1 << 20 if sys.platform == "darwin" else 1 << 10),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--normalise"]:
        print(json.dumps(normalise(*sys.argv[2:4])))
    elif sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2])))
    else:
        sys.exit(main())
