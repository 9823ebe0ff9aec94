"""Commands that prove what the store holds: verify."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from cleanse.cli.options import DEFAULT_STORE, AsJson, StoreDir, print_json


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(verify)


def verify(
    store: StoreDir = DEFAULT_STORE,
    head: Annotated[
        str | None,
        typer.Option(help="An audit head kept elsewhere, as a run's report shows it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that nobody changed the store behind its runs; exit 1 names what is wrong."""
    from cleanse.pipeline.verifying import verify as verified

    verdict = verified(store, head)
    if as_json:
        print_json({"is_whole": verdict.is_whole, **asdict(verdict)})
    else:
        for finding in verdict.findings:
            sys.stdout.write(f"{finding.file}: {finding.sentence}\n")
        for note in verdict.notes:
            sys.stderr.write(f"Note: {note}\n")
        found = len(verdict.findings)
        outcome = f"{found} finding(s)" if found else "Whole 完整"
        sys.stdout.write(
            f"{outcome}: {verdict.events:,} events of {verdict.runs:,} run(s); audit head {verdict.audit_head}\n"
        )
    if not verdict.is_whole:
        raise typer.Exit(1)
