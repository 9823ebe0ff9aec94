"""Commands that prove what the store holds, and tell what changed in it: verify, diff."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanse.cli.options import DEFAULT_STORE, AsJson, StoreDir, print_json
from cleanse.cli.tables import print_table

if TYPE_CHECKING:
    import polars as pl

RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run number, a run id, latest, or a time such as 2026-03-31 (UTC); 0 is before the first run.",
    ),
]
MEANING = {
    "new": "they were not there before",
    "gone": "they are not there any more",
    "merged": "their records are another customer's",
    "split": "their records were another customer's",
    "changed": "values of their golden record differ",
}
"""What a person is told of each change."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(verify)
    app.command()(diff)


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


def diff(
    before: RunName,
    after: RunName,
    customer: Annotated[
        str | None, typer.Option(help="Tell of this customer number only.")
    ] = None,
    store: StoreDir = DEFAULT_STORE,
    limit: Annotated[
        int, typer.Option(help="Customers and cells to show at the most.")
    ] = 20,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="All of it, a row per cell: .csv, .xlsx or .parquet."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what differs between two runs: customers new, gone, merged, split or changed, and their cells."""
    from cleanse.report import export
    from cleanse.warehouse.difference import difference

    if out is not None:
        export.check_ending(out)
    found = difference(store, before, after, customer)
    if out is not None:
        export.write_frame(found.rows(), out)
    if as_json:
        parts = {
            "customers": found.customers.to_dicts(),
            "cells": found.cells.to_dicts(),
        }
        head = {"before": found.before, "after": found.after, "counts": found.counts()}
        print_json(head | ({} if out else parts))
        return
    sys.stdout.write(f"From run {found.before} to run {found.after}\n")
    counts = found.counts().items()
    print_table(
        [
            {"change": change, "customers": count, "which means": MEANING[change]}
            for change, count in counts
            if count
        ],
        "Customers 客户",
    )
    moved = found.customers.filter(found.customers["change"] != "changed")
    _print_some(moved, "Numbers 编号", limit)
    names = found.customers.select("customer_id", "name")
    cells = found.cells.join(names, on="customer_id", maintain_order="left")
    shown = cells.select("customer_id", "name", "field", "before", "after", "reason")
    _print_some(shown, "Values 字段值", limit)
    if not found.customers.height:
        sys.stdout.write("Nothing differs. 没有差异。\n")


def _print_some(rows: pl.DataFrame, title: str, limit: int) -> None:
    """Print the first rows of a table, and say how many there are more."""
    print_table(rows.head(limit).to_dicts(), title, spare=("reason", "name"))
    if rows.height > limit:
        sys.stdout.write(
            f"… and {rows.height - limit:,} more; --out FILE writes all, --limit shows more.\n"
        )
