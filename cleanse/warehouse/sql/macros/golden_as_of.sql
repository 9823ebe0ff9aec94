-- golden_as_of: golden_record as it stood after a run (number or run_id) or at a time; from golden_as_of(3), from golden_as_of('2026-05-01').
create or replace macro golden_as_of(run_or_time) as table
with asked as (
    select coalesce(
        try_cast(run_or_time::varchar as bigint),
        (select run_number from run where run_id = run_or_time::varchar),
        (
            select max(run_number) from run
            where finished_at <= try_cast(run_or_time::varchar as timestamptz)
        )
    ) as run_number
)
select history.* exclude (valid_from_run, valid_to_run)
from golden_record_history as history, asked
where valid_from_run <= asked.run_number
    and (valid_to_run is null or valid_to_run > asked.run_number);
