"""Whom a split parts from whom, as its decision keeps it."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parting:
    """Records that leave their customer together, and those of it that stay.

    Both are written down when it is decided, so that what a split means does not move
    with what later runs make of the customer.
    """

    leave: tuple[int, ...]
    stay: tuple[int, ...]

    def as_value(self) -> str:
        """Write it as the value of a decision.

        >>> Parting((4, 2), (1,)).as_value()
        '{"leave": [2, 4], "stay": [1]}'
        """
        return json.dumps({"leave": sorted(self.leave), "stay": sorted(self.stay)})

    @classmethod
    def of(cls, record_id: int, value: str | None) -> Parting:
        """Read what a decision says; one without a list parts the record from nobody."""
        said = json.loads(value or "{}")
        leave = said.get("leave", [record_id])
        return cls(tuple(map(int, leave)), tuple(map(int, said.get("stay", []))))
