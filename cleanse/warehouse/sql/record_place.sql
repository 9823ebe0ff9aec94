-- record_place: one row per record and place at which it stood until a run read it elsewhere, what was typed being the same.
create table record_place (
    record_id     bigint not null,  -- Record number.
    file          varchar,          -- File it was read from until then, relative to the input.
    sheet         varchar,          -- Sheet of a workbook.
    row_number    bigint,           -- Row as a spreadsheet shows it, from 1.
    line_number   bigint,           -- Line of a text file, from 1.
    valid_to_run  bigint not null   -- Run that read it elsewhere.
);
