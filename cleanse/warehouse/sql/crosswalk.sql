-- crosswalk: one row per record and period in which it belonged to one customer; at most one is active.
create table crosswalk (
    ----------  ids
    record_id       bigint not null,   -- Record number, issued once, never reused.
    customer_id     varchar not null,  -- The customer it belonged to in this period.

    ----------  where the record was last read in this period
    source          varchar,           -- Source.
    source_key      varchar,           -- The source's own key, as typed.
    file            varchar,           -- File, relative to the input.
    sheet           varchar,           -- Sheet of a workbook.
    row_number      bigint,            -- Row as a spreadsheet shows it, from 1.
    line_number     bigint,            -- Line of a text file, from 1.

    ----------  period (run numbers)
    is_active       boolean not null,  -- The record belongs to the customer now.
    valid_from_run  bigint not null,   -- Run that put it there.
    valid_to_run    bigint             -- Run that ended it; null while it stands.
);
