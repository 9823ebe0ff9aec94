"""Records with their texts encoded: each distinct value stands once, a record holds its place.

A list of a million customers says most of its words many times, and what a stage makes of
a word (its sound, its hash, how many bear it) it makes once. What one run has encoded is of
use to the next: new records are laid beside it (`beside`), and nothing is hashed again.
Values are ordered by their hashes, so a list encoded in parts is what it is encoded whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import polars.selectors as cs
import pyarrow as pa

from cleanse.places import Flags, Ints, firsts, spread_rows, starts_of
from cleanse.threads import in_threads

Codes = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
Marks = npt.NDArray[np.uint8]

MISSING = -1
"""Code of a missing value."""
SEED = 1
"""Of the hashes by which values are told apart."""
MARKS = "_marks"
"""Ends the name of a column that marks the texts of another, a list: of each what its record says
of it, in bits."""
_MARKED = pl.List(pl.UInt8)
PLAIN = ("record_id", "kind")
"""Columns that are no texts, whatever their type."""


def are_among(hashes: Hashes, known: Hashes) -> Flags:
    """Say of each hash whether it is among others, ascending."""
    if not len(known):
        return np.zeros(len(hashes), dtype=np.bool_)
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.asarray(known[places] == hashes, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Values:
    """Distinct texts, in the order of their hashes."""

    texts: pl.Series
    hashes: Hashes
    """Of each text, ascending: 64 bits tell them apart."""

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.hashes)

    def places(self, hashes: Hashes) -> Ints:
        """Return where the texts stand that have one of some hashes."""
        return np.searchsorted(self.hashes, hashes[are_among(hashes, self.hashes)])

    def marked(self, places: Codes | Ints) -> Flags:
        """Mark the texts at some places; the last flag, False, is that of missing ones."""
        found = np.zeros(len(self) + 1, dtype=np.bool_)
        found[places] = True
        found[-1] = False
        return found

    def where(self, wanted: Flags) -> Values:
        """Return some of them."""
        return Values(self.texts.filter(pl.Series(wanted)), self.hashes[wanted])


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of texts, or of lists of texts."""

    codes: Codes
    """The place of each text in `values`, MISSING for none: one per record; of lists, those
    of all records one after the other."""
    values: Values
    starts: Ints | None = None
    """Of lists: where the codes of each record begin, and where the last ends; None: no lists."""
    marks: Marks | None = None
    """Of lists: what its record says of each code, in bits; None: nothing."""

    @property
    def height(self) -> int:
        """Return the number of records."""
        return len(self.codes if self.starts is None else self.starts[1:])

    def rows(self) -> Ints:
        """Return the record of each code."""
        if self.starts is None:
            return np.arange(len(self.codes))
        return np.repeat(np.arange(self.height), np.diff(self.starts))

    def gather(self, rows: Ints) -> Texts:
        """Return the texts of some records, and only their values."""
        if self.starts is None:
            return _compacted(replace(self, codes=self.codes[rows]))
        sizes = np.diff(self.starts)[rows]
        return self._taken(spread_rows(self.starts, rows), starts_of(sizes))

    def without(self, places: Ints) -> Texts:
        """Take the values at some places out of lists, or from the records that have them."""
        if not len(places):
            return self
        kept = ~self.values.marked(places)[self.codes]
        if self.starts is None:
            codes = np.where(kept, self.codes, np.int32(MISSING))
            return _compacted(replace(self, codes=codes))
        return self._taken(kept, starts_of(kept)[self.starts])

    def _taken(self, at: Ints | Flags, starts: Ints) -> Texts:
        """Return lists of some of the codes, and only their values."""
        marks = None if self.marks is None else self.marks[at]
        return _compacted(Texts(self.codes[at], self.values, starts, marks))

    def hashed(self) -> pl.Series:
        """Return the hash of the text of each code."""
        # Of a missing value the code is -1: the last of these.
        hashes = np.append(self.values.hashes, np.uint64(0))
        return pl.Series(hashes[self.codes]).set(pl.Series(self.codes < 0), None)

    def _places(self) -> pl.Series:
        places = pl.Series(self.codes)
        return places.set(places < 0, None)

    def series(self, name: str) -> pl.Series:
        """Return the column as it was encoded; an empty list is missing."""
        flat = self.values.texts.gather(self._places()).alias(name)
        return flat if self.starts is None else lists_of(flat, self.starts).alias(name)


def _compacted(texts: Texts) -> Texts:
    """Leave out the values that nobody bears."""
    is_borne = texts.values.marked(texts.codes)[:-1]
    if is_borne.all():
        return texts
    places = np.cumsum(is_borne, dtype=np.int32) - 1
    codes = np.append(places, np.int32(MISSING))[texts.codes]
    return replace(texts, codes=codes, values=texts.values.where(is_borne))


