-- customer: one row per customer ID ever issued; a number always resolves and is never reused.
create table customer (
    customer_id  varchar not null,  -- Customer ID.
    number       bigint not null,   -- The running number behind it, from 1.
    kind         varchar,           -- person or company, when it was issued.
    first_run    bigint not null,   -- Run that issued it.
    status       varchar not null,  -- active, merged, retired, withdrawn or erased.
    successor    varchar            -- For merged: the customer that stands for it.
);
