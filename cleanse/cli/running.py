"""Commands that read lists: run, plan, clean."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanse.cli.options import (
    DEFAULT_STORE,
    Actor,
    AsJson,
    Inputs,
    RulesDir,
    SourceName,
    StoreDir,
    new_run,
    print_json,
    print_table,
    rules_folder,
    who,
)
from cleanse.cli.progress import showing

if TYPE_CHECKING:
    from cleanse.pipeline import RunRequest


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(run)
    app.command()(plan)
    app.command()(clean)


def run(
    inputs: Inputs,
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    source: SourceName = None,
    actor: Actor = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything but publish.")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Publish although a gate would stop it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take lists in and publish the golden customer table."""
    from cleanse import pipeline

    request = request_of(inputs, store, rules, source, actor, accept=accept)
    call = pipeline.rehearse if dry_run else pipeline.run
    summary = call(request, step=showing)
    if as_json:
        print_json(summary.as_json())
    else:
        sys.stdout.write(summary.sentence() + "\n")


def plan(
    inputs: Inputs,
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    source: SourceName = None,
    as_json: AsJson = False,
) -> None:
    """Show what a run would change; writes nothing."""
    from cleanse import pipeline

    request = request_of(inputs, store, rules, source, None, accept=True)
    summary = pipeline.rehearse(request, step=showing)
    if as_json:
        print_json(summary.as_json())
        return
    print_table(summary.reconciliation, "Files 文件")
    print_table(summary.sources, "Records 记录")
    print_table(summary.changes, "Customers 客户")
    for line in summary.gates:
        sys.stdout.write(f"A run would stop: {line}\n")


def clean(
    inputs: Inputs,
    out: Annotated[
        Path, typer.Option("--out", help="Where to: .csv, .xlsx or .parquet.")
    ],
    rules: RulesDir = None,
    source: SourceName = None,
    as_json: AsJson = False,
) -> None:
    """Read, map, normalise and check lists: one row per record, as typed and as cleaned."""
    from cleanse import pipeline
    from cleanse.report import export

    export.check_ending(out)
    request = request_of(inputs, None, rules, source, None)
    cleaned = pipeline.clean(request, step=showing)
    export.write_frame(cleaned.records, out)
    facts = cleaned.counts()
    if as_json:
        print_json(facts | {"out": str(out)})
    else:
        sys.stdout.write(
            f"{facts['records']:,} records to {out}; {facts['rejects']:,} rejects, "
            f"{facts['issues']:,} issues.\n"
        )


def request_of(
    inputs: list[Path],
    store: Path | None,
    rules: Path | None,
    source: str | None,
    actor: str | None,
    *,
    accept: bool = False,
) -> RunRequest:
    """Make the request of a command; run id and time are made here."""
    from cleanse.pipeline import RunRequest

    run_id, now = new_run()
    return RunRequest(
        inputs=tuple(inputs),
        store=store,
        rules=rules_folder(rules),
        source=source,
        run_id=run_id,
        now=now,
        actor=who(actor),
        accept=accept,
    )
