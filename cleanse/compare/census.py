"""Census: how often values are there, kept from one run to the next.

A run that only adds records lays these out, and those around them, as if all were there: how
many bear a value, what mails say of their bearers, and how rare the words of companies are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.compare.table import Column
from cleanse.encoded import SEED, Hashes, are_among
from cleanse.places import Flags, Ints

Marks = npt.NDArray[np.uint8]
MADE, ECHO = np.uint8(1), np.uint8(2)
"""Marks of a mail that is made of its bearer's name, and of which the domain is."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many bear each of some values."""

    hashes: Hashes
    """Ascending."""
    bearers: Ints

    def of(self, asked: Hashes) -> Ints:
        """Return how many bear values; 0: nobody."""
        if not len(self.hashes):
            return np.zeros(len(asked), dtype=np.int64)
        places = np.minimum(np.searchsorted(self.hashes, asked), len(self.hashes) - 1)
        is_there = self.hashes[places] == asked
        return np.where(is_there, self.bearers[places], 0).astype(np.int64)


_NOBODY = Counts(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Census:
    """What of all records of one kind decides how some of them are compared."""

    columns: Mapping[str, Counts]
    domains: Counts
    """Of mails."""
    marks: Mapping[str, Hashes]
    """Mails that are `made`, that `echo`, and the parts before the @ that name a `role`."""
    pieces: Counts
    """How many distinct cores of companies have each piece."""

    def added_to(self, name: str, column: Column) -> Column:
        """Count those who bear the values of a column and are not at hand."""
        bearers = column.bearers.copy()
        bearers[:-1] = column.present + self.borne(name, column.hashes)
        return replace(column, bearers=bearers)

    def knows(self, name: str) -> bool:
        """Say whether a column was laid out."""
        return name in self.columns

    def borne(self, name: str, values: Hashes) -> Ints:
        """Return how many bear each of some values of a column."""
        return self.columns.get(name, _NOBODY).of(values)

    def has(self, name: str, values: Hashes) -> Flags:
        """Say of each value of a column whether it is borne."""
        return np.asarray(self.borne(name, values) > 0, dtype=np.bool_)

    def borne_in(self, domains: pl.Series) -> Ints:
        """Return how many bear mails of each domain."""
        return self.domains.of(domains.hash(SEED).to_numpy())

    def cores_with(self, pieces: pl.Series) -> Ints:
        """Return how many cores of companies have each piece."""
        return self.pieces.of(pieces.hash(SEED).to_numpy())

    def mail_marks(self, mails: Hashes) -> Marks:
        """Return the marks of mails."""
        made, echo = (are_among(mails, self.marks[name]) for name in ("made", "echo"))
        return np.asarray(made * MADE | echo * ECHO, dtype=np.uint8)

    def are_roles(self, locals_: pl.Series) -> Flags:
        """Say of what stands before an @ whether it names a role."""
        named = are_among(locals_.hash(SEED).to_numpy(), self.marks["role"])
        return np.asarray(named & locals_.is_not_null().to_numpy(), dtype=np.bool_)

    def arrays(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        """Yield all that it holds, under names that `census_in` knows."""
        counts = {f"column {name}": each for name, each in self.columns.items()}
        for name, each in (
            counts | {"domains": self.domains, "pieces": self.pieces}
        ).items():
            yield f"{name} hashes", each.hashes
            yield f"{name} bearers", each.bearers.astype(np.int32)
        for name, hashes in self.marks.items():
            yield f"mails {name}", hashes


def census_in(arrays: Mapping[str, npt.NDArray[Any]]) -> Census:
    """Return the census that arrays hold, by the names of `Census.arrays`."""

    def counts(name: str) -> Counts:
        return Counts(arrays[f"{name} hashes"], arrays[f"{name} bearers"])

    names = [
        name.removesuffix(" hashes") for name in arrays if name.endswith(" hashes")
    ]
    columns = {
        name.removeprefix("column "): counts(name)
        for name in names
        if name.startswith("column ")
    }
    marks = {name: arrays[f"mails {name}"] for name in ("made", "echo", "role")}
    return Census(columns, counts("domains"), marks, counts("pieces"))
