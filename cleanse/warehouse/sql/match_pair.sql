-- match_pair: one row per pair of records, active or evidence, that may be one customer; pairs below keep_at are only counted. Columns level_* and weight_* are one per comparison.
create table match_pair (
    record_id_l        bigint not null,  -- The smaller record number.
    record_id_r        bigint not null,  -- The larger record number.
    blocking_rule      varchar,          -- First blocking rule 分块规则 that proposed the pair.
    match_weight       double,           -- log2 of the odds that both are one customer.
    match_probability  double,           -- The same as a probability, 0 to 1.
    band               varchar           -- The machine's view: match, review or no_match.
);
