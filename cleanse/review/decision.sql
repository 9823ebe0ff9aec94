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
    check (kind = 'withdraw' or record_id is not null),
    check (kind not in ('match', 'no_match') or (other_record_id is not null and record_id < other_record_id)),
    check (kind <> 'pin' or field is not null),
    check (kind <> 'kind' or (value is not null and value in ('person', 'company'))),
    check (kind <> 'withdraw' or (value is not null and value glob '[0-9]*'))
) strict;
-- "insert or replace" would delete without the trigger on delete.
create trigger if not exists decision_is_not_replaced before insert on decision
when exists (select 1 from decision where decision_id = new.decision_id)
begin
    select raise(abort, 'decisions are append only');
end;
create trigger if not exists decision_withdrawn_is_there before insert on decision
when new.kind = 'withdraw' and not exists (
    select 1 from decision where decision_id = cast(new.value as integer) and kind <> 'withdraw'
)
begin
    select raise(abort, 'there is no such decision to withdraw');
end;
create trigger if not exists decision_is_not_updated before update on decision
begin
    select raise(abort, 'decisions are append only');
end;
create trigger if not exists decision_is_not_deleted before delete on decision
begin
    select raise(abort, 'decisions are append only');
end;
