"""Pieces of names as blocking keys: words, or pairs of signs where there are no words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Places = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
SEED = 1
"""Of the hashes that stand for keys."""


def in_pieces(
    values: pl.Series, places: Places | None, rarest: int | None, counts: Flags | None
) -> tuple[Places, Hashes]:
    """Give a key for each piece of a value, or for its `rarest` pieces that others share.

    Args:
        values: One after the other.
        places: Of each value the position of its record; None: there is one per record.
        rarest: How many; None: all.
        counts: Of each record whether it counts to how rare a piece is; None: all do.

    Returns:
        The position of a record and the hash of a piece: one place per piece of each value.
    """
    frame = values.rename("value").to_frame()
    standing = pl.lit(value=True)
    if counts is not None:
        standing = pl.lit(pl.Series(counts if places is None else counts[places]))
    bearing = frame.with_columns(standing=standing).drop_nulls("value")
    counted = bearing.group_by("value").agg(
        rows=pl.len(), standing=pl.col("standing").sum()
    )
    counted = counted.sort("value").with_row_index("code")
    cut = _pieces(counted)
    if rarest:
        cut = _rare(cut, rarest)
    cut = cut.select("code", hash=pl.col("piece").hash(SEED)).sort("code")
    codes = frame.join(counted, on="value", how="left", maintain_order="left")["code"]
    sizes = np.bincount(cut["code"].to_numpy(), minlength=counted.height)
    hold = codes.is_not_null().to_numpy()
    owners = np.flatnonzero(hold).astype(np.int32)
    at = codes.to_numpy()[hold].astype(np.int64) if len(owners) else np.zeros(0, int)
    spread = spread_rows(np.concatenate([[0], np.cumsum(sizes)]), at)
    who = np.repeat(owners, sizes[at])
    who = who if places is None else places[who]
    return who, cut["hash"].to_numpy()[spread]


def spread_rows(
    starts: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """List the positions from starts[r] to starts[r + 1] of each row r.

    >>> spread_rows(np.array([0, 2, 2, 5]), np.array([2, 0])).tolist()
    [2, 3, 4, 0, 1]
    """
    sizes = starts[rows + 1] - starts[rows]
    before = np.cumsum(sizes) - sizes
    offsets = np.repeat(starts[rows] - before, sizes)
    found: npt.NDArray[np.int64] = np.arange(len(offsets), dtype=np.int64) + offsets
    return found


def _pieces(values: pl.DataFrame) -> pl.DataFrame:
    """Cut values into words, or into pairs of signs where there are no words.

    Returns:
        `values` with piece: one row per distinct piece of a value.
    """
    value = pl.col("value")
    signs = value.str.contains(r"^\p{Han}") & ~value.str.contains(" ", literal=True)
    latin = values.filter(~signs).with_columns(piece=value.str.split(" "))
    latin = latin.explode("piece", empty_as_null=True)
    han = values.filter(signs)
    width = int(han["value"].str.len_chars().to_numpy().max(initial=0))
    pairs = [
        han.with_columns(piece=value.str.slice(at, 2)).filter(
            pl.col("piece").str.len_chars() == 2  # noqa: PLR2004 - a pair
        )
        for at in range(width - 1)
    ]
    found = pl.concat([latin, *pairs]).filter(pl.col("piece").str.len_bytes() > 0)
    return found.unique(["code", "piece"])


def _rare(pieces: pl.DataFrame, rarest: int) -> pl.DataFrame:
    """Keep the rarest pieces of each value that at least two records have.

    Those that two have only with the evidence come besides: they displace no other.
    """
    bearers = pieces.group_by("piece").agg(
        pl.col("rows").sum(), bearers=pl.col("standing").sum()
    )
    bearers = bearers.filter(pl.col("rows") > 1).drop("rows")
    ordered = pieces.join(bearers, on="piece").sort("code", "bearers", "piece")
    place = pl.int_range(pl.len()).over("code", pl.col("bearers") > 1)
    return ordered.filter(place < rarest)
