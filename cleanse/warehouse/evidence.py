"""What the published copy knows of single records and pairs: read row by row, not whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import polars as pl

from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.tables import quoted


class Evidence:
    """Records, pairs and value counts; valid while its database is open."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def records(self, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """Return active records by number: the columns of table record, and customer_id."""
        rows = self._rows(
            """
select record.* exclude (extra), crosswalk.customer_id
from record join crosswalk using (record_id)
where crosswalk.is_active and record_id in (select unnest($ids))
""",
            {"ids": list(ids)},
        )
        return {row["record_id"]: row for row in rows}

    def pair(self, left: int, right: int) -> dict[str, Any]:
        """Return what the newest run kept of a pair, without what its kind does not have."""
        rows = self._rows(
            "from match_pair where record_id_l = $l and record_id_r = $r",
            {"l": min(left, right), "r": max(left, right)},
        )
        return {k: v for k, v in rows[0].items() if v is not None} if rows else {}

    def pairs(self, ids: Collection[int]) -> pl.DataFrame:
        """Return the kept pairs of which both sides are among `ids`."""
        return self._frame(
            """
from match_pair
where record_id_l in (select unnest($ids)) and record_id_r in (select unnest($ids))
order by record_id_l, record_id_r
""",
            {"ids": list(ids)},
        )

    def pairs_across(self, ids: Collection[int]) -> pl.DataFrame:
        """Return the kept pairs of which one side is among `ids`, the strongest first.

        Returns:
            record_id (inside), other_record_id, customer_id (of the other), match_weight, band.
        """
        return self._frame(
            """
with asked as (select unnest($ids) as record_id),
both_ways as (
    select record_id_l as record_id, record_id_r as other_record_id, match_weight, band from match_pair
    where record_id_l in (from asked)
    union all
    select record_id_r, record_id_l, match_weight, band from match_pair where record_id_r in (from asked)
)
select both_ways.record_id, other_record_id, customer_id, match_weight, band
from both_ways join crosswalk on crosswalk.record_id = other_record_id and is_active
where other_record_id not in (from asked)
order by match_weight desc, record_id, other_record_id
""",
            {"ids": list(ids)},
        )

    def members(self, customer_ids: Collection[str]) -> list[int]:
        """Return the active records of customers, ascending."""
        rows = self._db.execute(
            "select record_id from crosswalk where is_active and customer_id in (select unnest($ids)) order by 1",
            {"ids": list(customer_ids)},
        ).fetchall()
        return [row[0] for row in rows]

    def left_for(self, customer_id: str) -> list[int]:
        """Return the records that left and still speak for a customer, ascending."""
        there = first_row(
            self._db, "select 1 from duckdb_tables() where table_name = 'evidence'"
        )
        if there is None:  # published by an earlier version
            return []
        sql = "select record_id from evidence where customer_id = $id order by 1"
        return [row[0] for row in self._db.execute(sql, {"id": customer_id}).fetchall()]

    def normalised(self, ids: Collection[int]) -> pl.DataFrame:
        """Return records by number as a frame: the columns of table record but extra."""
        return self._frame(
            "select * exclude (extra) from record where record_id in (select unnest($ids)) order by record_id",
            {"ids": list(ids)},
        )

    def golden_fields(self) -> list[str]:
        """Return the columns of golden_record that golden cells speak of."""
        described = self._db.execute("describe golden_record").fetchall()
        others = {"customer_id", "extra", "record_count", "source_count", "confidence"}
        names = [name for name, *_ in described if not name.endswith("_at")]
        times = ["source_created_at", "source_updated_at"]
        return [name for name in [*names, *times] if name not in others]

    def cell(self, customer_id: str, field: str) -> list[dict[str, Any]]:
        """Return one golden cell: a row, or none where no record has a value."""
        return self._rows(
            "select value, origin, rule, source, round(confidence, 2) as confidence, runner_up "
            "from golden_cell where customer_id = $id and field = $field",
            {"id": customer_id, "field": field},
        )

    def lineage(self, customer_id: str, field: str) -> list[dict[str, Any]]:
        """Return where a golden cell comes from, as the macro lineage tells it."""
        return self._rows(
            "from lineage($id, $field)", {"id": customer_id, "field": field}
        )

    def count(self, values: Mapping[str, Any], kind: str) -> int | None:
        """Return how many active records of a kind bear all these values.

        Args:
            values: By column; of a list column, one of its values.
            kind: "person" or "company".
        """
        known = {k: v for k, v in values.items() if k in self._columns}
        if not known:
            return None
        tests = [
            f"list_contains({quoted(k)}, ${i})"
            if self._columns[k].endswith("[]")
            else f"{quoted(k)} = ${i}"
            for i, k in enumerate(known, 2)
        ]
        sql = f"select count(*) from record where is_active and kind = $1 and {' and '.join(tests)}"
        row = first_row(self._db, sql, [kind, *known.values()])
        return int(row[0]) if row else None

    @cached_property
    def _columns(self) -> dict[str, str]:
        described = self._db.execute("describe record").fetchall()
        return {name: kind for name, kind, *_ in described}

    def _frame(self, sql: str, given: Mapping[str, Any]) -> pl.DataFrame:
        frame: pl.DataFrame = self._db.sql(sql, params=dict(given)).pl()
        return frame

    def _rows(self, sql: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        cursor = self._db.execute(sql, given)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
