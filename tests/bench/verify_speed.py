"""Time of `cleanse verify`: a store of a million audit events, or one that a run made.

Without STORE, one is made by publishing made-up records, two events each (a record
added, a customer new), and every tenth changed by a second run:

    python tests/bench/verify_speed.py [STORE] [--events 1000000]

Prints the events, the seconds on the clock and of CPU, per part, and the peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from cleanse.warehouse import Publication, open_store, publish
from cleanse.warehouse.connection import connect
from cleanse.warehouse.paths import StorePaths
from cleanse.warehouse.verify import verify_store
from cleanse.warehouse.verify.chain import verify_chain
from cleanse.warehouse.verify.copies import verify_copy
from cleanse.warehouse.verify.follows import verify_follows
from cleanse.warehouse.verify.values import verify_values

START = datetime(2026, 3, 31, tzinfo=UTC)
FIELDS = ("name", "phone", "email", "city", "address")


def main() -> None:
    """Make a store if none is given, verify it, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", nargs="?", type=Path)
    parser.add_argument("--events", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        store = asked.store or made(Path(spare) / "store", asked.events)
        print(json.dumps(measured(store), indent=2))


def measured(store: Path) -> dict[str, object]:
    """Verify a store, whole and part by part."""
    wall, cpu = time.perf_counter(), time.process_time()
    verdict = verify_store(store)
    figures: dict[str, object] = {
        "events": verdict.events,
        "findings": len(verdict.findings),
        "seconds": round(time.perf_counter() - wall, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "cpu_seconds_per_part": parts(StorePaths(store)),
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures["peak_mb"] = peak // (1024 if sys.platform == "linux" else 1024**2)
    return figures


def parts(paths: StorePaths) -> dict[str, float]:
    """Time each part, CPU seconds."""
    key = paths.audit_key.read_text(encoding="utf-8").strip()
    with closing(connect(paths.warehouse, read_only=True)) as db:
        calls: dict[str, Callable[[], object]] = {
            "chain": lambda: list(verify_chain(db, key)),
            "values": lambda: list(verify_values(db, key)),
            "follows": lambda: list(verify_follows(db)),
            "copy": lambda: list(verify_copy(db, paths.golden)),
        }
        return {name: timed(call) for name, call in calls.items()}


def timed(call: Callable[[], object]) -> float:
    """Return the CPU seconds of a call."""
    begun = time.process_time()
    call()
    return round(time.process_time() - begun, 1)


def made(folder: Path, events: int) -> Path:
    """Publish two runs of made-up customers with about so many events."""
    count = events * 10 // 23
    for number in (1, 2):
        with open_store(folder, actor="bench") as store:
            publish(store, publication(number, count))
    return folder


def publication(number: int, count: int) -> Publication:
    """Lay `count` customers of one record each out; the second run changes every tenth phone."""
    ids = pl.int_range(1, count + 1, eager=True).alias("record_id")
    text = ids.cast(pl.String)
    changed = (ids % 10 == 0) & (number > 1)
    values = pl.DataFrame(
        {
            "record_id": ids,
            "customer_id": "C" + text.str.zfill(8),
            "name": "Customer " + text,
            "phone": "+4420"
            + (ids + changed.cast(pl.Int64)).cast(pl.String).str.zfill(8),
            "email": "c" + text + "@example.com",
            "city": "Town " + (ids % 500).cast(pl.String),
            "address": text + " Long Street, Town " + (ids % 500).cast(pl.String),
        }
    )
    golden = values.drop("record_id").with_columns(
        kind=pl.lit("company"), record_count=pl.lit(1, pl.Int64)
    )
    records = values.drop("customer_id").with_columns(
        pl.lit("crm").alias("source"),
        pl.lit("crm.csv").alias("file"),
        text.alias("source_key"),
        ids.alias("row_number"),
        *(pl.col(name).alias(f"{name}_raw") for name in FIELDS),
    )
    at = START + timedelta(days=90 * number)
    return Publication(
        run_id=f"run-{number}",
        run_number=number,
        actor="bench",
        started_at=at,
        finished_at=at,
        version="0",
        rules_sha256="0" * 64,
        counts={},
        next_record_id=count + 1,
        next_customer_number=count + 1,
        sources=frozenset(["crm"]),
        records=records,
        crosswalk=values.select("record_id", "customer_id"),
        customers=values.select(
            "customer_id",
            pl.col("record_id").alias("number"),
            kind=pl.lit("company"),
            status=pl.lit("active"),
            successor=pl.lit(None, pl.String),
        ),
        customer_id_events=values.select(
            "customer_id", event=pl.lit("new" if number == 1 else "kept")
        ),
        golden_record=golden,
        golden_choice=pl.DataFrame(),
    )


if __name__ == "__main__":
    main()
