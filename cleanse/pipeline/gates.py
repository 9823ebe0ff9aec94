"""What stops a run before anything is written: lists cut short, customers that would move."""

from __future__ import annotations

import polars as pl

from cleanse.errors import GateError
from cleanse.identify import Churn
from cleanse.pipeline.recall import Recalled
from cleanse.rulebook import Rulebook
from cleanse.warehouse import Known

_FEWEST = 3
"""Records at the end of a list that may be gone by chance, less one."""
_PLACES = frozenset("record_id source file sheet row_number".split())
"""Columns that tell where a record stands in its list."""
_CHANCE = 1e-4
"""Chance below which records that left one by one do not leave a whole end."""


def gates(
    recalled: Recalled, known: Known, churn: Churn, rulebook: Rulebook
) -> tuple[str, ...]:
    """Say why a run should stop; empty when nothing speaks against it."""
    if not known.run_number:
        return ()
    lost = _lost(recalled, rulebook)
    ends = _lost_ends(recalled, known, rulebook)
    return (*lost, *ends, *churned(churn, rulebook))


def require_none(gates: tuple[str, ...], advice: str) -> None:
    """Stop when something speaks against going on.

    Raises:
        GateError: Names each gate, and says what to do.
    """
    if gates:
        told = (f"  - {gate}" for gate in gates)
        lines = ["stopped before anything was written:", *told, advice]
        raise GateError("\n".join(lines))


def _lost(recalled: Recalled, rulebook: Rulebook) -> list[str]:
    """Tell of full snapshots that lost more of their records than the limit."""
    limit = rulebook.identity.limit.lost_records
    lost = recalled.sources.filter(pl.col("share_lost") > limit)
    return [
        f"{row['source']}: {row['gone']:,} of {row['before']:,} records are gone "
        f"({row['share_lost']:.0%}; limit {limit:.0%}, lost_records in identity.toml). "
        "Is the file cut short, or a delta ([file] snapshot)?"
        for row in lost.iter_rows(named=True)
    ]


def _lost_ends(recalled: Recalled, known: Known, rulebook: Rulebook) -> list[str]:
    """Tell of lists that lost their end, and hardly anything else: they look cut short."""
    limits = rulebook.identity.limit
    changed = recalled.sources.filter(
        (pl.col("gone") >= _FEWEST) & (pl.col("share_lost") <= limits.lost_records)
    )
    if changed.is_empty():
        return []
    ends = lost_ends(
        known.active(_PLACES).join(changed, on="source", how="semi"),
        recalled.active.frame(_PLACES).join(changed, on="source", how="semi"),
    )
    limit = limits.lost_end
    return [
        f"{row['source']}: the last {row['end']:,} of the {row['before']:,} records that it had "
        f"(in {row['file']}, after row {row['last']:,}) are gone, and nothing stands in their place "
        f"({row['end'] / row['before']:.0%}; limit {limit:.0%}, lost_end in identity.toml): "
        "the file looks cut short. Have it exported again; if they did leave, run with --accept."
        for row in ends.filter(pl.col("end") > limit * pl.col("before")).to_dicts()
    ]


def lost_ends(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Find lists whose last records are all gone, more than would leave by chance.

    Args:
        before: Active records of the previous snapshots: record_id, source, file, sheet,
            row_number.
        after: Those of this one.

    Returns:
        source, file, sheet, before (records), last (row number of the last that is still
        there), end (records after it); one row per such list, sorted.
    """
    lists = ["source", "file", "sheet"]
    now = after.select("record_id", is_kept=pl.lit(value=True))
    known = before.select("record_id", *lists, "row_number").join(
        now, on="record_id", how="left"
    )
    kept = pl.col("is_kept").is_not_null()
    last = pl.col("row_number").filter(kept).max().over(lists)
    counted = (
        known.with_columns(last=last)
        .group_by(lists)
        .agg(
            before=pl.len().cast(pl.Int64),
            last=pl.col("last").first(),
            end=(pl.col("row_number") > pl.col("last")).sum().cast(pl.Int64),
            gone=(~kept).sum().cast(pl.Int64),
        )
        .filter(pl.col("end") >= _FEWEST)
    )
    elsewhere = pl.col("gone") - pl.col("end")
    rate = (elsewhere + 1) / (pl.col("before") - pl.col("end") + 2)
    return (
        counted.filter(rate.log() * pl.col("end") < pl.lit(_CHANCE).log())
        .join(_grown(known, after), on="source", how="anti")
        .drop("gone")
        .sort(lists)
    )


def _grown(known: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return the sources that have new records behind the last one known before."""
    is_known = pl.col("record_id").is_in(known["record_id"].implode())
    return (
        after.group_by("source", "file", "sheet")
        .agg(
            last=pl.col("row_number").filter(is_known).max(),
            new=pl.col("row_number").filter(~is_known).max(),
        )
        .filter(pl.col("new") > pl.col("last"))
        .select("source")
        .unique()
    )


def churned(churn: Churn, rulebook: Rulebook) -> list[str]:
    """Tell when more records would change their customer than the limit."""
    limit = rulebook.identity.limit.churn
    is_few = churn.records_moved < rulebook.identity.limit.churn_records
    if is_few or churn.share <= limit:
        return []
    return [
        (
            f"{churn.records_moved:,} of {churn.records_stayed:,} records would change their customer "
            f"({churn.share:.1%}; limit {limit:.0%}, churn in identity.toml)."
        )
    ]
