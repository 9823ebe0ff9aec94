"""Compare a run's frames with the state before, and write only what differs.

Each function runs inside the transaction of `publish`. What changed stays in a
temporary table ``<table>_change``, from which the audit events are made. ``$run``
is the run number, ``$run_id`` the run, ``$now`` its start.
"""

from __future__ import annotations

from collections.abc import Sequence

from cleanse.warehouse.connection import first_row
from cleanse.warehouse.staging import differs_sql
from cleanse.warehouse.tables import quoted
from cleanse.warehouse.unfilled import values_sql, write_first
from cleanse.warehouse.writer import Writer

GOLDEN_TIMES = ("first_seen_at", "updated_at", "valid_from_run")
"""Columns of a golden record that no change of its own makes differ."""


MOVED_SQL = """
select record_id, old.customer_id as old_id, new.customer_id as new_id
from new_crosswalk as new
full join (from crosswalk where is_active) as old using (record_id)
where new.customer_id is distinct from old.customer_id
"""
"""Finds the records whose customer is another than the table says."""


def write_crosswalk(write: Writer, *, is_compared: bool) -> None:
    """Close and open periods; a record not in the run's crosswalk is no longer active.

    Args:
        write: Runs the statements.
        is_compared: What has changed is found here; else ``frame_moves`` tells.
    """
    told = "select record_id, was as old_id, customer_id as new_id from frame_moves"
    write(f"create temp table crosswalk_change as {MOVED_SQL if is_compared else told}")
    write("""
update crosswalk set is_active = false, valid_to_run = $run
from crosswalk_change as change
where crosswalk.record_id = change.record_id and crosswalk.is_active
""")
    write("""
insert into crosswalk by name
select record_id, new_id as customer_id, source, source_key, file, sheet, row_number, line_number,
    true as is_active, $run as valid_from_run
from crosswalk_change join record using (record_id)
where new_id is not null
""")
    lineage = ["source", "source_key", "file", "sheet", "row_number", "line_number"]
    assign = ", ".join(f"{name} = record.{name}" for name in lineage)
    write(f"""
update crosswalk set {assign}
from record join record_change using (record_id)
where crosswalk.record_id = record.record_id and crosswalk.is_active
    and {differs_sql(lineage, "crosswalk", "record")}
""")
    write("""
create temp table activity_change as
with changed as (
    select record_id from crosswalk_change union select record_id from record_change
),
active as (
    select record_id from crosswalk semi join changed using (record_id) where is_active
)
select record_id, not is_active as is_active
from record semi join changed using (record_id)
where is_active != (record_id in (from active))
""")
    write("""
update record set is_active = change.is_active
from activity_change as change
where record.record_id = change.record_id
""")


def write_customers(write: Writer) -> None:
    """Add and renew customer IDs; tell what happened to them."""
    names = write.columns("customer", but=("customer_id", "first_run"))
    write(f"""
create temp table customer_change as
select new.* replace (coalesce(old.first_run, new.first_run, $run) as first_run)
from new_customer as new left join customer as old using (customer_id)
where old.customer_id is null or {differs_sql(names)}
""")
    write(
        "delete from customer where customer_id in (select customer_id from customer_change)"
    )
    write("insert into customer by name from customer_change")
    write("""
insert into customer_id_event by name
select new.* replace ($run_id as run_id, $run as run_number)
from new_customer_id_event as new
where event != 'kept'
    or customer_id in (select old_id from crosswalk_change union select new_id from crosswalk_change)
""")


def note_touched(write: Writer, *, all_of_them: bool) -> None:
    """Note in ``touched_customer`` of whom the run's golden frames speak, and who is gone."""
    told = "golden_record" if all_of_them else "frame_touched"
    write(f"""
create temp table touched_customer as
select customer_id from {told}
union
select old_id from crosswalk_change anti join new_crosswalk on old_id = customer_id where old_id is not null
""")


def write_golden(write: Writer) -> None:
    """Renew the golden records that differ, and keep those that they replace."""
    if write.has_rows("golden_record_history"):
        _renew_golden(write)
    else:
        _write_first_golden(write)
    _write_choices(write)
    _note_changed_cells(write)


def _write_first_golden(write: Writer) -> None:
    """Add all golden records as they are."""
    write("""
create temp table golden_record_change as
select customer_id, 'added' as change from new_golden_record
""")
    write("create temp table former_golden_record as from golden_record limit 0")
    times = {"first_seen_at": "$now", "updated_at": "$now", "valid_from_run": "$run"}
    write_first(write, "golden_record", times)


