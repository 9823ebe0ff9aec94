"""The command that takes something back: undo."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cleanse.cli.options import (
    DEFAULT_STORE,
    Actor,
    AsJson,
    RulesDir,
    StoreDir,
    new_run,
    print_json,
    rules_folder,
    who,
)
from cleanse.cli.progress import showing
from cleanse.cli.tables import print_table
from cleanse.cli.teaching import MOST_CHANGES, moves_of

if TYPE_CHECKING:
    from cleanse.pipeline.undoing import UndoSummary


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(undo)


def undo(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RUN|DECISION",
            help="Number of a run, or its run_id (also not the last one); D12 is decision 12.",
            show_default=False,
        ),
    ],
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why, for the audit trail.")
    ] = None,
    actor: Actor = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Publish although a gate would stop it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Withdraw a run or a decision: publish what would be without it, as a run of its own."""
    from cleanse.pipeline import undoing

    run_id, now = new_run()
    request = undoing.UndoRequest(
        what=what,
        store=store,
        run_id=run_id,
        now=now,
        actor=who(actor),
        reason=reason,
        rules=rules_folder(rules),
        accept=accept,
        dry_run=dry_run,
    )
    summary = undoing.undo(request, step=showing)
    if as_json:
        print_json(summary.as_json())
    else:
        show(summary)


def show(summary: UndoSummary) -> None:
    """Tell what stands now, and which customers changed."""
    print_table(summary.sources, "Records 记录")
    print_table([moves_of(summary.churn)], "Customers 客户")
    print_table(summary.changes[:MOST_CHANGES], "Numbers that change 编号变化")
    if (more := len(summary.changes) - MOST_CHANGES) > 0:
        sys.stdout.write(f"… {more:,} more customers: --json has all.\n")
    for note in summary.notes:
        sys.stdout.write(f"Note: {note}\n")
    for line in summary.gates:
        is_done = summary.status == "published"
        verb = "Gate overruled" if is_done else "An undo would stop"
        sys.stdout.write(f"{verb}: {line}\n")
    sys.stdout.write(verdict(summary) + "\n")


def verdict(summary: UndoSummary) -> str:
    """Say in a line what became of it."""
    stand = f"{summary.customers:,} customers"
    if summary.status == "rehearsed":
        return f"Nothing was written. Without {summary.undoes} there would be {stand}."
    return f"Run {summary.run_number} ({summary.run_id}) withdrew {summary.undoes}: {stand} stand."
