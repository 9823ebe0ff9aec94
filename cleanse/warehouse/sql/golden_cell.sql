-- golden_cell: one row per customer and filled field of its golden record: the lineage 血缘 of the value.
create table golden_cell (
    customer_id  varchar not null,  -- Customer ID.
    field        varchar not null,  -- Standard field.
    value        varchar,           -- The value as text, as golden_record has it.
    origin       varchar,           -- record (a record has it), aggregate (over records), derived (from another field), pinned (by a steward).
    rule         varchar,           -- Survivorship rule that chose it.
    record_ids   bigint[],          -- Records that carry the value.
    source       varchar,           -- Source of the record it was taken from.
    runner_up    varchar,           -- The best value that lost; null when no record differs.
    confidence   float              -- Share of the evidence (records, weighed by trust and age) that stands behind the value, 0 to 1; null for totals.
);
