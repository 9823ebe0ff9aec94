"""Versions of the matching model: the labels that each learned from, and its value frequencies.

Runs inside the transaction of `publish`; what is new stays in ``model_change``.
"""

from __future__ import annotations

from cleanse.warehouse.changes import write_state
from cleanse.warehouse.writer import Writer


def write_frequencies(write: Writer) -> None:
    """Replace the value frequencies of the model; keep them as they were."""
    write("""
insert into model_frequency_history by name select *, $run as valid_to_run from model_frequency
""")
    write_state(write, "model_frequency", ("kind", "column"))


def write_model(write: Writer) -> None:
    """Store the model as a new version when it differs from the one in force, with its labels.

    A run that was given no labels leaves those of the version before to the new one.
    """
    write("""
create temp table label_change as
select record_id_l, record_id_r, is_match, origin from new_model_label where $has_labels
union all
select record_id_l, record_id_r, is_match, origin from model_label
where not $has_labels and model_version = (select max(model_version) from model)
""")
    write("""
create temp table model_change as
with latest as (select max(model_version) as version, arg_max(model, model_version) as model from model),
labels as (
    select count(*) as label_count, sha256(string_agg(
        concat_ws(' ', record_id_l, record_id_r, is_match), ',' order by record_id_l, record_id_r
    )) as label_sha256
    from label_change
)
select coalesce(latest.version, 0) + 1 as model_version, $run_id as run_id, $run as run_number,
    $model as model,
    coalesce($model_origin, if(latest.version is null, 'estimated', 'completed')) as origin,
    latest.version as from_version, label_count, label_sha256
from latest cross join labels
where $model::varchar is not null and $model::varchar is distinct from latest.model
""")
    write("insert into model by name from model_change")
    write("""
insert into model_label by name
select model_version, label_change.* from label_change cross join model_change
""")
