"""Builds publications by hand, for the tests of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl

from cleanse import schema
from cleanse.warehouse import Publication, Receipt, open_store, publish

START = datetime(2026, 3, 31, tzinfo=UTC)

Q1 = (
    # record_id, source, key, name, phone, customer_id
    (1, "crm", "C-1", "华夏科技有限公司", "020 8888 8888", "P1"),
    (2, "erp", "77", "Huaxia Technology", "+862088888888", "P1"),
    (3, "crm", "C-2", "William Soto", "138 0000 1111", "P2"),
    (4, "erp", "78", "O'Brien & Söhne", None, "P3"),
)


def publication(
    run_number: int, rows, *, sources=("crm", "erp"), **changes
) -> Publication:
    """Publish `rows`, all of which this run has read."""
    records = pl.DataFrame(
        [
            {
                "record_id": number,
                "source": source,
                "source_key": key,
                "file": f"{source}_q.csv",
                "row_number": 1 + number,
                "name_raw": name,
                "name": name.title(),
                "phone_raw": phone,
                "phones": [phone] if phone else None,
                "x_shade": "red",
                "extra": [{"key": "Shade", "value": "Red"}],
            }
            for number, source, key, name, phone, _ in rows
        ],
        schema_overrides={
            "extra": schema.EXTRA,
            "phones": pl.List(pl.String),
            "phone_raw": pl.String,
        },
    )
    crosswalk = pl.DataFrame(
        [{"record_id": row[0], "customer_id": row[5]} for row in rows],
        schema={"record_id": pl.Int64, "customer_id": pl.String},
    )
    golden = (
        records.join(crosswalk, on="record_id")
        .group_by("customer_id")
        .agg(
            pl.col("name").sort_by("record_id").first(),
            pl.col("phone_raw").sort_by("record_id").first().alias("phone"),
            pl.col("extra").sort_by("record_id").first(),
            pl.len().cast(pl.Int64).alias("record_count"),
            pl.col("record_id").sort(),
        )
        .with_columns(kind=pl.lit("company"), confidence=pl.lit(0.9))
        .sort("customer_id")
    )
    cells = (
        golden.filter(pl.col("record_count") > 1)
        .unpivot(
            ["kind", "name", "phone"],
            index=["customer_id", "record_id"],
            variable_name="field",
        )
        .drop_nulls("value")
        .rename({"record_id": "record_ids"})
        .with_columns(origin=pl.lit("record"), rule=pl.lit("first"))
    )
    ids = golden["customer_id"].to_list()
    values = {
        "run_id": f"run-{run_number}",
        "run_number": run_number,
        "actor": "test",
        "started_at": START + timedelta(days=90 * run_number),
        "finished_at": START + timedelta(days=90 * run_number, minutes=1),
        "version": "0",
        "rules_sha256": "0" * 64,
        "counts": {"records": len(rows)},
        "next_record_id": max((row[0] for row in rows), default=0) + 1,
        "next_customer_number": len(ids) + 1,
        "sources": frozenset(sources),
        "records": records.filter(pl.col("source").is_in(list(sources))),
        "crosswalk": crosswalk,
        "customers": customers(ids),
        "customer_id_events": pl.DataFrame(
            {
                "customer_id": ids,
                "event": ["new" if run_number == 1 else "kept"] * len(ids),
            }
        ),
        "golden_record": golden.drop("record_id"),
        "golden_choice": cells,
        "source_files": source_files(records),
        "issues": issues(records),
        "rejects": pl.DataFrame(
            [{"file": "crm_q.csv", "row_number": 99, "reason": "total", "raw": "合计"}]
        ),
        "pairs": pl.DataFrame(
            [
                {
                    "record_id_l": 1,
                    "record_id_r": 2,
                    "band": "review",
                    "match_weight": 3.5,
                    "level_name": 2,
                }
            ]
        ),
        "model": '{"prior": 0.001}',
    }
    return Publication(**(values | changes))


def customers(ids, **changes) -> pl.DataFrame:
    """Registry rows; `changes` maps a customer ID to (status, successor)."""
    told = dict.fromkeys(ids, ("active", None)) | changes
    return pl.DataFrame(
        [
            {
                "customer_id": name,
                "number": int(name[1:]),
                "kind": "company",
                "status": status,
                "successor": successor,
            }
            for name, (status, successor) in told.items()
        ],
        schema_overrides={"successor": pl.String},
    )


def source_files(records: pl.DataFrame) -> pl.DataFrame:
    return (
        records.group_by("source", "file")
        .agg(pl.len().cast(pl.Int64).alias("record_count"))
        .with_columns(
            row_count=pl.col("record_count") + 3,
            header_count=1,
            blank_count=1,
            reject_count=1,
            headings=pl.lit(["id", "name", "phone", "Shade"]),
        )
        .sort("source")
    )


def issues(records: pl.DataFrame) -> pl.DataFrame:
    return records.filter(pl.col("phone_raw").is_null()).select(
        "record_id",
        field=pl.lit("phone"),
        check=pl.lit("phone.missing"),
        severity=pl.lit("info"),
        advice=pl.lit("ask"),
    )


def run(folder, number: int, rows=Q1, *, sources=("crm", "erp"), **changes) -> Receipt:
    """Open the store and publish one run."""
    with open_store(folder, actor="test", wait_s=0) as store:
        return publish(
            store, replace(publication(number, rows, sources=sources), **changes)
        )
