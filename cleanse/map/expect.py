"""Stop a run when a file is outside what [expect] of its rule says."""

from __future__ import annotations

import polars as pl

from cleanse.errors import GateError
from cleanse.rulebook import SourceRule
from cleanse.rulebook.source import Bounds
from cleanse.schema import raw


def check_expectations(records: pl.DataFrame, rule: SourceRule, source: str) -> None:
    """Hold the records of a file against [expect].

    Args:
        records: The record frame of a whole file, the rows that [drop] leaves out
            still in it: a bound tells a broken export, which a rule does not mend.
        rule: Of its source.
        source: For the message.

    Raises:
        GateError: Names each expectation with what was found and what was expected.
    """
    failed: list[str] = []
    if rule.expect.rows and not _inside(records.height, rule.expect.rows):
        failed.append(f"rows = {records.height}, expected {_said(rule.expect.rows)}")
    for field, bounds in sorted(rule.expect.filled.items()):
        share = _filled(records, field)
        if not _inside(share, bounds):
            failed.append(f"filled.{field} = {share:.4f}, expected {_said(bounds)}")
    if failed:
        raise GateError(
            f"{source}: the file is not what its rule expects:\n"
            + "".join(f"  - {line}\n" for line in failed)
            + "Nothing was written. Have the file re-exported, or edit [expect] in "
            f"rules/sources/{source}.toml."
        )


def _filled(records: pl.DataFrame, field: str) -> float:
    column = raw(field)
    if column not in records.columns or not records.height:
        return 0.0
    return 1 - records[column].null_count() / records.height


def _inside(value: float, bounds: Bounds) -> bool:
    low = bounds.min is None or value >= bounds.min
    return low and (bounds.max is None or value <= bounds.max)


def _said(bounds: Bounds) -> str:
    """Write bounds for a person.

    >>> _said(Bounds(min=0.9)), _said(Bounds(min=1, max=5000))
    ('at least 0.9', '1 to 5000')
    """
    if bounds.min is None:
        return f"at most {bounds.max:g}" if bounds.max is not None else "anything"
    return (
        f"at least {bounds.min:g}"
        if bounds.max is None
        else f"{bounds.min:g} to {bounds.max:.12g}"
    )
