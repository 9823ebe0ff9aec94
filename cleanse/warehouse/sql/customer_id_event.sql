-- customer_id_event: one row per thing that happened to a customer ID. Append only; a kept ID is told only when its records changed.
create table customer_id_event (
    run_id       varchar not null,  -- Run in which it happened.
    run_number   bigint not null,   -- Number of that run.
    customer_id  varchar not null,  -- The customer ID.
    event        varchar not null,  -- new, kept, merged, split, restored, retired, withdrawn or erased.
    other_id     varchar,           -- The other customer of a merge or split.
    reason       varchar            -- Why.
);
