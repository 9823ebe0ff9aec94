"""Hold the values in the tables against the digests of the events that wrote them."""

from __future__ import annotations

from collections.abc import Iterator

from cleanse.warehouse.audit import (
    ADDED,
    CLOSED,
    NOT_OF_THE_RUN,
    REASON,
    STANDING,
    added_sql,
    content_sql,
    customer_text_sql,
    keyed_sql,
)
from cleanse.warehouse.changes import GOLDEN_TIMES
from cleanse.warehouse.connection import Connection
from cleanse.warehouse.staging import column_types
from cleanse.warehouse.verify.finding import Check, Finding, run_checks
from cleanse.warehouse.versions import content_columns

_PERIOD = ("valid_from_run", "valid_to_run")


def verify_values(db: Connection, key: str) -> Iterator[Finding]:
    """Check every value that an event wrote against the event's digest, and that each has its event.

    Args:
        db: A database in which the view ``told`` was made.
        key: The store's audit key, hex.
    """
    columns = {
        table: [name for name, _ in column_types(db, table)]
        for table in (
            "record record_history golden_record_history run model decision".split()
        )
    }
    golden = [
        name
        for name in columns["golden_record_history"]
        if name not in (*GOLDEN_TIMES, *_PERIOD)
    ]
    run = [name for name in columns["run"] if name not in NOT_OF_THE_RUN]
    checks = [
        _versions(columns["record"], columns["record_history"], key),
        _golden(golden, key),
        _GOLDEN_WITHOUT_EVENT,
        _ended(key),
        _told("run", "run_published", run, key),
        _told("model", "model_stored", columns["model"], key),
        _LABELS,
        _decisions([n for n in columns["decision"] if n not in STANDING], key),
        _STANDING,
        _CUSTOMER_EVENTS,
        *(_added(db, table, key) for table in ADDED),
    ]
    yield from run_checks(db, checks)


def _versions(now: list[str], before: list[str], key: str) -> Check:
    parts = [
        f"select record_id, valid_from_run, {keyed_sql(key, content_sql(content_columns(names), table))} as made from {table}"
        for table, names in (("record", now), ("record_history", before))
    ]
    return Check(
        table="record",
        says="record {record_id}, as it stood from run {run_number}: {what} (event {event_id})",
        sql=f"""
with version as ({" union all ".join(parts)}),
event as (
    select record_id, run_number, event_id, value_digest from told
    where action in ('record_added', 'record_changed')
)
select event.event_id, coalesce(event.run_number, version.valid_from_run) as run_number,
    coalesce(event.record_id, version.record_id) as record_id,
    case
        when version.record_id is null then 'its row is gone'
        when event.event_id is null then 'no event tells of it'
        else 'its values in record or record_history are not those of its event'
    end as what
from version full join event
    on event.record_id = version.record_id and event.run_number = version.valid_from_run
where made is distinct from value_digest
union all
select null, valid_from_run, record_id, 'it stands ' || count(*) || ' times' from version group by all having count(*) > 1
""",
    )


def _golden(columns: list[str], key: str) -> Check:
    """Each event over a golden record is true of the period in which it happened."""
    text = content_sql(columns, "history")
    issued = customer_text_sql(columns, "history", "event.run_number")
    return Check(
        table="golden_record_history",
        says="event {event_id} of run {run_number}: the golden record of {customer_id} as that run left it is not what it tells",
        sql=f"""
with event as (
    select event_id, run_number, customer_id, action, value_digest from told
    where action = 'golden_record_changed' or starts_with(action, 'customer_')
)
select event.event_id, event.run_number, event.customer_id
from event
left join golden_record_history as history
    on history.customer_id = event.customer_id and history.valid_from_run <= event.run_number
    and coalesce(history.valid_to_run, {_NEVER}) > event.run_number
left join customer on customer.customer_id = event.customer_id
where value_digest is distinct from {keyed_sql(key, f"if(action = 'golden_record_changed', {text}, {issued})")}
""",
    )


_NEVER = 2**62
"""Later than any run."""

_GOLDEN_WITHOUT_EVENT = Check(
    table="golden_record_history",
    says="golden_record_history: run {run_number} is said to have brought a golden record of {customer_id}, but no event tells of it",
    sql="""
select valid_from_run as run_number, customer_id from golden_record_history as history
anti join (
    from told where action = 'golden_record_changed' or starts_with(action, 'customer_')
) as event on event.customer_id = history.customer_id and event.run_number = history.valid_from_run
""",
)


