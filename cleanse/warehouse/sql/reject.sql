-- reject: one row per row of a file that did not become a record; carries the run that first saw it.
create table reject (
    run_id       varchar not null,  -- Run that first saw it.
    file         varchar,           -- File, relative to the input.
    sheet        varchar,           -- Sheet of a workbook.
    row_number   bigint,            -- Row as a spreadsheet shows it, from 1.
    line_number  bigint,            -- Line of a text file, from 1.
    reason       varchar,           -- Why it is no record.
    raw          varchar            -- The row as it stands.
);
