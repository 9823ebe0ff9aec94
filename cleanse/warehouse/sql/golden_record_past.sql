-- golden_record_past: one row per customer and period in which its golden record stood unchanged, before it was changed; golden_record_history has the present too.
create table golden_record_past (
    -- include golden_record

    ----------  period (run numbers)
    valid_to_run  bigint not null  -- Run that replaced it.
);
