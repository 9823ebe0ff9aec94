"""How well records and customers keep their numbers over the versions of a list with truth.

    python tests/bench/identity.py FOLDER [--accept]

FOLDER holds ``q1``, ``q2`` … in order, each with ``records.csv`` and a ``truth.csv`` of
row_number (of records.csv, its heading is row 1), record_id (the same row over all
versions) and entity_id. One store takes them one after the other by `cleanse run`.
Told per run, of the rows and entities that the version before has too:

- found: share of the rows whose record is found again;
- kept: share of the entities that keep their customer ID (the one that most of their
  surviving rows had, ties to the smallest);
- re-used: customer IDs that now stand for other entities altogether;
- unrelated: rows that moved to another customer ID although neither a row of their
  entity nor a row of their customer, before or now, changed, came or left;

and wall seconds, peak memory and the size of the store.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from cleanse.warehouse import open_published


def main() -> int:
    """Print one line per version."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accept", action="store_true")
    given = parser.parse_args()
    versions = sorted(path.parent for path in given.folder.glob("*/truth.csv"))
    if not versions:
        print(f"skipped: {given.folder} holds no q1/truth.csv")
        return 0
    print(
        "version     rows  found  kept    re-used unrelated  seconds  peak MB  store MB"
    )
    with tempfile.TemporaryDirectory() as work:
        store, before = Path(work) / "store", None
        for version in versions:
            told = timed(version / "records.csv", store, accept=given.accept)
            now = rows_of(version, store)
            print(line(version.name, now, before, told, size_mb(store)), flush=True)
            before = now
    return 0


def timed(path: Path, store: Path, *, accept: bool) -> dict[str, float]:
    """Run once; return wall seconds and peak_mb."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "cleanse", "run", str(path)]
    command += ["--store", str(store), "--json", *(["--accept"] if accept else [])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    peak = json.loads(done.stdout)["peak_mb"]
    return {"seconds": time.perf_counter() - began, "peak_mb": peak}


def rows_of(version: Path, store: Path) -> pl.DataFrame:
    """Return per row of a version: row, entity, content (as typed), record, customer."""
    truth = pl.read_csv(version / "truth.csv", infer_schema=False).select(
        pl.col("row_number").cast(pl.Int64), row="record_id", entity="entity_id"
    )
    typed = pl.read_csv(version / "records.csv", infer_schema=False)
    content = typed.select(
        pl.concat_str(pl.all().fill_null(""), separator="\x1f").alias("content")
    ).with_row_index("row_number", offset=2)
    with open_published(store) as db:
        found = db.sql(
            "select row_number, record_id as record, customer_id as customer from crosswalk where is_active"
        ).pl()
    rows = truth.join(
        content.with_columns(pl.col("row_number").cast(pl.Int64)), on="row_number"
    )
    return rows.join(found, on="row_number", how="left").drop("row_number")


def line(
    name: str,
    now: pl.DataFrame,
    before: pl.DataFrame | None,
    told: dict[str, float],
    size: float,
) -> str:
    """Write what is told of a version."""
    cost = f"{told['seconds']:8.1f} {told['peak_mb']:8.0f} {size:9.1f}"
    if before is None:
        return f"{name:8} {now.height:7,}  {'':31}{cost}"
    both = now.join(before, on="row", suffix="_before")
    found = (both["record"] == both["record_before"]).mean()
    return (
        f"{name:8} {now.height:7,} {found:7.2%} {kept(both):7.2%} {reused(both):8}"
        f" {unrelated(now, before):9} {cost}"
    )


def kept(both: pl.DataFrame) -> float:
    """Return the share of surviving entities that keep their customer ID."""

    def most(column: str) -> pl.DataFrame:
        counted = both.group_by("entity", column).len()
        order = counted.sort("entity", "len", column, descending=[False, True, False])
        return order.unique("entity", keep="first", maintain_order=True).drop("len")

    sides = most("customer").join(most("customer_before"), on="entity")
    return float((sides["customer"] == sides["customer_before"]).mean() or 0.0)


def reused(both: pl.DataFrame) -> int:
    """Count customer IDs that were some entities' and now are others' only."""
    was = both.group_by(customer="customer_before").agg(was=pl.col("entity").unique())
    now = both.group_by("customer").agg(now=pl.col("entity").unique())
    sides = was.join(now, on="customer")
    return sides.filter(
        pl.col("was").list.set_intersection("now").list.len() == 0
    ).height


def unrelated(now: pl.DataFrame, before: pl.DataFrame) -> int:
    """Count rows that moved though nothing about them or those around them changed."""
    sides = now.join(before, on="row", how="full", coalesce=True, suffix="_before")
    sides = sides.with_columns(
        entity=pl.coalesce("entity", "entity_before"),
        stirred=pl.col("content").ne_missing(pl.col("content_before")),
    )
    around = [
        pl.col("stirred").any().over(name)
        for name in ("entity", "customer", "customer_before")
    ]
    still = sides.filter(~pl.any_horizontal(around))
    return still.filter(pl.col("customer") != pl.col("customer_before")).height


def size_mb(store: Path) -> float:
    """Return how much room the store takes, in MB."""
    return sum(path.stat().st_size for path in store.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    sys.exit(main())
