-- issue: one row per record and failed check; carries the run that first saw it.
create table issue (
    run_id      varchar not null,  -- Run that first saw it.
    record_id   bigint not null,   -- Record.
    field       varchar,           -- Standard field.
    "check"     varchar,           -- Check that failed.
    severity    varchar,           -- error, warning or info.
    value       varchar,           -- The value.
    advice      varchar,           -- What to do.
    is_current  boolean            -- It still fails.
);
