"""The columns that a source rule names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cleanse.errors import RuleError, SourceError
from cleanse.rulebook import SourceRule
from cleanse.rulebook.source import DateColumn


def check_columns(headings: Sequence[str], rule: SourceRule, source: str) -> None:
    """Compare the columns of a file with those its rule names.

    Raises:
        SourceError: A named column is missing, or one is new and the rule says stop.
        RuleError: The rule names one column for two things.
    """
    named = _named(rule)
    if twice := _named_twice(rule):
        raise RuleError(
            f"rules/sources/{source}.toml: {len(twice)} column(s) named for two things: "
            f"{', '.join(map(repr, twice))}\nName each once in [columns] and [extra]."
        )
    if missing := named - set(headings):
        raise SourceError.missing_columns(source, missing, headings)
    known = named | set(rule.ignore.columns)
    new = [heading for heading in headings if heading not in known]
    if rule.file.on_new_column == "stop" and new:
        raise SourceError(
            f"{source}: {len(new)} column(s) that its rule does not name: "
            f"{', '.join(map(repr, new))}\n"
            f"Name them in rules/sources/{source}.toml ([columns], [extra] or [ignore]), "
            'or write on_new_column = "keep".'
        )


def rule_headings(value: str | tuple[str, ...] | DateColumn) -> tuple[str, ...]:
    """Return the headings that one entry of [columns] names."""
    if isinstance(value, DateColumn):
        return (value.from_,)
    return (value,) if isinstance(value, str) else value


def _named(rule: SourceRule) -> set[str]:
    named = {h for value in rule.columns.values() for h in rule_headings(value)}
    named |= {extra.column for extra in rule.extra.values()}
    return named | ({rule.file.key} if rule.file.key else set())


def _named_twice(rule: SourceRule) -> list[str]:
    named = [h for value in rule.columns.values() for h in rule_headings(value)]
    named += [extra.column for extra in rule.extra.values()]
    return sorted(h for h, count in Counter(named).items() if count > 1)
