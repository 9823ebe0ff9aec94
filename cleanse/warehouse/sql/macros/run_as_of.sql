-- run_as_of: number of the run that stood after a run (number, run_id or latest) or at a time (UTC); 0 before the first run; a date is its first moment.
create or replace macro run_as_of(run_or_time) as (
    -- No column in here may bear a name that a caller's argument can have.
    coalesce(
        (select max(run_number) from run where run_number = try_cast(run_or_time::varchar as bigint)),
        if(try_cast(run_or_time::varchar as bigint) = 0, 0, null),
        (select max(run_number) from run where run_id = run_or_time::varchar),
        if(run_or_time::varchar = 'latest', (select coalesce(max(run_number), 0) from run), null),
        if(
            try_cast(run_or_time::varchar as bigint) is null
            and try_cast(run_or_time::varchar as timestamptz) is not null,
            (
                select coalesce(max(run_number), 0) from run
                where finished_at <= try_cast(run_or_time::varchar as timestamptz)
            ),
            null
        ),
        error('run_as_of: neither a run of this store (its number, its run_id, latest) nor a time; table run has them all')
    )
);
