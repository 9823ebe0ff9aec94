-- lineage: where a golden cell comes from: one row per record of the customer that has or had a value there; from lineage('C…', 'phone').
create or replace macro lineage(id, asked) as table
-- No column in here may bear a name that a caller's argument can have.
with member as (
    select record_id as member_id from crosswalk where customer_id = id and is_active
),
typed as (
    select record_id as typed_id,
        columns('^' || if(starts_with(asked, 'extra.'), 'record_id', asked) || '$')::varchar as typed_value,
        columns(
            '^' || if(starts_with(asked, 'extra.'), 'record_id', regexp_replace(asked, '_precision$', '_on') || '_raw') || '$'
        )::varchar as typed_raw,
        extra[substr(asked, 7)] as typed_extra
    from record semi join member on record_id = member_id
),
told as (
    select typed_id,
        if(starts_with(asked, 'extra.'), typed_extra, typed_value) as clean_value,
        if(starts_with(asked, 'extra.'), typed_extra, typed_raw) as raw_value
    from typed
),
touched as (
    select record_id as touched_id,
        list({rule: rule, raw: raw, clean: clean} order by cell_change.rowid) as rules
    from cell_change semi join member on record_id = member_id
    where field in (asked, regexp_replace(asked, '_precision$', '_on')) and is_current
    group by record_id
)
select id as customer_id, asked as field,
    case
        when cell.origin != 'pinned' and list_contains(cell.record_ids, typed_id) then 'golden'
        when clean_value is null then 'emptied'
        when clean_value = cell.value then 'agrees'
        when clean_value = cell.runner_up then 'runner_up'
        else 'lost'
    end as standing,
    clean_value as value, raw_value as raw,
    coalesce(rules, []) as changes,
    cell.rule, cell.origin, cell.value as golden_value,
    typed_id as record_id, place.source, place.source_key, place.file, place.sheet, place.row_number, place.line_number
from told
join crosswalk as place on place.record_id = typed_id and place.is_active
left join touched on touched_id = typed_id
left join golden_cell as cell on cell.customer_id = id and cell.field = asked
where clean_value is not null or raw_value is not null or list_contains(cell.record_ids, typed_id)
order by list_position(['golden', 'agrees', 'runner_up', 'lost', 'emptied'], standing), value, record_id;
