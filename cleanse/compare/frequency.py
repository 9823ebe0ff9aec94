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

from cleanse.encoded import SEED, Hashes

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
            str(name): part.select("value", "bearers")
            for (name,), part in frame.partition_by("column", as_dict=True).items()
        }
        self._by_hash: dict[str, tuple[Hashes, npt.NDArray[np.int64]]] = {}
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
        hashes: Hashes | None = None,
    ) -> npt.NDArray[np.float64]:
        """Return how many bearers each value counts as.

        Args:
            column: Name under which the model holds the values.
            values: Distinct values.
            present: How many bear each of them now.
            total: Records that have a value now.
            least: What a value counts as that the model does not hold.
            hashes: Of the values, where they are known.

        >>> known = Frequencies()
        >>> known.in_force("city", ["bath", "york"], np.array([1.0, 5.0]), total=6).tolist()
        [2.0, 5.0]
        >>> known.in_force("city", ["bath", "york"], np.array([4.0, 9.0]), total=13).tolist()
        [4.0, 5.0]
        """
        values = pl.Series(values, dtype=pl.String)
        if column not in self._known:
            self._known[column] = _taken(values, present, total)
            self.has_more = True
        asked = values.hash(SEED).to_numpy() if hashes is None else hashes
        base = np.maximum(self._held(column, asked), least)
        doublings = np.frexp(np.maximum(np.asarray(present) / base, 1.0))[1] - 1
        return np.asarray(base * np.exp2(doublings), dtype=np.float64)

    def _held(self, column: str, asked: Hashes) -> npt.NDArray[np.int64]:
        """Return what the model holds of values; 0: nothing."""
        if column not in self._by_hash:
            held = self._known[column].drop_nulls("value")
            hashes = held["value"].hash(SEED).to_numpy()
            order = np.argsort(hashes)
            self._by_hash[column] = hashes[order], held["bearers"].to_numpy()[order]
        hashes, bearers = self._by_hash[column]
        if not len(hashes):
            return np.zeros(len(asked), dtype=np.int64)
        places = np.minimum(np.searchsorted(hashes, asked), len(hashes) - 1)
        return np.where(hashes[places] == asked, bearers[places], 0)

    def know(self, column: str) -> bool:
        """Say whether a column has been counted."""
        return column in self._known

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


def _taken(
    values: pl.Series, present: npt.NDArray[np.floating], total: float
) -> pl.DataFrame:
    frame = pl.DataFrame({"value": values, "now": present})
    bearers = pl.col("now").cast(pl.Int64).alias("bearers")
    often = frame.filter(pl.col("now") >= LEAST).select("value", bearers)
    whole = pl.DataFrame({"value": [None], "bearers": [int(total)]}, often.schema)
    return pl.concat([whole, often])
