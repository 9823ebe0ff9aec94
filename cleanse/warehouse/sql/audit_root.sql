-- audit_root: one row per run: the root over its audit events, chained to the run before.
create table audit_root (
    run_id          varchar not null,  -- Run.
    run_number      bigint not null,   -- Number of that run.
    first_event_id  bigint not null,   -- First event of the run.
    event_count     bigint not null,   -- How many events.
    previous_root   varchar not null,  -- Root of the run before; zeros for the first.
    root            varchar not null   -- Keyed SHA-256 over previous_root, run and the digests of the events, hex.
);
