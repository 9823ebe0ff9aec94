"""Command that adds customer IDs to any other list: stamp."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cleanse.cli.options import (
    DEFAULT_STORE,
    AsJson,
    RulesDir,
    StoreDir,
    print_json,
    rules_folder,
)
from cleanse.cli.progress import showing
from cleanse.cli.tables import print_table
from cleanse.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(stamp)


def stamp(
    file: Annotated[
        Path,
        typer.Argument(help="Any list: orders, service records …", show_default=False),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Where to: .csv, .xlsx or .parquet; else FILE.stamped beside the list.",
        ),
    ] = None,
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help="Source whose rule reads the list, and whose keys it holds.",
        ),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key", help="COLUMN=SOURCE: this column holds the keys of that source."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add customer_id to any other list, by number, key or match; unsure rows are marked."""
    from cleanse.pipeline.stamping import HOW, StampRequest, stamp
    from cleanse.report import export

    out = out or beside(file)
    export.check_ending(out)
    if out.exists() and out.samefile(file):
        raise UsageError(
            f"{out}: this is the list itself; name another file with --out."
        )
    request = StampRequest(
        file=file,
        store=store,
        rules=rules_folder(rules),
        source=source,
        keys=tuple(key or ()),
    )
    stamped = stamp(request, step=showing)
    export.write_sheets(stamped.sheets, out)
    told = stamped.as_json()
    if as_json:
        print_json(told | {"out": str(out)})
        return
    rows = [
        {"customer_id_how": name, "rows": told[name], "which means": meaning}
        for name, meaning in HOW.items()
    ]
    print_table(rows, "Rows 行")
    for note in stamped.notes:
        sys.stdout.write(f"Note: {note}\n")
    print_table(told["reject_reasons"], "Rows left out 未读取的行")
    sys.stdout.write(f"{told['rows']:,} rows to {out}\n")


def beside(file: Path) -> Path:
    """Name the stamped list: beside the list, a workbook as .xlsx, all else as .csv.

    >>> beside(Path("orders.xls")).name, beside(Path("orders.txt")).name
    ('orders.stamped.xlsx', 'orders.stamped.csv')
    """
    books = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
    ending = ".xlsx" if file.suffix.lower() in books else ".csv"
    return file.with_name(f"{file.stem}.stamped{ending}")
