"""Write sample_inputs/ and its truth in tests/cases/: ``python tests/samples/make_samples.py [ROOT]``.

The same script writes the same rows on every machine: CSV files byte for byte,
workbooks cell for cell (their compression is the business of the local zlib).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from sample_companies import chinese_companies, western_companies
from sample_crm import crm_sheet, crm_sightings
from sample_erp import erp_sheets, erp_sightings
from sample_line import QUARTERS, Cell, Sheet, Sighting
from sample_people import chinese_people, western_people
from sample_western import western_sheet, western_sightings
from sample_workbook import write_workbook

TRUTH = (
    "source",
    "file",
    "sheet",
    "row_number",
    "row_kind",
    "source_key",
    "kind",
    "entity",
    "story",
)
CHANGE = (
    "source",
    "change",
    "entity",
    "sheet",
    "row_number_before",
    "row_number_after",
    "source_key",
)


def main(root: Path) -> None:
    """Write both quarters under `root`."""
    sightings = draw()
    layouts = {quarter: lay_out(sightings, quarter) for quarter in QUARTERS}
    for quarter, sheets in layouts.items():
        (root / "sample_inputs" / quarter).mkdir(parents=True, exist_ok=True)
        _write_lists(root / "sample_inputs", sheets, quarter)
        rows = [row for sheet in sheets for row in truth_rows(sheet)]
        _write_csv(root / f"tests/cases/sample_truth_{quarter}.csv", [TRUTH, *rows])
    changes = change_rows(sightings, layouts)
    _write_csv(root / "tests/cases/sample_change_2026Q2.csv", [CHANGE, *changes])


def draw() -> dict[str, list[Sighting]]:
    """Draw who stands in which list."""
    people, companies = chinese_people(364), chinese_companies(402)
    abroad = [c for c in companies[4:380:14] if c.english] + people[6:340:34]
    return {
        "crm": crm_sightings(people, companies),
        "erp": erp_sightings(people, companies),
        "west": western_sightings(western_people(266), western_companies(94), abroad),
    }


def lay_out(sightings: dict[str, list[Sighting]], quarter: str) -> list[Sheet]:
    """Lay out every table of one quarter."""
    crm = crm_sheet(sightings["crm"], quarter)
    return [
        crm,
        *erp_sheets(sightings["erp"], quarter),
        western_sheet(sightings["west"], quarter),
    ]


def truth_rows(sheet: Sheet) -> Iterable[Sequence[object]]:
    """Yield one truth row per physical row of a sheet."""
    for number, line in enumerate(sheet.lines, 1):
        place = (sheet.source, sheet.file.split("/")[1], sheet.sheet, number, line.kind)
        seen = line.sighting
        if seen is None:
            yield *place, "", "", "", ""
        else:
            yield *place, seen.key, seen.customer.kind, seen.customer.entity, seen.story


def change_rows(
    sightings: dict[str, list[Sighting]], layouts: dict[str, list[Sheet]]
) -> Iterable[Sequence[object]]:
    """Yield one row per row of a source: what became of it in the second quarter."""
    before, after = (_places(layouts[quarter]) for quarter in QUARTERS)
    for rows in sightings.values():
        for seen in rows:
            old, new = before.get(seen.name), after.get(seen.name)
            source, sheet, _, _ = old or new or ("", "", 0, ())
            numbers = [place[2] if place else "" for place in (old, new)]
            unseen = old and new and list(old[3]) == list(new[3])
            change = "same" if unseen else seen.fate
            yield source, change, seen.customer.entity, sheet, *numbers, seen.key


def _places(sheets: Iterable[Sheet]) -> dict[str, tuple[str, str, int, Sequence[Cell]]]:
    """Find each sighting's source, sheet, row number and cells."""
    return {
        line.sighting.name: (sheet.source, sheet.sheet, number, line.cells)
        for sheet in sheets
        for number, line in enumerate(sheet.lines, 1)
        if line.sighting
    }


def _write_lists(folder: Path, sheets: list[Sheet], quarter: str) -> None:
    """Write the files of one quarter; the acquired company changed its export in the second."""
    crm, east, south, west = sheets
    _write_csv(folder / crm.file, _text(crm), encoding="gb18030", end="\r\n")
    encoding = "cp1252" if quarter == QUARTERS[0] else "utf-8-sig"
    _write_csv(
        folder / west.file, _text(west), encoding=encoding, delimiter=";", end="\r\n"
    )
    write_workbook(folder / east.file, [east, south])


def _text(sheet: Sheet) -> list[Sequence[object]]:
    return [line.cells for line in sheet.lines]


def _write_csv(
    path: Path,
    rows: Iterable[Sequence[object]],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    end: str = "\n",
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=end).writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2])
