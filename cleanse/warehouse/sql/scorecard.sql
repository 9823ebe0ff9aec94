-- scorecard: one row per source, field and run in which its figures changed; the newest of a source and field is in force.
create table scorecard (
    ----------  ids
    run_id      varchar not null,  -- Run that first found these figures.
    run_number  bigint not null,   -- Its number.
    source      varchar not null,  -- Source.
    field       varchar not null,  -- Standard field.

    ----------  counts
    records     bigint,            -- Records that the run read of the source.
    filled      bigint,            -- Of them those with a usable value.
    valid       bigint,            -- Filled ones that obey their standard; null where that cannot be checked.
    changed     bigint,            -- Cells that normalising changed or emptied.
    repaired    bigint,            -- Of the changed those with a usable value now.
    "distinct"  bigint,            -- Different values.
    "unique"    bigint,            -- Values that only one record has.

    ----------  shapes
    patterns    struct(pattern varchar, records bigint)[]  -- Commonest shapes as typed (9 a digit, A+ and a+ letters, 汉+ Chinese characters), of at most about 20,000 records.
);
