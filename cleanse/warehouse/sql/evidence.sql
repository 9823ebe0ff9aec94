-- evidence: one row per record that left its source not long ago and still speaks for its customer; it is no member. What the newest run found.
create table evidence (
    record_id    bigint not null,  -- The record, as it was last read.
    customer_id  varchar,          -- The customer that it speaks for; null: nobody who is there is like it.
    left_run     bigint not null   -- Run in which it left.
);
