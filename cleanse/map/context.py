"""Settle what neither a heading nor its contents tell: look at the other columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from cleanse.map.candidate import Candidate
from cleanse.map.content import Content

NAMING = frozenset(("name", "given_name", "family_name", "company"))
"""Fields of which one names the customer."""

_PEOPLE = frozenset(("name", "given_name", "family_name", "contact"))
_MANY = 20
_REPEATS_BELOW = 0.5
"""One who answers for many customers is on our side."""
_WHOLE_FROM = 0.5
"""Share of cells of two words from which a name is whole."""


def by_context(
    verdicts: Mapping[str, Sequence[Candidate]], contents: Mapping[str, Content]
) -> list[Candidate]:
    """Choose one field per column.

    An account name is the company of a list of people and the name in any other;
    Name beside a first name alone is the family's, Nombre beside Apellidos the
    given one; a 负责人 who comes again and again is ours, else the company's; a
    contact is the customer where nobody else is named.

    Args:
        verdicts: What each column may be, by heading.
        contents: What each holds.
    """
    sure = {
        c.field for options in verdicts.values() for c in options if len(options) == 1
    }
    chosen = []
    for heading, options in verdicts.items():
        wanted = _wanted({c.field for c in options}, sure, contents[heading])
        chosen.append(next((c for c in options if c.field == wanted), options[0]))
    if not NAMING & {c.field for c in chosen}:
        chosen = [
            replace(c, field="name", reason=f"{c.reason}; nobody else is named")
            if c.field == "contact"
            else c
            for c in chosen
        ]
    return chosen


def _wanted(fields: Collection[str], sure: Collection[str], content: Content) -> str:
    """Return the field that the other columns speak for, empty where they do not."""
    if {"name", "company"} <= set(fields):
        return "company" if _PEOPLE & set(sure) else "name"
    if {"contact", "owner"} <= set(fields):
        is_ours = content.filled >= _MANY and content.uniqueness < _REPEATS_BELOW
        return "owner" if is_ours or "contact" in sure else "contact"
    if "name" in fields and {"given_name", "family_name"} & set(fields):
        return _part_of_name(fields, sure, content)
    return ""


def _part_of_name(
    fields: Collection[str], sure: Collection[str], content: Content
) -> str:
    is_whole = content.share(["person", "company"]) >= _WHOLE_FROM
    if "family_name" in sure and "given_name" not in sure and "given_name" in fields:
        return "name" if is_whole else "given_name"
    if "given_name" in sure and "family_name" not in sure and "family_name" in fields:
        return "name" if is_whole else "family_name"
    return "name"
