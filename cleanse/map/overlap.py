"""How much of a list a source shares that the store knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from cleanse.map.fold import fold_words
from cleanse.map.heading import HeadingIndex
from cleanse.schema import IDENTIFYING_FIELDS, VALUE_SEPARATOR, RawFile

KNOWN_SOURCE = pl.Schema(
    {
        "source": pl.String(),
        "headings": pl.List(pl.String()),
        "key_sample": pl.List(pl.String()),
        "content_sample": pl.List(pl.String()),
        "record_count": pl.Int64(),
        "files": pl.List(pl.String()),
    }
)
"""One row per source that a store knows: headings of its newest file, up to 1000 of its source
keys, some hundreds of its telling values as typed (names, phones, mails, ids), active records,
and names of its files. All but `source` may be absent."""

_UNNAMED = re.compile(r"column_\d+")
"""What a column without a heading is called: it may hold anything that tells."""
_ALIKE_HEADINGS = 0.5
_KEYS_ALONE = 0.2
"""Where contents can be compared, keys tell no more than so much beyond them."""
_FEWEST = 5
"""Values needed to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTraits:
    """What a file shows before it is mapped."""

    headings: frozenset[str]
    """Folded."""
    keys: pl.Series
    """Trimmed, without nulls, once each."""
    contents: pl.Series
    """The same of its telling values."""
    is_headed: bool
    """Some column has a heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How much of a file a known source shares."""

    headings: float
    """Share of all their headings that both have, 0 to 1."""
    keys: float | None
    """Of the smaller list, the share that the other has, 0 to 1; None when not to be told."""
    contents: float | None
    """The same of telling values."""
    is_headed: bool
    """Some column of the file has a heading."""

    @property
    def is_alike(self) -> bool:
        """Whether the headings are much the same."""
        return self.headings >= _ALIKE_HEADINGS

    @property
    def score(self) -> float | None:
        """How sure it is that both are one source, 0 to 1; None when nothing tells.

        Under other headings it is another list, though it be of the same customers.
        """
        if self.is_headed and not self.is_alike:
            return None
        # Numbers 1, 2, 3 … are keys of many lists: they tell only of alike columns.
        keys = self.keys if self.is_alike else None
        if self.contents is None:
            return keys
        return max(min(keys or 0.0, self.contents + _KEYS_ALONE), self.contents)

    def said(self, name: str) -> str:
        """Put it in words."""
        shares = {
            "headings": self.headings,
            "keys": self.keys,
            "contents": self.contents,
        }
        words = [
            f"{s:.0%} of the {what}" for what, s in shares.items() if s is not None
        ]
        return f"{name!r} shares {', '.join(words)}"


def file_traits(file: RawFile, index: HeadingIndex) -> FileTraits:
    """Look at a file's headings, keys and telling values."""
    keys: list[pl.Series] = []
    contents: list[pl.Series] = []
    for table in file.tables:
        ranked = [(index.key_rank(h), h) for h in table.headings]
        best = min(((r, h) for r, h in ranked if r is not None), default=None)
        keys += [table.rows[best[1]]] if best else []
        contents += [
            table.rows[heading]
            for heading in table.headings
            if any(m.field in IDENTIFYING_FIELDS for m in index.meanings(heading))
            or _UNNAMED.fullmatch(heading)
        ]
    headings = {fold_words(h) for table in file.tables for h in table.headings}
    return FileTraits(
        headings=frozenset(headings),
        keys=_values(keys),
        contents=_values(contents),
        is_headed=not all(
            _UNNAMED.fullmatch(h) for t in file.tables for h in t.headings
        ),
    )


def overlap(traits: FileTraits, known: Mapping[str, Any]) -> Overlap:
    """Compare a file with a row of schema KNOWN_SOURCE."""
    headings = {fold_words(h) for h in known.get("headings") or ()}
    together = len(headings | traits.headings)
    count = known.get("record_count")
    return Overlap(
        headings=len(headings & traits.headings) / together if together else 0.0,
        keys=_shared(traits.keys, known.get("key_sample"), count),
        contents=_shared(traits.contents, known.get("content_sample"), None),
        is_headed=traits.is_headed,
    )


def _values(columns: Iterable[pl.Series]) -> pl.Series:
    parts = [c.alias("value").drop_nulls().unique() for c in columns]
    values = pl.concat(parts) if parts else pl.Series("value", [], pl.String)
    trimmed = values.str.strip_chars().unique()
    return trimmed.filter(trimmed != "")


def _shared(
    values: pl.Series, sample: Collection[str] | None, count: int | None
) -> float | None:
    """Return which part of the smaller list is in the other.

    Of a sample of `count` keys a file of half of them, as a delta is, can hold
    no more than half.
    """
    told = {v.strip() for each in sample or () for v in each.split(VALUE_SEPARATOR)}
    if len(told) < _FEWEST or len(values) < _FEWEST:
        return None
    known = pl.Series(sorted(told))
    found = max(
        int(values.is_in(known.implode()).sum()),
        int(_bare(values).is_in(_bare(known).implode()).sum()),
    )
    most = len(told) * min(1.0, len(values) / count) if count else len(told)
    return min(1.0, found / max(most, 1.0))


def _bare(keys: pl.Series) -> pl.Series:
    """Take the prefix and leading zeros off keys: C-0017 and 17 are one key."""
    return keys.str.replace(r"^\D*0*(\d+)$", "$1").unique()
