"""What a store held after earlier runs: versions, places and findings of records."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from cleanse.schema import with_columns_present
from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.reading import read_records

_PLACE = ("file", "sheet", "row_number", "line_number")
_FINDINGS = ("cell_change", "issue")
_LAST = pl.Schema({"record_id": pl.Int64, "source": pl.String, "run_number": pl.Int64})

THEN = pl.Schema({"record_id": pl.Int64, "run_number": pl.Int64})
"""One row per record, and the run after which it is asked for."""


class Past:
    """Records as they were; valid while the store is open."""

    def __init__(self, db: Connection, record_columns: Sequence[str]) -> None:
        self._db = db
        self._columns = record_columns

    def active_after(self, source: str, run_number: int) -> pl.DataFrame:
        """Return the frame `THEN` of the records of a source that were active after a run."""
        return self._frame(
            """
select record_id, $run::bigint as run_number from crosswalk
where source = $source and valid_from_run <= $run and (valid_to_run is null or valid_to_run > $run)
""",
            {"source": source, "run": run_number},
        )

    def last_read(self, source: str, runs: Collection[int]) -> pl.DataFrame:
        """Return the frame `THEN` of the records of a source that one of some runs has read.

        A run is known to have read a record if it brought it, changed it, or found it in
        another place.
        """
        return self._frame(
            """
with theirs as (select record_id, first_run, valid_from_run from record where source = $source),
read_by as (
    select record_id, first_run as run_number from theirs
    union all select record_id, valid_from_run from theirs
    union all select record_id, valid_from_run from record_history where source = $source
    union all select record_id, valid_to_run from record_place semi join theirs using (record_id)
)
select record_id, max(run_number) as run_number from read_by
where run_number in (select unnest($runs)) group by record_id
""",
            {"source": source, "runs": list(runs)},
        )

    def last_standing(
        self, readers: pl.DataFrame, sources: Collection[str]
    ) -> pl.DataFrame:
        """Return after which run records stood last: of those that are not active, and of some sources all.

        Args:
            readers: source, run_number: the runs asked about, and what each has read.
            sources: The sources.

        Returns:
            record_id, source, run_number, of those that stood after one of these runs.
        """
        which = "where not is_active or list_contains($sources, source)"
        given: dict[str, object] = {"sources": sorted(sources)}
        if first_row(self._db, f"select 1 from record {which} limit 1", given) is None:
            return _LAST.to_frame()
        self._db.register("reader", readers.select("source", "run_number").to_arrow())
        try:
            return self._frame(
                f"""
with asked as (select record_id from record {which})
select record_id, arg_max(reader.source, run_number) as source, max(run_number) as run_number
from crosswalk as period semi join asked using (record_id) join reader on reader.source = period.source
    and valid_from_run <= run_number and (valid_to_run is null or valid_to_run > run_number)
group by record_id
""",
                given,
            )
        finally:
            self._db.unregister("reader")

    def last_values(self, then: pl.DataFrame, columns: Collection[str]) -> pl.DataFrame:
        """Return some columns of records as they were after the run asked for.

        Args:
            then: The frame `THEN`.
            columns: The columns; of those, the ones in which something is are returned.

        Returns:
            One row per record, sorted by record_id.
        """
        names = [name for name in self._names if name in {"record_id", *columns}]
        self._db.register("asked", then.select(THEN.names()).to_arrow())
        try:
            rows = (
                "record join asked using (record_id) where valid_from_run <= run_number"
            )
            same = read_records(self._db, names, rows)
        finally:
            self._db.unregister("asked")
        # Only an undo leaves a record with values that it got after the run asked for.
        others = then.join(same, on="record_id", how="anti")
        if others.is_empty():
            return same
        earlier = self.records(others)
        earlier = earlier.select(n for n in earlier.columns if n in names)
        return pl.concat([same, earlier], how="diagonal_relaxed").sort("record_id")

    def records(self, then: pl.DataFrame) -> pl.DataFrame:
        """Return records as they were after the run asked for, with all columns.

        Args:
            then: The frame `THEN`.

        Returns:
            record_id, LINEAGE, as typed and as normalised then; ``is_same``: it is active, and
            has not changed since. Sorted by record_id.
        """
        self._db.register("asked", then.select(THEN.names()).to_arrow())
        try:
            found = read_records(self._db, [*self._names, "is_same"], self._rows())
        finally:
            self._db.unregister("asked")
        return with_columns_present(found, {"is_same": pl.Boolean})

    def findings(self, table: str, record_ids: pl.Series) -> pl.DataFrame:
        """Return what is told of some records in cell_change or issue, and holds.

        Args:
            table: The table.
            record_ids: The records.
        """
        if table not in _FINDINGS:
            raise ValueError(f"{table} holds no findings")
        return self._frame(
            f"from {table} where is_current and record_id in (select unnest($ids)) order by all",
            {"ids": record_ids.to_list()},
        )

    @property
    def _names(self) -> list[str]:
        periods = ("is_active", "first_run", "valid_from_run")
        return [name for name in self._columns if name not in periods]

    def _rows(self) -> str:
        """Write where the versions are: what was typed and where it stood may have ended in different runs."""
        place = ", ".join(
            f"if(place.valid_to_run is null, version.{name}, place.{name}) as {name}"
            for name in _PLACE
        )
        return f"""(
with version as (
    select record.*, asked.run_number, null::bigint as until, is_active as is_same
    from record join asked using (record_id) where valid_from_run <= asked.run_number
    union all by name
    select old.* exclude (valid_to_run), asked.run_number, old.valid_to_run as until, false as is_same
    from record_history as old join asked using (record_id)
    where valid_from_run <= asked.run_number and valid_to_run > asked.run_number
),
place as (
    select record_place.* from record_place join version using (record_id)
    where valid_to_run > version.run_number and valid_to_run <= coalesce(version.until, valid_to_run)
    qualify row_number() over (partition by record_id order by valid_to_run) = 1
)
select version.* replace ({place}) from version left join place using (record_id)
)"""

    def _frame(self, sql: str, given: dict[str, object]) -> pl.DataFrame:
        frame: pl.DataFrame = self._db.sql(sql, params=given).pl()
        return frame
