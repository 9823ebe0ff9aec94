-- source_file: one row per run, file and sheet read. row_count = record_count + reject_count + blank_count + header_count.
create table source_file (
    ----------  ids
    run_id        varchar not null,  -- Run that read it.
    source        varchar,           -- Source it is a list of.
    file          varchar,           -- File, relative to the input.
    sheet         varchar,           -- Sheet of a workbook.
    sha256        varchar,           -- SHA-256 of the file.

    ----------  shape
    format        varchar,           -- csv, xlsx, xls, xlsb or ods.
    encoding      varchar,           -- Character encoding of a text file.
    dialect       varchar,           -- Delimiter, quote and line end of a text file.
    header_row    bigint,            -- Row number of the headings; 0 for none.
    headings      varchar[],         -- The headings.

    ----------  counts (rows)
    row_count     bigint,            -- Physical rows.
    header_count  bigint,            -- Preamble, titles and headings.
    blank_count   bigint,            -- Rows without any text.
    record_count  bigint,            -- Rows that became records.
    reject_count  bigint             -- Rows that did not, each in reject.
);
