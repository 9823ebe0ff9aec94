"""What differs between the golden tables of two runs, per customer and per cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from cleanse.errors import UsageError
from cleanse.field import FIELDS
from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.published import issued_number, open_published
from cleanse.warehouse.staging import column_types
from cleanse.warehouse.tables import literal, macros, quoted

if TYPE_CHECKING:
    import polars as pl

CHANGES = ("new", "gone", "merged", "split", "changed")
"""What can have become of a customer from one run to another, whichever came first: ``merged``:
its members are another's; ``split``: another had its members."""

_MIRRORED = {"new": "gone", "gone": "new", "merged": "split", "split": "merged"}
_COUNTED = ("record_count", "source_count")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What differs between two runs."""

    before: int
    """Run number; 0: before the first run."""
    after: int
    customers: pl.DataFrame
    """customer_id, name, change, other_id, reason: one row per customer that differs, sorted by
    change and customer_id; `name` as the later run has it."""
    cells: pl.DataFrame
    """customer_id, field, before, after, reason: one row per cell that differs of the customers
    that both runs have; of all, where one customer was asked for."""

    def counts(self) -> dict[str, int]:
        """Count the customers per change."""
        found = dict(self.customers.group_by("change").len().iter_rows())
        return {change: found.get(change, 0) for change in CHANGES}

    def rows(self) -> pl.DataFrame:
        """Return one row per cell, and one per customer without cells: what a file of it holds."""
        named = self.customers.rename({"reason": "customer_reason"})
        return named.join(
            self.cells, on="customer_id", how="left", maintain_order="left_right"
        )

    def mirrored(self) -> Difference:
        """Return what differs when one looks back."""
        import polars as pl  # noqa: PLC0415 - only what compares needs frames

        turned = pl.col("change").replace(_MIRRORED)
        return replace(
            self,
            before=self.after,
            after=self.before,
            customers=self.customers.with_columns(turned).sort("change", "customer_id"),
            cells=self.cells.select(
                "customer_id",
                "field",
                pl.col("after").alias("before"),
                pl.col("before").alias("after"),
                "reason",
            ),
        )


def difference(
    store: Path, before: str, after: str, customer: str | None = None
) -> Difference:
    """Compare the golden tables as two runs left them.

    Args:
        store: The store.
        before: A run number, a run id, ``latest``, or a time; 0: before the first run.
        after: The same; it may be the earlier one, which mirrors the answer.
        customer: Customer number of whom alone to tell, any spelling.

    Raises:
        InputError: There is no store, or the customer number was never issued.
        UsageError: There is no such run.
    """
    with open_published(store) as db:
        _make_run_as_of(db)
        asked = None if customer is None else issued_number(db, customer)
        first, second = run_as_of(db, before), run_as_of(db, after)
        found = _between(db, min(first, second), max(first, second), asked)
    return found if first <= second else found.mirrored()


def _make_run_as_of(db: Connection) -> None:
    """Make the macro for this connection: a copy that an earlier version published lacks it."""
    (sql,) = (macro.sql for macro in macros() if macro.name == "run_as_of")
    db.execute(sql.replace("create or replace macro", "create or replace temp macro"))


def run_as_of(db: Connection, text: str) -> int:
    """Return the number of the run that stood after a run or at a time; 0 before the first.

    Raises:
        UsageError: It is neither a run of the store nor a time.
    """
    try:
        row = first_row(db, "select run_as_of(?)", [text])
    except duckdb.InvalidInputException:
        newest = first_row(db, "select max(run_number) from run") or (0,)
        raise UsageError(
            f"{text}: neither a run of this store nor a time.\n"
            f"Give a run number (1 to {newest[0]}), a run id, latest, or a time such as 2026-03-31."
        ) from None
    return int(row[0]) if row else 0


def _between(db: Connection, low: int, high: int, asked: str | None) -> Difference:
    given = {"low": low, "high": high, "asked": asked}
    ask = partial(_frame, db, given=given)
    db.execute(f"create or replace temp table differing as {_CUSTOMERS}", given)
    cells = ask(_cells_sql(dict(column_types(db, "golden_record_history"))))
    customers = ask(_TOLD)
    moved = customers.filter(customers["change"] != "changed")["customer_id"]
    has_cell = customers["customer_id"].is_in(cells["customer_id"].implode())
    is_moved = customers["customer_id"].is_in(moved.implode())
    if asked is None:
        cells = cells.filter(~cells["customer_id"].is_in(moved.implode()))
    return Difference(
        before=low,
        after=high,
        customers=customers.filter(has_cell | is_moved),
        cells=cells,
    )


def _frame(db: Connection, sql: str, given: dict[str, Any]) -> pl.DataFrame:
    used = {name: value for name, value in given.items() if f"${name}" in sql}
    frame: pl.DataFrame = db.sql(sql, params=used).pl()
    return frame


def _at(table: str, run: str) -> str:
    return f"(from {table} where valid_from_run <= ${run} and (valid_to_run is null or valid_to_run > ${run}))"


_CUSTOMERS = f"""
with flow as (
    select earlier.customer_id as low_id, later.customer_id as high_id, count(*) as records
    from {_at("crosswalk", "low")} as earlier join {_at("crosswalk", "high")} as later using (record_id)
    where earlier.customer_id != later.customer_id group by all
),
target as (select low_id as customer_id, arg_min(high_id, (-records, high_id)) as other_id from flow group by all),
origin as (select high_id as customer_id, arg_min(low_id, (-records, low_id)) as other_id from flow group by all)
select customer_id, coalesce(later.name, earlier.name) as name,
    case
        when later.customer_id is null then if(target.other_id is null, 'gone', 'merged')
        when earlier.customer_id is null then if(origin.other_id is null, 'new', 'split')
        else 'changed'
    end as change,
    case change when 'merged' then target.other_id when 'split' then origin.other_id end as other_id
