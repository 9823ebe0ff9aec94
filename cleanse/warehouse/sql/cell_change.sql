-- cell_change: one row per record, field and rule where normalising changed what was typed; carries the run that first saw it.
create table cell_change (
    run_id      varchar not null,  -- Run that first saw it.
    record_id   bigint not null,   -- Record.
    field       varchar,           -- Standard field.
    raw         varchar,           -- As typed.
    clean       varchar,           -- As normalised; null when the value was taken as missing.
    rule        varchar,           -- Normaliser that changed it.
    is_current  boolean            -- It holds for the record as it stands.
);
