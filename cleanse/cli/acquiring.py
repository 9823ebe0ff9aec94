"""How an acquisition is told: the overlap of a list with our customers."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanse.cli.options import print_json
from cleanse.cli.tables import print_table

if TYPE_CHECKING:
    from cleanse.pipeline import RunRequest
    from cleanse.pipeline.overlap import Overlap


def plan_acquisition(request: RunRequest, out: Path | None, *, as_json: bool) -> None:
    """Show the overlap of an acquired company's lists with our customers."""
    from cleanse.cli.progress import showing
    from cleanse.pipeline.acquiring import rehearse_acquisition
    from cleanse.report import export

    if out:
        export.check_ending(out)
    found = rehearse_acquisition(request, step=showing)
    if out:
        export.write_frame(found.records, out)
    if as_json:
        print_json(found.as_json() | ({"out": str(out)} if out else {}))
        return
    print_overlap(found)
    if out:
        sys.stdout.write(f"{found.records.height:,} records to {out}\n")


def print_overlap(found: Overlap) -> None:
    """Print the overlap for a person."""
    from cleanse.pipeline.overlap import CLASSES

    classes = [
        {
            "class": row["class"],
            "their customers": row["customers"],
            "their records": row["records"],
            "our customers": row["our_customers"],
            "what merging does": CLASSES[row["class"]],
        }
        for row in found.classes
    ]
    print_table(classes, "Overlap 重合")
    print_table(map(field_row, found.fields), "Their list beside ours 数据质量对比")
    print_table(found.largest, "Largest customers in both 最大的共同客户")
    print_table(found.joins, "Ours that their list would make one 可能的误合并")
    for line in said(found):
        sys.stdout.write(f"{line}\n")


def field_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show one field: shares of theirs and ours, and how many customers agree.

    >>> field_row({"field": "email", "records": 4, "filled": 2, "valid": 1, "checked": 2,
    ...     "distinct": 2, "our_records": None, "agree": None})["filled"]
    '50%'
    """
    return {
        "field": row["field"],
        "filled": share(row.get("filled"), row.get("records")),
        "(ours)": share(row.get("our_filled"), row.get("our_records")),
        "valid": share(row.get("valid"), row.get("checked")),
        "(ours) ": share(row.get("our_valid"), row.get("our_checked")),
        "different": share(row.get("distinct"), row.get("filled")),
        "(ours)  ": share(row.get("our_distinct"), row.get("our_filled")),
        "agree": row.get("agree"),
        "differ": row.get("differ"),
        "only theirs": row.get("we_lack"),
        "only ours": row.get("they_lack"),
    }


def share(part: int | None, whole: int | None) -> str:
    """Write a share; never 100% or 0% unless it is all or nothing.

    >>> share(999, 1000), share(1, 1000), share(None, 3)
    ('99%', '1%', '')
    """
    if part is None or not whole:
        return ""
    rounded = round(100 * part / whole)
    if part < whole:
        rounded = min(rounded, 99)
    return f"{max(rounded, 1 if part else 0)}%"


def said(found: Overlap) -> Iterator[str]:
    """Say what a merge would do to our numbers."""
    churn = found.churn
    yield (
        f"Our customers: {churn.customers_before:,} before, {churn.customers_after:,} after; "
        f"{churn.new:,} new, {churn.merged:,} merged into another, {churn.split:,} split, {churn.retired:,} retired. "
        f"{churn.records_moved:,} of our {churn.records_stayed:,} records would change their number."
    )
    yield "Nothing was written. 未写入任何数据。"
    for note in found.summary.notes:
        yield f"Note: {note}"
    for gate in found.summary.gates:
        yield f"A merge would stop: {gate}"
