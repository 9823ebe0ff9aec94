"""Arguments and options that several commands share, and how they answer in JSON."""

from __future__ import annotations

import getpass
import json
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

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
