"""Files that break off: every sample file cut at 20 places, inside a row and at a line end."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from ingest_grid import attempt

from cleanse.errors import CleanseError
from cleanse.pipeline import RunRequest, rehearse, run

SAMPLES = Path(__file__).parents[2] / "sample_inputs"
CUTS, SEED = 20, 20260331
_NOW = datetime(2026, 4, 1, tzinfo=UTC)
_LINE_END = b"\n"


def cuts(samples: Path = SAMPLES) -> None:
    """Print what becomes of each cut, counted."""
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(samples.rglob("*.*")):
            if path.suffix not in (".csv", ".xlsx"):
                continue
            places = _places(path.read_bytes())
            work = Path(folder) / path.parent.name / path.stem
            work.mkdir(parents=True)
            inside = Counter(_inside(path, at, work) for at in places)
            print(f"{path.name}: {CUTS} cuts at random: {_told(inside)}")
            if path.suffix == ".csv":
                print(f"  at the line end before each: {_told(_at_ends(path, work))}")


def _places(data: bytes) -> list[int]:
    return sorted(random.Random(SEED).sample(range(1, len(data)), CUTS))


def _told(outcomes: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))


def _cut(path: Path, at: int, work: Path) -> Path:
    cut = work / path.name
    cut.write_bytes(path.read_bytes()[:at])
    return cut


def _inside(path: Path, at: int, work: Path) -> str:
    """Say what became of the row that a cut goes through."""
    found, said, _ = attempt(_cut(path, at, work))
    if found is None:
        return f"refused ({said.partition(':')[0]})"
    table = found.tables[0]
    if table.rows.is_empty():
        return "without a record (a run refuses it)"
    if table.row_count in table.rejects["row_number"]:
        return "row a reject"
    if path.read_bytes()[at - 1 : at] == _LINE_END:
        return "at a line end by chance"
    doubted = table.row_count in table.repairs["row_number"]
    return "row kept with an issue" if doubted else "row kept SILENTLY"


def _at_ends(path: Path, work: Path) -> Counter[str]:
    """Hold the file cut at line ends against a store that knows the whole one."""
    data, store = path.read_bytes(), work / "store"
    before = run(_request(path, store, 0)).records
    outcomes: Counter[str] = Counter()
    for number, at in enumerate(_places(data), 1):
        cut = _cut(path, data.rfind(_LINE_END, 0, at) + 1, work)
        try:
            summary = rehearse(_request(cut, store, number))
        except CleanseError as error:
            outcomes[f"refused ({type(error).__name__})"] += 1
            continue
        lost = before - summary.records
        kind = "stopped by the snapshot's count" if summary.gates else "not stopped"
        share = "" if summary.gates else f" (lost {lost} of {before}, told as gone)"
        outcomes[kind + share] += 1
    return outcomes


def _request(path: Path, store: Path, number: int) -> RunRequest:
    return RunRequest(
        inputs=(path,), store=store, run_id=f"cut-{number}", now=_NOW, actor="bench"
    )
