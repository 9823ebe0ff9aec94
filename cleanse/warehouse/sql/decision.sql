-- decision: one row per judgement of a steward that a run has taken in; by record, never by customer. Its first columns are append only.
create table decision (
    decision_id        bigint not null,   -- Number of the decision.
    kind               varchar not null,  -- match, no_match, split, pin, kind or withdraw.
    record_id          bigint,            -- The record decided on.
    other_record_id    bigint,            -- The other record of a match or no_match.
    field              varchar,           -- For pin: the field.
    value              varchar,           -- For pin and kind: the value; for split: who leaves and who stays, as JSON; for withdraw: the decision_id.
    reason             varchar not null,  -- Why.
    actor              varchar not null,  -- Who: steward:<login>.
    decided_at         timestamptz not null,  -- When.
    until_on           date,              -- Last day it binds; null for always.
    run_id             varchar not null,  -- First run that took it in.

    ----------  as the newest run judged it
    standing           varchar,           -- binding, overruled (by newer ones), lapsed (a side of a no_match changed), expired or withdrawn.
    against            bigint[],          -- Decisions that speak against it, or withdrew it; of a split that binds: against a part of it.
    typed_l            varchar,           -- Digest of what was typed in the matching fields of the record when a no_match was taken in.
    typed_r            varchar            -- The same of the other record.
);
