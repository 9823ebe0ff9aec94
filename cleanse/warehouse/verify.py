"""Look through the audit chain for anything edited, deleted, inserted, swapped or cut off."""

from __future__ import annotations

from cleanse.warehouse.audit import NO_ROOT, keyed_sql, root_of, row_text_sql
from cleanse.warehouse.connection import Connection

NAMED = 20
"""Findings named one by one."""


def verify_chain(db: Connection, key: str, head: str | None = None) -> list[str]:
    """Check every event against its digest, every root against its events, and the chain.

    Args:
        db: The working database, or a published copy.
        key: The store's audit key, hex.
        head: Root of the newest run as told outside the database; None: not checked.

    Returns:
        What is wrong, one sentence each, at most 20 per kind; empty when all is whole.
    """
    return [*_edited(db, key), *_misplaced(db), *_broken(db, key, head)]


def _edited(db: Connection, key: str) -> list[str]:
    wrong = db.execute(f"""
select event_id, run_id from audit_event
where digest is distinct from {keyed_sql(key, row_text_sql())}
order by event_id limit {NAMED}
""").fetchall()
    return [
        f"event {event_id} of run {run_id} was edited or inserted"
        for event_id, run_id in wrong
    ]


def _misplaced(db: Connection) -> list[str]:
    """Find gaps and doubles in the event numbers, and events that no root covers."""
    gaps = db.execute(f"""
with told as (
    select run_id, unnest(range(first_event_id, first_event_id + event_count)) as event_id from audit_root
)
select coalesce(told.event_id, event.event_id) as number, told.run_id, count(event.event_id) as found
from told full join audit_event as event on event.event_id = told.event_id and event.run_id = told.run_id
group by all having found != 1 or told.run_id is null
order by number limit {NAMED}
""").fetchall()
    what = {True: "is missing", False: "stands twice"}
    return [
        f"event {number} of run {run_id} {what[found == 0]}"
        if run_id
        else f"event {number} belongs to no run's root"
        for number, run_id, found in gaps
    ]


def _broken(db: Connection, key: str, head: str | None) -> list[str]:
    roots = db.execute(
        "select run_number, run_id, first_event_id, event_count, previous_root, root "
        "from audit_root order by run_number"
    ).fetchall()
    found, previous, next_event = [], NO_ROOT, 1
    for place, (number, run_id, first, count, told, root) in enumerate(roots, 1):
        if told != previous or number != place or first != next_event:
            found.append(f"run {number} does not follow the run before it")
        made = root_of(db, key, run_id=run_id, first=first, count=count, previous=told)
        if made != root:
            found.append(f"the root of run {number} does not follow from its events")
        previous, next_event = root, first + count
    if head is not None and previous != head:
        found.append("the newest root is not the one told outside the database")
    return found
