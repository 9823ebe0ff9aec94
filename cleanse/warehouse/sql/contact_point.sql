-- contact_point: one row per customer, record and way of reaching it; nothing that a list gave is lost.
create table contact_point (
    customer_id     varchar not null,  -- Customer ID.
    record_id       bigint,            -- Record it stands in.
    kind            varchar,           -- phone, mobile, fax, email, address, website, wechat or qq.
    value_as_typed  varchar,           -- As typed.
    value           varchar,           -- Normalised: E.164, lower-case mail domain, one-line address.
    type            varchar,           -- Finer kind, such as mobile, fixed_line or role.
    is_primary      boolean,           -- It is the one in golden_record.
    is_valid        boolean            -- It obeys its standard; null where that cannot be checked.
);
