-- golden_record_history: one row per customer and period in which its golden record stood unchanged; golden_as_of reads it.
create table golden_record_history (
    -- include golden_record

    ----------  period (run numbers)
    valid_from_run  bigint not null,  -- Run that published this version.
    valid_to_run    bigint            -- Run that replaced it; null while it stands.
);