def arrow_of(numbers: npt.NDArray[Any]) -> pa.Array:
    """Hand numbers to pyarrow: to look at them itself, it would import pandas where that is installed."""
    return pl.Series(numbers).to_arrow()


def lists_of(values: pl.Series, starts: Ints) -> pl.Series:
    """Put values into lists, each from where it begins to where the next does; an empty one is missing.

    >>> lists_of(pl.Series(["a", "b"]), np.array([0, 2, 2])).to_list()
    [['a', 'b'], None]
    """
    flat = values.to_arrow()
    if values.dtype == pl.String:
        flat = flat.cast(pa.large_string())
    offsets, none = map(arrow_of, (starts, np.diff(starts) == 0))
    return pl.Series(pa.LargeListArray.from_arrays(offsets, flat, mask=none))


def no_texts(height: int, *, are_lists: bool = False) -> Texts:
    """Return a column in which every text, or list of texts, is missing."""
    none = Values(pl.Series(dtype=pl.String), np.zeros(0, dtype=np.uint64))
    codes = np.full(0 if are_lists else height, MISSING, dtype=np.int32)
    return Texts(
        codes, none, starts_of(np.zeros(height, np.int8)) if are_lists else None
    )


def texts_of(series: pl.Series) -> Texts:
    """Encode a column, String or List(String)."""
    starts = None
    if series.dtype == pl.List(pl.String):
        starts = starts_of(series.list.len().fill_null(0).to_numpy())
        series = series.filter(series.list.len() > 0).explode(empty_as_null=True)
    hashes = series.hash(SEED).to_numpy()
    codes = np.full(len(series), MISSING, dtype=np.int32)
    there = np.flatnonzero(series.is_not_null().to_numpy())
    codes[there], first = by_hash(hashes[there])
    at = there[first]
    return Texts(codes, Values(series.gather(at).rechunk(), hashes[at]), starts)


def by_hash(hashes: Hashes) -> tuple[Codes, Ints]:
    """Number hashes by their order; return the number of each, and where each first stands.

    >>> [each.tolist() for each in by_hash(np.array([7, 3, 7], dtype=np.uint64))]
    [[1, 0, 1], [1, 0]]
    """
    order = np.argsort(hashes)
    ordered = hashes[order]
    first = firsts(ordered)
    codes = np.empty(len(order), dtype=np.int32)
    codes[order] = np.cumsum(first, dtype=np.int32) - 1
    return codes, order[first]


def united(several: Sequence[Texts]) -> list[Texts]:
    """Give columns one set of values."""
    values = reduce(
        lambda one, other: _merged(one, other)[0], (t.values for t in several)
    )
    return [
        replace(
            each, codes=_moved(each.codes, _now_at(each.values, values)), values=values
        )
        for each in several
    ]


def _merged(one: Values, other: Values) -> tuple[Values, Codes | None, Codes | None]:
    """Put values together, each once; say where those of each stand now, None: where they stood."""
    if len(one) < len(other):
        values, others, own = _merged(other, one)
        return values, own, others
    new = other.where(~are_among(other.hashes, one.hashes))
    if not len(new):
        return one, None, _now_at(other, one)
    at = np.searchsorted(one.hashes, new.hashes)
    # Few bytes: memory that is taken for the first time costs more than what is done in it.
    moved = np.ones(len(one) + 1, dtype=np.uint32)
    np.add.at(moved, at, 1)
    np.cumsum(moved, dtype=np.uint32, out=moved)
    moved -= np.uint32(1)
    order = np.empty(len(one) + len(new), dtype=np.uint32)
    order[moved[:-1]] = np.arange(len(one), dtype=np.uint32)
    order[at + np.arange(len(new))] = np.arange(len(one), len(order), dtype=np.uint32)
    texts = pl.concat([one.texts.alias(""), new.texts.alias("")], rechunk=True)
    hashes = np.insert(one.hashes, at, new.hashes)
    values = Values(texts.gather(pl.Series(order)), hashes)
    return values, moved[:-1].view(np.int32), _now_at(other, values)


def _now_at(some: Values, values: Values) -> Codes | None:
    """Say where values stand among more; None: there are no more."""
    if len(some) == len(values):
        return None
    return np.searchsorted(values.hashes, some.hashes).astype(np.int32)


