"""Lookup tables beside a source rule: a value as typed, and what to read instead."""

from __future__ import annotations

import csv
from pathlib import Path

from cleanse.errors import RuleError, did_you_mean
from cleanse.rulebook.source import SourceRule

_COLUMNS = 2


def with_lookups(rule: SourceRule, path: Path) -> SourceRule:
    """Read the tables that [lookup] names, and lay [replace] over them.

    Args:
        rule: As its file says.
        path: Of the rule's file; a table is named relative to its folder.

    Raises:
        RuleError: A table is not there, not UTF-8, or not of two columns.
    """
    if not rule.lookup:
        return rule
    replace = dict(rule.replace)
    for field, name in rule.lookup.items():
        table = _read_pairs(path.parent / name, f"{path}: lookup.{field}")
        replace[field] = table | replace.get(field, {})
    return rule.model_copy(update={"replace": replace})


def _read_pairs(path: Path, where: str) -> dict[str, str]:
    if not path.is_file():
        there = [each.name for each in path.parent.glob("*.csv")]
        near = did_you_mean(path.name, there)
        raise RuleError(
            f"{where}: no file {path.name!r} in {path.parent}{near}.\n"
            "Put a CSV there: first column the value as typed, second what to read instead."
        )
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except UnicodeDecodeError:
        message = f"{where}: {path} is not UTF-8; save it as 'CSV UTF-8' in Excel."
        raise RuleError(message) from None
    pairs: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        if number == 1 or not any(cell.strip() for cell in row):
            continue
        if len(row) < _COLUMNS:
            raise RuleError(
                f"{where}: {path} row {number} has one column; it needs two.\n"
                "First column the value as typed, second what to read instead; the first row names them."
            )
        typed, read = row[0].strip(), row[1].strip()
        if pairs.setdefault(typed, read) != read:
            raise RuleError(
                f"{where}: {path} row {number} says something else of a value than a row above.\n"
                "Take one of them out."
            )
    return pairs
