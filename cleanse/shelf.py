"""Large frames lie on disk between the stages, in parts; what a stage looks at is read by column.

A frame of whole records takes 1.5 kB a record: of five million the frames alone would fill
a machine. A `Shelved` frame is asked as a `DataFrame` is (`columns`, `height`, `select`,
`filter`), so that most of what works on one works on the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias, TypeVar, cast
from uuid import uuid4

import polars as pl

from cleanse.errors import StoreError

FEWEST_ROWS = 1_500_000
"""Rows from which frames are laid on disk: fewer take less than 10 GB in memory, and a quarter less time."""
PART_ROWS = 250_000
"""Rows of a part."""


@dataclass(frozen=True)
class Shelved:
    """A frame on disk, in parts of whole rows."""

    shelf: Shelf
    paths: tuple[Path, ...]
    """Parquet files, one per part."""
    heights: tuple[int, ...]
    """Rows of each."""
    schema: pl.Schema
    """The columns, by their names in the files."""
    filled_there: frozenset[str]
    """Those of them that some row fills."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names in the files → what they are called, where that is something else."""

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return sum(self.heights)

    @property
    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return [self.names.get(name, name) for name in self.schema.names()]

    def lazy(self) -> pl.LazyFrame:
        """Return the frame, to be read as far as it is asked for."""
        found = pl.scan_parquet(list(self.paths)).select(self.schema.names())
        return found.rename(self.names)

    def select(
        self, *columns: str | pl.Expr | Iterable[str | pl.Expr], **named: str | pl.Expr
    ) -> pl.DataFrame:
        """Do what `DataFrame.select` does."""
        return self.lazy().select(*columns, **named).collect()

    def filter(self, *predicates: pl.Expr) -> pl.DataFrame:
        """Do what `DataFrame.filter` does."""
        return self.lazy().filter(*predicates).collect()

    def discard(self) -> None:
        """Take the files away: nothing is read of the frame any more."""
        for path in self.paths:
            path.unlink()

    def rename(self, names: Mapping[str, str]) -> Shelved:
        """Do what `DataFrame.rename` does; nothing is written."""
        return replace(self, names={**self.names, **names})

    def __getitem__(self, column: str) -> pl.Series:
        """Return a column."""
        return self.select(column).to_series()

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield the parts, one at a time."""
        for path in self.paths:
            found = pl.read_parquet(path, columns=self.schema.names())
            yield found.rename(self.names)


Frame: TypeAlias = pl.DataFrame | Shelved
"""A frame in memory, or on disk."""
FrameT = TypeVar("FrameT", bound=Frame)


def by_part(frame: FrameT, change: Callable[[pl.DataFrame], pl.DataFrame]) -> FrameT:
    """Return what becomes of a frame by a change to its rows that looks at no others."""
    if isinstance(frame, pl.DataFrame):
        return cast("FrameT", change(frame))
    pile = frame.shelf.pile()
    for part in frame.parts():
        pile.add(change(part))
    return cast("FrameT", pile.done())


def filled(frame: Frame) -> set[str]:
    """Return the names of the columns that some row fills.

    >>> filled(pl.DataFrame({"a": [1], "b": [None]}))
    {'a'}
    """
    if isinstance(frame, Shelved):
        return {frame.names.get(name, name) for name in frame.filled_there}
    columns = frame.get_columns()
    return {each.name for each in columns if each.null_count() < frame.height}


def in_memory(frame: Frame) -> pl.DataFrame:
    """Return a frame whole."""
    return frame if isinstance(frame, pl.DataFrame) else frame.lazy().collect()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the large frames of a run are laid: files that are nobody's once it is over."""

    folder: Path

    def takes(self, rows: int) -> bool:
        """Say whether a frame of so many rows is laid here."""
        return rows >= FEWEST_ROWS

    def pile(self) -> Pile:
        """Begin a frame."""
        return Pile(self, self.folder / uuid4().hex)

    def lay(self, frame: pl.DataFrame) -> Shelved:
        """Lay a frame down, in parts of `PART_ROWS`."""
        pile = self.pile()
        for part in slices(frame):
            pile.add(part)
        return pile.done()


def slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Cut a frame into the parts in which it would be laid down."""
    return frame.iter_slices(PART_ROWS)


@dataclass(slots=True)
class Pile:
    """A frame that is being laid down, part by part, all of the same columns."""

    shelf: Shelf
    folder: Path
    paths: list[Path] = field(default_factory=list)
    heights: list[int] = field(default_factory=list)
    schema: pl.Schema = field(default_factory=pl.Schema)
    filled: set[str] = field(default_factory=set)

    def add(self, part: pl.DataFrame) -> None:
        """Lay down the next rows.

        Raises:
            StoreError: The disk is full, or may not be written to.
        """
        path = self.folder / f"{len(self.paths):05}.parquet"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_parquet(path, compression="lz4", statistics=False)
        except OSError as error:
            raise StoreError(
                f"{self.folder.parent}: what does not fit into memory cannot be written here "
                f"({error.strerror or type(error).__name__}); nothing was published.\n"
                "Free some space on this disk, or make the store on another one."
            ) from None
        self.paths.append(path)
        self.heights.append(part.height)
        self.schema = part.schema
        self.filled |= filled(part)

    def done(self) -> Shelved:
        """Return the frame."""
        parts = tuple(self.paths), tuple(self.heights)
        return Shelved(self.shelf, *parts, self.schema, frozenset(self.filled))
