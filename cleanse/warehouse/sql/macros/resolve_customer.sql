-- resolve: what a customer ID stands for today: one row with the active customer or the tombstone; from resolve('C…').
create or replace macro resolve(id) as table
with recursive chain as (
    select customer_id, status, successor, 0 as steps
    from customer where customer_id = id
    union all
    select next.customer_id, next.status, next.successor, chain.steps + 1
    from chain, customer as next
    where next.customer_id = chain.successor and chain.steps < 1000
)
select id as asked_id, customer_id, status, steps
from chain order by steps desc limit 1;
