"""What a store knows before a run: read piece by piece, as it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from cleanse import __version__
from cleanse.identify import runs_that_count
from cleanse.schema import IDENTIFYING_FIELDS, raw
from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.encoding import Kept, encoded_by
from cleanse.warehouse.past import Past
from cleanse.warehouse.paths import StorePaths
from cleanse.warehouse.reading import ALWAYS, is_as_typed, listed_sql, read_records
from cleanse.warehouse.tables import quoted

KEY_SAMPLE = 1000
CONTENT_SAMPLE = 300
"""Source keys per source, and records whose contents are told, to recognise its next file."""

FEW = 100_000
"""Records of which empty columns are read sooner than found."""

_PERIOD = ("first_run", "valid_from_run")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredModel:
    """A version of the matching model."""

    model: str
    """As JSON."""
    run_number: int
    """Run that first used it."""
    labels: pl.DataFrame
    """Labels that it learned from: the columns of table model_label."""


class Known:
    """The state that earlier runs left; valid while its store is open.

    As everywhere, a column in which every value is missing is absent.
    """

    def __init__(self, db: Connection, paths: StorePaths | None = None) -> None:
        """Take a database, and where the files of its store lie that stand beside it."""
        self._db = db
        self._paths = paths

    @cached_property
    def run_number(self) -> int:
        """Number of the newest published run; 0 when there is none."""
        return int(self._last_run("run_number", 0))

    @cached_property
    def runs(self) -> pl.DataFrame:
        """Every published run, the oldest first.

        Returns:
            run_number, run_id, undoes, sources (List(String)), rules_sha256, version, started_at.
        """
        return self._frame("""
with read_of as (select run_id, list_sort(list(distinct source)) as read from source_file group by run_id)
select run_number, run_id, undoes, coalesce(sources, read, []) as sources, rules_sha256, version, started_at
from run left join read_of using (run_id) order by run_number
""")

    @cached_property
    def withdrawn(self) -> frozenset[int]:
        """Numbers of the runs that do not count."""
        undoes = dict(self.runs.select("run_number", "undoes").iter_rows())
        return frozenset(undoes) - runs_that_count(undoes)

    @cached_property
    def past(self) -> Past:
        """What the store held after earlier runs."""
        return Past(self._db, self.record_columns)

    @cached_property
    def next_record_id(self) -> int:
        """First record number never used."""
        return int(self._last_run("next_record_id", 1))

    @cached_property
    def next_customer_number(self) -> int:
        """First customer number never used."""
        return int(self._last_run("next_customer_number", 1))

    def is_current(self, rules_sha256: str) -> bool:
        """Tell whether the newest run used these rules and this version of cleanse.

        If so, `normalised` is what normalising again would give.
        """
        used = (self._last_run("rules_sha256", None), self._last_run("version", None))
        return used == (rules_sha256, __version__)

    @cached_property
    def model(self) -> str | None:
        """The matching model in force, as JSON; None before the first run."""
        row = first_row(
            self._db, "select model from model order by model_version desc limit 1"
        )
        return str(row[0]) if row else None

    @cached_property
    def model_version(self) -> int:
        """Version of the model in force; 0 before the first run."""
        row = first_row(self._db, "select max(model_version) from model")
        return int((row and row[0]) or 0)

    @cached_property
    def labels(self) -> pl.DataFrame:
        """Labels that the model in force learned from: the columns of table model_label."""
        return self._frame("""
