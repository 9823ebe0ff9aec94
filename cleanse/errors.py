"""What can go wrong, said to a person: what, where, why, and what to do.

The text of an error names files, sheets, rows, columns and rules, never a
customer's values: it ends up in terminals, logs and the Prefect database.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import ClassVar


class CleanseError(Exception):
    """Anything that a person can mend; printed without a traceback."""

    exit_code: ClassVar[int] = 1
    """What the command line exits with: 1 unreadable or failed, 2 usage, rules or missing input, 3 a gate."""


class UnreadableError(CleanseError):
    """An input file is corrupt, protected by a password, or refused as hostile."""


class ReconciliationError(CleanseError):
    """What was read does not add up to the rows of the file; nothing of it is used."""


class StoreError(CleanseError):
    """The store is in use, damaged, or older than its manifest."""


class UsageError(CleanseError):
    """The command's words are off."""

    exit_code = 2


class InputError(UsageError):
    """An input is missing, empty or ambiguous."""


class RuleError(UsageError):
    """A rule file says something that is not understood."""


class GateError(CleanseError):
    """A gate ([expect], snapshot, churn, unsure source) stopped the run before anything was written."""

    exit_code = 3


class SourceError(UsageError):
    """An input file does not have the shape its source rule promises."""

    @classmethod
    def missing_columns(
        cls, source: str, missing: Collection[str], found: Collection[str]
    ) -> SourceError:
        """Say which columns are missing, what is there, and which file to edit."""
        lines = [f"{source}: {len(missing)} mapped column(s) not in the file:"]
        lines += [
            f"  - {name!r}{did_you_mean(name, found)}" for name in sorted(missing)
        ]
        lines += [
            f"Found: {', '.join(found)}",
            f"Edit [columns] in rules/sources/{source}.toml, or re-export the file.",
        ]
        return cls("\n".join(lines))


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the nearest known name, or nothing.

    >>> did_you_mean("Telephone", ["Telphone", "Email"])
    " (did you mean 'Telphone'?)"
    >>> did_you_mean("Fax", ["Email"])
    ''
    """
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""
