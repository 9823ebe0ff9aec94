"""What the ingest benchmarks compare: tables as lists of text."""

from __future__ import annotations

import csv
import time
from pathlib import Path

from cleanse.errors import CleanseError
from cleanse.read import read_file
from cleanse.schema import RawFile, RawTable

Grid = list[list[str]]


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
