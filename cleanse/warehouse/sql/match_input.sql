-- match_input: one row per record that was matched, active or evidence; by it the next run knows which pairs need not be weighed again.
create table match_input (
    record_id  bigint not null,   -- The record.
    digest     ubigint not null,  -- Digest of all that decides whom the record is compared with and how it ends: its values, how often each counts, its blocks, the model, the rules.
    values_digest ubigint         -- The same without its blocks.
);
