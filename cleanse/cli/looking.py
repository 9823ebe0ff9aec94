"""Commands that look at what was published: customer, explain, resolve, sql."""

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
from cleanse.cli.tables import print_cards, print_sentences, print_table

CustomerId = Annotated[
    str, typer.Argument(metavar="ID", help="A customer number, any spelling.")
]
Asked = Annotated[
    str,
    typer.Argument(
        metavar="RECORD",
        help="A record number, as `cleanse customer` shows it, or a customer number.",
    ),
]
OtherAsked = Annotated[
    str | None,
    typer.Argument(
        metavar="[RECORD]",
        help="The one to compare it with; without it, all evidence of one customer.",
    ),
]

TITLES = {
    "golden_cell": "Golden values 黄金值",
    "golden_conflict": "Contradictions 矛盾",
    "record": "Records 记录",
    "contact_point": "Contacts 联系方式",
    "contact_person": "Persons 联系人",
    "history": "History of the number 编号历史",
}
"""Parts of a customer's card below its head, as a person calls them."""
SPARE = ("record_count", "origin", "source", "value_as_typed", "record_id", "runner_up")
"""Columns of a card that a narrow screen leaves out, the least needed first."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(customer)
    app.command()(explain)
    app.command()(find)
    app.command()(resolve)
    app.command()(sql)


def customer(
    customer_id: CustomerId,
    store: StoreDir = DEFAULT_STORE,
    field: Annotated[
        str | None,
        typer.Option(
            help="Only this golden value: every row it stands in, what touched it, and why others lost."
        ),
    ] = None,
    rules: RulesDir = None,
    as_json: AsJson = False,
) -> None:
    """Show one customer: golden values, where each came from, and its history."""
    if field is not None:
        _cell(store, rules_folder(rules), customer_id, field, as_json=as_json)
        return
    from cleanse.warehouse import customer_card

    card = customer_card(store, customer_id)
    if as_json:
        print_json(card)
        return
    print_cards(card["customer"], "Customer 客户")
    for part, title in TITLES.items():
        print_table(card[part], title, spare=SPARE)


def _cell(
    store: Path, rules: Path | None, customer_id: str, field: str, *, as_json: bool
) -> None:
    from cleanse.pipeline.explaining_cell import explain_cell

    told = explain_cell(store, rules, customer_id, field)
    if as_json:
        print_json(told.as_json())
        return
    print_table(told.cell, f"{told.customer_id} {field} 黄金值")
    print_table(told.values, "Values 各值", spare=("record_ids", "sources"))
    print_table(told.records, "Lineage 血缘", spare=("sheet", "record_id", "source"))
    for note in told.notes:
        sys.stderr.write(f"Note: {note}\n")


def explain(
    left: Asked,
    right: OtherAsked = None,
    store: StoreDir = DEFAULT_STORE,
    rules: RulesDir = None,
    as_json: AsJson = False,
) -> None:
    """Show why two records are one customer or are not, or what holds one customer together."""
    from cleanse.pipeline.explaining_customer import explain_any, explain_customer

    if right is None:
        held = explain_customer(store, rules_folder(rules), left)
        if as_json:
            print_json(held.as_json())
            return
        print_table(held.records, "Records 记录")
        print_table(held.pairs, "Evidence 证据")
        print_table(held.nearest, "Nearest other customers 最接近的其他客户")
        print_sentences(held.said)
        return
    told, head = explain_any(store, rules_folder(rules), left, right)
    if as_json:
        print_json(told.as_json())
        return
    print_sentences(head)
    print_table(told.records, "Records 记录")
    columns = ("comparison", "left", "right", "level", "weight", "frequency")
    print_table(
        told.comparisons, "Comparisons 比较", heads=columns, spare=("frequency",)
    )
    print_sentences(
        (row["sentence"], row["sentence_zh"])
        for row in told.comparisons
        if row["sentence"]
    )
    print_table(told.balance, "Balance 合计")
    print_table(told.blocking, "Blocking rules 分块规则")
    print_sentences(told.said)


def find(
    text: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT",
            help="Name, phone, mail, number or part of an address, in any script.",
        ),
    ],
    store: StoreDir = DEFAULT_STORE,
    limit: Annotated[int, typer.Option(help="Customers to show at the most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find customers by anything that is known of them; slips of the pen are forgiven."""
    from cleanse.pipeline.finding import find as found

    rows = [one.as_json() for one in found(store, " ".join(text), limit)]
    if as_json:
        print_json(rows)
    elif rows:
        print_table(rows, "Customers 客户", spare=("record_count", "matched", "city"))
    else:
        sys.stderr.write("No customer is like that. 没有相似的客户。\n")


def resolve(
    customer_id: CustomerId, store: StoreDir = DEFAULT_STORE, as_json: AsJson = False
) -> None:
    """Say which customer a number stands for today."""
    from cleanse.warehouse import resolve as resolved

    answer = resolved(store, customer_id)
    if as_json:
        print_json(answer)
    else:
        print_table([answer])


def sql(
    query: Annotated[
        str | None,
        typer.Argument(help="One SELECT in quotes; - or nothing reads stdin."),
    ] = None,
    store: StoreDir = DEFAULT_STORE,
    limit: Annotated[int, typer.Option(help="Rows to show at the most.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Ask the published tables in SQL; read-only."""
    from cleanse.warehouse import query_sql

    text = sys.stdin.read() if query in (None, "-") else query
    frame = query_sql(store, text or "", limit=limit)
    if as_json:
        print_json(frame.to_dicts())
    else:
        print_table(frame.to_dicts(), heads=frame.columns)
    if frame.height >= limit:
        sys.stderr.write(
            f"Note: at most {limit:,} rows are shown; --limit shows more.\n"
        )
