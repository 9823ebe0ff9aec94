"""What people take out of the published copy: golden records, the crosswalk, cases to review."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from cleanse.errors import InputError, did_you_mean
from cleanse.warehouse.connection import Connection

if TYPE_CHECKING:
    import polars as pl

WHAT: Final = ("golden", "crosswalk", "review")
"""What can be taken out."""

_GOLDEN: Final = """
select * exclude (valid_from_run) replace (map_entries(extra) as extra) from golden_record order by customer_id
"""

_CROSSWALK: Final = """
with standing as (
    select record_id, customer_id, source, source_key, file, sheet, row_number
    from crosswalk
    where is_active and ($sources is null or list_contains($sources, source))
),
arrived as (
    select record_id, min(valid_from_run) as first_run
    from crosswalk semi join standing using (record_id) group by record_id
),
read as (
    select source_file.source, max(run.run_number) as last_run
    from source_file join run using (run_id) group by source_file.source
),
inside as (
    select one.record_id, max(match_probability) as match_probability
    from (
        select record_id_l as record_id, record_id_r as other, match_probability from match_pair
        union all
        select record_id_r, record_id_l, match_probability from match_pair
    ) as pair
    join standing as one on one.record_id = pair.record_id
    join crosswalk as two on two.record_id = pair.other and two.is_active and two.customer_id = one.customer_id
    group by one.record_id
)
select standing.source, standing.source_key, record.name, standing.customer_id,
    case
        when arrived.first_run < read.last_run then 'known'
        when customer.first_run < arrived.first_run then 'joined'
        else 'new'
    end as how,
    round(inside.match_probability, 4) as match_probability,
    round(golden_record.confidence, 4) as confidence,
    standing.file, standing.sheet, standing.row_number
from standing
join record using (record_id)
join arrived using (record_id)
join customer on customer.customer_id = standing.customer_id
left join golden_record on golden_record.customer_id = standing.customer_id
left join inside on inside.record_id = standing.record_id
left join read on read.source = standing.source
order by standing.source, standing.file, standing.sheet, standing.row_number, standing.record_id
"""

_REVIEW: Final = """
select round(review_case.match_probability, 4) as match_probability,
    round(review_case.match_weight, 2) as match_weight,
    one.customer_id as customer_id_l, two.customer_id as customer_id_r,
    record_l.name as name_l, record_r.name as name_r,
    one.source as source_l, two.source as source_r,
    one.source_key as source_key_l, two.source_key as source_key_r,
    one.file as file_l, two.file as file_r, one.row_number as row_number_l, two.row_number as row_number_r,
    record_id_l, record_id_r, review_case.blocking_rule, opened_run
from review_case
join crosswalk as one on one.record_id = record_id_l and one.is_active
join crosswalk as two on two.record_id = record_id_r and two.is_active
join record as record_l on record_l.record_id = record_id_l
join record as record_r on record_r.record_id = record_id_r
where review_case.status = 'open'
order by review_case.match_weight desc, record_id_l, record_id_r
"""


def sheet(
    db: Connection, what: str, sources: Collection[str] | None = None
) -> pl.DataFrame:
    """Return what people take out of a store.

    Args:
        db: The published copy, or the working database after a run.
        what: golden (a row per active customer), crosswalk (a row per active record:
            the source's own number, our customer_id, and how it came to it) or review
            (a row per open case, the likeliest first).
        sources: Of the crosswalk: only of these.

    Returns:
        The crosswalk's ``how`` is known (the record was there before the newest file of
        its source), joined (it came to a customer that we had) or new (the customer came
        with it); match_probability is that of its best pair inside the customer.

    Raises:
        InputError: A source is not there.
    """
    if what == "crosswalk":
        _require(db, sources or ())
        listed = None if sources is None else sorted(sources)
        return _frame(db, _CROSSWALK, {"sources": listed})
    return _frame(db, {"golden": _GOLDEN, "review": _REVIEW}[what], {})


def _require(db: Connection, sources: Collection[str]) -> None:
    found = db.execute("select distinct source from crosswalk order by 1").fetchall()
    there = [str(source) for (source,) in found if source is not None]
    for source in sorted(set(sources) - set(there)):
        raise InputError(
            f"{source}: the store has no such source{did_you_mean(source, there)}.\n"
            f"It has: {', '.join(there)}"
        )


def _frame(db: Connection, sql: str, given: Mapping[str, Any]) -> pl.DataFrame:
    frame: pl.DataFrame = db.sql(sql, params=dict(given)).pl()
    return frame
