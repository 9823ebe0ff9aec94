"""Decide what a list is a list of: people, companies, or each row by its columns."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from cleanse.map.mapping import Column, Customer, Use, text
from cleanse.rulebook import SourceRule

_MOSTLY = 0.5
_SOME_COMPANIES = 0.05
"""A list in which more rows name only a company is no list of people."""

_BOTH_KINDS = ("founded", "成立")
"""A heading such as birth_or_founded says nothing of people."""


def decide_customer(
    rows: pl.DataFrame, columns: Iterable[Column], rule: SourceRule
) -> tuple[Customer, str]:
    """Decide what a list is a list of.

    A list whose rows mostly have given and family names, a birth date, a gender
    or a personal id is a list of people, its company column an employer; unless
    a column says per row what it is, or some rows name only a company.

    Args:
        rows: The table.
        columns: What its columns are.
        rule: `[file] customer` goes before all else.

    Returns:
        The customer, and why.
    """
    if rule.file.customer != "auto":
        return rule.file.customer, "rule"
    by_field: dict[str, list[str]] = {}
    for column in columns:
        if column.use in (Use.FIELD, Use.FALLBACK) and column.field:
            by_field.setdefault(column.field, []).append(column.heading)
    if kinds := by_field.get("kind"):
        return "auto", f"{kinds[0]!r} says it row by row"
    signs = _person_signs(rows, by_field)
    if not signs or max(signs.values()) < _MOSTLY:
        return "auto", "each row by its columns"
    lone = _share(rows, _filled(by_field, "company") & ~_named(by_field))
    if lone > _SOME_COMPANIES:
        return "auto", f"{lone:.0%} of the rows name only a company"
    sign, share = max(signs.items(), key=lambda item: (item[1], item[0]))
    return "person", f"{share:.0%} of the rows have {sign}"


def _person_signs(
    rows: pl.DataFrame, by_field: dict[str, list[str]]
) -> dict[str, float]:
    births = [
        h
        for h in by_field.get("birth_on", [])
        if not any(word in h.casefold() for word in _BOTH_KINDS)
    ]
    named = {"name", "given_name", "family_name"} & set(by_field)
    # Beside a company and its contact, birthday and gender are the contact's.
    own = bool(named) or "contact" not in by_field
    tests = {
        "given and family names": ("given_name", "family_name"),
        "a birth date": ("birth_on",) if births and own else (),
        "a gender": ("gender",) if own else (),
        "a personal id": ("national_id",) if own else (),
    }
    return {
        sign: _share(rows, pl.all_horizontal(_filled(by_field, f) for f in fields))
        for sign, fields in tests.items()
        if fields and all(f in by_field for f in fields)
    }


def _named(by_field: dict[str, list[str]]) -> pl.Expr:
    fields = ("name", "given_name", "family_name", "contact")
    return pl.any_horizontal(_filled(by_field, field) for field in fields)


def _filled(by_field: dict[str, list[str]], field: str) -> pl.Expr:
    return pl.any_horizontal(
        pl.lit(value=False),
        *(text(h).is_not_null() for h in by_field.get(field, [])),
    )


def _share(rows: pl.DataFrame, test: pl.Expr) -> float:
    return float(rows.select(test.mean()).item() or 0.0) if rows.height else 0.0
