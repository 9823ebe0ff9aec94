"""Look through the audit chain for anything edited, deleted, inserted, swapped or cut off."""

from __future__ import annotations

from collections.abc import Iterator

from cleanse.warehouse.audit import NO_ROOT, keyed_sql, root_of, row_text_sql
from cleanse.warehouse.connection import Connection
from cleanse.warehouse.verify.finding import Check, Finding, run_checks

NUMBERED = """
create or replace temp view told as
select audit_event.*, run_number from audit_event left join (
    select run_id, any_value(run_number) as run_number from audit_root group by run_id
) using (run_id)
"""
"""Makes ``told``: the events with the number of their run."""

_GAPS = Check(
    table="audit_event",
    says="event {event_id} of run {run_number} {what}",
    sql="""
with covered as (
    select unnest(range(first_event_id, first_event_id + event_count)) as event_id, run_id, run_number
    from audit_root
)
select covered.event_id, covered.run_number,
    if(count(event.event_id) = 0, 'is missing', 'stands ' || count(event.event_id) || ' times') as what
from covered left join audit_event as event on event.event_id = covered.event_id and event.run_id = covered.run_id
group by all having count(event.event_id) != 1
union all
select event.event_id, null, 'belongs to no root (its row says run ' || event.run_id || ')'
from audit_event as event anti join covered
    on event.event_id = covered.event_id and event.run_id = covered.run_id
""",
)
_ROOTS = Check(
    table="audit_root",
    says="run {run_number}: {what}",
    sql="""
select coalesce(run.run_number, root.run_number) as run_number,
    if(root.run_id is null, 'it has no root', 'there is a root of it, but no row in run') as what
from run full join audit_root as root on root.run_id = run.run_id and root.run_number = run.run_number
where run.run_id is null or root.run_id is null
union all
select run_number, 'its row in run stands ' || count(*) || ' times' from run group by all having count(*) > 1
""",
)


def verify_chain(
    db: Connection, key: str, head: str | None = None
) -> Iterator[Finding]:
    """Check every event against its digest, every root against its events, and the chain.

    Args:
        db: The working database, or a published copy; views are made in ``temp``.
        key: The store's audit key, hex.
        head: Root of the newest run as told outside the database; None: not checked.
    """
    db.execute(NUMBERED)
    yield from run_checks(db, [_edited(key), _GAPS, _ROOTS])
    yield from _broken(db, key, head)


def _edited(key: str) -> Check:
    return Check(
        table="audit_event",
        says="event {event_id} of run {run_number} was edited or inserted",
        sql=f"""
select event_id, run_number from told where digest is distinct from {keyed_sql(key, row_text_sql())}
""",
    )


def _broken(db: Connection, key: str, head: str | None) -> Iterator[Finding]:
    roots = db.execute(
        "select run_number, run_id, first_event_id, event_count, previous_root, root "
        "from audit_root order by run_number"
    ).fetchall()
    previous, next_event = NO_ROOT, 1
    for place, (number, run_id, first, count, told, root) in enumerate(roots, 1):
        if told != previous or number != place or first != next_event:
            yield _wrong(number, f"run {number} does not follow the run before it")
        made = root_of(db, key, run_id=run_id, first=first, count=count, previous=told)
        if made != root:
            yield _wrong(
                number, f"the root of run {number} does not follow from its events"
            )
        previous, next_event = root, first + count
    if head is not None and previous != head:
        yield _wrong(
            len(roots),
            f"the newest root, of run {len(roots)}, is not the one told outside the database",
        )


def _wrong(number: int, sentence: str) -> Finding:
    return Finding(table="audit_root", sentence=sentence, run_number=number)
