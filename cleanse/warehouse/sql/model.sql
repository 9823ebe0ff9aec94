-- model: one row per version of the matching model; the newest is in force.
create table model (
    model_version  bigint not null,   -- From 1.
    run_id         varchar not null,  -- Run that first used it.
    run_number     bigint not null,   -- Number of that run.
    model          varchar not null,  -- JSON: m and u per level, frequencies, thresholds.
    origin         varchar,           -- How it came about: estimated, completed (with what it lacked), trained, refitted or rules (changed).
    from_version   bigint,            -- The version in force before; null for the first.
    label_count    bigint,            -- Labelled pairs that it learned from; they are in model_label.
    label_sha256   varchar            -- SHA-256 over these pairs, sorted; null without any.
);