def _ended(key: str) -> Check:
    """Each period of crosswalk that ended is what its event tells."""
    return Check(
        table="crosswalk",
        says="event {event_id} of run {run_number}: the place of record {record_id} in the period that it ended is not what it tells",
        sql=f"""
select event.event_id, event.run_number, event.record_id
from (from told where action in ('record_moved', 'record_removed', 'record_returned')) as event
left join crosswalk on crosswalk.record_id = event.record_id and crosswalk.valid_to_run = event.run_number
where value_digest is distinct from {keyed_sql(key, content_sql(CLOSED, "crosswalk"))}
""",
    )


def _told(table: str, action: str, columns: list[str], key: str) -> Check:
    """Each row of a table that has one event per run is what the event tells, and has it."""
    return Check(
        table=table,
        says=f"{table}: the row of run {{run_number}} is not what its event {{event_id}} tells",
        sql=f"""
select event_id, run_number
from (
    select run_number, {keyed_sql(key, content_sql(columns, table))} as made, count(*) as times
    from {table} group by all
) as stored
full join (from told where action = '{action}') as event using (run_number)
where made is distinct from value_digest or times > 1
""",
    )


_LABELS = Check(
    table="model_label",
    says="model_label: the labels of model version {model_version} are not those that it learned from",
    sql="""
select model_version
from model full join (
    select model_version, count(*) as labels, sha256(string_agg(
        concat_ws(' ', record_id_l, record_id_r, is_match), ',' order by record_id_l, record_id_r
    )) as made
    from model_label group by all
) using (model_version)
where made is distinct from label_sha256 or coalesce(labels, 0) is distinct from label_count
""",
)


def _decisions(columns: list[str], key: str) -> Check:
    return Check(
        table="decision",
        says="{what}",
        sql=f"""
with stored as (
    select decision_id, run_id, {keyed_sql(key, content_sql(columns, "decision"))} as made from decision
),
event as (from told where action = 'decision_taken'),
apart as (
    select event_id, run_number, decision_id, coalesce(event.run_id, stored.run_id) as run_id
    from stored full join event on event.run_id = stored.run_id and value_digest = made
    where event_id is null or decision_id is null
),
-- A run takes decisions in one after the other: an edited one has the place of its event.
placed as (
    select *, row_number() over (
        partition by run_id, event_id is null order by event_id, decision_id
    ) as place from apart
),
beside as (
    select event.event_id, event.run_number, stored.decision_id
    from (from placed where decision_id is not null) as stored
    full join (from placed where event_id is not null) as event using (run_id, place)
)
select *, case
    when event_id is null then 'decision ' || decision_id || ': no event tells of it'
    when decision_id is null then 'event ' || event_id || ' of run ' || run_number || ': the decision that it tells of is gone'
    else 'decision ' || decision_id || ': it is not what event ' || event_id || ' of run ' || run_number || ' tells'
end as what
from beside
""",
    )


_STANDING = Check(
    table="decision",
    says="decision {decision_id}: it does not stand as event {event_id} of run {run_number} tells",
    sql="""
with judged as (
    select *, regexp_extract(reason, '^decision (\\d+) against', 1)::bigint as decision_id
    from told where starts_with(action, 'decision_') and action != 'decision_taken'
    qualify row_number() over (partition by decision_id order by event_id desc) = 1
)
select event_id, run_number, decision_id
from judged left join decision using (decision_id)
where action is distinct from 'decision_' || standing
""",
)
"""How a decision stands is what the last event of its standing tells."""


def _added(db: Connection, table: str, key: str) -> Check:
    return Check(
        table=table,
        says=f"{table}: the rows of run {{run_number}} are not those that its event {{event_id}} tells of",
        sql=f"""
select event.event_id, event.run_number, stored.run_id
from (select added, run_id, {keyed_sql(key, "text")} as made {added_sql(db, table)}) as stored
full join (from told where action = 'rows_added' and field = '{table}') as event on event.run_id = stored.run_id
where made is distinct from value_digest
""",
    )


_CUSTOMER_EVENTS = Check(
    table="customer_id_event",
    says="customer_id_event: what run {run_number} tells of {customer_id} is not what event {event_id} tells",
    sql=f"""
with stored as (
    select run_id, run_number, customer_id, 'customer_' || event as action, {REASON} as reason, count(*) as times
    from customer_id_event group by all
),
event as (
    select min(event_id) as event_id, run_id, run_number, customer_id, action, reason, count(*) as times
    from told where starts_with(action, 'customer_') group by all
)
select event_id, coalesce(event.run_number, stored.run_number) as run_number,
    coalesce(event.customer_id, stored.customer_id) as customer_id
from stored full join event using (run_id, run_number, customer_id, action, reason)
where stored.times is distinct from event.times
""",
)
"""What happened to customer IDs, word for word."""
