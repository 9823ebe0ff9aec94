-- golden_cell: one row per customer and filled field of its golden record: the lineage 血缘 of the value.
create or replace view golden_cell (
    customer_id,  -- Customer ID.
    field,        -- Standard field.
    value,        -- The value as text, as golden_record has it.
    origin,       -- record (a record has it), aggregate (over records), derived (from another field), pinned (by a steward).
    rule,         -- Survivorship rule that chose it.
    record_ids,   -- Records that carry the value.
    source,       -- Source of the record it was taken from.
    runner_up,    -- The best value that lost; null when no record differs.
    confidence    -- Share of the evidence (records, weighed by trust and age) that stands behind the value, 0 to 1; null for totals.
) as
from golden_choice
union all
-- Of a customer of one record all there is to tell follows from its golden record; two thirds of all cells are such.
select customer_id, field, value, 'record', lone_rule, [record_id], place.source, null,
    if(lone_rule = 'only_value', 1::float, null)
from golden_values('golden_record')
join (from crosswalk where is_active) as place using (customer_id)
anti join (from golden_choice where origin = 'pinned') as pinned using (customer_id, field)
where record_count = 1;
