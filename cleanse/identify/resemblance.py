"""Find a known record that was changed, in a list without keys."""

from __future__ import annotations

from typing import Final

import polars as pl

from cleanse.identify.cells import SPEAKING, cell_names
from cleanse.identify.pairing import pair_off
from cleanse.identify.sides import Cells, Left

_BLOCK_PAIRS: Final = 100
"""A value that would bring more pairs than this tells nobody apart."""


def find_by_resemblance(left: Left, cells: Cells) -> pl.DataFrame:
    """Pair rows and records that are each other's best match, clearly and with enough evidence.

    The more records are left, the likelier one of them agrees by chance: the
    evidence needed grows by one bit whenever their number doubles.

    Returns:
        place, record_id.
    """
    weighed = cells.weigh(_candidates(left, cells)).filter(~pl.col("is_other"))
    chance = left.known.group_by("source").agg(pl.len().log(2).alias("chance"))
    source = left.rows.select("place", "source")
    enough = (
        weighed.join(source, on="place", maintain_order="left")
        .join(chance, on="source", maintain_order="left")
        .filter(pl.col("evidence") - pl.col("chance") >= cells.rule.enough)
    )
    return pair_off(enough.select(weighed.columns), cells.rule.margin)


def _candidates(left: Left, cells: Cells) -> pl.DataFrame:
    """Return the pairs that share a value of a cell that tells customers apart."""
    rows = cells.rows.join(left.rows, on="place", how="semi")
    known = cells.known.join(left.known, on="record_id", how="semi")
    blocks = [
        _block(rows, known, f"={field}")
        for field in cell_names(rows, known)
        if field in SPEAKING
    ]
    none = pl.DataFrame(schema={"place": pl.Int64, "record_id": pl.Int64})
    return pl.concat([none, *blocks]).unique()


def _block(rows: pl.DataFrame, known: pl.DataFrame, cell: str) -> pl.DataFrame:
    on = ["source", "value"]
    value = pl.col(cell).str.split(" ").alias("value")
    here = rows.select("place", "source", value).explode("value").drop_nulls("value")
    there = known.select("record_id", "source", value).explode("value")
    there = there.drop_nulls("value")
    counts = here.group_by(on).len("n").join(there.group_by(on).len("m"), on=on)
    few = counts.filter(pl.col("n") * pl.col("m") <= _BLOCK_PAIRS)
    pairs = here.join(few, on=on, how="semi").join(there, on=on)
    return pairs.select("place", "record_id")
