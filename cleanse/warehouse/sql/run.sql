-- run: one row per published run; a failed run leaves none and uses no number.
create table run (
    run_id                varchar not null,      -- Run.
    run_number            bigint not null,       -- From 1, without gaps.
    status                varchar not null,      -- published.
    started_at            timestamptz not null,  -- Start.
    finished_at           timestamptz not null,  -- When everything was ready to publish.
    actor                 varchar not null,      -- Who ran it.
    version               varchar not null,      -- Version of cleanse.
    rules_sha256          varchar not null,      -- SHA-256 over the rule files in force.
    counts                varchar not null,      -- JSON: what the run read, made and changed.
    next_record_id        bigint not null,       -- First record number never used.
    next_customer_number  bigint not null,       -- First customer number never used.
    sources               varchar[],             -- Sources whose records it replaced or added to.
    undoes                bigint,                -- Number of the run that it withdrew; null: it is no undo. A withdrawn undo withdraws nothing.
    reason                varchar                -- Why it withdrew it.
);