from {_at("golden_record_history", "low")} as earlier
full join {_at("golden_record_history", "high")} as later using (customer_id)
left join target using (customer_id) left join origin using (customer_id)
where earlier.valid_from_run is distinct from later.valid_from_run
    and ($asked::varchar is null or customer_id = $asked or coalesce(target.other_id, origin.other_id, '') = $asked)
"""
"""Who has another golden record at one run than at the other, or none."""

_WHY = """
select customer_id, arg_max(event || coalesce(': ' || reason, ''), run_number) as reason
from customer_id_event where run_number > $low and run_number <= $high group by customer_id
"""
_TOLD = f"""
select customer_id, name, change, other_id, coalesce(why.reason, 'its records or rules changed') as reason
from differing left join ({_WHY}) as why using (customer_id)
order by change, customer_id
"""


def _cells_sql(columns: dict[str, str]) -> str:
    """Write the query for the cells that differ: each row's fields as a list, taken apart side by side."""
    names = [name for name in (*FIELDS, "extra", *_COUNTED) if name in columns]
    entries = ", ".join(
        f"{{'field': {literal(name)}, 'low': earlier.{quoted(name)}::varchar, 'high': later.{quoted(name)}::varchar}}"
        for name in names
    )
    return f"""
with pair as (
    select customer_id, unnest([{entries}]) as cell
    from (from {_at("golden_record_history", "low")} semi join differing using (customer_id)) as earlier
    full join (from {_at("golden_record_history", "high")} semi join differing using (customer_id)) as later
    using (customer_id)
),
rule as (
    select customer_id, field, arg_max(audit_event.reason, event_id) as reason
    from audit_event join run using (run_id)
    where action = 'golden_cell_changed' and run_number > $low and run_number <= $high group by all
)
select pair.customer_id, cell.field as field, cell.low as before, cell.high as after, rule.reason as reason
from pair left join rule on rule.customer_id = pair.customer_id and rule.field = cell.field
where cell.low is distinct from cell.high
order by pair.customer_id, list_position([{", ".join(map(literal, names))}], cell.field)
"""
