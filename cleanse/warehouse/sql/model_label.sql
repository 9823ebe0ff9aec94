-- model_label: one row per version of the model and labelled pair that it learned from.
create table model_label (
    model_version  bigint not null,   -- The version.
    record_id_l    bigint not null,   -- The record with the smaller number.
    record_id_r    bigint not null,   -- The other record.
    is_match       boolean not null,  -- Whether they are one customer.
    origin         varchar not null   -- Who said so: decision N, or file NAME.
);