def _renew_golden(write: Writer) -> None:
    names = write.columns("golden_record", but=("customer_id", *GOLDEN_TIMES))
    write(f"""
create temp table golden_record_change as
select coalesce(new.customer_id, old.customer_id) as customer_id,
    case
        when old.customer_id is null then 'added'
        when new.customer_id is null then 'removed'
        else 'changed'
    end as change
from new_golden_record as new
full join {standing_sql("golden_record", "touched_customer")} as old using (customer_id)
where old.customer_id is null or new.customer_id is null or {differs_sql(names)}
""")
    changed = "(from golden_record_change where change = 'changed')"
    write(f"""
create temp table former_golden_record as
from {standing_sql("golden_record", changed)}
""")
    write(f"""
insert into golden_record_past by name
select {", ".join(map(quoted, write.columns("golden_record")))}, $run as valid_to_run
from {standing_sql("golden_record", "golden_record_change")}
""")
    write("""
delete from golden_record where customer_id in (select customer_id from golden_record_change)
""")
    times = {
        "first_seen_at": "coalesce(seen_before_at, $now)",
        "updated_at": "$now",
        "valid_from_run": "$run",
    }
    write(f"""
insert into golden_record by name
with earlier as (
    select customer_id, min(first_seen_at) as seen_before_at
    from golden_record_past semi join golden_record_change using (customer_id) group by customer_id
)
select {values_sql(write, "golden_record", times)}
from new_golden_record as new
join golden_record_change using (customer_id) left join earlier using (customer_id)
""")


def _write_choices(write: Writer) -> None:
    if not write.has_rows("golden_choice"):
        write("insert into golden_choice by name from new_golden_choice")
        return
    names = write.columns("golden_choice", but=("customer_id", "field"))
    write(f"""
create temp table choice_change as
select coalesce(new.customer_id, old.customer_id) as customer_id, coalesce(new.field, old.field) as field, place
from new_golden_choice as new
full join {standing_sql("golden_choice", "touched_customer", "*, rowid as place")} as old using (customer_id, field)
where old.customer_id is null or new.customer_id is null or {differs_sql(names)}
""")
    # By place: to look for keys among millions of rows takes as long as comparing them.
    write("delete from golden_choice where rowid in (select place from choice_change)")
    write("""
insert into golden_choice by name
select new.* from new_golden_choice as new join choice_change using (customer_id, field)
""")
    write("drop table temp.choice_change")


def _note_changed_cells(write: Writer) -> None:
    """Note in ``golden_cell_change`` what the golden records that differ say otherwise, and by which rule.

    As they are now they stay in ``present_golden_record``.
    """
    write(f"""
create temp table present_golden_record as
from {standing_sql("golden_record", "former_golden_record")}
""")
    write("""
create temp table golden_cell_change as
select customer_id, field, old.value as old_value, new.value as new_value,
    if(new.value is not null, coalesce(choice.rule, new.lone_rule), null) as rule
from golden_values('former_golden_record') as old
full join golden_values('present_golden_record') as new using (customer_id, field)
left join new_golden_choice as choice using (customer_id, field)
where old.value is distinct from new.value
""")
    write("drop table temp.former_golden_record")


def standing_sql(table: str, within: str, columns: str = "*") -> str:
    """Write the rows of a table that are of the customers in another.

    By place: so of all others only the key is read, and of few customers in a long table
    that takes a tenth of the time.
    """
    places = f"select rowid from {table} semi join {within} using (customer_id)"
    return f"(select {columns} from {table} where rowid in ({places}))"


def write_state(
    write: Writer,
    table: str,
    keys: Sequence[str],
    *,
    within: str | None = None,
    is_row: bool = False,
) -> None:
    """Make a table hold exactly the run's rows; touch only what differs.

    Args:
        write: Runs the statements.
        table: The table; ``new_<table>`` holds the run's rows.
        keys: Columns without nulls by which rows are renewed: all that share them together.
        within: Table of the keys that the run's rows speak of; None: they are all there is.
        is_row: The keys name one row each.
    """
    if not write.has_rows(table):
        write(f"insert into {table} by name from new_{table}")
        return
    by = ", ".join(quoted(name) for name in keys)
    old = standing_sql(table, within) if within else table
    names = write.columns(table, but=keys)
    every = ", ".join(map(quoted, (*keys, *names)))
    # Rows are put side by side where the keys name each row; else they are counted, each old one against a new one.
    differing = f"""
select {by} from (select *, true as is_here from new_{table}) as new
full join (select *, true as is_here from {old}) as old using ({by})
where new.is_here is distinct from old.is_here or {differs_sql(names)}
"""
    if not is_row:
        differing = f"""
with row as (
    select *, 1 as times from new_{table} union all by name select *, -1 as times from {old}
),
uneven as (select {every} from row group by all having sum(times) != 0)
select distinct {by} from uneven
"""
    write(f"create or replace temp table state_change as {differing}")
    touched = f"({by}) in (select ({by}) from state_change)"
    if first_row(write.db, "select 1 from state_change limit 1") is not None:
        write(f"delete from {table} where {touched}")
        write(f"insert into {table} by name from new_{table} where {touched}")
    write("drop table temp.state_change")


