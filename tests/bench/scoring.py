"""How well clusters agree with a known truth: pairs, B-cubed, exact entities."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Shares, 0 to 1."""

    precision: float
    """Of the pairs put together, those that belong together."""
    recall: float
    """Of the pairs that belong together, those put together."""
    f1: float
    """Harmonic mean of the two: "clustered F1"."""
    bcubed_f1: float
    """The same per record (Bagga & Baldwin 1998): large entities do not outweigh small ones."""
    exact: float
    """Share of the entities found exactly."""


def score(truth: pl.DataFrame, clusters: pl.DataFrame) -> Scores:
    """Score clusters.

    Args:
        truth: record_id, entity_id (String).
        clusters: record_id, cluster_id (String); a record left out is alone.
    """
    alone = pl.concat_str(pl.lit("alone "), "record_id")
    both = truth.join(clusters, on="record_id", how="left").with_columns(
        pl.col("cluster_id").fill_null(alone)
    )
    cells = both.group_by("entity_id", "cluster_id").len("n").cast({"n": pl.Int64})
    cells = cells.with_columns(
        entity=pl.col("n").sum().over("entity_id"),
        cluster=pl.col("n").sum().over("cluster_id"),
    )
    found = pairs(both.group_by("cluster_id").len("n"))
    real = pairs(both.group_by("entity_id").len("n"))
    right = pairs(cells)
    n, records = pl.col("n"), both.height
    b3 = cells.select(
        p=(n * n / pl.col("cluster")).sum() / records,
        r=(n * n / pl.col("entity")).sum() / records,
    ).row(0)
    exact = cells.filter((n == pl.col("entity")) & (n == pl.col("cluster"))).height
    precision = right / found if found else 1.0
    recall = right / real if real else 1.0
    return Scores(
        precision=precision,
        recall=recall,
        f1=harmonic(precision, recall),
        bcubed_f1=harmonic(*b3),
        exact=exact / truth["entity_id"].n_unique(),
    )


def pairs(groups: pl.DataFrame) -> int:
    """Count the pairs inside groups of sizes `n`."""
    n = pl.col("n").cast(pl.Int64)
    return int(groups.select((n * (n - 1) // 2).sum()).item())


def harmonic(a: float, b: float) -> float:
    """Return the harmonic mean; 0 when both are.

    >>> harmonic(1.0, 0.5)
    0.6666666666666666
    """
    return 2 * a * b / (a + b) if a + b else 0.0


def even_half(truth: pl.DataFrame) -> pl.DataFrame:
    """Return the entities on which defaults were chosen: sha256(entity_id) is even."""
    return truth.filter(is_even())


def odd_half(truth: pl.DataFrame) -> pl.DataFrame:
    """Return the entities that no default has seen."""
    return truth.filter(~is_even())


def is_even() -> pl.Expr:
    """Tell whether the sha256 of an entity_id is an even number."""
    from hashlib import sha256

    return pl.col("entity_id").map_elements(
        lambda e: sha256(str(e).encode()).digest()[-1] % 2 == 0, pl.Boolean
    )
