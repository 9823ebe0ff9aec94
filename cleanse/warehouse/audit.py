"""The audit trail: an event per thing that changed, a root per run, each chained to the one before.

An event holds ids and keyed digests, never values: those live in the history
tables, so that erasing them leaves the chain whole. The digests are HMAC-like
(``sha256(outer || sha256(inner || text))`` with two keys made from the store's
secret), and are computed by DuckDB in columns.

Decided 2026-05: a customer that a run makes is one event over its whole golden
record, not one per cell; a renewed file name or row number is no event.
Decided 2026-11: rows that only name the run which wrote them (issue, reject …) are
one event per table and run, over all of them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence

from cleanse.warehouse.changes import GOLDEN_TIMES, standing_sql
from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.staging import column_types
from cleanse.warehouse.tables import literal, quoted
from cleanse.warehouse.versions import content_columns
from cleanse.warehouse.writer import Writer

NO_ROOT = "0" * 64
"""What stands before the first run."""

CLOSED = "source source_key file sheet row_number line_number valid_from_run".split()
"""Columns of a period of crosswalk that the event which ended it is over."""
ADDED = {
    "issue": ("run_id", "is_current"),
    "reject": ("run_id",),
    "scorecard": ("run_id", "run_number"),
    "source_file": ("run_id",),
}
"""Tables whose new rows are one event per run, and their columns that it is not over."""
STANDING = ("standing", "against")
"""Columns of decision that later runs judge anew, each time with an event of its own."""
NOT_OF_THE_RUN = ("finished_at",)
"""Columns of run that no event is over: the clock makes no two runs differ in their events (law 8)."""

REASON = "concat_ws(' ', coalesce(reason, event), other_id)"
"""What the event of a customer gives as reason, of a row of customer_id_event."""

_CHUNK = 4096
_AT_ONCE = 128
"""Chunks whose texts are in memory at a time: the database cannot spill them to disk."""
_ROW = (
    "event_id run_id customer_id record_id action field actor reason value_digest happened_at"
).split()


def write_events(write: Writer, key: str, *, all_customers: bool) -> str:
    """Write the events of what the tables ``*_change`` hold, and the run's root.

    Args:
        write: Runs the statements.
        key: The store's audit key, hex.
        all_customers: The run's golden frames speak of every customer.

    Returns:
        The root, hex.
    """
    first = _next_event_id(write.db)
    events = "\nunion all\n".join(_events_sql(write, all_customers=all_customers))
    write(f"""
insert into audit_event by name
with told as ({events}),
-- Texts go before the rows are put in order: sorting them would take longer than all the rest.
digested as (
    select * exclude (text), case when text is not null then {keyed_sql(key, "text")} end as value_digest
    from told
),
numbered as (
    select * exclude (place), $run_id as run_id, $now as happened_at, {first - 1} + row_number() over (
        order by place, record_id, customer_id, field, action, reason, value_digest
    ) as event_id
    from digested
)
select *, {keyed_sql(key, row_text_sql())} as digest from numbered
""")
    run_id = str(write.parameters["run_id"])
    previous = _previous_root(write.db)
    count = write.db.execute(
        "select count(*) from audit_event where event_id >= ?", [first]
    ).fetchall()[0][0]
    root = root_of(
        write.db, key, run_id=run_id, first=first, count=count, previous=previous
    )
    write.db.execute(
        "insert into audit_root values (?, ?, ?, ?, ?, ?)",
        [run_id, write.parameters["run"], first, count, previous, root],
    )
    return root


def keyed_sql(key: str, text: str) -> str:
    """Write the expression that is the keyed digest (blob of 32 bytes) of a text expression."""
    outer, inner = (
        hashlib.sha256(f"{side} {key}".encode()).hexdigest()
        for side in ("outer", "inner")
    )
    return f"unhex(sha256({literal(outer)} || sha256({literal(inner)} || {text})))"


def row_text_sql() -> str:
    """Write the text of an event that its digest is over: a JSON list, so that no two rows share one."""
    as_text = {
        "value_digest": "hex(value_digest)",
        "happened_at": "epoch_us(happened_at)",
    }
    parts = ", ".join(f"({as_text.get(name, name)})::varchar" for name in _ROW)
    return f"to_json([{parts}])::varchar"


def root_of(
    db: Connection, key: str, *, run_id: str, first: int, count: int, previous: str
) -> str:
    """Compute the root over `count` events from `first` on."""
    end = first + count
    digests = [
        digest
        for low in range(first, end, _CHUNK * _AT_ONCE)
        for digest in _chunk_digests(db, low, min(low + _CHUNK * _AT_ONCE, end))
    ]
    text = json.dumps([previous, run_id, first, count, *digests])
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()


def _chunk_digests(db: Connection, low: int, high: int) -> list[str]:
    """Return the digests of chunks of events, the first of which begins at `low`."""
    rows = db.execute(
        f"""
