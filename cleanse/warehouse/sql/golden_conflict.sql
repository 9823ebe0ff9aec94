-- golden_conflict: one row per golden value and valid value of other records of the same customer that contradicts it (矛盾); see [conflict] in rules/survivorship.toml.
create table golden_conflict (
    customer_id       varchar not null,  -- Customer ID.
    field             varchar not null,  -- Standard field of which a customer has one value only.
    severity          varchar,           -- error, warning or info.
    value             varchar,           -- The golden value.
    record_ids        bigint[],          -- Records that have it.
    sources           varchar[],         -- Their sources.
    other_value       varchar,           -- A valid value that contradicts it; spellings of it do not.
    other_record_ids  bigint[],          -- Records that have that.
    other_sources     varchar[]          -- Their sources.
);
