"""Pieces of names as blocking keys: words, or pairs of signs where there are no words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanse.encoded import MISSING, SEED, Hashes, Texts
from cleanse.places import Flags, spread_rows, starts_of

Places = npt.NDArray[np.int32]


def in_pieces(
    texts: Texts, rarest: int | None, counts: Flags | None
) -> tuple[Places, Hashes]:
    """Give a key for each piece of a value, or for its `rarest` pieces that others share.

    Args:
        texts: A column of all records.
        rarest: How many; None: all.
        counts: Of each record whether it counts to how rare a piece is; None: all do.

    Returns:
        The position of a record and the hash of a piece: one place per piece of each value.
    """
    at = np.flatnonzero(texts.codes != MISSING)
    codes, rows = texts.codes[at].astype(np.int64), texts.rows()[at]
    standing = codes if counts is None else codes[counts[rows]]
    values = pl.DataFrame(
        {
            "code": np.arange(len(texts.values), dtype=np.uint32),
            "value": texts.values.texts,
            "rows": np.bincount(codes, minlength=len(texts.values)),
            "standing": np.bincount(standing, minlength=len(texts.values)),
        }
    )
    cut = _pieces(values)
    if rarest:
        cut = _rare(cut, rarest)
    cut = cut.select("code", hash=pl.col("piece").hash(SEED)).sort("code")
    sizes = np.bincount(cut["code"].to_numpy(), minlength=len(texts.values))
    spread = spread_rows(starts_of(sizes), codes)
    who = np.repeat(rows.astype(np.int32), sizes[codes])
    return who, cut["hash"].to_numpy()[spread]


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
