-- search_word: one row per customer and word by which cleanse find finds it; the first sign says of what: n name, o contact, t telephone, e e-mail, i identifier, k source key, a address.
create table search_word (
    key     varchar not null,  -- Kind of word, colon, word: folded, Chinese names also in pinyin and in pairs of signs.
    number  bigint not null    -- The running number behind the customer ID: table customer leads to it.
);
