"""Publish a run: one transaction, then the renamed copy, then the manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb
import polars as pl

from cleanse.errors import StoreError
from cleanse.shelf import Frame
from cleanse.warehouse import changes
from cleanse.warehouse.audit import write_events
from cleanse.warehouse.connection import Connection, named_rows, use_all_memory
from cleanse.warehouse.files import remove, write_text
from cleanse.warehouse.golden import finish_publish
from cleanse.warehouse.laws import check_files, check_membership, check_numbers
from cleanse.warehouse.models import write_frequencies, write_model
from cleanse.warehouse.publication import Publication, Receipt
from cleanse.warehouse.search import write_search_keys
from cleanse.warehouse.staging import stage
from cleanse.warehouse.store import Store
from cleanse.warehouse.versions import write_records
from cleanse.warehouse.writer import Writer

_TEMPORARY = (
    "record crosswalk activity customer golden_record golden_cell review_case decision standing label model"
).split()

_STATES = {
    "contact_person": ("customer_id",),
    "household": ("customer_id",),
    "evidence": ("record_id",),
    "match_pair": ("record_id_l", "record_id_r"),
    "match_input": ("record_id",),
}
"""Tables that hold what the newest run found, and by what their rows are renewed."""


def publish(store: Store, publication: Publication) -> Receipt:
    """Write everything of one run, or nothing.

    After a kill at any moment the published table is the old one or the new one,
    and opening the store again finishes what was begun.

    Args:
        store: An open store.
        publication: What the run found out.

    Returns:
        Run number, audit head, and how much changed.

    Raises:
        StoreError: A law is broken, or the database refuses; the store is as it was.
    """
    check_files(publication)
    write_text(store.paths.publishing, publication.run_id)
    try:
        _written(store, publication)
    except Exception:
        # Not on Ctrl-C: it may have come just after the commit.
        remove(store.paths.publishing)
        raise
    store.db.execute("checkpoint")
    finish_publish(store.db, store.paths, None)
    return _receipt(store.db, publication)


def _written(store: Store, publication: Publication) -> None:
    """Write a run in one transaction; once more with all the memory, if its share was not enough."""
    try:
        with _transaction(store.db):
            _write(store, publication)
    except _NoMemoryError:
        use_all_memory(store.db)
        with _transaction(store.db):
            _write(store, publication)


_NO_MEMORY = (
    "publishing failed: the database needs more memory than this machine has; nothing was written.\n"
    "Close other programs, or run it on a machine with more memory."
)


class _NoMemoryError(StoreError):
    """The database could not spill to disk what it would have had to."""


@contextmanager
def _transaction(db: Connection) -> Iterator[None]:
    db.begin()
    try:
        yield
        db.commit()
    except BaseException as error:
        with suppress(duckdb.Error):
            db.rollback()
        if isinstance(error, duckdb.OutOfMemoryException):
            raise _NoMemoryError(_NO_MEMORY) from None
        if isinstance(error, duckdb.Error):
            # Its text may hold a customer's value.
            message = f"publishing failed in the database ({type(error).__name__}); nothing was written."
            raise StoreError(message) from None
        raise


def _write(store: Store, publication: Publication) -> None:
    db = store.db
    check_numbers(db, publication)
    _stage_all(db, publication)
    write = Writer(
        db,
        {
            "run": publication.run_number,
            "run_id": publication.run_id,
            "now": publication.started_at,
            "actor": publication.actor,
            "model": publication.model,
            "model_origin": publication.model_origin,
            "has_labels": publication.labels is not None,
            "counts": _counts_json(publication),
            "undoes": publication.undoes,
            "reason": publication.reason,
        },
    )
    write_records(write, in_order=isinstance(publication.records, pl.DataFrame))
    changes.write_crosswalk(write, is_compared=publication.moves is None)
    changes.write_customers(write)
    changes.note_touched(write, all_of_them=publication.touched is None)
    changes.write_golden(write)
    for table in ("contact_point", "golden_conflict"):
        changes.write_state(write, table, ("customer_id",), within="touched_customer")
    for table, keys in _STATES.items():
        if _gone(publication).get(table) is not None:
            changes.write_difference(write, table, keys)
            continue
        is_row = table in ("evidence", "match_pair", "match_input")
        changes.write_state(write, table, keys, is_row=is_row)
    for table in ("issue", "cell_change"):
        changes.write_first_seen(write, table)
    changes.write_rejects(write)
    changes.write_scorecard(write)
    changes.write_review_cases(write)
    changes.write_decisions(write)
    if publication.frequencies is not None:
        write_frequencies(write)
    write_model(write)
    write(
        "insert into source_file by name select * replace ($run_id as run_id) from new_source_file"
    )
    check_membership(db, publication)
    write_search_keys(write)
    _write_run(db, publication)
    write_events(write, store.audit_key, all_customers=publication.touched is None)
    _clear(db)


def _gone(publication: Publication) -> dict[str, pl.DataFrame | None]:
    """Return by table the keys of the rows that go out, where only differences are given."""
    return {
        "match_pair": publication.pairs_gone,
        "match_input": publication.inputs_gone,
    }


def _stage_all(db: Connection, publication: Publication) -> None:
    frames: dict[str, Frame | None] = {
        "record": publication.records,
        "crosswalk": publication.crosswalk,
        "customer": publication.customers,
        "customer_id_event": publication.customer_id_events,
        "golden_record": publication.golden_record,
        "golden_choice": publication.golden_choice,
        "golden_conflict": publication.golden_conflict,
        "contact_point": publication.contact_point,
        "contact_person": publication.contact_person,
        "household": publication.household,
        "evidence": publication.evidence,
        "match_pair": publication.pairs,
        "match_input": publication.match_inputs,
        "model_frequency": publication.frequencies,
        "cell_change": publication.cell_changes,
        "issue": publication.issues,
        "reject": publication.rejects,
        "scorecard": publication.scorecard,
        "source_file": publication.source_files,
        "review_case": publication.review_cases,
        "decision": publication.decisions,
        "model_label": pl.DataFrame()
        if publication.labels is None
        else publication.labels,
    }
    for table, frame in frames.items():
        if frame is not None:
            stage(db, table, frame)
    for table, gone in _gone(publication).items():
        if gone is not None:
            db.register(f"gone_{table}", gone.to_arrow())
    if publication.touched is not None:
        touched = publication.touched.select("customer_id")
        db.register("frame_touched", touched.to_arrow())
    if publication.moves is not None:
        db.register("frame_moves", publication.moves.to_arrow())


def _write_run(db: Connection, publication: Publication) -> None:
    row = {
        "run_id": publication.run_id,
        "run_number": publication.run_number,
        "status": "published",
        "started_at": publication.started_at,
        "finished_at": publication.finished_at,
        "actor": publication.actor,
        "version": publication.version,
        "rules_sha256": publication.rules_sha256,
        "counts": _counts_json(publication),
        "next_record_id": publication.next_record_id,
        "next_customer_number": publication.next_customer_number,
        "sources": sorted(publication.sources),
        "undoes": publication.undoes,
        "reason": publication.reason,
    }
    names, marks = ", ".join(row), ", ".join(f"${name}" for name in row)
    db.execute(f"insert into run ({names}) values ({marks})", row)


def _counts_json(publication: Publication) -> str:
    return json.dumps(
        publication.counts, ensure_ascii=False, sort_keys=True, default=str
    )


def _clear(db: Connection) -> None:
    for name in _TEMPORARY:
        db.execute(f"drop table temp.{name}_change")
    for name in ("touched_customer", "present_golden_record"):
        db.execute(f"drop table temp.{name}")


_GRAVEST = "list_position(['error', 'warning', 'info'], severity)"
_CONFLICTS = f"""
select severity, field, count(distinct customer_id) as customers
from golden_conflict group by severity, field order by {_GRAVEST}, customers desc, field
"""
_WORST = f"""
select customer_id, list(distinct field order by field) as fields, count(*) as "values",
    count(distinct field) filter (severity = 'error') as errors
from golden_conflict group by customer_id
order by errors desc, min({_GRAVEST}), len(fields) desc, "values" desc, customer_id limit 10
"""


def _receipt(db: Connection, publication: Publication) -> Receipt:
    actions = db.execute(
        "select action, count(*) from audit_event where run_id = ? group by action order by action",
        [publication.run_id],
    ).fetchall()
    row = db.execute(
        "select root, (select count(*) from golden_record) from audit_root where run_id = ?",
        [publication.run_id],
    ).fetchall()[0]
    return Receipt(
        run_number=publication.run_number,
        audit_head=row[0],
        changes=dict(actions),
        customers=row[1],
        customer_changes=db.sql(
            f"from customer_changes({publication.run_number})"
        ).pl(),
        conflicts=tuple(named_rows(db, _CONFLICTS)),
        worst=tuple(named_rows(db, _WORST)),
    )
