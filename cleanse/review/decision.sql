-- decision: one row per judgement of a steward; append only, a later row overrules an earlier one.
create table if not exists decision (
    decision_id      integer primary key autoincrement,
    kind             text not null check (kind in ('match', 'no_match', 'split', 'pin', 'kind', 'withdraw')),
    record_id        integer,
    other_record_id  integer,
    field            text,
    value            text,
    reason           text not null check (reason <> ''),
    actor            text not null check (actor <> ''),
    decided_at       text not null,   -- ISO 8601, UTC
    until_on         text,            -- ISO 8601 day; null for always
    check (kind not in ('match', 'no_match') or (record_id < other_record_id)),
    check (kind <> 'pin' or field is not null)
) strict;
create trigger if not exists decision_is_not_updated before update on decision
begin
    select raise(abort, 'decisions are append only');
end;
create trigger if not exists decision_is_not_deleted before delete on decision
begin
    select raise(abort, 'decisions are append only');
end;
