-- record_history: one row per record and period in which it stood as typed, before it was changed.
create table record_history (
    -- include record

    ----------  period (run numbers)
    valid_to_run  bigint  -- Run that brought the next version.
);