def write_difference(write: Writer, table: str, keys: Sequence[str]) -> None:
    """Take rows out of a table and put others in.

    Args:
        write: Runs the statements.
        table: The table; ``new_<table>`` holds the rows that go in, ``gone_<table>`` the keys
            of those that go out.
        keys: Columns without nulls that name a row.
    """
    same = " and ".join(f"{table}.{name} = gone.{name}" for name in keys)
    write(f"delete from {table} using gone_{table} as gone where {same}")
    write(f"insert into {table} by name from new_{table}")


def write_first_seen(write: Writer, table: str) -> None:
    """Add the findings that no earlier run had; mark those that no longer hold.

    For issue and cell_change, which speak of the records in ``new_record``.
    """
    names = write.columns(table, but=("run_id", "is_current"))
    columns = ", ".join(quoted(name) for name in names)
    same = f"not {differs_sql(names, table, 'other')}"
    about = """record_id in (select record_id from new_record
    union select record_id from activity_change where not is_active)"""
    if not write.has_rows(table):
        new = f"select distinct {columns} from new_{table}"
    else:
        seen = f"select {columns} from {table} where record_id in (select record_id from new_{table})"
        new = f"select {columns} from new_{table} except {seen}"
        write(f"""
update {table} set is_current = not is_current
from (
    select {columns} from {table} where is_current and {about}
    except select {columns} from new_{table}
    union all
    select {columns} from {table} where not is_current
    intersect select {columns} from new_{table}
) as other
where {table}.record_id = other.record_id and {same}
""")
    write(f"""
insert into {table} by name
select *, $run_id as run_id, true as is_current from ({new})
""")


def write_rejects(write: Writer) -> None:
    """Add the rejects that no earlier run had."""
    columns = ", ".join(write.columns("reject", but=("run_id",)))
    write(f"""
insert into reject by name
select *, $run_id as run_id
from (select {columns} from new_reject except select {columns} from reject)
""")


def write_scorecard(write: Writer) -> None:
    """Add the figures of sources and fields that are not what the newest run of each found."""
    columns = ", ".join(
        quoted(name)
        for name in write.columns("scorecard", but=("run_id", "run_number"))
    )
    write(f"""
insert into scorecard by name
select *, $run_id as run_id, $run as run_number
from (
    select {columns} from new_scorecard
    except
    select {columns} from scorecard
    qualify row_number() over (partition by source, field order by run_number desc) = 1
)
""")


def write_review_cases(write: Writer) -> None:
    """Open a case for each pair to be looked at, and close those that are decided or need no look."""
    for status, which in (("decided", "where status = 'decided'"), ("closed", "")):
        test = "in" if which else "not in"
        write(f"""
update review_case set status = '{status}', closed_run = $run
where status = 'open' and (record_id_l, record_id_r) {test}
    (select (record_id_l, record_id_r) from new_review_case {which})
""")
    write("""
create temp table review_case_change as
select new.* replace (if(seen.status = 'open', seen.opened_run, $run) as opened_run)
from new_review_case as new left join review_case as seen using (record_id_l, record_id_r)
where new.status = 'open' and (
    seen.status is distinct from 'open'
    or seen.match_weight is distinct from new.match_weight
    or seen.match_probability is distinct from new.match_probability
    or seen.blocking_rule is distinct from new.blocking_rule
    or seen.decision_id is distinct from new.decision_id
)
""")
    write("""
delete from review_case where (record_id_l, record_id_r) in
    (select (record_id_l, record_id_r) from review_case_change)
""")
    write("insert into review_case by name from review_case_change")


def write_decisions(write: Writer) -> None:
    """Take in the decisions that no earlier run has, and note how each stands now."""
    write("""
create temp table decision_change as
select * replace ($run_id as run_id) from new_decision
where decision_id not in (select decision_id from decision)
""")
    write("insert into decision by name from decision_change")
    write("""
create temp table standing_change as
select new.decision_id, old.record_id, old.field, old.standing, new.standing as new_standing, new.against
from new_decision as new join decision as old using (decision_id)
where old.standing is distinct from new.standing or old.against is distinct from new.against
""")
    write("""
update decision set standing = change.new_standing, against = change.against
from standing_change as change where decision.decision_id = change.decision_id
""")
