-- customer_changes: what a run (number, run_id or latest) did to customer numbers, for systems that hold them: old → new; no old: a new customer; no new: nobody has it now; from customer_changes(3).
create or replace macro customer_changes(run_or_time) as table
with asked as (select run_as_of(run_or_time) as asked_run)
select
    case
        when event = 'new' then null
        when event in ('split', 'restored') then coalesce(other_id, customer_id)
        else customer_id
    end as old_customer_id,
    case
        when event in ('new', 'split', 'restored') then customer_id
        else other_id
    end as new_customer_id,
    event, reason, run_number as since_run
from customer_id_event, asked
where run_number = asked_run and event != 'kept'
order by event, old_customer_id, new_customer_id;
