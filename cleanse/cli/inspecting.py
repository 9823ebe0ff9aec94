"""Command that looks at a list before anything is read into a store: inspect."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cleanse.cli.options import (
    DEFAULT_STORE,
    AsJson,
    RulesDir,
    SourceName,
    StoreDir,
    print_json,
    rules_folder,
)
from cleanse.cli.progress import quietly
from cleanse.cli.tables import print_table

SPARE = ("length", "distinct", "patterns", "confidence")
"""What a narrow screen leaves out of a column, the least needed first."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(inspect)


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    source: SourceName = None,
    table: Annotated[
        Path | None,
        typer.Option("--table", help="Write the table as read: .csv or .parquet."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Save the mapping as a source rule to edit.")
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="With --write: over a rule that is there."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a list is, how it would be mapped, and why."""
    from cleanse.pipeline import inspecting

    folder = rules_folder(rules)
    looked = quietly(
        inspecting.inspect,
        tuple(files),
        store=store,
        rules=folder,
        source=source,
        table=table,
    )
    if write:
        for path in inspecting.write_rules(
            looked, folder or Path("rules"), overwrite=overwrite
        ):
            sys.stderr.write(f"Wrote {path}; edit it, then run again.\n")
    if as_json:
        print_json([each.as_json() for each in looked])
        return
    for each in looked:
        print_table(each.facts(), each.file)
        print_table(each.columns(), "Columns 列", spare=SPARE)
        for note in each.notes():
            sys.stdout.write(f"Note: {note}\n")
