-- golden_as_of: golden_record as it stood after a run (number, run_id or latest) or at a time (UTC); none before the first run; from golden_as_of(3), from golden_as_of('2026-05-01').
create or replace macro golden_as_of(run_or_time) as table
with asked as (select run_as_of(run_or_time) as asked_run)
select history.* exclude (valid_to_run)
from golden_record_history as history, asked
where valid_from_run <= asked_run and (valid_to_run is null or valid_to_run > asked_run);
