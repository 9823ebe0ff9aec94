"""A frame as a file that a person opens: CSV, Excel or Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from cleanse.errors import UsageError

ENDINGS = (".csv", ".xlsx", ".parquet")
SHEET_ROWS = 1_048_575
"""Rows that a sheet holds below its heading."""


def check_ending(out: Path) -> None:
    """Refuse a file name that says no format we write, or a folder that is not there.

    Raises:
        UsageError: Names the endings there are.
    """
    if out.suffix.lower() not in ENDINGS:
        raise UsageError(f"{out}: the name must end in {', '.join(ENDINGS)}.")
    if not out.resolve().parent.is_dir():
        raise UsageError(f"{out}: there is no folder {out.parent}. Create it first.")


def write_frame(frame: pl.DataFrame, out: Path) -> None:
    """Write a frame, complete or not at all (another name first, then renamed).

    CSV is UTF-8 with a byte order mark, so that Excel shows Chinese; in CSV and
    Excel every cell is text, so that a phone keeps its zeros.

    Raises:
        UsageError: More rows than a sheet holds.
    """
    part = out.with_name(f".{out.name}.part")
    match out.suffix.lower():
        case ".parquet":
            frame.write_parquet(part)
        case ".csv":
            as_text(frame).write_csv(part, include_bom=True)
        case _:
            _write_book([("", as_text(frame))], part)
    part.replace(out)


def write_sheets(sheets: Sequence[tuple[str, pl.DataFrame]], out: Path) -> None:
    """Write frames as `write_frame` does: a sheet each, where the format has sheets.

    Elsewhere they are one table, with the name of the sheet in a first column.

    Raises:
        UsageError: More rows than a sheet holds.
    """
    if out.suffix.lower() != ".xlsx" or len(sheets) == 1:
        frames = [frame for _, frame in sheets]
        if len(sheets) > 1:
            name = _free("sheet", frames)
            frames = [
                frame.select(pl.lit(title).alias(name), pl.all())
                for title, frame in sheets
            ]
        write_frame(pl.concat(frames, how="diagonal"), out)
        return
    part = out.with_name(f".{out.name}.part")
    _write_book([(title, as_text(frame)) for title, frame in sheets], part)
    part.replace(out)


def _free(name: str, frames: Sequence[pl.DataFrame]) -> str:
    """Return a name that no column has."""
    while any(name in frame.columns for frame in frames):
        name += "_"
    return name


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn every column into text; lists are joined by ``; ``, an extra is ``key=value``.

    >>> as_text(pl.DataFrame({"a": [["x", "y"]], "b": [1]})).row(0)
    ('x; y', '1')
    """
    return frame.select(_text(name, dtype) for name, dtype in frame.schema.items())


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.List):
        item = pl.element()
        if isinstance(dtype.inner, pl.Struct):
            parts = [item.struct.field(f.name) for f in dtype.inner.fields]
            item = pl.concat_str(parts, separator="=", ignore_nulls=True)
        return column.list.eval(item.cast(pl.String)).list.join("; ")
    return column.cast(pl.String)


def _write_book(sheets: Sequence[tuple[str, pl.DataFrame]], path: Path) -> None:
    import xlsxwriter  # noqa: PLC0415 - only this format needs it

    most = max(frame.height for _, frame in sheets)
    if most > SHEET_ROWS:
        raise UsageError(
            f"{most:,} rows do not fit a sheet ({SHEET_ROWS:,}); "
            "choose .csv or .parquet."
        )
    options = {
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(path, options) as book:
        bold = book.add_format({"bold": True})
        for title, frame in sheets:
            sheet = book.add_worksheet(title or None)
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(frame.columns):
                sheet.write_string(0, column, name, bold)
            for row, values in enumerate(frame.iter_rows(), 1):
                for column, value in enumerate(values):
                    if value is not None:
                        sheet.write_string(row, column, value)
