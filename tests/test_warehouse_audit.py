"""The audit chain: whole when untouched, and every tampering found."""

from __future__ import annotations

import pytest
from warehouse_builders import Q1, run

from cleanse.warehouse import open_store
from cleanse.warehouse.manifest import read_manifest
from cleanse.warehouse.verify.chain import verify_chain

RENAMED = [(*row[:3], "Will Soto", *row[4:]) if row[0] == 3 else row for row in Q1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit") / "store"
    run(folder, 1)
    run(folder, 2, RENAMED)
    run(folder, 3, RENAMED)
    return folder


def sentences(store, key=None, head=None) -> list[str]:
    """Say what is wrong with the chain."""
    found = verify_chain(store.db, key or store.audit_key, head)
    return [finding.sentence for finding in found]


TAMPERING = {
    "an actor changed": (
        "update audit_event set actor = 'x' where event_id = 3",
        "event 3 ",
    ),
    "a value digest changed": (
        "update audit_event set value_digest = 'x'::blob where event_id = 4",
        "event 4 ",
    ),
    "an event deleted": ("delete from audit_event where event_id = 5", "event 5 "),
    "an event inserted": (
        "insert into audit_event by name select * replace (999 as event_id) from audit_event where event_id = 2",
        "event 999 ",
    ),
    "an event doubled": (
        "insert into audit_event from audit_event where event_id = 2",
        "event 2 of run 1 stands 2 times",
    ),
    "two events swapped": (
        "update audit_event set event_id = case event_id when 3 then 4 else 3 end where event_id in (3, 4)",
        "event 3 ",
    ),
    "an event moved to another run": (
        "update audit_event set run_id = 'run-2' where event_id = 6",
        "event 6 ",
    ),
    "a run cut off": ("delete from audit_root where run_number = 3", "newest root"),
    "a root replaced": (
        "update audit_root set root = repeat('1', 64) where run_number = 2",
        "root of run 2",
    ),
    "a middle run taken out": (
        "delete from audit_root where run_number = 2",
        "run 3 does not follow",
    ),
}


def test_an_untouched_chain_is_whole(folder):
    with open_store(folder, actor="test") as store:
        head = read_manifest(store.paths.manifest).audit_head
        assert sentences(store, head=head) == []


def test_another_key_finds_every_event_wrong(folder):
    with open_store(folder, actor="test") as store:
        count = store.db.execute("select count(*) from audit_event").fetchall()[0][0]
        found = sentences(store, "00" * 32)
        assert len([line for line in found if "edited" in line]) == count


@pytest.mark.parametrize(("sql", "told"), TAMPERING.values(), ids=TAMPERING)
def test_tampering_is_found_and_named(folder, sql, told):
    with open_store(folder, actor="test") as store:
        head = read_manifest(store.paths.manifest).audit_head
        store.db.begin()
        try:
            store.db.execute(sql)
            found = sentences(store, head=head)
        finally:
            store.db.rollback()
    assert any(told in line for line in found), found


def test_events_hold_no_values(folder):
    values = {part for row in (*Q1, *RENAMED) for part in (row[3], row[4]) if part}
    with open_store(folder, actor="test") as store:
        text = repr(store.db.sql("from audit_event").fetchall())
        # Not even as a plain digest that could be guessed: the key is part of it.
        plain = store.db.sql("select hex(sha256('William Soto')::blob)").fetchall()[0][
            0
        ]
    assert not [value for value in values if value in text]
    assert plain not in text
