"""What stewards decide: decide match, no-match, list."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cleanse.cli.options import (
    DEFAULT_STORE,
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

if TYPE_CHECKING:
    from cleanse.pipeline.deciding import Said
    from cleanse.review import Decision

Record = Annotated[
    str,
    typer.Argument(
        metavar="RECORD", help="A record number, as `cleanse customer` shows it."
    ),
]
Reason = Annotated[
    str | None, typer.Option("--reason", help="Why; asked for when left out.")
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help="Last day it holds."),
]
Steward = Annotated[str | None, typer.Option("--actor", help="Who decides.")]
Apply = Annotated[
    bool, typer.Option("--apply", help="Put it in force now, by a run of its own.")
]
Accept = Annotated[
    bool, typer.Option("--accept", help="Apply although a gate would stop it.")
]

decide = typer.Typer(
    no_args_is_help=True,
    help="Say who is one customer and who is not, or what a value is; every run heeds it.",
)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(decide, name="decide")


@decide.command()
def match(
    left: Record,
    right: Record,
    reason: Reason = None,
    until: Until = None,
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    actor: Steward = None,
    apply: Apply = False,
    accept: Accept = False,
    as_json: AsJson = False,
) -> None:
    """Two records are one customer, whatever the evidence."""
    from cleanse.pipeline.deciding import decide_pair
    from cleanse.review import DecisionKind

    how = How(store, reason, until, rules, actor, apply, accept, as_json)
    how.carry_out(
        lambda said: decide_pair(store, DecisionKind.MATCH, left, right, said)
    )


@decide.command("no-match")
def no_match(
    left: Record,
    right: Record,
    reason: Reason = None,
    until: Until = None,
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    actor: Steward = None,
    apply: Apply = False,
    accept: Accept = False,
    as_json: AsJson = False,
) -> None:
    """Two records are two customers, whatever links them."""
    from cleanse.pipeline.deciding import decide_pair
    from cleanse.review import DecisionKind

    how = How(store, reason, until, rules, actor, apply, accept, as_json)
    how.carry_out(
        lambda said: decide_pair(store, DecisionKind.NO_MATCH, left, right, said)
    )


@decide.command("list")
def list_decisions(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that hold no longer.")
    ] = False,
    store: StoreDir = DEFAULT_STORE,
    as_json: AsJson = False,
) -> None:
    """Show the decisions that hold, wait for a run, or have lapsed."""
    from cleanse.pipeline.deciding import decisions_of, shown

    rows = shown(decisions_of(store), everything=everything)
    if as_json:
        print_json(rows)
    elif rows:
        print_table(rows, "Decisions 判定", spare=("decided_at", "actor", "until_on"))
    else:
        sys.stderr.write("No decisions. 没有判定。\n")


@dataclass(frozen=True, slots=True)
class How:
    """The options that all kinds of decision share."""

    store: Path
    reason: str | None
    until: datetime | None
    rules: Path | None
    actor: str | None
    apply: bool
    accept: bool
    as_json: bool

    def said(self) -> Said:
        """Say who decides, when and why; ask for the reason at a terminal."""
        from cleanse.pipeline.deciding import Said

        reason = self.reason
        if reason is None and sys.stdin.isatty():
            reason = typer.prompt("Why? 理由", err=True)
        until = self.until.date() if self.until else None
        return Said(
            reason=reason or "",
            actor=steward(self.actor),
            now=new_run()[1],
            until=until,
        )

    def carry_out(self, make: Callable[[Said], Decision]) -> None:
        """Write a decision down, and put it in force when asked to."""
        from cleanse.pipeline.deciding import write_down

        number = write_down(self.store, make(self.said()))
        if not self.as_json:
            sys.stdout.write(f"Decision {number} is written down.\n")
        told = self.put_in_force()
        if self.as_json:
            print_json({"decision_id": number, "run": told})

    def put_in_force(self) -> dict[str, Any] | None:
        """Publish a run that reads nothing, or say when the decisions will hold."""
        if not self.apply:
            if not self.as_json:
                sys.stdout.write(WAITS)
            return None
        from cleanse import pipeline

        run_id, now = new_run()
        request = pipeline.RunRequest(
            inputs=(),
            store=self.store,
            run_id=run_id,
            now=now,
            actor=steward(self.actor),
            rules=rules_folder(self.rules),
            accept=self.accept,
        )
        summary = pipeline.run(request, step=showing)
        if not self.as_json:
            sys.stdout.write(summary.sentence() + "\n")
        return summary.as_json()


WAITS = "The next run puts it in force; now: --apply. 'cleanse plan' shows what would change.\n"


def steward(actor: str | None) -> str:
    """Name who decides."""
    return actor or who(None).replace("user:", "steward:", 1)
