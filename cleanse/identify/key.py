"""Find records by their source key, as typed, else without prefix and leading zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from cleanse.identify.evidence import WEIGHED
from cleanse.identify.pairing import pair_off
from cleanse.identify.sides import Left, Whole, same
from cleanse.schema import with_columns_present

_REPEATS: Final = 400
"""A key that would bring more pairs than this is no key."""
_MOST: Final = 0.5
_PREFIX: Final = r"^[^\p{N}]*0*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByKey:
    """What the source keys say."""

    pairs: pl.DataFrame
    """place, record_id."""
    reused: pl.DataFrame
    """place of the rows whose key has been given to somebody else."""


def find_by_key(left: Left, whole: Whole) -> ByKey:
    """Pair rows and records of one key that do not contradict each other."""
    unchanged = same(left, "source", "source_key", "content")
    left = left.without(unchanged)
    candidates = _weighed(_of_one_key(left, "source_key"), whole)
    changed = pair_off(candidates.filter(~pl.col("is_contradicted")), margin=0)
    reused = _only_contradicted(candidates)
    left = left.without(changed)
    left = Left(
        rows=left.rows.join(reused, on="place", how="anti", maintain_order="left"),
        known=left.known,
    )
    respelt = _respelt(left, whole)
    return ByKey(pairs=pl.concat([unchanged, changed, respelt]), reused=reused)


def open_to_content(left: Left, whole: Whole, by_key: ByKey) -> Left:
    """Take out the rows whose source keys say that they are new.

    A key that is not known means a new record, unless the key column itself has
    changed: as many rows as before have keys, and few of them are known.
    """
    rows = whole.rows.join(by_key.pairs, on="place", how="left")
    keyed = rows.drop_nulls("source_key").group_by("source")
    here = keyed.agg(pl.len().alias("here"), pl.col("record_id").count().alias("found"))
    active = whole.known.filter("is_active").drop_nulls("source_key")
    before = active.group_by("source").agg(pl.len().alias("before"))
    few = pl.col("found") < _MOST * pl.min_horizontal("here", "before")
    as_many = pl.col("here") >= _MOST * pl.col("before")
    in_force = here.join(before, on="source").filter(~(few & as_many))
    is_new = left.rows.drop_nulls("source_key").join(in_force, on="source", how="semi")
    rows = left.rows.join(is_new, on="place", how="anti", maintain_order="left")
    rows = rows.join(by_key.reused, on="place", how="anti", maintain_order="left")
    return Left(rows=rows, known=left.known)


def _weighed(pairs: pl.DataFrame, whole: Whole) -> pl.DataFrame:
    if pairs.is_empty():
        return with_columns_present(pairs, WEIGHED)
    return whole.cells(pairs, pairs).weigh(pairs)


def _of_one_key(left: Left, key: str) -> pl.DataFrame:
    """Return place and record_id of all rows and records that share a key."""
    on = ["source", key]
    rows, known = left.rows.drop_nulls(key), left.known.drop_nulls(key)
    counts = rows.group_by(on).len("n").join(known.group_by(on).len("m"), on=on)
    few = counts.filter(pl.col("n") * pl.col("m") <= _REPEATS)
    pairs = rows.join(few, on=on, how="semi").join(known, on=on)
    return pairs.select("place", "record_id")


def _only_contradicted(candidates: pl.DataFrame) -> pl.DataFrame:
    fitting = candidates.filter(~pl.col("is_contradicted"))
    return candidates.join(fitting, on="place", how="anti").select("place").unique()


def _respelt(left: Left, whole: Whole) -> pl.DataFrame:
    """Pair by bare key where a column changed so: most of what is left fits so."""
    left = Left(rows=_with_bare_key(left.rows), known=_with_bare_key(left.known))
    pairs = _of_one_key(left, "bare").filter(
        pl.col("place").is_unique() & pl.col("record_id").is_unique()
    )
    if pairs.is_empty():
        return pairs
    fitting = _weighed(pairs, whole)
    fitting = fitting.filter(~pl.col("is_contradicted") & (pl.col("evidence") > 0))
    fitting = fitting.join(left.rows.select("place", "source"), on="place")
    most = _MOST * pl.min_horizontal("rows", "records")
    changed_so = (
        fitting.group_by("source")
        .len("fit")
        .join(_keyed(left.rows, "rows"), on="source")
        .join(
            _keyed(left.known.filter("is_active"), "records"), on="source", how="left"
        )
        .filter(pl.col("fit") >= most)
    )
    fitting = fitting.join(changed_so, on="source", how="semi")
    return fitting.select("place", "record_id")


def _keyed(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.drop_nulls("bare").group_by("source").len(name)


def _with_bare_key(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``bare``: the key without prefix and leading zeros, upper case."""
    bare = (
        pl.col("source_key").str.normalize("NFKC").str.to_uppercase().str.strip_chars()
    ).str.replace(_PREFIX, "")
    return frame.with_columns(pl.when(bare != "").then(bare).alias("bare"))
