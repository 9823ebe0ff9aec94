"""Arguments and options that several commands share, and how they print."""

from __future__ import annotations

import getpass
import json
import os
import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

Inputs = Annotated[
    list[Path], typer.Argument(help="Files or folders.", show_default=False)
]
StoreDir = Annotated[Path, typer.Option("--store", help="Folder that holds the store.")]
RulesDir = Annotated[
    Path | None,
    typer.Option("--rules", help="Your rules; without it ./rules, if there."),
]
SourceName = Annotated[
    str | None, typer.Option("--source", help="Name of the source the input is.")
]
Actor = Annotated[
    str | None, typer.Option("--actor", help="Who does it, for the audit trail.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]

DEFAULT_STORE = Path("store")


def rules_folder(given: Path | None) -> Path | None:
    """Return the rules folder in force: the one given, else ./rules, else none."""
    here = Path("rules")
    return given or (here if here.is_dir() else None)


def who(actor: str | None) -> str:
    """Name the person at the keyboard, unless one was given."""
    if actor:
        return actor
    try:
        return f"user:{getpass.getuser()}"
    except (KeyError, OSError):
        return f"user:{os.getuid() if hasattr(os, 'getuid') else 'unknown'}"


def new_run() -> tuple[str, datetime]:
    """Return a run id (sorts by time) and the time of now, UTC."""
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", now


def print_json(value: object) -> None:
    """Print a value as JSON on stdout; dates as ISO text."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write(text + "\n")


def print_table(
    rows: Iterable[Mapping[str, Any]], title: str = "", heads: Sequence[str] = ()
) -> None:
    """Print rows as a table on stdout; columns keep their order."""
    from rich.console import Console
    from rich.table import Table

    rows = list(rows)
    names = list(heads) or (list(rows[0]) if rows else [])
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for name in names:
        numeric = rows and all(isinstance(r.get(name), int | float) for r in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell(row.get(name)) for name in names))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, markup=False, highlight=False).print(table)


def cell(value: object) -> str:
    """Show one value to a person.

    >>> cell(12345), cell(0.5), cell(None)
    ('12,345', '0.5', '')
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.4g}"
        case list() | tuple():
            return ", ".join(cell(item) for item in value)
        case _:
            return str(value)
