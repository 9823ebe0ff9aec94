"""Runs the statements of a publish."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.staging import column_types

_PARAMETER = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class Writer:
    """Runs statements with the parameters of the run that they name."""

    db: Connection
    parameters: Mapping[str, Any]

    def __call__(self, sql: str) -> None:
        """Run one statement."""
        named = set(_PARAMETER.findall(sql))
        used = {k: v for k, v in self.parameters.items() if k in named}
        self.db.execute(sql, used)

    def columns(self, table: str, *, but: Sequence[str] = ()) -> list[str]:
        """Return the column names of a table without those of `but`."""
        return [name for name, _ in column_types(self.db, table) if name not in but]

    def has_rows(self, table: str) -> bool:
        """Tell whether anything is in a table."""
        return first_row(self.db, f"select 1 from {table} limit 1") is not None