from model_label where model_version = (select max(model_version) from model)
order by record_id_l, record_id_r
""")

    def model_by(self, runs: Collection[int]) -> StoredModel | None:
        """Return the newest model that one of some runs stored; None: there is none."""
        given = {"runs": list(runs)}
        newest = "from model where run_number in (select unnest($runs)) order by model_version desc limit 1"
        row = first_row(
            self._db, f"select model, run_number, model_version {newest}", given
        )
        if row is None:
            return None
        labels = self._db.sql(
            "from model_label where model_version = $version order by record_id_l, record_id_r",
            params={"version": row[2]},
        )
        return StoredModel(model=row[0], run_number=row[1], labels=labels.pl())

    @cached_property
    def records(self) -> pl.DataFrame:
        """Every record ever read, as typed.

        Returns:
            record_id, is_active, LINEAGE, region, customer, ``*_raw``, ``*_replaced``,
            ``x_*``, extra; sorted by record_id.
        """
        as_typed = [name for name in self.record_columns if is_as_typed(name)]
        return self._some(["record_id", "is_active", *as_typed])

    @cached_property
    def record_columns(self) -> tuple[str, ...]:
        """Names of all columns of table record, filled or not."""
        rows = self._db.execute("describe record").fetchall()
        return tuple(name for name, *_ in rows)

    def records_of(self, sources: Collection[str]) -> pl.DataFrame:
        """Return the part of `records` that is of some sources."""
        names = [name for name in self.record_columns if is_as_typed(name)]
        return self._some(
            ["record_id", "is_active", *names],
            "where list_contains($given, source)",
            sorted(sources),
        )

    @property
    def record_ids(self) -> pl.Series:
        """The number of every record ever read, those that left too; ascending."""
        return self._frame("select record_id from record order by 1")["record_id"]

    def as_typed(self, record_ids: pl.Series) -> pl.DataFrame:
        """Return some records as typed, those that left too: the columns of `records`."""
        names = [name for name in self.record_columns if is_as_typed(name)]
        return self._asked(["record_id", "is_active", *names], record_ids)

    def active(self, columns: Collection[str]) -> pl.DataFrame:
        """Return some columns of every active record, as normalised by the run that last read it; sorted by record_id."""
        names = [name for name in self.record_columns if name in columns]
        return self._some(names, "where is_active")

    def has(self, column: str) -> bool:
        """Say whether some active record has a value in a column."""
        if column not in self.record_columns:
            return False
        told = quoted(column)
        sql = f"select 1 from record where is_active and {told} is not null limit 1"
        return first_row(self._db, sql) is not None

    @cached_property
    def encoded(self) -> Kept | None:
        """The records as runs have encoded them for matching, up to the newest; None: they have not."""
        if self._paths is None or not self.run_number:
            return None
        return encoded_by(self._paths, self._last_run("run_id", ""))

    def active_of(
        self, record_ids: pl.Series, columns: Collection[str] | None = None
    ) -> pl.DataFrame:
        """Return what `active` does, of some records; None: all columns."""
        wanted = set(self.record_columns if columns is None else columns)
        names = [name for name in self.record_columns if name in wanted - {*_PERIOD}]
        if record_ids.is_empty():
            return pl.DataFrame(schema={"record_id": pl.Int64, "source": pl.String})
        found = self._asked(names, record_ids, "where is_active")
        return found.drop("is_active", strict=False)

    def _asked(
        self, names: Sequence[str], record_ids: pl.Series, which: str = ""
    ) -> pl.DataFrame:
        """Read some columns of the records asked for."""
        if len(record_ids) > FEW:
            names = self._not_empty(names)
        self._db.register("asked", record_ids.rename("record_id").to_frame().to_arrow())
        try:
            rows = f"record semi join asked using (record_id) {which}"
            return read_records(self._db, names, rows)
        finally:
            self._db.unregister("asked")

    @cached_property
    def crosswalk(self) -> pl.DataFrame:
        """Every period of every record: record_id, customer_id, is_active, valid_from_run, valid_to_run."""
        return self._frame("""
select record_id, customer_id, is_active, valid_from_run, valid_to_run from crosswalk
""").sort("record_id", "valid_from_run")

    @cached_property
    def source_keys(self) -> pl.DataFrame:
        """Every period of every record with where it stood: source, source_key, customer_id, is_active."""
        return self._frame(
            "select source, source_key, customer_id, is_active from crosswalk order by record_id, valid_from_run"
        )

    @cached_property
    def customer_events(self) -> pl.DataFrame:
        """All that ever happened to customer IDs: run_number, customer_id, event, other_id."""
        return self._frame("""
