-- search_key: one row per customer and word by which cleanse find finds it; the first sign says of what: n name, o contact, t telephone, e e-mail, i identifier, k source key, a address.
create table search_key (
    key          varchar not null,  -- Kind of word, colon, word: folded, Chinese names also in pinyin and in pairs of signs.
    customer_id  varchar not null   -- Customer ID 客户编号.
);
