"""Tables that follow from others: memberships, golden records, statuses, periods without gaps."""

from __future__ import annotations

from collections.abc import Iterator

from cleanse.field import FIELDS
from cleanse.rulebook.survivorship import EXTRA_FIELD
from cleanse.warehouse.connection import Connection
from cleanse.warehouse.staging import column_types, differs_sql
from cleanse.warehouse.tables import literal, quoted
from cleanse.warehouse.verify.finding import Check, Finding, run_checks

_PLACE = "source source_key file sheet row_number line_number".split()


def verify_follows(db: Connection) -> Iterator[Finding]:
    """Check that what stands now follows from the history.

    Args:
        db: A database in which the view ``told`` was made.
    """
    columns = dict(column_types(db, "golden_record"))
    yield from run_checks(
        db,
        [
            _MEMBERS,
            _RECORDS,
            _VERSIONS,
            _ONCE,
            _PERIODS,
            _TIMES,
            _CUSTOMERS,
            _ACTIVE,
            _COUNTS,
            *_MENTIONED,
        ],
    )
    yield from _cells(db, columns)


_MEMBERS = Check(
    table="crosswalk",
    says="crosswalk: record {record_id} is not {customer_id}'s from run {run_number} on as event {event_id} tells",
    sql="""
with step as (
    select event_id, record_id, run_number as valid_from_run,
        if(action = 'record_removed', null, customer_id) as customer_id,
        lead(run_number) over (partition by record_id order by run_number, event_id) as valid_to_run
    from told where action in ('record_added', 'record_moved', 'record_removed', 'record_returned')
),
period as (from step where customer_id is not null),
stored as (
    select record_id, customer_id, valid_from_run, valid_to_run, is_active, count(*) as times
    from crosswalk group by all
)
select event_id, coalesce(stored.valid_from_run, period.valid_from_run) as run_number,
    coalesce(stored.record_id, period.record_id) as record_id,
    coalesce(stored.customer_id, period.customer_id) as customer_id
from stored full join period
    on stored.record_id = period.record_id and stored.valid_from_run = period.valid_from_run
where stored.customer_id is distinct from period.customer_id
    or stored.valid_to_run is distinct from period.valid_to_run
    or is_active is distinct from (period.valid_to_run is null)
    or times != 1
""",
)
"""Each period of crosswalk follows from the events of its record."""

_RECORDS = Check(
    table="record",
    says="record {record_id}: {what}",
    sql=f"""
select record.record_id,
    case
        when record.is_active != (link.record_id is not null) then 'is_active is not what crosswalk says'
        else 'crosswalk names another source, key, file, sheet or row'
    end as what
from record left join (from crosswalk where is_active) as link using (record_id)
where record.is_active != (link.record_id is not null)
    or (link.record_id is not null and {differs_sql(_PLACE, "record", "link")})
""",
)

_VERSIONS = Check(
    table="record_history",
    says="record {record_id}: its versions do not follow one another at run {run_number}, or do not begin with the run that first read it",
    sql="""
with version as (
    select record_id, first_run, valid_from_run, valid_to_run from record_history
    union all
    select record_id, first_run, valid_from_run, null from record
),
placed as (
    select *, lead(valid_from_run) over (partition by record_id order by valid_from_run) as next_run,
        min(valid_from_run) over (partition by record_id) as begun_run
    from version
)
select record_id, valid_from_run as run_number from placed
where valid_to_run is distinct from next_run or first_run is distinct from begun_run
""",
)


_ONCE = Check(
    table="golden_record",
    says="golden_record: {customer_id} stands more than once",
    sql="select customer_id from golden_record group by all having count(*) > 1",
)

_PERIODS = Check(
    table="golden_record_history",
    says="golden_record_history: the periods of {customer_id} leave a gap or overlap at run {run_number}",
    sql="""
with placed as (
    select customer_id, valid_from_run, valid_to_run,
        lead(valid_from_run) over (partition by customer_id order by valid_from_run) as next_run
    from golden_record_history
)
select placed.customer_id, coalesce(valid_to_run, next_run, valid_from_run) as run_number
from placed left join (
    select distinct customer_id, run_number as gone_run from customer_id_event
    where event in ('merged', 'retired', 'withdrawn', 'erased')
) as gone on gone.customer_id = placed.customer_id and gone_run = valid_to_run
where valid_to_run <= valid_from_run
    or (valid_to_run is null and next_run is not null)
    or next_run < valid_to_run
    or (valid_to_run is not null and next_run is distinct from valid_to_run and gone_run is null)
""",
)
"""A golden record ends where the next version begins, or where its number was merged or retired."""

