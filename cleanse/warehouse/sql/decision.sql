-- decision: one row per judgement of a steward that a run has taken in; by record, never by customer. Append only.
create table decision (
    decision_id        bigint not null,   -- Number of the decision.
    kind               varchar not null,  -- match, no_match, split, pin, kind or withdraw.
    record_id          bigint,            -- The record decided on.
    other_record_id    bigint,            -- The other record of a match or no_match.
    field              varchar,           -- For pin: the field.
    value              varchar,           -- For pin and kind: the value; for withdraw: the decision_id.
    reason             varchar not null,  -- Why.
    actor              varchar not null,  -- Who: steward:<login>.
    decided_at         timestamptz not null,  -- When.
    until_on           date,              -- Last day it binds; null for always.
    run_id             varchar not null   -- First run that took it in.
);
