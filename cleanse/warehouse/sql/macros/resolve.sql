-- resolve: the customer ID that stands for `id` today, for a column of a query: select resolve(customer_id) from …
create or replace macro resolve(id) as (
    -- No column in here may bear a name that a caller's argument can have.
    with recursive chain as (
        select resolve_id, resolve_next, 0 as resolve_steps
        from (select customer_id as resolve_id, successor as resolve_next from customer)
        where resolve_id = id
        union all
        select issued.resolve_id, issued.resolve_next, chain.resolve_steps + 1
        from chain, (select customer_id as resolve_id, successor as resolve_next from customer) as issued
        where issued.resolve_id = chain.resolve_next and chain.resolve_steps < 1000
    )
    select resolve_id from chain order by resolve_steps desc limit 1
);
