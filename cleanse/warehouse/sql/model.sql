-- model: one row per version of the matching model; the newest is in force.
create table model (
    model_version  bigint not null,   -- From 1.
    run_id         varchar not null,  -- Run that first used it.
    run_number     bigint not null,   -- Number of that run.
    model          varchar not null   -- JSON: m and u per level, frequencies, thresholds.
);
