-- model_frequency: one row per kind, column and value that 3 or more records bore when the model in force counted it; part of the model.
create table model_frequency (
    kind      varchar not null,  -- person or company.
    "column"  varchar not null,  -- Column of the values; email_domain and company_piece are parts of values.
    value     varchar,           -- The value; null in the row that holds how many records had one at all.
    bearers   bigint not null    -- Records that bore it.
);
