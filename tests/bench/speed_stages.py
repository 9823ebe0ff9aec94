"""Seconds and peak memory of reading and normalising, each list in a fresh process.

    python tests/bench/speed.py --stages read,normalise LIST… [--peers]
    python tests/bench/speed.py --stages parquet LIST
    python tests/bench/speed.py --stages read,normalisers LIST

normalisers: normalise, but one normaliser after the other, with the CPU seconds of each.
A run by itself is one process: imports are not counted, wall and CPU seconds are.
"""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PEERS = ("polars", "duckdb")
STAGES = ("read", "normalise", "normalisers", "parquet")


def tell_stages(lists: list[Path], stages: list[str], *, peers: bool) -> None:
    """Print a line per list and stage, what each normaliser takes, and the slope."""
    told = [_apart(path, stages) for path in lists]
    for path, each in zip(lists, told, strict=True):
        print(f"{path.parent.name}/{path.name}: {each['rows']:,} rows")
        for stage, (wall, cpu) in each["seconds"].items():
            rate = each["rows"] / wall
            print(f"  {stage:<12}{wall:8.2f} s{cpu:8.2f} s CPU{rate:12,.0f} rows/s")
        print(f"  {'peak':<12}{each['peak_mb']:8,.0f} MB")
        for peer in PEERS if peers else ():
            other = _apart(path, [peer])
            wall, cpu = other["seconds"][peer]
            print(
                f"  {peer:<12}{wall:8.2f} s{cpu:8.2f} s CPU{other['peak_mb']:12,.0f} MB peak"
            )
        for name, cpu in sorted(each["parts"].items(), key=lambda item: -item[1]):
            print(f"    {name:<22}{cpu:8.2f} s CPU")
    _tell_slope(told)


def _tell_slope(told: list[dict[str, Any]]) -> None:
    """Print by which power of the rows the seconds grow from the smallest list to the largest."""
    small, large = (
        pick(told, key=lambda each: int(each["rows"])) for pick in (min, max)
    )
    if small["rows"] == large["rows"]:
        return
    for stage, (_, cpu) in large["seconds"].items():
        times = math.log(cpu / small["seconds"][stage][1])
        power = times / math.log(large["rows"] / small["rows"])
        print(f"{stage}: grows as rows ^ {power:.2f}")


def _apart(path: Path, stages: list[str]) -> dict[str, Any]:
    """Measure in a fresh process."""
    command = [sys.executable, __file__, str(path), ",".join(stages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure one list, and print what was found as JSON."""
    path, stages = Path(sys.argv[1]), sys.argv[2].split(",")
    found = _peer(path, stages[0]) if stages[0] in PEERS else _ours(path, stages)
    # Bytes on macOS, kilobytes elsewhere.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    # Of children Linux tells no better: theirs begins at that of the process that starts them.
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(json.dumps(found))


def _timed(call: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    wall, cpu = time.perf_counter(), _cpu()
    result = call()
    return result, (time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    """CPU seconds of this process and of those it started and that have ended."""
    return sum(os.times()[:4])


def _peer(path: Path, name: str) -> dict[str, Any]:
    """Read the list with another reader, every cell as text; it reconciles nothing."""
    import duckdb
    import polars as pl

    if name == "polars":
        frame, took = _timed(lambda: pl.read_csv(path, infer_schema=False))
    else:
        query = f"from read_csv('{path}', all_varchar = true)"
        con = duckdb.connect()
        frame, took = _timed(lambda: con.sql(query).pl())
    return {"rows": frame.height, "seconds": {name: took}, "parts": {}}


def _ours(path: Path, stages: list[str]) -> dict[str, Any]:
    from cleanse.normalise import order
    from cleanse.pipeline import intake
    from cleanse.read import write_parquet
    from cleanse.rulebook import load_rulebook

    seconds: dict[str, tuple[float, float]] = {}
    if "parquet" in stages:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "out.parquet"
            raw, seconds["parquet"] = _timed(
                lambda: write_parquet(out, path, path.name)
            )
        return {
            "rows": raw.tables[0].record_count,
            "seconds": seconds,
            "parts": {},
        }
    rulebook = load_rulebook(None)
    raws, seconds["read"] = _timed(lambda: intake.read([path], rulebook))
    found = {
        "rows": raws[0].tables[0].record_count,
        "seconds": seconds,
        "parts": dict[str, float](),
    }
    how = next((stage for stage in stages if stage.startswith("normalise")), None)
    if how:
        taken, seconds["map"] = _timed(
            lambda: intake.map(raws, None, rulebook, None, must_be_sure=False)
        )
        records = taken.records.rename({"row_id": "record_id"})
        del raws, taken
        if how == "normalisers":
            _watch(order, found["parts"])
        _, seconds[how] = _timed(lambda: order.normalise(records, rulebook))
    return found


def _watch(order: Any, parts: dict[str, float]) -> None:
    """Have the normalisers work one by one, and the CPU seconds of each noted."""

    def watched(call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any) -> Any:
            result, (_, cpu) = _timed(lambda: call(*given))
            parts[call.__name__] = cpu
            return result

        return noted

    order._FIRST = tuple(map(watched, order._FIRST))
    order._LANES = tuple(tuple(map(watched, lane)) for lane in order._LANES)
    order._LAST = tuple(map(watched, order._LAST))
    order.cell_changes = watched(order.cell_changes)
    order._at_once = lambda ways: [way() for way in ways]


if __name__ == "__main__":
    main()
