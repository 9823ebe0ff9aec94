"""One row to one record: mutual best pairs, in rounds, whatever the order."""

from __future__ import annotations

import polars as pl


def pair_off(pairs: pl.DataFrame, margin: float) -> pl.DataFrame:
    """Pair each row with the record that is best for it and for which it is best.

    In rounds: pairs found leave, and may make others best. A pair must be better
    than any other of its row or record by `margin`; without a margin, ties go to
    the smaller ``tie``, then the smaller ids.

    Args:
        pairs: place, record_id, ``evidence`` (more is better), ``tie``.
        margin: In units of evidence; 0 pairs off as many as there are.

    Returns:
        place, record_id: each id at most once.
    """
    left, found = pairs, []
    while not left.is_empty():
        best = _best(left, "place", margin).join(
            _best(left, "record_id", margin), on=["place", "record_id"], how="semi"
        )
        if best.is_empty():
            break
        found.append(best)
        left = left.join(best, on="place", how="anti").join(
            best, on="record_id", how="anti"
        )
    return pl.concat(found) if found else pairs.select("place", "record_id").clear()


def _best(pairs: pl.DataFrame, side: str, margin: float) -> pl.DataFrame:
    """Return the best pair of each id of one side, where it is best by `margin`."""
    ordered = pairs.sort(
        "evidence", "tie", "place", "record_id", descending=[True, False, False, False]
    )
    first = ordered.group_by(side, maintain_order=True).agg(
        pl.exclude(side, "evidence").first(),
        (
            pl.col("evidence").first() - pl.col("evidence").get(1, null_on_oob=True)
        ).alias("lead"),
    )
    clear = pl.col("lead").fill_null(margin) >= margin
    return first.filter(clear).select("place", "record_id")
