"""How well files that break readers are read: a table per set.

    python tests/bench/ingest.py FOLDER

FOLDER (or the environment variable CLEANSE_BENCH_INGEST) holds zh_encodings, csv_spectrum,
pollock, excel and hostile; sets that are not there are skipped with a word.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from cleanse.errors import CleanseError
from cleanse.read import read_file
from cleanse.schema import RawFile, RawTable

Grid = list[list[str]]


def main() -> int:
    """Print every set found under the folder."""
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CLEANSE_BENCH_INGEST")
    if not given or not Path(given).is_dir():
        print("ingest: skipped, no folder given (argument or CLEANSE_BENCH_INGEST)")
        return 0
    for name, bench in BENCHES.items():
        folder = Path(given) / name
        if folder.is_dir():
            print(f"\n## {name}")
            bench(folder)
        else:
            print(f"\n## {name}: skipped, not in the folder")
    return 0


def grid(table: RawTable) -> Grid:
    """Return headings (unless there are none) and records as lists of text."""
    rows = table.rows.drop("row_number", "line_number").fill_null("").rows()
    head = [list(table.headings)] if table.header_row else []
    return [*head, *(list(row) for row in rows)]


def expected(path: Path) -> Grid:
    """Return an expected table from RFC 4180 CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.reader(file) if row]


def attempt(path: Path) -> tuple[RawFile | None, str, float]:
    """Read a file; returns it or None, what was said, and the seconds."""
    start = time.perf_counter()
    try:
        found = read_file(path, path.name)
    except CleanseError as error:
        said = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        return None, said, time.perf_counter() - start
    return found, "; ".join(found.notes), time.perf_counter() - start


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


def pollock(folder: Path) -> None:
    """Compare every polluted file with its clean table, by file and by row."""
    files = exact = rows = right = 0
    for path in sorted((folder / "csv").glob("*.csv")):
        want = expected(folder / "clean" / path.name)
        found, said, _ = attempt(path)
        got = grid(found.tables[0]) if found else []
        hits = _common_rows(got, want)
        files, rows, right = files + 1, rows + len(want), right + hits
        exact += got == want
        if got != want:
            print(
                f"{path.name:36} {hits}/{len(want)} rows, {len(got)} read  {said[:90]}"
            )
    share = right / rows if rows else 0
    print(f"files {exact}/{files} exact, rows {right}/{rows} exact ({share:.4f})")


def _common_rows(got: Grid, want: Grid) -> int:
    left = [tuple(row) for row in got]
    count = 0
    for row in map(tuple, want):
        if row in left:
            left.remove(row)
            count += 1
    return count


def excel(folder: Path) -> None:
    """Open every workbook: read with rows reconciled, or refused with a reason."""
    read = refused = 0
    slowest = 0.0
    for path in _files(folder):
        found, said, seconds = attempt(path)
        slowest = max(slowest, seconds)
        read, refused = read + (found is not None), refused + (found is None)
        tables = (
            [
                f"{t.sheet}:{t.rows.height}x{len(t.headings)}@{t.header_row}"
                for t in found.tables
            ]
            if found
            else []
        )
        print(f"{path.name:44} {' '.join(tables)[:90]:60} {said[:130]}")
    print(f"{read} read, {refused} refused with a reason, slowest {slowest:.1f} s")


def hostile(folder: Path) -> None:
    """Open what exhausts memory: refused soon, and within the limit."""
    for path in _files(folder):
        _, said, seconds = attempt(path)
        print(f"{path.name:24} {seconds:5.1f} s  {said[:150]}")
    try:
        import resource  # not on Windows
    except ImportError:
        return
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest child so far {peak:.0f} MB")


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix != ".md":
            yield path


BENCHES = {
    "zh_encodings": zh_encodings,
    "csv_spectrum": csv_spectrum,
    "pollock": pollock,
    "excel": excel,
    "hostile": hostile,
}

if __name__ == "__main__":
    sys.exit(main())
