-- review_case: one row per pair that a steward should look at, or should have.
create table review_case (
    record_id_l        bigint not null,   -- The smaller record number.
    record_id_r        bigint not null,   -- The larger record number.
    match_weight       double,            -- log2 of the odds when the case was last open.
    match_probability  double,            -- The same as a probability, 0 to 1.
    blocking_rule      varchar,           -- Blocking rule that proposed the pair.
    status             varchar not null,  -- open, decided when a steward has decided, or closed when the pair left the review band.
    opened_run         bigint not null,   -- Run that opened it, or opened it again.
    closed_run         bigint,            -- Run that closed it.
    decision_id        bigint             -- The no_match that lapsed, and so opened it; null for the review band.
);