select run_number, customer_id, event, other_id from customer_id_event order by run_number, customer_id
""")

    @cached_property
    def customers(self) -> pl.DataFrame:
        """Every customer ID ever issued: customer_id, number, kind, first_run, status, successor."""
        return self._frame("from customer order by number")

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """Pairs kept by the newest run, in no order: the columns of table match_pair."""
        return self._frame("from match_pair")

    @cached_property
    def match_inputs(self) -> pl.DataFrame:
        """What decided the pairs of the newest run: the columns of table match_input."""
        return self._frame("from match_input").sort("record_id")

    @cached_property
    def frequencies(self) -> pl.DataFrame:
        """Value frequencies of the model in force: the columns of table model_frequency."""
        return self._frame('from model_frequency order by kind, "column", value')

    def frequencies_after(self, run_number: int) -> pl.DataFrame:
        """Return `frequencies` as a run left them."""
        given = {"run": run_number}
        of_then = "from model_frequency_history where valid_to_run"
        sql = f"select min(valid_to_run) {of_then} > $run"
        row = first_row(self._db, sql, given)
        if row is None or row[0] is None:
            return self.frequencies
        sql = f'select * exclude (valid_to_run) {of_then} = {row[0]} order by kind, "column", value'
        return self._frame(sql)

    @cached_property
    def household(self) -> pl.DataFrame:
        """Households found by the newest run: the columns of table household."""
        return self._frame("from household order by all")

    @cached_property
    def evidence(self) -> pl.DataFrame:
        """Records that had left and still spoke for a customer in the newest run: the columns of table evidence."""
        return self._frame("from evidence order by record_id")

    def golden_of(
        self, customer_ids: pl.Series, columns: Sequence[str]
    ) -> pl.DataFrame:
        """Return some columns of some golden records in force, sorted by customer_id."""
        listed = listed_sql(["customer_id", *columns])
        asked = customer_ids.rename("customer_id").unique().to_frame()
        self._db.register("asked", asked.to_arrow())
        try:
            return self._frame(
                f"select {listed} from golden_record semi join asked using (customer_id) order by customer_id"
            )
        finally:
            self._db.unregister("asked")

    @cached_property
    def decisions(self) -> pl.DataFrame:
        """Decisions taken in so far: the columns of table decision."""
        return self._frame("from decision order by decision_id")

    @cached_property
    def scorecard(self) -> pl.DataFrame:
        """The newest figures of each source and field: the columns of table scorecard."""
        return self._frame("""
from scorecard
qualify row_number() over (partition by source, field order by run_number desc) = 1
order by source, field
""")

    @cached_property
    def sources(self) -> pl.DataFrame:
        """What the store knows of each source, to recognise its next file.

        Returns:
            source, headings (List(String), of the newest file), key_sample (List(String),
            up to 1000 source keys of active records, smallest hashes first),
            content_sample (List(String), telling values as typed of some such records), record_count (active records), files (List(String), all names it had).
        """
        contents = ", ".join(map(raw, IDENTIFYING_FIELDS))
        return self._frame(f"""
with newest as (
    select source, arg_max(headings, row(run_number, file)) as headings, list_sort(list(distinct file)) as files
    from source_file join run using (run_id)
    where source is not null group by source
),
active as (
    select source, count(*) as record_count,
        arg_min(source_key, hash(source_key), {KEY_SAMPLE}) filter (source_key is not null) as key_sample
    from record where is_active group by source
),
sampled as (
    select unnest(arg_min(record_id, hash(record_id), {CONTENT_SAMPLE})) as record_id
    from record where is_active group by source
),
told as (
    select source, list(distinct content order by content) as content_sample
    from (select source, unnest([{contents}]) as content from record semi join sampled using (record_id))
    where content is not null group by source
)
select source, headings, key_sample, content_sample, coalesce(record_count, 0) as record_count, files
from newest full join active using (source) left join told using (source)
order by source
""")

    def _some(
        self, names: Sequence[str], which: str = "", given: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Read some columns of some records; leave out those in which nothing is."""
        parameters = None if given is None else {"given": list(given)}
        sql = f"select count(*) from record {which}"
        if self._db.execute(sql, parameters).fetchall()[0][0] > FEW:
            names = self._not_empty(names)
        return read_records(self._db, names, f"record {which}", parameters)

    def _not_empty(self, names: Sequence[str]) -> list[str]:
        """Leave out columns in which nothing is: they cost as much to read as any, and half of them are."""
        return [name for name in names if name in self._filled or name in ALWAYS]

    @cached_property
    def _filled(self) -> frozenset[str]:
        """Columns of table record in which some record has a value."""
        test = "select 1 from record where {} is not null limit 1"
        return frozenset(
            name
            for name in self.record_columns
            if first_row(self._db, test.format(quoted(name)))
        )

    def _frame(self, sql: str) -> pl.DataFrame:
        frame: pl.DataFrame = self._db.sql(sql).pl()
        return frame

    def _last_run(self, column: str, default: Any) -> Any:
        row = first_row(
            self._db, f"select {column} from run order by run_number desc limit 1"
        )
        return row[0] if row else default
