"""Cases of survivorship: records in one line, and which value is to survive."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from factory import make_crosswalk, make_records

from cleanse.merge import merge
from cleanse.rulebook import Rulebook

FLAGS = {"yes": True, "no": False}


def record_of(text: str) -> dict[str, object]:
    """Read a record from a line.

    >>> record_of("city=York|email_is_valid=no|extra=red")
    {'city': 'York', 'email_is_valid': False, 'extra': {'colour': 'red'}}
    """
    row: dict[str, object] = {}
    for name, value in (cell.split("=", 1) for cell in text.split("|")):
        if name.endswith("_is_valid"):
            row[name] = FLAGS[value]
        elif name == "extra":
            row[name] = {"colour": value}
        else:
            row[name] = int(value) if name == "purchase_count" else value
    return row


def assert_survives(case: Mapping[str, str], rules: Rulebook) -> None:
    """Assert which value of a field survives, by which rule, and which came second; in any order of the records."""
    told = [case[n] for n in ("one", "two", "three") if case[n]]
    records = make_records(*map(record_of, told))
    crosswalk = make_crosswalk(C1=records["record_id"].to_list())
    expected = [tuple(case[n] or None for n in ("value", "rule", "runner_up"))]
    for rows in (records, records.reverse()):
        cells = merge(rows, crosswalk, rules).golden_choice
        found = cells.filter(pl.col("field") == case["field"])
        assert found.select("value", "rule", "runner_up").rows() == (
            expected if case["value"] else []
        )
