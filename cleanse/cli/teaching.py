"""The command that teaches the model: train."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from cleanse.pipeline.training import TrainSummary

MOST_MOVES, MOST_CHANGES = 15, 20
"""Rows shown of what moved; ``--json`` has them all."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(train)


def train(
    labels: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[LABELS]…",
            help="CSV or Excel: record_id_l, record_id_r, label (or source_key_l, source_key_r); or record_id, group.",
            show_default=False,
        ),
    ] = None,
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    actor: Actor = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Put it into force; else it is only shown.")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Apply although a gate would stop it.")
    ] = False,
    refit: Annotated[
        bool, typer.Option("--refit", help="Estimate anew from the records first.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Leave earlier labels aside.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Refine the model with labels and decisions; show which customers would change."""
    from cleanse.pipeline.training import TrainRequest
    from cleanse.pipeline.training import train as learn

    run_id, now = new_run()
    request = TrainRequest(
        store=store,
        run_id=run_id,
        now=now,
        actor=who(actor),
        rules=rules_folder(rules),
        files=tuple(labels or ()),
        refit=refit,
        forget=forget,
        apply=apply,
        accept=accept,
    )
    summary = learn(request, step=showing)
    if as_json:
        print_json(summary.as_json())
    else:
        show(summary)


def show(summary: TrainSummary) -> None:
    """Tell what was learned, and whom it would move."""
    told = ", ".join(f"{n:,} {name}" for name, n in summary.labels.items() if n)
    sys.stdout.write(
        f"Labels: {summary.learned_from:,} learned from ({told or 'none given'}).\n"
    )
    print_table(map(in_words, summary.figures), "Labels held out 留出标签")
    print_table(summary.moved[:MOST_MOVES], "Weights that move 权重变化 (bits)")
    print_table([moves_of(summary.churn)], "Customers 客户")
    print_table(summary.changes[:MOST_CHANGES], "Numbers that would change 编号变化")
    for name, rows, most in (
        ("weights", summary.moved, MOST_MOVES),
        ("customers", summary.changes, MOST_CHANGES),
    ):
        if len(rows) > most:
            sys.stdout.write(f"… {len(rows) - most:,} more {name}: --json has all.\n")
    for line in summary.gates:
        verb = "Gate overruled" if summary.status == "applied" else "--apply would stop"
        sys.stdout.write(f"{verb}: {line}\n")
    sys.stdout.write(verdict(summary) + "\n")


def in_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show the figures of one kind: without labels → with them."""

    def both(name: str, form: str) -> str:
        told = (row[f"{name}_without"], row[f"{name}_with"])
        return " → ".join("–" if x is None else format(x, form) for x in told)

    return {
        "kind": row["kind"],
        "labels": row["labels"],
        "matches": row["matches"],
        "precision": both("precision", ".3f"),
        "recall": both("recall", ".3f"),
        "wrong": both("wrong", ",d"),
        "surprise (bits)": both("loss", ".3f"),
        "learned": "yes" if row["is_learned"] else "no: they tell nothing new",
    }


def moves_of(churn: Mapping[str, Any]) -> dict[str, Any]:
    """Show what becomes of the customers."""
    names = "customers_before customers_after kept merged split new restored retired withdrawn"
    moved = f"{churn['records_moved']:,} of {churn['records_stayed']:,} ({churn['share']:.2%})"
    return {name: churn[name] for name in names.split()} | {"records moved": moved}


def verdict(summary: TrainSummary) -> str:
    """Say in a line what became of it."""
    was, now = summary.version_before, summary.version_after
    match summary.status:
        case "applied":
            return f"Model version {now} is in force (was {was}); run {summary.run_id} published it."
        case "previewed":
            return (
                f"Nothing was written. With --apply this becomes model version {now}."
            )
        case _:
            return f"Model version {was} stays: there is nothing new to learn."
