"""Write the report of a run: report.html for people, report.json for programs, rejects.xlsx to work through."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from cleanse.report import charts, figures
from cleanse.report.export import SHEET_ROWS, write_frame
from cleanse.report.facts import ReportFacts
from cleanse.report.words import CHINESE

_HERE = Path(__file__).parent
_CELL_SIGNS = 32_000
"""Signs that a cell of a workbook holds, with some room."""


def write_report(folder: Path, facts: ReportFacts) -> Path:
    """Write report.html, report.json, rejects.xlsx and customer_changes.csv into `folder`.

    The page is whole in itself: no script, no font, no picture from elsewhere.

    Returns:
        The path of report.html.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(
        folder / "report.json",
        json.dumps(as_json(facts), ensure_ascii=False, indent=2, default=str) + "\n",
    )
    if facts.rejects.height:
        cut = facts.rejects.head(SHEET_ROWS).with_columns(
            pl.col(pl.String).str.head(_CELL_SIGNS)
        )
        write_frame(cut, folder / "rejects.xlsx")
    if facts.customer_changes.width:
        write_changes(facts.customer_changes, folder / "customer_changes.csv")
    page = folder / "report.html"
    _write(page, render(facts))
    return page


def write_changes(changes: pl.DataFrame, out: Path) -> None:
    """Write the change list of a run for the systems that hold customer numbers: RFC 4180, UTF-8.

    Decided 2026-11: without a byte order mark, unlike the lists that people open. A
    program reads it, and a mark would become part of the first heading; numbers and
    our own words are ASCII, so that Excel shows them either way.
    """
    _write(out, changes.write_csv(line_terminator="\r\n"))


def render(facts: ReportFacts) -> str:
    """Return report.html as text."""
    step, bins = figures.weight_bins(facts.pairs)
    return _page().render(
        facts=facts,
        files=figures.account(facts.reconciliation),
        quality=figures.quality_table(facts),
        rules=figures.rule_table(facts),
        model=figures.model_table(facts.model),
        histogram=charts.histogram(bins, step, "Kept pairs by match weight"),
        bands={
            band: facts.pairs.filter(pl.col("band") == band).height
            if facts.pairs.width
            else 0
            for band in figures.BANDS
        },
        issues=figures.tally(facts.issues, "check", "field", "severity"),
        rejects=figures.tally(facts.rejects, "reason"),
    )


@cache
def _page() -> Template:
    """Compile the page, which takes longer than filling it in."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, percent=percent, chinese=chinese)
    environment.globals.update(
        bar=charts.bar, stacked=charts.stacked, trend=charts.trend
    )
    return environment.get_template("report.html.jinja")


def as_json(facts: ReportFacts) -> dict[str, Any]:
    """Return the report as a program reads it; no customer's values."""
    return {
        "run_id": facts.run_id,
        "run_number": facts.run_number,
        "status": facts.status,
        "actor": facts.actor,
        "started_at": facts.started_at.isoformat(),
        "version": facts.version,
        **facts.counts,
        "reconciliation": figures.account(facts.reconciliation),
        "sources": _plain(facts.sources),
        "events": _plain(facts.events),
        "changes": dict(facts.changes),
        "quality": _plain(facts.quality),
        "matching": figures.rule_table(facts),
        "blocking_left_out": dict(facts.left_out),
        "expected": dict(facts.expected),
        "conflicts": _plain(facts.conflicts),
        "worst_conflicts": _plain(facts.worst),
        "issues_by_check": figures.tally(facts.issues, "check", "field", "severity"),
        "rejects_by_reason": figures.tally(facts.rejects, "reason"),
        "seconds": {stage: round(value, 3) for stage, value in facts.seconds.items()},
        "peak_mb": facts.peak_mb,
        "notes": list(facts.notes),
        "gates": list(facts.gates),
        "audit_head": facts.audit_head,
        **({"overlap": dict(facts.overlap)} if facts.overlap else {}),
    }


def number(value: float | None) -> str:
    """Write a count for people.

    >>> number(12345), number(None)
    ('12,345', '–')
    """
    return "–" if value is None else f"{value:,}"


def percent(part: float | None, whole: float) -> str:
    """Write a share for people: never 100 % or 0 % unless it is all or nothing.

    >>> percent(999, 1000), percent(9999, 10000), percent(0, 3), percent(None, 3)
    ('99.9 %', '99.9 %', '0 %', '–')
    """
    if part is None or not whole:
        return "–"
    share = 100 * part / whole
    if share in (0, 100):
        return f"{share:.0f} %"
    return f"{min(max(share, 0.1), 99.9):.1f} %"


def chinese(word: str) -> str:
    """Return the Chinese beside an English word of ours, or nothing."""
    return CHINESE.get(word, "")


def _plain(rows: Any) -> list[Mapping[str, Any]]:
    return [dict(row) for row in rows]


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="")
    part.replace(path)
