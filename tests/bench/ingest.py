"""How well files that break readers are read: a table per set.

    python tests/bench/ingest.py FOLDER [SET ...]

FOLDER (or the environment variable CLEANSE_BENCH_INGEST) holds zh_encodings, csv_spectrum,
pollock, excel and hostile; sets that are not there are skipped with a word. The set
`cuts` needs no folder: it cuts the files of sample_inputs.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest_cuts import cuts
from ingest_grid import Grid, attempt, expected, grid
from ingest_pollock import pollock

from cleanse.read.account import require_sum


def main() -> int:
    """Print every set found under the folder."""
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CLEANSE_BENCH_INGEST")
    wanted = sys.argv[2:] or [*BENCHES, "cuts"]
    for name in wanted:
        if name == "cuts":
            print("\n## cuts of sample_inputs")
            cuts()
        elif not given or not (Path(given) / name).is_dir():
            print(f"\n## {name}: skipped, not there (argument or CLEANSE_BENCH_INGEST)")
        else:
            print(f"\n## {name}")
            BENCHES[name](Path(given) / name)
    return 0


def zh_encodings(folder: Path) -> None:
    """Compare every file with its expected table."""
    right = total = 0
    for row in csv.DictReader((folder / "index.csv").open(encoding="utf-8")):
        found, said, _ = attempt(folder / row["file"])
        total += 1
        ok = found is not None and _same_zh(folder, row, grid(found.tables[0]))
        right += ok
        encoding = f"{found.encoding} {found.encoding_confidence:.2f}" if found else "-"
        print(f"{'ok  ' if ok else 'DIFF'} {row['file']:34} {encoding:16} {said[:150]}")
    print(f"{right} of {total} as expected")


def _same_zh(folder: Path, row: dict[str, str], got: Grid) -> bool:
    encoding = row["encoding"]
    kind = "base"
    if encoding.startswith(("utf", "gb18030")):
        kind = "rare"
    elif encoding in ("big5", "gb2312"):
        kind = encoding
    want = expected(folder / f"expected_{kind}.csv")
    if "two_bad" in row["file"]:
        return _differing_cells(got, want) == 1
    if "mixed" in row["file"]:
        return got[1 : len(want)] == want[1:]
    if "ascii_first" in row["file"]:
        return len(got) - 1 == 420 and got[-300:] == want[1:]
    return got == want


def _differing_cells(got: Grid, want: Grid) -> int:
    if [len(row) for row in got] != [len(row) for row in want]:
        return -1
    pairs = zip(got, want, strict=True)
    return sum(a != b for g, w in pairs for a, b in zip(g, w, strict=True))


def csv_spectrum(folder: Path) -> None:
    """Compare every file with its JSON records."""
    right, paths = 0, sorted((folder / "csvs").glob("*.csv"))
    for path in paths:
        text = (folder / "json" / f"{path.stem}.json").read_text("utf-8")
        # The copy of newlines_crlf.csv may have lost its CRLFs on the way here.
        want = json.loads(
            text if b"\r" in path.read_bytes() else text.replace("\\r", "")
        )
        found, said, _ = attempt(path)
        got = grid(found.tables[0]) if found else []
        records = [dict(zip(got[0], row, strict=True)) for row in got[1:]]
        ok = records == want
        right += ok
        print(f"{'ok  ' if ok else 'DIFF'} {path.name:30} {said[:100]}")
    print(f"{right} of {len(paths)} exact")


def excel(folder: Path) -> None:
    """Open every workbook: read with rows reconciled, or refused with a reason."""
    read = refused = 0
    slowest = 0.0
    for path in _files(folder):
        found, said, seconds = attempt(path)
        slowest = max(slowest, seconds)
        read, refused = read + (found is not None), refused + (found is None)
        tables = found.tables if found else ()
        for table in tables:
            require_sum(table, path.name)
        shown = " ".join(
            f"{t.sheet}:{t.rows.height}x{len(t.headings)}@{t.header_row}"
            for t in tables
        )
        print(f"{path.name:44} {shown[:90]:60} {said[:130]}")
    print(
        f"{read} read with rows reconciled, {refused} refused with a reason, slowest {slowest:.1f} s"
    )


_ONE_FILE = """
import resource, sys, time
from pathlib import Path
from cleanse.errors import CleanseError
from cleanse.read import read_file
start = time.perf_counter()
try:
    found = read_file(Path(sys.argv[1]), "it")
    said = f"read: {sum(t.rows.height for t in found.tables)} records"
except CleanseError as error:
    said = f"refused: {str(error)[:100]}"
peaks = (resource.getrusage(who).ru_maxrss >> 10 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(f"{time.perf_counter() - start:5.1f} s  {max(peaks):5} MB  {said}")
"""


def hostile(folder: Path) -> None:
    """Open what exhausts memory: soon done, and within the limit; peak of reader and child."""
    for path in _files(folder):
        command = [sys.executable, "-c", _ONE_FILE, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        last = (done.stdout or done.stderr).strip().splitlines()[-1:]
        print(f"{path.name:24} {last[0] if last else f'died: {done.returncode}'}")


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix != ".md":
            yield path


BENCHES: dict[str, Callable[[Path], None]] = {
    "zh_encodings": zh_encodings,
    "csv_spectrum": csv_spectrum,
    "pollock": pollock,
    "excel": excel,
    "hostile": hostile,
}

if __name__ == "__main__":
    sys.exit(main())
