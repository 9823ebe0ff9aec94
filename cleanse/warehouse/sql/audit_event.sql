-- audit_event: one row per thing that changed, by whom, in which run, why. Append only; ids and keyed digests, never values.
create table audit_event (
    ----------  ids
    event_id      bigint not null,       -- From 1, without gaps.
    run_id        varchar not null,      -- Run.
    customer_id   varchar,               -- Customer it is about.
    record_id     bigint,                -- Record it is about.

    ----------  text
    action        varchar not null,      -- What happened: record_added, customer_merged, golden_cell_changed …
    field         varchar,               -- Field it is about.
    actor         varchar not null,      -- Who: the run's actor, or steward:<login>.
    reason        varchar not null,      -- Why.

    ----------  digests
    value_digest  blob,                  -- Keyed SHA-256 of the values, which live in the history tables.
    digest        blob not null,         -- Keyed SHA-256 of this row.

    ----------  times (UTC)
    happened_at   timestamptz not null   -- Start of the run.
);
