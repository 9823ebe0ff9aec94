"""Tell how much two lists share without keeping either.

A sketch of a source keeps 256 hashes of its keys and of its telling values
(names, phones, mails, ids), the smallest ones, so that two sketches share about
as much as the lists do. No value can be read from it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cleanse.map.heading import HeadingIndex, fold_words
from cleanse.schema import VALUE_SEPARATOR, RawFile, raw

SKETCH_SIZE = 256
"""Hashes kept per sketch; the overlap is told to about 1/16."""

SOURCE_SKETCH = pl.Schema(
    {
        "source": pl.String(),
        "headings": pl.List(pl.String()),
        "keys": pl.List(pl.UInt32()),
        "contents": pl.List(pl.UInt32()),
    }
)
"""One row per source that a store knows: folded headings, and hashes of keys and contents."""

_TELLING_FIELDS = (
    "name",
    "company",
    "phone",
    "mobile",
    "email",
    "national_id",
    "tax_id",
)
_ALIKE_HEADINGS = 0.5
_KEYS_ALONE = 0.3
"""Keys alone tell no more than so much beyond what the contents tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How much of a file a known source shares."""

    headings: float
    """Share of all their headings that both have, 0 to 1."""
    keys: float
    """Share of the smaller set that is in the other, 0 to 1."""
    contents: float
    """The same of telling values."""
    is_told: bool
    """Both have contents to compare."""

    @property
    def is_alike(self) -> bool:
        """Whether the headings are much the same."""
        return self.headings >= _ALIKE_HEADINGS

    @property
    def score(self) -> float:
        """How sure it is that both are one source, 0 to 1."""
        # Numbers 1, 2, 3 … are keys of many lists: keys tell only of alike columns.
        keys = self.keys if self.is_alike else 0.0
        return max(min(keys, self.contents + _KEYS_ALONE), self.contents)

    def said(self, name: str) -> str:
        """Put it in words."""
        return (
            f"{name!r} shares {self.headings:.0%} of the headings, "
            f"{self.keys:.0%} of the keys, {self.contents:.0%} of the contents"
        )


def overlap(mine: Mapping[str, list[int]], other: Mapping[str, list[int]]) -> Overlap:
    """Compare two rows of schema SOURCE_SKETCH."""
    headings = set(mine["headings"] or ()), set(other["headings"] or ())
    together = len(headings[0] | headings[1])
    return Overlap(
        headings=len(headings[0] & headings[1]) / together if together else 0.0,
        keys=_shared(mine["keys"], other["keys"]),
        contents=_shared(mine["contents"], other["contents"]),
        is_told=bool(mine["contents"] and other["contents"]),
    )


def _shared(left: Iterable[int] | None, right: Iterable[int] | None) -> float:
    """Estimate what part of the smaller set is in the other (bottom-k sketches)."""
    a, b = sorted(set(left or ())), sorted(set(right or ()))
    if not a or not b:
        return 0.0
    # A full sketch says nothing of hashes above its largest.
    reach = min(
        a[-1] if len(a) >= SKETCH_SIZE else 2**32,
        b[-1] if len(b) >= SKETCH_SIZE else 2**32,
    )
    a, b = [h for h in a if h <= reach], [h for h in b if h <= reach]
    return len(set(a) & set(b)) / max(min(len(a), len(b)), 1)


def sketch_file(file: RawFile, index: HeadingIndex) -> pl.DataFrame:
    """Sketch a file by its headings alone, before it is mapped; schema SOURCE_SKETCH."""
    keys: list[pl.Series] = []
    contents: list[pl.Series] = []
    headings: set[str] = set()
    for table in file.tables:
        headings |= {fold_words(h) for h in table.headings}
        ranked = [(index.key_rank(h), h) for h in table.headings]
        best = min(((r, h) for r, h in ranked if r is not None), default=None)
        keys += [table.rows[best[1]]] if best else []
        contents += [
            table.rows[h]
            for h in table.headings
            if any(m.field in _TELLING_FIELDS for m in index.meanings(h))
        ]
    return _sketch_row("", headings, keys, contents)


def sketch_sources(
    records: pl.DataFrame, headings: Mapping[str, Iterable[str]]
) -> pl.DataFrame:
    """Sketch the sources of records, for telling their next files.

    Args:
        records: Record frame: source, source_key and ``<field>_raw`` as far as there.
        headings: Source → the headings of its file or files.

    Returns:
        Schema SOURCE_SKETCH, one row per source, by source.
    """
    columns = [raw(f) for f in _TELLING_FIELDS if raw(f) in records.columns]
    rows = [
        _sketch_row(
            str(source),
            {fold_words(h) for h in headings.get(str(source), ())},
            [part["source_key"]],
            [part[column] for column in columns],
        )
        for (source,), part in sorted(
            records.group_by("source"), key=lambda g: str(g[0])
        )
    ]
    return pl.concat(rows) if rows else pl.DataFrame(schema=SOURCE_SKETCH)


def _sketch_row(
    source: str,
    headings: Iterable[str],
    keys: Sequence[pl.Series],
    contents: Sequence[pl.Series],
) -> pl.DataFrame:
    row = {
        "source": [source],
        "headings": [sorted(headings)],
        "keys": [_bottom(keys)],
        "contents": [_bottom(contents)],
    }
    return pl.DataFrame(row, schema=SOURCE_SKETCH)


def _bottom(columns: Sequence[pl.Series]) -> list[int]:
    """Return the smallest hashes of all values, the same in every release."""
    hashes: set[int] = set()
    for column in columns:
        values = column.drop_nulls().unique()
        values = values.str.split(VALUE_SEPARATOR).explode().str.strip_chars()
        hashes |= {zlib.crc32(v.encode()) for v in values.to_list() if v}
    return sorted(hashes)[:SKETCH_SIZE]
