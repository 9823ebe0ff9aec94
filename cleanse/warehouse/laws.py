"""What a run must keep to be published (DESIGN laws 1 and 5): broken, nothing is written."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from cleanse.errors import StoreError
from cleanse.warehouse.changes import MOVED_SQL
from cleanse.warehouse.connection import Connection, first_row
from cleanse.warehouse.publication import Publication


class _Law(NamedTuple):
    broken: str
    """Finds the ids that break it."""
    is_kept: str | None = None
    """Says of `_FIGURES` that surely none does."""


_FIGURES = """
said as materialized (
    select count(*) as n, count(customer_id) as owned, sum(hash(record_id)) as records,
        sum(hash(record_id, customer_id)) as rows
    from new_crosswalk
),
member as materialized (
    select count(*) as n, sum(hash(record_id, customer_id)) as rows, sum(hash(customer_id)) as owners
    from crosswalk where is_active
),
present as materialized (
    select count(*) as n, sum(hash(record_id)) as records from record where is_active
),
golden as materialized (
    select count(*) as n, sum(hash(customer_id)) as ids, count(record_count) as counted,
        min(record_count) as least, sum(record_count) as members,
        sum(hash(customer_id) * record_count::hugeint) as owners
    from golden_record
),
issued as materialized (
    select count(*) as n, count(distinct customer_id) as ids, count(distinct number) as numbers
    from customer
),
active as materialized (
    select count(*) as n, sum(hash(customer_id)) as ids from customer where status = 'active'
)
"""
"""Each table counted once, cheaply. Lists of which the sums of hashes are the same hold the same,
each as often: Bellare and Micciancio (1997), AdHash."""

_GOLDEN_AS_ISSUED = "(golden.n, golden.ids) = (active.n, active.ids)"

_MEMBERSHIP = {
    "records that belong to no or several customers": _Law(
        """
        select record_id from new_crosswalk where customer_id is null
        union all
        select record_id from crosswalk where is_active group by record_id having count(*) > 1
        """,
        "$each_once and said.owned = said.n and (said.n, said.rows) = (member.n, member.rows)",
    ),
    "records of customers that are not there": _Law(
        "select record_id from new_crosswalk anti join record using (record_id)",
        "(said.n, said.records) = (present.n, present.records)",
    ),
    "records of another customer than the run says": _Law(
        f"select record_id from ({MOVED_SQL})",
        "(said.n, said.rows) = (member.n, member.rows)",
    ),
    "customers whose members are not their active crosswalk rows": _Law(
        """
        select coalesce(golden.customer_id, member.customer_id)
        from (select customer_id, record_count from golden_record) as golden
        full join (
            select customer_id, count(*) as member_count
            from crosswalk where is_active group by customer_id
        ) as member using (customer_id)
        where golden.customer_id is null or member.customer_id is null
            or member_count != coalesce(record_count, member_count)
        """,
        """
        (member.n, member.owners) = (golden.members, golden.owners)
            and golden.counted = golden.n and golden.least > 0
        """,
    ),
    "customer IDs issued twice": _Law(
        """
        select customer_id from customer group by customer_id having count(*) > 1
        union all
        select any_value(customer_id) from customer group by number having count(*) > 1
        """,
        "(issued.n, issued.n) = (issued.ids, issued.numbers)",
    ),
    "golden records that stand twice": _Law(
        "select customer_id from golden_record group by customer_id having count(*) > 1",
        # Of those issued none stands twice.
        _GOLDEN_AS_ISSUED,
    ),
    "customer IDs that are active without a golden record, or the other way round": _Law(
        """
        select coalesce(golden.customer_id, issued.customer_id)
        from golden_record as golden
        full join (from customer where status = 'active') as issued using (customer_id)
        where golden.customer_id is null or issued.customer_id is null
        """,
        _GOLDEN_AS_ISSUED,
    ),
    "customer IDs that resolve to nothing": _Law("""
        select customer_id from customer where (status = 'merged') != (successor is not null)
        union all
        select merged.customer_id
        from (select customer_id, successor from customer where successor is not null) as merged
        anti join customer as other on other.customer_id = merged.successor
    """),
    "records of other sources that the run would lose": _Law("""
        select record_id from activity_change join record using (record_id)
        where not activity_change.is_active and source is not null
            and not list_contains($sources, source)
    """),
}


def check_files(publication: Publication) -> None:
    """Check law 1 per file: every physical row is a record, a reject, blank, or a header.

    Raises:
        StoreError: Names the first file where the sum is off.
    """
    files = publication.source_files
    if files.is_empty():
        return
    parts = ("record_count", "reject_count", "blank_count", "header_count")
    wrong = files.with_columns(parts=pl.sum_horizontal(parts)).filter(
        pl.col("row_count") != pl.col("parts")
    )
    for row in wrong.iter_rows(named=True):
        told = ", ".join(f"{row[part]} {part}" for part in parts)
        raise StoreError(
            f"{row['file']}: {row['row_count']} rows read, but {told} (law 1).\n"
            "Nothing was written; please report this with the file's shape."
        )


def check_numbers(db: Connection, publication: Publication) -> None:
    """Check that the run follows the newest one and takes no number back.

    Raises:
        StoreError: It does not.
    """
    row = first_row(
        db,
        "select run_number, next_record_id, next_customer_number from run order by run_number desc limit 1",
    ) or (0, 1, 1)
    follows = publication.run_number == row[0] + 1
    counters = (publication.next_record_id, publication.next_customer_number)
    if not follows or counters[0] < row[1] or counters[1] < row[2]:
        raise StoreError(
            f"run {publication.run_number} does not follow run {row[0]} of the store; nothing was written.\n"
            "Run it again."
        )


def check_membership(db: Connection, publication: Publication) -> None:
    """Check the laws of membership on the tables as the run leaves them.

    Raises:
        StoreError: Says which law is broken, how often, and for which ids.
    """
    surely = kept_laws(db, publication)
    for what, law in _MEMBERSHIP.items():
        if what in surely:
            continue
        sql = law.broken
        given = {"sources": sorted(publication.sources)} if "$sources" in sql else {}
        ids = [str(row[0]) for row in db.execute(sql, given).fetchall()]
        if ids:
            some = ", ".join(sorted(ids)[:5]) + (" …" if len(ids) > 5 else "")  # noqa: PLR2004
            raise StoreError(
                f"{len(ids)} {what} (law 1): {some}.\n"
                "Nothing was written; please report this."
            )


def kept_laws(db: Connection, publication: Publication) -> set[str]:
    """Say of which laws of membership it is cheaply seen that they are kept."""
    records = publication.crosswalk["record_id"]
    figures = {"each_once": records.is_sorted() and records.diff().min() != 0}
    asked = {what: law.is_kept for what, law in _MEMBERSHIP.items() if law.is_kept}
    told = ", ".join(asked.values()) or "true"
    given = {name: value for name, value in figures.items() if f"${name}" in told}
    every = "said, member, present, golden, issued, active"
    row = first_row(db, f"with {_FIGURES} select {told} from {every}", given)
    return {what for what, is_kept in zip(asked, row or (), strict=False) if is_kept}
