-- search_record: one row per active record: what cleanse find ranks its customer by, side by side so that it is read at once.
create table search_record (
    customer_id  varchar not null,  -- Customer ID 客户编号.
    names        varchar,           -- Its name as compared and in pinyin or bare letters, a line each.
    phones       varchar            -- Its telephone numbers, a line each.
);