def _moved(codes: Codes, places: Codes | None) -> Codes:
    return codes if places is None else np.append(places, np.int32(MISSING))[codes]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Records, sorted by record_id (but for what `gather` gives)."""

    plain: pl.DataFrame
    """record_id, kind, and all that are no texts: days, flags."""
    texts: Mapping[str, Texts]

    @property
    def height(self) -> int:
        """Return the number of records."""
        return self.plain.height

    @property
    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return [*self.plain.columns, *self.texts]

    @property
    def record_ids(self) -> Ints:
        """Return the numbers of the records, ascending."""
        return self.plain["record_id"].to_numpy()

    def filled(self) -> set[str]:
        """Return the names of the columns that some record fills."""
        plain = self.plain.get_columns()
        there = {each.name for each in plain if each.null_count() < self.height}
        return there | {name for name, texts in self.texts.items() if len(texts.values)}

    def select(self, names: Collection[str]) -> Encoded:
        """Return some columns only, and record_id and kind."""
        kept = [name for name in self.plain.columns if name in {*PLAIN, *names}]
        texts = {name: each for name, each in self.texts.items() if name in names}
        return Encoded(self.plain.select(kept), texts)

    def filter(self, wanted: Flags) -> Encoded:
        """Return some records only."""
        if wanted.all():
            return self
        return self.gather(np.flatnonzero(wanted))

    def with_texts(self, more: Mapping[str, Texts]) -> Encoded:
        """Return the records with further columns, or others in their place."""
        return replace(self, texts={**self.texts, **more})

    def frame(self, names: Collection[str] | None = None) -> pl.DataFrame:
        """Return some columns, as they were encoded; None: all."""
        wanted = self if names is None else self.select(names)
        plain = wanted.plain
        if names is not None:
            plain = plain.select(name for name in plain.columns if name in names)
        told = [each.series(name) for name, each in wanted.texts.items()]
        return pl.DataFrame([*plain.get_columns(), *told])

    def series(self, name: str) -> pl.Series:
        """Return a column as it was encoded."""
        if name in self.texts:
            return self.texts[name].series(name)
        return self.plain[name]

    def gather(self, rows: Ints) -> Encoded:
        """Return the records at some places, in the order given."""
        texts = in_threads(lambda each: each.gather(rows), self.texts.values())
        return Encoded(
            self.plain[rows], dict(zip(self.texts, list(texts), strict=True))
        )


ByKind = Mapping[str, Encoded]
"""The records of each kind of customer."""


def encode(records: pl.DataFrame) -> Encoded:
    """Encode records: all columns of texts and of lists of texts, but `PLAIN`; without those of no type.

    Columns that mark others (see `MARKS`) go with them.

    Args:
        records: With record_id, each once; in any order.
    """
    empty = (pl.Null, pl.List(pl.Null))
    records = records.drop(n for n, dtype in records.schema.items() if dtype in empty)
    names = [
        name
        for name, dtype in records.schema.items()
        if dtype in (pl.String, pl.List(pl.String)) and name not in PLAIN
    ]
    texts = in_threads(lambda name: _marked_texts(records, name), names)
    plain = records.drop(names, cs.by_dtype(_MARKED))
    return _in_order(Encoded(plain, dict(zip(names, list(texts), strict=True))))


def _marked_texts(records: pl.DataFrame, name: str) -> Texts:
    """Encode a column, with what marks it."""
    texts = texts_of(records[name])
    if records.schema.get(name + MARKS) != _MARKED:
        return texts
    marks = records[name + MARKS]
    flat = marks.filter(marks.list.len() > 0).explode(empty_as_null=True)
    return replace(texts, marks=flat.to_numpy())


def beside(one: Encoded, other: Encoded) -> Encoded:
    """Lay records beside others that may have other columns."""
    if not other.height:
        return one
    if not one.height:
        return other
    plain = pl.concat([one.plain, other.plain], how="diagonal_relaxed", rechunk=True)
    names = [*dict.fromkeys([*one.texts, *other.texts])]

    def together(name: str) -> Texts:
        return _appended(_column(one, name, other), _column(other, name, one))

    texts = in_threads(together, names)
    found = Encoded(plain, dict(zip(names, list(texts), strict=True)))
    return _in_order(found)


def _column(records: Encoded, name: str, others: Encoded) -> Texts:
    """Return a column; one that only others have, empty."""
    if name in records.texts:
        return records.texts[name]
    return no_texts(records.height, are_lists=others.texts[name].starts is not None)


def _appended(one: Texts, other: Texts) -> Texts:
    values, own, others = _merged(one.values, other.values)
    codes = np.concatenate([_moved(one.codes, own), _moved(other.codes, others)])
    if one.starts is None or other.starts is None:
        return Texts(codes, values)
    starts = np.concatenate([one.starts, other.starts[1:] + one.starts[-1]])
    are_marked = one.marks is not None or other.marks is not None
    marks = np.concatenate([_marks(one), _marks(other)]) if are_marked else None
    return Texts(codes, values, starts, marks)


def _marks(texts: Texts) -> Marks:
    if texts.marks is None:
        return np.zeros(len(texts.codes), dtype=np.uint8)
    return texts.marks


def _in_order(records: Encoded) -> Encoded:
    ids = records.plain["record_id"]
    if ids.is_sorted():
        return records
    return records.gather(ids.arg_sort().to_numpy().astype(np.int64))
