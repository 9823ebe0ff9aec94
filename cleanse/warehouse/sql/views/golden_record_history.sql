-- golden_record_history: one row per customer and period in which its golden record stood unchanged; golden_as_of reads it.
create or replace view golden_record_history (
    -- include golden_record
    valid_to_run  -- Run that replaced it; null while it stands.
) as
select
    -- include golden_record
    null
from golden_record
union all
select
    -- include golden_record
    valid_to_run
from golden_record_past;
