"""How well phones are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from value_sets import RULES, Figure, table

from cleanse.normalise.phone import normalise_phone


def phones(folder: Path) -> Iterator[Figure]:
    """Share of inputs that come out as the true number."""
    cases = pl.DataFrame(table(folder / "cases.csv"))
    frame = cases.select(
        pl.col("input").alias("phone_raw"),
        pl.col("default_region").alias("region"),
        "form",
        "expected_e164",
    )
    read = normalise_phone(frame, RULES)
    right = read.select(
        "form",
        (pl.col("phone_e164") == pl.col("expected_e164"))
        .fill_null(value=False)
        .alias("right"),
    )
    yield from (
        right.group_by("form", maintain_order=True)
        .agg(pl.col("right").mean(), pl.len())
        .rows()
    )
    yield "all forms", right["right"].mean(), right.height


BENCHES = {"phone_examples": phones}
