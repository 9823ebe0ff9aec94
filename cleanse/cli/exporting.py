"""Command that takes published tables out as files: export."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cleanse.cli.options import DEFAULT_STORE, AsJson, StoreDir, print_json
from cleanse.errors import UsageError


class What(StrEnum):
    """What can be taken out."""

    GOLDEN = "golden"
    CROSSWALK = "crosswalk"
    REVIEW = "review"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(export)


def export(
    what: Annotated[
        What,
        typer.Argument(
            help="golden: the customers. crosswalk: each list's own numbers and ours. review: cases to look at.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", help="Where to: .csv, .xlsx or .parquet.")
    ],
    store: StoreDir = DEFAULT_STORE,
    source: Annotated[
        str | None,
        typer.Option("--source", help="Of the crosswalk: only of this source."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the golden records, the crosswalk or the cases to review to a file."""
    from cleanse.report.export import check_ending, write_frame
    from cleanse.warehouse import open_published
    from cleanse.warehouse.sheets import sheet

    check_ending(out)
    if source and what is not What.CROSSWALK:
        raise UsageError("--source goes with the crosswalk: golden records have many.")
    with open_published(store) as db:
        rows = sheet(db, what.value, [source] if source else None)
    write_frame(rows, out)
    if as_json:
        print_json({"what": what.value, "rows": rows.height, "out": str(out)})
    else:
        sys.stdout.write(f"{rows.height:,} rows to {out}\n")
