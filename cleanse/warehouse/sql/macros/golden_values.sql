-- golden_values: the filled fields of golden records, named as a table, one row each, as text; from golden_values('golden_record').
create or replace macro golden_values(golden) as table
with held as not materialized (from query_table(golden)),
typed as (
    select customer_id, record_count,
        columns(* exclude (
            customer_id, record_count, extra, source_count, confidence, first_seen_at, updated_at,
            valid_from_run, source_created_at, source_updated_at
        ))::varchar,
        -- Moments in UTC, whatever time zone the reader's session has.
        strftime(make_timestamp(epoch_us(source_created_at)), '%Y-%m-%dT%H:%M:%SZ') as source_created_at,
        strftime(make_timestamp(epoch_us(source_updated_at)), '%Y-%m-%dT%H:%M:%SZ') as source_updated_at
    from held
),
told as (
    unpivot typed on columns(* exclude (customer_id, record_count)) into name field value value
    union all by name
    select customer_id, record_count, 'extra.' || entry.key as field, entry.value
    from (select customer_id, record_count, unnest(map_entries(extra)) as entry from held)
)
select customer_id, record_count, field, value,
    if(field in ('total_amount', 'currency', 'purchase_count'), 'largest', 'only_value') as lone_rule
from told;
