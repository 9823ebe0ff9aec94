"""How rows are shown to a person: as a table, or field by field when that is too wide."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Row = Mapping[str, Any]

PIPE_WIDTH = 200
"""Signs per line where no terminal says how wide it is."""
NARROWEST = 8
"""Signs per column below which a table is no longer read."""


def print_table(
    rows: Iterable[Row],
    title: str = "",
    heads: Sequence[str] = (),
    spare: Sequence[str] = (),
) -> None:
    """Print rows on stdout: as a table, or one below the other when they are too wide.

    Args:
        rows: With the same keys; none prints nothing unless `heads` are given.
        title: Above them.
        heads: Columns to show, by the names they have; without them those of the
            first row, in words.
        spare: Columns to leave out on a narrow screen, the least needed first.
    """
    rows = list(rows)
    names = list(heads) or (list(rows[0]) if rows else [])
    if not names:
        return
    console = _console()
    left = [name for name in spare if name in names]
    while _width(console, rows, names) > console.width and left:
        names.remove(left.pop(0))
    if len(names) * NARROWEST > console.width:
        print_cards(rows, title)
        return
    console.print(_table(rows, names, title, in_words=not heads))


def print_cards(rows: Iterable[Row], title: str = "") -> None:
    """Print rows one below the other on stdout, a line per filled field."""
    rows = list(rows)
    if title:
        sys.stdout.write(f"{title}\n")
    for number, row in enumerate(rows, 1):
        if len(rows) > 1:
            sys.stdout.write(f"── {number} ──\n")
        shown = {k: text for k, v in row.items() if (text := cell(v))}
        width = max(map(len, shown), default=0)
        for name, text in shown.items():
            sys.stdout.write(f"{name:<{width}}  {text}\n")
    if not rows:
        sys.stdout.write("(no rows)\n")


def print_sentences(said: Iterable[tuple[str, str]]) -> None:
    """Print statements on stdout, each in English and below it in Chinese."""
    for english, chinese in said:
        sys.stdout.write(f"{english}\n    {chinese}\n")


def cell(value: object) -> str:
    """Show one value to a person; numbers can be copied back as they stand.

    >>> cell(12345), cell(0.5), cell(28290.5), cell(None), cell(True)
    ('12345', '0.5', '28290.50', '', 'yes')
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.2f}" if abs(value) >= 1000 else f"{value:.4g}"  # noqa: PLR2004
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case list() | tuple():
            return ", ".join(cell(item) for item in value)
        case _:
            return str(value)


def _console() -> Console:
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(width=width, markup=False, highlight=False)


def _table(
    rows: Sequence[Row], names: Sequence[str], title: str, *, in_words: bool
) -> Table:
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", header_style="bold")
    for name in names:
        is_number = _is_number([row.get(name) for row in rows])
        head = name.replace("_", " ") if in_words else name
        table.add_column(
            head, justify="right" if is_number else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(cell(row.get(name)) for name in names))
    return table


def _is_number(values: Sequence[object]) -> bool:
    filled = [v for v in values if v is not None]
    return bool(filled) and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in filled
    )


def _width(console: Console, rows: Sequence[Row], names: Sequence[str]) -> int:
    """Return how many signs per line a table needs that folds nothing."""
    table = _table(rows, names, "", in_words=False)
    boundless = console.options.update(max_width=100_000)
    return console.measure(table, options=boundless).maximum
