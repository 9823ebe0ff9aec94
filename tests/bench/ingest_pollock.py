"""Polluted CSV files (Pollock, VLDB 2023): exact rows and files, ours beside three readers.

Each reader gets the path and nothing else. A row is exact when all its cells are; a file
when all its rows are and no other row is there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import duckdb
import polars as pl
from ingest_grid import Grid, attempt, expected, grid

Reader = Callable[[Path], tuple[Grid, str]]


def pollock(folder: Path) -> None:
    """Print a line per reader, ours first, and what ours gets wrong."""
    paths = sorted((folder / "csv").glob("*.csv"))
    print(f"{'reader':24} {'files':>8} {'rows':>12} {'share':>7} {'seconds':>8}")
    ours: list[str] = []
    for name, reader in READERS.items():
        if reader is clevercsv_detected and not find_spec("clevercsv"):
            print(f"{name}: skipped, not installed")
            continue
        files = rows = right = 0
        start = time.process_time()
        for path in paths:
            want = expected(folder / "clean" / path.name)
            got, said = reader(path)
            hits = common_rows(got, want)
            files, rows, right = files + (got == want), rows + len(want), right + hits
            if got != want and reader is cleanse:
                ours.append(
                    f"  {path.name}: {hits} of {len(want)} rows, {len(got)} read. {said[:110]}"
                )
        seconds = time.process_time() - start
        print(
            f"{name:24} {files:>4}/{len(paths)} {right:>6}/{rows} {right / rows:>6.1%} {seconds:>8.1f}"
        )
    print("\n".join(["not exact by cleanse:", *ours]))


def common_rows(got: Grid, want: Grid) -> int:
    """Count the rows that are in both, each as often as it is."""
    return (Counter(map(tuple, got)) & Counter(map(tuple, want))).total()


def cleanse(path: Path) -> tuple[Grid, str]:
    """Read as a run does."""
    found, said, _ = attempt(path)
    return (grid(found.tables[0]) if found else []), said


def duckdb_sniffing(path: Path) -> tuple[Grid, str]:
    """Let DuckDB find the dialect; every column as text."""
    with duckdb.connect() as db:
        try:
            found = db.sql(f"from read_csv('{path}', all_varchar = true)")
            names, rows = found.columns, found.fetchall()
        except duckdb.Error as error:
            return [], str(error)
    is_named = names != [f"column{i}" for i in range(len(names))]
    cells = [[cell or "" for cell in row] for row in rows]
    return ([names] if is_named else []) + cells, ""


def clevercsv_detected(path: Path) -> tuple[Grid, str]:
    """Let CleverCSV find the dialect."""
    import clevercsv

    try:
        rows = clevercsv.read_table(str(path))
    except (
        clevercsv.exceptions.NoDetectionResult,
        ValueError,
        clevercsv.Error,
    ) as error:
        return [], str(error)
    return [row for row in rows if any(row)], ""


def polars_plain(path: Path) -> tuple[Grid, str]:
    """Read with polars' defaults, every column as text."""
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        return [], str(error)
    rows = [list(row) for row in frame.fill_null("").rows()]
    return [frame.columns, *rows], ""


READERS: dict[str, Reader] = {
    "cleanse": cleanse,
    "duckdb read_csv": duckdb_sniffing,
    "clevercsv read_table": clevercsv_detected,
    "polars read_csv": polars_plain,
}
