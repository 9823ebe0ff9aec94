"""Value frequencies of one model: how common a value is, whatever list is read next.

A match weight depends on how many records bear an agreed value. Were that counted
anew in each run, every new record would change the weight of pairs that it has
nothing to do with. So the numbers belong to the model: they are taken when the
model is estimated and stay. A value that has at least doubled since, or is new,
counts by whole doublings of what the model holds, so that a list which outgrows
its model is still weighed by what it holds, and few numbers change in one run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

FREQUENCY = pl.Schema({"column": pl.String, "value": pl.String, "bearers": pl.Int64})
"""One row per column and value that 3 records or more bear; value is null in the row
that holds how many records have one at all."""

LEAST = 3
"""Bearers from which the model holds a number."""
PAIR = 2.0
"""Bearers that an agreed value has at least."""


class Frequencies:
    """The frequencies of one kind of customer.

    A column that they do not know is counted when it is first asked for.
    """

    def __init__(self, known: pl.DataFrame | None = None) -> None:
        """Take the frame `FREQUENCY`; None: nothing is known."""
        frame = FREQUENCY.to_frame() if known is None else known
        self._known = {
            str(name[0]): part.select("value", "bearers")
            for name, part in frame.group_by("column", maintain_order=True)
        }
        self.has_more = False
        """Something was counted that was not known."""

    def in_force(
        self,
        column: str,
        values: Sequence[str] | pl.Series,
        present: npt.NDArray[np.floating],
        *,
        total: float,
        least: float = PAIR,
    ) -> npt.NDArray[np.float64]:
        """Return how many bearers each value counts as.

        Args:
            column: Name under which the model holds the values.
            values: Distinct values.
            present: How many bear each of them now.
            total: Records that have a value now.
            least: What a value counts as that the model does not hold.

        >>> known = Frequencies()
        >>> known.in_force("city", ["bath", "york"], np.array([1.0, 5.0]), total=6).tolist()
        [2.0, 5.0]
        >>> known.in_force("city", ["bath", "york"], np.array([4.0, 9.0]), total=13).tolist()
        [4.0, 5.0]
        """
        frame = pl.DataFrame(
            {"value": pl.Series(values, dtype=pl.String), "now": present}
        )
        if column not in self._known:
            self._known[column] = _taken(frame, total)
            self.has_more = True
        held = self._known[column].drop_nulls("value")
        found = frame.join(held, on="value", how="left", maintain_order="left")
        base = np.maximum(found["bearers"].fill_null(0).to_numpy(), least)
        doublings = np.frexp(np.maximum(np.asarray(present) / base, 1.0))[1] - 1
        return np.asarray(base * np.exp2(doublings), dtype=np.float64)

    def total(self, column: str) -> float:
        """Return how many records had a value when the column was counted."""
        counted = self._known[column].filter(pl.col("value").is_null())
        return float(counted["bearers"][0])

    def frame(self) -> pl.DataFrame:
        """Return all that is known, as the frame `FREQUENCY`, in no order."""
        parts = [
            part.select(pl.lit(name).alias("column"), "value", "bearers")
            for name, part in self._known.items()
        ]
        return pl.concat([FREQUENCY.to_frame(), *parts])


def _taken(frame: pl.DataFrame, total: float) -> pl.DataFrame:
    bearers = pl.col("now").cast(pl.Int64).alias("bearers")
    often = frame.filter(pl.col("now") >= LEAST).select("value", bearers)
    whole = pl.DataFrame({"value": [None], "bearers": [int(total)]}, often.schema)
    return pl.concat([whole, often])
