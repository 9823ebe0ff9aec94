-- model_frequency_history: model_frequency as it was, one row per row of it and run that replaced it; an undo takes it back into force.
create table model_frequency_history (
    -- include model_frequency
    valid_to_run  bigint not null  -- Run number that replaced it.
);