_TIMES = Check(
    table="golden_record_history",
    says="golden_record_history: first_seen_at or updated_at of {customer_id}, version of run {run_number}, is not when that run began",
    sql="""
with begun as (select run_number, any_value(started_at) as started_at from run group by all),
seen as (select customer_id, min(valid_from_run) as first_run from golden_record_history group by all)
select customer_id, valid_from_run as run_number
from golden_record_history as history join seen using (customer_id)
left join begun as changed on changed.run_number = valid_from_run
left join begun as came on came.run_number = seen.first_run
where updated_at is distinct from changed.started_at or first_seen_at is distinct from came.started_at
""",
)

_CUSTOMERS = Check(
    table="customer",
    says="customer: {customer_id} has not the status, successor or first run that its events up to run {run_number} give it",
    sql="""
with last as (
    select customer_id, min(run_number) as first_run, max(run_number) as run_number,
        arg_max(event, run_number) as event, arg_max({'other_id': other_id}, run_number).other_id as other_id
    from customer_id_event group by customer_id
),
followed as (
    select *, if(event in ('merged', 'retired', 'withdrawn', 'erased'), event, 'active') as status,
        if(event = 'merged', other_id, null) as successor
    from last
),
stored as (select *, count(*) over (partition by customer_id) as times from customer)
select coalesce(stored.customer_id, followed.customer_id) as customer_id, followed.run_number
from stored full join followed using (customer_id)
where stored.status is distinct from followed.status
    or stored.successor is distinct from followed.successor
    or stored.first_run is distinct from followed.first_run or times > 1
""",
)

_ACTIVE = Check(
    table="golden_record",
    says="{customer_id}: active members, golden record and status do not agree",
    sql="""
with member as (select distinct customer_id, true as has_members from crosswalk where is_active),
issued as (select distinct customer_id, true as is_issued from customer where status = 'active'),
golden as (select distinct customer_id, true as is_golden from golden_record)
select customer_id from member full join issued using (customer_id) full join golden using (customer_id)
where has_members is null or is_issued is null or is_golden is null
""",
)

_COUNTS = Check(
    table="golden_record",
    says="golden_record: record_count of {customer_id} is not how many active records it has",
    sql="""
select customer_id
from golden_record join (
    select customer_id, count(*) as member_count from crosswalk where is_active group by all
) using (customer_id)
where record_count != member_count
""",
)

_MENTIONED = [
    Check(
        table=table,
        says=f"{table}: record {{record_id}} is no active record of {{customer_id}}",
        sql=f"""
select distinct customer_id, record_id from {table}
anti join (from crosswalk where is_active) using (customer_id, record_id)
where record_id is not null
""",
    )
    for table in ("contact_point", "contact_person")
]
"""What a customer has of a record, the record is a member of."""


def _cells(db: Connection, columns: dict[str, str]) -> Iterator[Finding]:
    """Compare golden_cell with golden_record: first sums of hashes per customer, then the cells of those that differ."""
    fields = [name for name in (*FIELDS, *sorted(_DERIVED)) if name in columns]
    parts = {name: _as_cell(name, columns[name]) for name in fields}
    summed = " + ".join(
        f"coalesce(hash({literal(name)}, {text})::hugeint * ({text} is not null)::int, 0)"
        for name, text in parts.items()
    )
    if "extra" in columns:
        summed += f" + coalesce(list_sum([hash({_named('e')}, e.value)::hugeint for e in map_entries(extra)]), 0)"
    db.execute(f"""
create or replace temp table differing as
with cell as (select customer_id, sum(hash(field, value)::hugeint) as cells from golden_cell group by all),
golden as (select customer_id, {summed} as cells from golden_record)
select customer_id from cell full join golden using (customer_id)
where cell.cells is distinct from golden.cells and (cell.cells is not null or golden.cells != 0)
""")
    told = " union all ".join(
        f"select customer_id, {literal(name)} as field, {text} as value from golden_record semi join differing using (customer_id) where {text} is not null"
        for name, text in parts.items()
    )
    if "extra" in columns:
        told += f"""
union all select customer_id, {_named("entry")}, entry.value from (
    select customer_id, unnest(map_entries(extra)) as entry from golden_record semi join differing using (customer_id)
)"""
    yield from Check(
        table="golden_cell",
        says="golden_cell: {field} of {customer_id} is not what golden_record has, or stands twice",
        sql=f"""
with cell as (
    select customer_id, field, any_value(value) as value, count(*) as times
    from golden_cell semi join differing using (customer_id) group by all
)
select customer_id, field from cell full join ({told}) as golden using (customer_id, field)
where cell.value is distinct from golden.value or times != 1
""",
    ).run(db)


_DERIVED = frozenset(("birth_precision", "founded_precision"))


def _named(entry: str) -> str:
    """Write the name that golden_cell has for an entry of `extra`."""
    return f"{literal(EXTRA_FIELD)} || {entry}.key"


def _as_cell(name: str, kind: str) -> str:
    """Write a golden value as golden_cell has it."""
    column = quoted(name)
    if kind.startswith("TIMESTAMP"):
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%SZ')"
    return f"{column}::varchar"
