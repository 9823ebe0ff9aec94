"""What a run leaves in the Prefect UI: a page to read and a table to compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from cleanse.pipeline import RunSummary


def leave_artifacts(summary: RunSummary, key: str) -> None:
    """Leave a Markdown page and a table of one run: counts, reconciliation, quality, changes.

    Args:
        summary: What the run did; counts and names only.
        key: Artifact key; runs of one flow share it, so the UI shows their history.
    """
    create_markdown_artifact(page(summary), key=f"{key}-summary")
    create_table_artifact(
        [dict(row) for row in summary.reconciliation],
        key=f"{key}-files",
        description="Per file: physical rows = records + rejects + blank rows + header rows",
    )


def leave_overlap(facts: Mapping[str, Any], key: str) -> None:
    """Leave a Markdown page of how an acquired company's lists overlap with ours.

    Args:
        facts: As `Overlap.facts` gives them; counts and numbers only.
        key: Artifact key.
    """
    lines = [
        "# Overlap before the merge 合并前的重合",
        table([dict(row) for row in facts["classes"]]),
        "## Fields 字段",
        table([dict(row) for row in facts["fields"]]),
        "## Ours that their list makes one 被合并的客户",
        table([dict(row) for row in facts["joins"]]),
    ]
    create_markdown_artifact("\n".join(lines), key=f"{key}-overlap")


def page(summary: RunSummary) -> str:
    """Write the Markdown page of one run."""
    counts = summary.counts()
    lines = [
        f"# Run {summary.run_number} · {summary.status}",
        f"`{summary.run_id}` · {summary.records:,} records → {summary.customers:,} customers",
        "",
        "## What changed 变化",
        table([{"what": name, "count": counts[name]} for name in CHANGES]),
        "## Reconciliation 对账",
        table([dict(row) for row in summary.reconciliation]),
        "## Quality 质量",
        table([{name: row[name] for name in QUALITY} for row in summary.quality]),
        "## Seconds per stage 用时",
        table(
            [{"stage": s, "seconds": round(t, 2)} for s, t in summary.seconds.items()]
        ),
    ]
    return "\n".join(lines)


CHANGES = (
    "new_customers",
    "merged",
    "split",
    "retired",
    "review_cases",
    "issues",
    "rejects",
)
"""Counts that the page shows."""


QUALITY = "source field records filled valid changed repaired distinct".split()
"""Figures per source and field that the page shows."""


def table(rows: list[dict[str, object]]) -> str:
    r"""Write rows as a Markdown table.

    >>> print(table([{"a": 1, "b": "x|y"}]))
    | a | b |
    |---|---|
    | 1 | x\\|y |
    <BLANKLINE>
    """
    if not rows:
        return "none\n"
    heads = list(rows[0])
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for row in rows:
        cells = (
            str("" if row[h] is None else row[h]).replace("|", "\\|") for h in heads
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
