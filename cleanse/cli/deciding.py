"""What stewards decide: decide match, no-match, split, pin, kind; list, conflicts, export, import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from inspect import Parameter, Signature, signature
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
    from cleanse.pipeline.deciding import Desk, Said
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
ListFile = Annotated[Path, typer.Argument(metavar="FILE", help=".csv or .xlsx.")]

SPARE = ("against", "decided_at", "actor", "until_on", "field", "other_record_id")
"""Columns of the list that a narrow screen leaves out, the least needed first."""
WAITS = "The next run puts it in force; now: --apply. 'cleanse plan' shows what would change.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """The options that all kinds of decision share."""

    reason: Reason = None
    until: Until = None
    store: StoreDir = DEFAULT_STORE
    rules: RulesDir = None
    actor: Steward = None
    apply: Apply = False
    accept: Accept = False
    as_json: AsJson = False

    def said(self) -> Said:
        """Say who decides, when and why; ask for the reason at a terminal."""
        from cleanse.pipeline.deciding import Said

        reason = self.reason
        if reason is None and sys.stdin.isatty():
            reason = typer.prompt("Why? 理由", err=True)
        until = self.until.date() if self.until else None
        actor, now = steward(self.actor), new_run()[1]
        return Said(reason=reason or "", actor=actor, now=now, until=until)

    def carry_out(self, make: Callable[[Desk, Said], Decision]) -> None:
        """Write a decision down, and put it in force when asked to."""
        from cleanse.pipeline.deciding import open_desk, write_down

        with open_desk(self.store) as desk:
            decision = make(desk, self.said())
        (number,) = write_down(self.store, decision)
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


def with_how(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command, for its argument `how`, the options of `How` after its own."""
    own = [p for p in _parameters(command) if p.name != "how"]
    shared = _parameters(How)

    @wraps(command)
    def carried_out(**given: Any) -> None:
        how = How(**{each.name: given.pop(each.name) for each in shared})
        command(**given, how=how)

    carried_out.__signature__ = Signature(  # type: ignore[attr-defined]
        [each.replace(kind=Parameter.KEYWORD_ONLY) for each in (*own, *shared)]
    )
    return carried_out


def _parameters(function: Callable[..., object]) -> Sequence[Parameter]:
    return tuple(signature(function, eval_str=True).parameters.values())


decide = typer.Typer(
    no_args_is_help=True,
    help="Say who is one customer and who is not, or what a value is; every run heeds it.",
)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(decide, name="decide")


@decide.command()
@with_how
def match(
    left: Record,
    right: Record,
    how: How,
) -> None:
    """Two records are one customer, whatever the evidence."""
    from cleanse.review import DecisionKind

    how.carry_out(lambda desk, said: desk.pair(DecisionKind.MATCH, left, right, said))


@decide.command("no-match")
@with_how
def no_match(
    left: Record,
    right: Record,
    how: How,
) -> None:
    """Two records are two customers, whatever links them."""
    from cleanse.review import DecisionKind

    how.carry_out(
        lambda desk, said: desk.pair(DecisionKind.NO_MATCH, left, right, said)
    )


@decide.command()
@with_how
def split(
    records: Annotated[
        list[str],
        typer.Argument(metavar="RECORD…", help="Records of one customer."),
    ],
    how: How,
) -> None:
    """These records leave their customer, together, as one new customer."""
    how.carry_out(lambda desk, said: desk.split(records, said))


@decide.command()
@with_how
def pin(
    record: Annotated[
        str,
        typer.Argument(
            metavar="RECORD|CUSTOMER",
            help="A record number; of a customer number its first record is taken.",
        ),
    ],
    field: Annotated[str, typer.Argument(metavar="FIELD", help="A standard field.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What it is.")],
    how: How,
) -> None:
    """A customer has this value in this field, whatever its records say."""
    from cleanse.rulebook import load_rulebook

    book = load_rulebook(rules_folder(how.rules))
    how.carry_out(lambda desk, said: desk.pin(record, field, value, said, book))


@decide.command()
@with_how
def kind(
    record: Record,
    what: Annotated[str, typer.Argument(metavar="person|company", help="What it is.")],
    how: How,
) -> None:
    """A record is a person, or a company."""
    how.carry_out(lambda desk, said: desk.kind(record, what, said))


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

    _show(shown(decisions_of(store), everything=everything), as_json=as_json)


@decide.command()
def conflicts(store: StoreDir = DEFAULT_STORE, as_json: AsJson = False) -> None:
    """Show the decisions that newer ones contradict, and which; these win."""
    from cleanse.pipeline.deciding import contradicted

    today = new_run()[1].date()
    _show(contradicted(store, today), as_json=as_json)


@decide.command()
def export(out: ListFile, store: StoreDir = DEFAULT_STORE) -> None:
    """Write all decisions to a file, as `import` reads it."""
    from cleanse.pipeline.listing import export_frame
    from cleanse.report.export import check_ending, write_frame

    check_ending(out)
    frame = export_frame(store)
    write_frame(frame, out)
    sys.stdout.write(f"{frame.height:,} decisions to {out}.\n")


@decide.command("import")
def import_decisions(
    file: ListFile,
    skip_wrong: Annotated[
        bool,
        typer.Option(
            "--skip-wrong",
            help="Take the right rows in; the others go into FILE.rejects.csv.",
        ),
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why, for rows that do not say.")
    ] = None,
    until: Until = None,
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    actor: Steward = None,
    apply: Apply = False,
    accept: Accept = False,
    as_json: AsJson = False,
) -> None:
    """Take a list of decisions in, a row each; the same list again adds nothing."""
    from cleanse.pipeline.listing import import_list
    from cleanse.report.export import write_frame
    from cleanse.rulebook import load_rulebook

    how = How(
        reason=reason or "",
        until=until,
        store=store,
        rules=rules,
        actor=actor,
        apply=apply,
        accept=accept,
        as_json=as_json,
    )
    book = load_rulebook(rules_folder(rules))
    taken = import_list(store, file, how.said(), book, skip_wrong=skip_wrong)
    counts = {
        "written": len(taken.written),
        "known": taken.known,
        "wrong": taken.wrong.height,
    }
    rejects = file.with_name(f"{file.stem}.rejects.csv")
    if counts["wrong"]:
        write_frame(taken.wrong, rejects)
    if not as_json:
        sys.stdout.write(
            f"{counts['written']:,} decisions written down, {counts['known']:,} were known already, "
            f"{counts['wrong']:,} refused{f': see {rejects}' if counts['wrong'] else ''}.\n"
        )
    told = how.put_in_force() if taken.written else None
    if as_json:
        print_json(counts | {"decision_ids": taken.written, "run": told})


def _show(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
    elif rows:
        print_table(rows, "Decisions 判定", spare=SPARE)
    else:
        sys.stderr.write("No decisions. 没有判定。\n")


def steward(actor: str | None) -> str:
    """Name who decides."""
    return actor or who(None).replace("user:", "steward:", 1)
