-- golden_choice: one row per filled field of a golden record that was chosen: of a customer of several records, or by a steward; golden_cell has all fields of all.
create table golden_choice (
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
