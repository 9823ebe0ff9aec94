"""Renew the records of a store, keeping what was typed before and the place where it stood.

Runs inside the transaction of `publish`; what changed stays in ``record_change``.
"""

from __future__ import annotations

from collections.abc import Sequence

from cleanse.warehouse.reading import is_content
from cleanse.warehouse.staging import differs_sql
from cleanse.warehouse.unfilled import values_sql, write_first
from cleanse.warehouse.writer import Writer

_PERIOD = ("record_id", "is_active", "first_run", "valid_from_run")
_PLACE = ("file", "sheet", "row_number", "line_number")


def content_columns(names: Sequence[str]) -> list[str]:
    """Return the columns that hold what was typed: when they change, the record has changed.

    File, row number and normalised values follow; they are renewed without a version.
    """
    return [name for name in names if is_content(name)]


def write_records(write: Writer, *, in_order: bool) -> None:
    """Add and renew records; keep the version that was typed before, and the place where it stood.

    Args:
        write: Runs the statements.
        in_order: The records are sorted by number, and so should the table be.
    """
    if not write.has_rows("record"):
        _write_first_records(write, in_order=in_order)
        return
    names = write.columns("record", but=_PERIOD)
    write(f"""
create temp table record_change as
select new.record_id, old.is_active, old.first_run, old.valid_from_run,
    case
        when old.record_id is null then 'added'
        when {differs_sql(content_columns(names))} then 'changed'
        else 'renewed'
    end as change
from new_record as new left join record as old using (record_id)
where old.record_id is null or {differs_sql(names)}
""")
    write("""
insert into record_history by name
select record.*, $run as valid_to_run
from record join record_change using (record_id)
where change = 'changed'
""")
    write(f"""
insert into record_place by name
select old.*, $run as valid_to_run
from (select record_id, {", ".join(_PLACE)} from record) as old
join record_change using (record_id) join new_record as new using (record_id)
where change = 'renewed' and {differs_sql(_PLACE)}
""")
    write("delete from record where record_id in (select record_id from record_change)")
    period = {
        "is_active": "coalesce(record_change.is_active, true)",
        "first_run": "coalesce(record_change.first_run, $run)",
        "valid_from_run": "if(change = 'renewed', record_change.valid_from_run, $run)",
    }
    write(f"""
insert into record by name
select {values_sql(write, "record", period)}
from new_record as new join record_change using (record_id)
""")


def _write_first_records(write: Writer, *, in_order: bool) -> None:
    """Add all records as they are: joining them with what they are compared with would hold them all in memory."""
    write("""
create temp table record_change as
select record_id, null::boolean as is_active, null::bigint as first_run, null::bigint as valid_from_run,
    'added' as change
from new_record
""")
    period = {"is_active": "true", "first_run": "$run", "valid_from_run": "$run"}
    # Sorted they are read again without being sorted; else their order would be kept for nothing.
    write(f"set preserve_insertion_order = {in_order}")
    write_first(write, "record", period)
    write("set preserve_insertion_order = false")
