"""What a person should know of a sheet beside its cells."""

from __future__ import annotations

from collections.abc import Sequence

from cleanse.read.mixed import ranges
from cleanse.read.workbook_child import Places, Sheet

_SHOWN = 5


def sheet_notes(sheet: Sheet) -> list[str]:
    """Say what is hidden, damaged or missing on a sheet, and what can be done."""
    name = sheet["name"]
    if not sheet["is_read"]:
        hidden = "" if sheet["visible"] == "visible" else f"{sheet['visible']}, "
        return [f"sheet {name}: {hidden}not read (name it in [file] sheets to read it)"]
    said = (
        (sheet["error_cells"], "error value(s) (#N/A and the like) in {}"),
        (
            sheet["empty_formulas"],
            "formulas without a stored value read as empty, in {}; open and save it in a spreadsheet",
        ),
        (
            sheet["long_numbers"],
            "number(s) of 16 digits or more, of which the workbook keeps 15, in {}: ids among them are damaged at the end; format such columns as text and export again",
        ),
    )
    notes = [
        f"sheet {name}: {places['count']:,} {text.format(_some(places))}"
        for places, text in said
        if places["count"]
    ]
    if sheet["shown_count"]:
        notes.append(
            f"sheet {name}: {sheet['shown_count']:,} number(s) read with the zeros, signs or % that their format shows"
        )
    return notes + _hidden(sheet)


def _hidden(sheet: Sheet) -> list[str]:
    notes = []
    name, rows, columns = sheet["name"], sheet["hidden_rows"], sheet["hidden_columns"]
    if rows:
        why = "a filter hides" if sheet["is_filtered"] else "hidden are"
        numbers = ranges([row + 1 for row in rows])
        notes.append(
            f"sheet {name}: {why} {len(rows):,} row(s), read all the same ({numbers})"
        )
    if columns:
        notes.append(
            f"sheet {name}: hidden column(s), read all the same: {_listed(columns)}"
        )
    return notes


def _some(places: Places) -> str:
    more = places["count"] - _SHOWN
    shown = ", ".join(places["first"][:_SHOWN])
    return f"{shown} and {more:,} more" if more > 0 else shown


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:20]) + (" …" if len(names) > 20 else "")  # noqa: PLR2004
