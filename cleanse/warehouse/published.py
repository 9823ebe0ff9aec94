"""What people ask of the published copy: one customer, one number, the runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanse.errors import InputError, StoreError
from cleanse.field import FIELDS
from cleanse.identify.spelling import parse_customer_id
from cleanse.warehouse.connection import Connection, connect, first_row, named_rows
from cleanse.warehouse.paths import StorePaths

if TYPE_CHECKING:
    import polars as pl

Rows = list[dict[str, Any]]

_CARD = {
    "golden_conflict": """
        select severity, field, value, record_ids, other_value, other_record_ids, other_sources
        from golden_conflict where customer_id = $id
        order by list_position(['error', 'warning', 'info'], severity), field, other_record_ids
    """,
    "record": """
        select record_id, record.name, crosswalk.source, crosswalk.source_key,
            crosswalk.file, crosswalk.sheet, crosswalk.row_number
        from crosswalk join record using (record_id)
        where customer_id = $id and crosswalk.is_active order by record_id
    """,
    "contact_point": """
        select kind, value, value_as_typed, type, is_primary, is_valid, record_id
        from contact_point where customer_id = $id
        order by kind, is_primary desc nulls last, value, record_id
    """,
    "contact_person": """
        select name, job_title, phone, email, person_customer_id, record_id
        from contact_person where customer_id = $id order by name, record_id
    """,
    "history": """
        select run_number, run.started_at::date as run_on, customer_id, event, other_id, customer_id_event.reason
        from customer_id_event join run using (run_id, run_number)
        where customer_id = $id or other_id = $id
            or customer_id in (select customer_id from customer where successor = $id)
        order by run_number, customer_id, event
    """,
}
_LINEAGE = """
select cell.field, cell.value, cell.origin, cell.rule, round(cell.confidence, 2) as confidence, cell.runner_up, len(cell.record_ids) as record_count,
    list_min(cell.record_ids) as record_id, row.source, row.file, row.sheet, row.row_number
from golden_cell as cell
left join crosswalk as row on row.record_id = list_min(cell.record_ids) and row.is_active
where cell.customer_id = $id
"""


@contextmanager
def open_published(store: Path) -> Iterator[Connection]:
    """Open the published copy of a store, read-only.

    A publish that a kill cut short is finished first, unless a run is at it now.

    Raises:
        InputError: There is no store, or nothing was ever published in it.
        StoreError: The copy is damaged.
    """
    db = connect(published_copy(store), read_only=True)
    try:
        yield db
    finally:
        db.close()


def published_copy(store: Path) -> Path:
    """Return the published copy of a store, finished where a kill cut a publish short.

    Raises:
        InputError: There is no store, or nothing was ever published in it.
    """
    paths = StorePaths(store)
    if paths.publishing.exists() or (
        paths.warehouse.exists() and not paths.golden.exists()
    ):
        _finish(store)
    if not paths.golden.exists():
        raise InputError(
            f"{store}: no published customers here.\n"
            "Name the store with --store, or make one with: cleanse run INPUT --store DIR"
        )
    return paths.golden


def _finish(store: Path) -> None:
    from cleanse.warehouse.store import open_store  # noqa: PLC0415 - loads frames, for a rare repair

    try:
        with open_store(store, actor="finishing a publish", wait_s=0):
            pass
    except StoreError:
        # A run is at work, or the working database is damaged: what was
        # published before still stands and may be looked at.
        if not StorePaths(store).golden.exists():
            raise


def resolve(store: Path, customer_id: str) -> dict[str, Any]:
    """Say which customer a number stands for today.

    Returns:
        asked_id, customer_id, status (active, retired, withdrawn or erased), steps.

    Raises:
        InputError: The number was never issued.
    """
    with open_published(store) as db:
        return _resolved(db, customer_id)


def runs(store: Path) -> pl.DataFrame:
    """Return the published runs, newest first: the columns of table run."""
    with open_published(store) as db:
        return db.sql("from run order by run_number desc").pl()  # type: ignore[no-any-return]


def customer_card(store: Path, customer_id: str) -> Mapping[str, Rows]:
    """Return all that is published of one customer; a merged number shows its survivor.

    Returns:
        customer (one row: what the number stands for), golden_cell (a row per filled
        field with where it came from), golden_conflict, record, contact_point, contact_person, history.

    Raises:
        InputError: The number was never issued.
    """
    with open_published(store) as db:
        found = _resolved(db, customer_id)
        given = {"id": found["customer_id"]}
        cells = named_rows(db, _LINEAGE, given)
        place = {name: number for number, name in enumerate(FIELDS)}
        cells.sort(key=lambda row: (place.get(row["field"], len(place)), row["field"]))
        facts = named_rows(
            db,
            "select kind, record_count, source_count, confidence, first_seen_at, updated_at "
            "from golden_record where customer_id = $id",
            given,
        )
        others = {title: named_rows(db, sql, given) for title, sql in _CARD.items()}
    head = {**found, **(facts[0] if facts else {})}
    return {"customer": [head], "golden_cell": cells, **others}


def issued_number(db: Connection, text: str) -> str:
    """Return a customer number as it was issued, whichever way it is spelled.

    Raises:
        InputError: It was never issued.
    """
    known = "select 1 from customer where customer_id = ?"
    if first_row(db, known, [text]):
        return text
    asked = parse_customer_id(text)
    if not first_row(db, known, [asked]):
        raise InputError(
            f"{asked}: this customer number was never issued in this store.\n"
            "Check the number, or name the store with --store."
        )
    return asked


def _resolved(db: Connection, text: str) -> dict[str, Any]:
    return named_rows(
        db,
        "select asked_id, customer_id, status, steps from resolve($id)",
        {"id": issued_number(db, text)},
    )[0]
