"""Commands that read lists: run, plan, clean."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cleanse.cli.acquiring import plan_acquisition
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
    rules_folder,
    who,
)
from cleanse.cli.progress import showing
from cleanse.cli.tables import print_table
from cleanse.errors import UsageError

if TYPE_CHECKING:
    from cleanse.pipeline import RunRequest

EVENTS = {
    "new": "they get a number",
    "kept": "they keep their number; records joined or left them",
    "merged": "their number leads to another customer from now on",
    "split": "they get a number; their records were another customer's",
    "restored": "a number that was out of use is in use again",
    "retired": "none of their records is left in its source",
    "withdrawn": "the run that issued their number is withdrawn",
}
"""What a person is told of each customer event."""


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
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files or folders; without any, what waiting decisions would change.",
            show_default=False,
        ),
    ] = None,
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    source: SourceName = None,
    acquisition: Annotated[
        bool,
        typer.Option(
            "--acquisition",
            help="An acquired company's lists: how they overlap with our customers; needs --source.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="With --acquisition: a row per record of theirs; .csv, .xlsx or .parquet.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a run would change; writes nothing."""
    from cleanse import pipeline

    request = request_of(inputs or [], store, rules, source, None, accept=True)
    if acquisition and not inputs:
        raise UsageError("--acquisition needs the lists of the acquired company.")
    if acquisition:
        plan_acquisition(request, out, as_json=as_json)
        return
    if out:
        raise UsageError("--out needs --acquisition: a plan of a run has no rows.")
    summary = pipeline.rehearse(request, step=showing)
    if as_json:
        print_json(summary.as_json())
        return
    print_table(summary.reconciliation, "Files 文件")
    print_table(map(in_percent, summary.sources), "Records 记录")
    changes = [
        {**row, "which means": EVENTS.get(row["event"], "")} for row in summary.changes
    ]
    print_table(changes, "Customers 客户")
    if not changes:
        sys.stdout.write("No customer would change.\n")
    for line in summary.notes:
        sys.stdout.write(f"Note: {line}\n")
    for line in summary.gates:
        sys.stdout.write(f"A run would stop: {line}\n")


def in_percent(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show the share of a source's records that are lost as a percentage.

    >>> in_percent({"source": "crm", "share_lost": 0.0472})
    {'source': 'crm', 'lost': '4.7%'}
    """
    shown = dict(row)
    share = shown.pop("share_lost", None)
    return shown | {"lost": "" if share is None else f"{share:.1%}"}


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
    from cleanse.shelf import in_memory

    export.check_ending(out)
    request = request_of(inputs, None, rules, source, None)
    cleaned = pipeline.clean(request, step=showing)
    records = in_memory(cleaned.records).drop("row_id", "snapshot")
    export.write_frame(records, out)
    facts = cleaned.counts()
    if as_json:
        print_json(facts | {"out": str(out)})
    else:
        sys.stdout.write(
            f"{facts['records']:,} records to {out}; {facts['rejects']:,} rejects, "
            f"{facts['issues']:,} issues.\n"
        )
        print_table(cleaned.reject_reasons(), "Rejects 拒收行")


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