with chunk as (
    select (event_id - $low) // {_CHUNK} as number,
        sha256(string_agg(event_id || hex(digest), ',' order by event_id)) as digest
    from audit_event where event_id >= $low and event_id < $high
    group by number
)
select digest from chunk order by number
""",
        {"low": low, "high": high},
    )
    return [digest for (digest,) in rows.fetchall()]


def _next_event_id(db: Connection) -> int:
    rows = db.execute(
        "select coalesce(max(first_event_id + event_count), 1) from audit_root"
    )
    return int(rows.fetchall()[0][0])


def _previous_root(db: Connection) -> str:
    row = first_row(db, "select root from audit_root order by run_number desc limit 1")
    return str(row[0]) if row else NO_ROOT


def _events_sql(write: Writer, *, all_customers: bool) -> list[str]:
    """Write one query per kind of event: place (order in the run), ids, what, why, and the text digested."""
    # A column that no row fills leaves no trace in a digest, but takes time.
    filled = set(write.columns("frame_record"))
    record = [n for n in content_columns(write.columns("record")) if n in filled]
    golden = write.columns("golden_record", but=GOLDEN_TIMES)
    closed = f"(select record_id, {', '.join(CLOSED)} from crosswalk where valid_to_run = $run) as closed using (record_id)"
    happened = "(from customer_id_event where run_id = $run_id)"
    current = standing_sql("golden_record", happened)
    if all_customers:
        current = "golden_record"
        filled = set(write.columns("frame_golden_record"))
        golden = [name for name in golden if name in filled]
    return [
        _event(
            "run_published",
            "from run where run_number = $run",
            reason="'run'",
            text=content_sql(write.columns("run", but=NOT_OF_THE_RUN), "run"),
        ),
        _event(
            "run_withdrawn",
            "from (select 1) where $undoes is not null",
            place=1,
            reason="'run ' || $undoes || coalesce(': ' || $reason, '')",
        ),
        _event(
            "model_stored",
            "from model_change",
            place=1,
            reason="'version ' || model_version || ': ' || origin",
            text=content_sql(write.columns("model"), "model_change"),
        ),
        _event(
            "decision_taken",
            "from decision_change",
            place=2,
            record="record_id",
            field="field",
            actor="actor",
            reason="kind || ': ' || reason",
            text=content_sql(
                write.columns("decision", but=STANDING), "decision_change"
            ),
        ),
        _event(
            "'decision_' || new_standing",
            "from standing_change where standing is distinct from new_standing",
            place=2,
            record="record_id",
            field="field",
            reason="concat_ws(' ', 'decision', decision_id, 'against', against::varchar)",
        ),
        _event(
            "'record_' || change",
            "from record_change join record using (record_id) left join "
            "(from crosswalk where is_active) as link using (record_id) "
            "where change in ('added', 'changed')",
            place=3,
            record="record_id",
            customer="link.customer_id",
            reason="'its source gives it so'",
            text=content_sql(record, "record"),
        ),
        _event(
            "case when is_active then 'record_returned' else 'record_removed' end",
            f"from activity_change left join crosswalk_change using (record_id) left join {closed}",
            place=4,
            record="record_id",
            customer="coalesce(new_id, old_id)",
            reason="case when is_active then 'its source has it again' else 'its source no longer has it' end",
            text=content_sql(CLOSED, "closed"),
        ),
        _event(
            "record_moved",
            f"from crosswalk_change left join {closed} where old_id is not null and new_id is not null",
            place=5,
            record="record_id",
            customer="new_id",
            reason="'from ' || old_id",
            text=content_sql(CLOSED, "closed"),
        ),
        _event(
            "'customer_' || event",
            f"from {happened} as happened "
            f"left join {current} as golden using (customer_id) left join customer using (customer_id)",
            place=6,
            customer="customer_id",
            reason=REASON,
            text=customer_text_sql(golden, "golden", "$run"),
        ),
        _event(
            "golden_cell_changed",
            "from golden_cell_change",
            place=7,
            customer="customer_id",
            field="field",
            reason="coalesce(rule, 'no record has it now')",
            text="to_json([old_value, new_value])::varchar",
        ),
        _event(
            "golden_record_changed",
            "from present_golden_record",
            place=8,
            customer="customer_id",
            reason="'its records or rules changed'",
            text=content_sql(golden, "present_golden_record"),
        ),
        *(
            _event(
                "rows_added",
                added_sql(write.db, table, "where run_id = $run_id"),
                place=9,
                field="added",
                reason="row_count || ' row(s)'",
                text="text",
            )
            for table in ADDED
        ),
    ]


def _event(
    action: str,
    rows: str,
    *,
    reason: str,
    place: int = 0,
    customer: str = "null",
    record: str = "null",
    field: str = "null",
    actor: str = "$actor",
    text: str = "null",
) -> str:
    name = action if "'" in action else literal(action)
    return f"""
select {place} as place, {customer}::varchar as customer_id, {record}::bigint as record_id,
    {name} as action, {field}::varchar as field, {actor}::varchar as actor, {reason} as reason,
    {text}::varchar as text
{rows}
"""


def content_sql(columns: Sequence[str], table: str) -> str:
    """Write the text of a row: its filled columns by name, so that a new empty column changes nothing."""
    parts = [
        f"{literal(name)} || chr(30) || {table}.{quoted(name)}::varchar"
        for name in sorted(columns)
    ]
    # A null is left out; where nothing was read, no column is filled.
    return f"concat_ws(chr(31), {', '.join(['null', *parts])})"


def customer_text_sql(columns: Sequence[str], golden: str, run: str) -> str:
    """Write the text of a customer's event: its golden record and, in the run that issued it, its number and kind."""
    issued = f"case when customer.first_run = {run} then concat_ws(' ', customer.number, customer.kind) end"
    return f"concat_ws(chr(29), {content_sql(columns, golden)}, {issued})"


def added_sql(db: Connection, table: str, where: str = "") -> str:
    """Write the rows that a table got, by run: added (the table), run_id, row_count, text (of all of them)."""
    names = [name for name, _ in column_types(db, table) if name not in ADDED[table]]
    row = f"sha256({content_sql(names, table)})"
    return f"""
from (
    select {literal(table)} as added, run_id, count(*) as row_count, string_agg({row}, ',' order by {row}) as text
    from {table} {where} group by run_id
)
"""
