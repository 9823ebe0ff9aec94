"""The records of the whole store that are active after a run, read as far as they are needed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import polars as pl

from cleanse.encoded import Encoded
from cleanse.grown import Grown
from cleanse.match import columns_needed, encoded
from cleanse.places import Flags, by_number, found, is_among
from cleanse.rulebook.matching import MatchRules
from cleanse.shelf import Frame, Shelved, filled
from cleanse.warehouse import ALWAYS, Encoding, Known

_PLACE: Final = frozenset({"record_id", "source"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """Normalised records: those of this run, and the standing ones that it says nothing of.

    Of the standing ones most columns are never read: a run that adds a few records
    looks at the whole of few customers.
    """

    stays: Frame
    """Records that this run normalised, and that are active."""
    known: Known | None
    """Where the standing ones are; None: there are none."""
    replaced: frozenset[str]
    """Sources of which no record stands."""
    read: pl.DataFrame
    """record_id: records that this run has read, and that do not stand."""

    @property
    def names(self) -> frozenset[str]:
        """Columns that a record may have."""
        known = self.known.record_columns if self.known else ()
        return frozenset((*self.stays.columns, *known))

    def may_have(self, column: str) -> bool:
        """Say whether some record may have a value in a column; False is certain."""
        if column in filled(self.stays):
            return True
        return self.known is not None and self.known.has(column)

    def frame(self, columns: Collection[str]) -> pl.DataFrame:
        """Return some columns of all records, sorted by record_id; empty ones are left out."""
        wanted = {"record_id", *columns}
        given = _in_order(self.stays, self._given(wanted))
        if self.known is None:
            return given
        standing = self.known.active(wanted | _PLACE)
        return _together(given, self._standing(standing, wanted))

    def encoded(self, rules: MatchRules) -> Encoding:
        """Return what matching looks at of all records, encoded."""
        names = columns_needed(self.names, rules)
        kept = self.known.encoded if self.known else None
        if kept is None:
            whole = encoded(self.frame(names), rules)
            return Encoding(Grown(whole))
        given = encoded(_in_order(self.stays, self._given(names)), rules)
        return kept.followed(given, self._still_stand)

    def _still_stand(self, kept: Encoded) -> Flags:
        read = self.read["record_id"].sort().to_numpy()
        stands = ~found(read, kept.record_ids)[1]
        if not kept.height:
            return stands
        sources = kept.texts["source"]
        replaced = sources.values.texts.is_in(list(self.replaced)).arg_true()
        stands &= ~sources.values.marked(replaced.to_numpy())[sources.codes]
        return stands

    def of(
        self, record_ids: pl.Series, columns: Collection[str] | None = None
    ) -> pl.DataFrame:
        """Return what `frame` does, of some records; None: all columns."""
        wanted = {"record_id", *(self.names if columns is None else columns)}
        is_asked = pl.col("record_id").is_in(record_ids.implode())
        given = self.stays.lazy().filter(is_asked).select(self._given(wanted)).collect()
        if self.known is None:
            return by_number(given)
        standing = self.known.active_of(record_ids, wanted | _PLACE)
        return _together(given, self._standing(standing, wanted))

    def _given(self, wanted: Collection[str]) -> list[str]:
        """Return those of the columns that records of this run have; of many records only the filled ones."""
        stays = self.stays
        if isinstance(stays, Shelved):
            wanted = (ALWAYS | filled(stays)).intersection(wanted)
        return [name for name in stays.columns if name in wanted]

    def _standing(self, records: pl.DataFrame, wanted: set[str]) -> pl.DataFrame:
        replaced = records["source"].is_in(list(self.replaced))
        if replaced.any():
            records = records.filter(~replaced)
        if "source" not in wanted:
            records = records.drop("source")
        is_read = is_among(records["record_id"], self.read["record_id"].sort())
        return records.filter(~is_read) if is_read.any() else records


_AT_A_TIME = 4
"""Columns of a frame on disk that are put in order at a time: all at once would be there twice."""


def _in_order(records: Frame, names: list[str]) -> pl.DataFrame:
    """Return some columns sorted by record_id."""
    if isinstance(records, pl.DataFrame):
        return by_number(records.select(names))
    places = records["record_id"].arg_sort()
    some = (names[i : i + _AT_A_TIME] for i in range(0, len(names), _AT_A_TIME))
    return pl.concat((records.select(each)[places] for each in some), how="horizontal")


def _together(given: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    return by_number(pl.concat([standing, given], how="diagonal_relaxed"))
