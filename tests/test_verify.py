"""A store proves itself: whole when untouched, and every planted tampering found at its place."""

from __future__ import annotations

import json
import random
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from pipeline_builders import HEADS, NOW, PEOPLE, ask, make_run, write_list
from typer.testing import CliRunner

from cleanse.cli import app
from cleanse.pipeline.undoing import UndoRequest, undo
from cleanse.pipeline.verifying import verify, verify_decisions
from cleanse.review import Decision, DecisionKind, add_decision, read_decisions
from cleanse.warehouse import open_store
from cleanse.warehouse.audit import ADDED, NOT_OF_THE_RUN
from cleanse.warehouse.connection import connect
from cleanse.warehouse.verify.chain import verify_chain
from cleanse.warehouse.verify.copies import verify_copy
from cleanse.warehouse.verify.follows import verify_follows
from cleanse.warehouse.verify.values import verify_values
from cleanse.warehouse.versions import content_columns

LISTS = {
    "2026Q1": ("Northgate_customers_2026Q1.csv", "客户清单_2026Q1.csv"),
    "2026Q2": ("Northgate_customers_2026Q2.csv", "客户清单_2026Q2.csv"),
}
ROWS = 70


@pytest.fixture(scope="module")
def folder(tmp_path_factory, sample_inputs):
    """Two quarters of short lists and a decision, then the second quarter again."""
    base = tmp_path_factory.mktemp("verify")
    store = base / "store"
    for number, quarter in enumerate(("2026Q1", "2026Q2", "2026Q2"), 1):
        short = base / quarter
        short.mkdir(exist_ok=True)
        for name in LISTS[quarter]:
            lines = (sample_inputs / quarter / name).read_bytes().splitlines(True)
            (short / name).write_bytes(b"".join(lines[:ROWS]))
        make_run(store, short, number=number, accept=True)
    return store


@pytest.fixture
def copy(folder, tmp_path):
    """A copy of the store to spoil."""
    return shutil.copytree(folder, tmp_path / "store")


@pytest.fixture(scope="module")
def opened(folder, tmp_path_factory):
    """A database whose edits are rolled back, the published copy beside it, and the key."""
    path = tmp_path_factory.mktemp("opened") / "warehouse.duckdb"
    shutil.copyfile(folder / "warehouse.duckdb", path)
    with closing(connect(path)) as db:
        yield db, folder / "golden.duckdb", (folder / "audit.key").read_text().strip()


def inside(db, key):
    return [
        *verify_chain(db, key),
        *verify_values(db, key),
        *verify_follows(db),
    ]


def test_columns_of_the_users_own_are_followed_too(tmp_path):
    store = tmp_path / "store"
    rows = [[*row[:6], f"{row[0]} club"] for row in PEOPLE]
    make_run(store, write_list(tmp_path / "crm.csv", rows, [*HEADS[:6], "club"]))
    assert verify(store).findings == []
    with closing(connect(store / "golden.duckdb")) as db:
        first = "customer_id = (select min(customer_id) from golden_choice)"
        db.execute(
            f"update golden_choice set value = 'x' where field = 'extra.club' and {first}"
        )
        (found,) = inside(db, (store / "audit.key").read_text().strip())
    assert "extra.club" in found.sentence


def test_an_untouched_store_is_whole(folder):
    verdict = verify(folder)
    assert verdict.findings == []
    assert verdict.notes == []
    assert verdict.runs == 3
    assert verdict.events > 200


# Tables that events tell of, and the columns that this does not hold for.
UNTOLD = {
    "audit_event": (),
    "audit_root": (),
    "run": NOT_OF_THE_RUN,
    "record": None,
    "record_history": None,
    "golden_record": (),
    "golden_record_past": (),
    "golden_choice": (
        "origin",
        "rule",
        "record_ids",
        "source",
        "runner_up",
        "confidence",
    ),
    "crosswalk": (),
    "customer": (),
    "customer_id_event": (),
    "model": (),
    "issue": ("is_current",),
    "reject": (),
    "scorecard": (),
    "source_file": (),
}
IDS = ("event_id", "record_id", "customer_id", "run_id", "run_number", "valid_from_run")


def other_value(kind: str, column: str) -> str:
    """Write a value of a column's type that is not the one there."""
    if kind.startswith("MAP"):
        return "map {'planted': 'x'}"
    if kind.endswith("[]"):
        return f"if(coalesce(len({column}), 0) = 0, [null], [])"
    return {
        "VARCHAR": f"coalesce({column}, '') || 'x'",
        "BIGINT": f"coalesce({column}, 0) + 1000",
        "UBIGINT": f"{column} // 2 + 7",
        "DOUBLE": f"coalesce({column}, 0) + 0.001",
        "BOOLEAN": f"not coalesce({column}, false)",
        "DATE": f"coalesce({column}, date '2020-01-01') + 1",
        "BLOB": "'planted'::blob",
        "TIMESTAMP WITH TIME ZONE": f"coalesce({column}, now()) + interval 1 second",
    }.get(kind, f"coalesce({column}, 0) + 1")


def described(db, table):
    return {row[0]: row[1] for row in db.execute(f"describe {table}").fetchall()}


def plant(db, seed: int, untold) -> tuple[str, str, dict]:
    """Change one cell, or delete or double a row; return table, what, and the ids of the row."""
    chance = random.Random(seed)
    filled = [
        table
        for table in sorted(untold)
        if db.execute(f"select count(*) from {table}").fetchall()[0][0]
    ]
    table = filled[seed % len(filled)]
    columns = described(db, table)
    left_out = untold[table]
    if left_out is None:
        content = content_columns(list(columns))
        left_out = [name for name in columns if name not in content]
    count = db.execute(f"select count(*) from {table}").fetchall()[0][0]
    (row,) = db.execute(
        f"select rowid from {table} order by rowid limit 1 offset {chance.randrange(count)}"
    ).fetchall()[0]
    ids = [name for name in IDS if name in columns]
    values = db.execute(
        f"select {', '.join(ids) or '1'} from {table} where rowid = ?", [row]
    ).fetchall()
    named = dict(zip(ids, values[0], strict=False)) if values else {}
    what = chance.choice(("edit", "edit", "edit", "edit", "delete", "double"))
    if what == "edit":
        name = chance.choice([n for n in columns if n not in left_out])
        value = other_value(columns[name], f'"{name}"')
        db.execute(f'update {table} set "{name}" = {value} where rowid = {row}')
        what = f"edit of {name}"
    elif what == "delete":
        db.execute(f"delete from {table} where rowid = {row}")
    else:
        db.execute(f"insert into {table} from {table} where rowid = {row}")
    return table, what, named


def names_it(finding, table: str, row: dict) -> bool:
    """Tell whether a finding leads to the row: by one of its ids, or to the table and run that wrote it."""
    ids = {row.get("event_id"), row.get("record_id"), row.get("customer_id")} - {None}
    if ids and table not in ADDED:
        return bool(ids & {finding.event_id, *finding.row.values()})
    return finding.table == table or table in finding.sentence


def missed(db, seeds, untold, look) -> list:
    """Plant one tampering per seed, all at once, each in a table of its own; return those not named."""
    db.begin()
    try:
        planted = {seed: plant(db, seed, untold) for seed in seeds}
        found = list(look())
    finally:
        db.rollback()
    return [
        (seed, table, what, row)
        for seed, (table, what, row) in planted.items()
        if not any(names_it(each, table, row) for each in found)
    ]


@pytest.mark.parametrize("first", range(0, 100, 10))
def test_a_planted_tampering_is_found_at_its_event(opened, first):
    db, _, key = opened
    left = missed(db, range(first, first + 10), UNTOLD, lambda: inside(db, key))
    # Where one fells a whole run, what it hides is looked for alone.
    alone = [missed(db, [seed], UNTOLD, lambda: inside(db, key)) for seed, *_ in left]
    assert not any(alone), alone


@pytest.mark.parametrize("first", range(0, 100, 10))
def test_a_tampering_in_one_file_is_found_at_its_row(opened, first):
    db, golden, _ = opened
    everything = {
        name: ()
        for (name,) in db.execute(
            "select table_name from duckdb_tables() where not internal and not temporary and database_name != 'published'"
        ).fetchall()
    }
    left = missed(
        db, range(first, first + 10), everything, lambda: verify_copy(db, golden)
    )
    assert not left


def test_two_events_exchanged_with_their_digests_are_both_named(opened):
    db, _, key = opened
    columns = ", ".join(
        f"{name} = other.{name}"
        for name in described(db, "audit_event")
        if name != "event_id"
    )
    db.begin()
    try:
        db.execute(
            f"update audit_event set {columns} from (select * replace (9 - event_id as event_id) "
            "from audit_event where event_id in (4, 5)) as other where audit_event.event_id = other.event_id"
        )
        found = {each.event_id for each in verify_chain(db, key)}
    finally:
        db.rollback()
    assert {4, 5} <= found


def spoil(path: Path, *statements: str) -> None:
    with closing(duckdb.connect(str(path))) as db:
        for sql in statements:
            db.execute(sql)


def test_an_end_cut_off_with_its_root_is_found(copy):
    for name in ("warehouse.duckdb", "golden.duckdb"):
        spoil(
            copy / name,
            "delete from audit_event where run_id = 'run-3'",
            "delete from audit_root where run_number = 3",
            "delete from run where run_number = 3",
        )
    text = " ".join(each.sentence for each in verify(copy).findings)
    assert "older than its manifest, or its end was cut off" in text
    assert "not, byte for byte" in text


def test_a_published_copy_that_was_edited_is_named_by_its_row(copy):
    spoil(
        copy / "golden.duckdb",
        "update contact_point set value = 'x' where record_id = (select min(record_id) from contact_point)",
    )
    found = verify(copy).findings
    assert any(
        each.table == "contact_point" and "record_id" in each.row for each in found
    )


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("run_number", 2, "goes on to run 3"),
        ("run_number", 4, "ends with run 3"),
        ("run_id", "other", "name run 3 differently"),
        ("audit_head", "0" * 64, "newest root"),
        ("golden_sha256", "0" * 64, "byte for byte"),
        ("counts", {"record": 1}, "left 1"),
    ],
)
def test_an_edited_manifest_is_found(copy, key, value, told):
    path = copy / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    said = [each.sentence for each in verify(copy).findings]
    assert "manifest.json was edited: its seal does not fit" in said
    assert any(told in line for line in said), said


def test_an_older_database_is_found(folder, copy, tmp_path, sample_inputs):
    with open_store(copy, actor="test") as store:
        store.db.execute("checkpoint")
    old = shutil.copytree(copy, tmp_path / "old")
    make_run(copy, sample_inputs / "2026Q2" / LISTS["2026Q2"][0], number=4, accept=True)
    assert verify(copy).is_whole
    for name in ("warehouse.duckdb", "golden.duckdb"):
        shutil.copyfile(old / name, copy / name)
    said = [each.sentence for each in verify(copy).findings]
    assert any("older than its manifest" in line for line in said), said


def test_a_publish_cut_short_is_said(copy):
    (copy / "publishing").write_text("run-3")
    found = [each.sentence for each in verify(copy).findings]
    assert len(found) == 1
    assert "cut short" in found[0]
    (copy / "golden.duckdb").unlink()
    said = [each.sentence for each in verify(copy).findings]
    assert any("golden.duckdb is missing" in line for line in said)


def test_verifying_writes_nothing_and_leaves_a_run_its_store(copy):
    before = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
    assert verify(copy).is_whole
    after = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
    assert after == before
    with open_store(copy, actor="a run"):
        verdict = verify(copy)
    assert verdict.is_whole
    assert "in use by" in verdict.notes[0]


def test_a_column_that_a_newer_version_adds_is_no_finding(copy):
    with open_store(copy, actor="test") as store:
        for table in ("golden_record", "golden_record_past", "record", "decision"):
            store.db.execute(f"alter table {table} add column added_later varchar")
    assert verify(copy).findings == []


def test_a_store_is_whole_after_decisions_and_undone_runs(tmp_path):
    store = tmp_path / "store"
    make_run(store, write_list(tmp_path / "crm.csv"))
    people = [(*row[:3], "", *row[4:]) for row in PEOPLE[1:]]
    moved = [("A9", "Nora", "Quill", "", "nora@quill.example", "Rye", "2026-02-01")]
    split = Decision(
        kind=DecisionKind.NO_MATCH,
        record_id=1,
        other_record_id=2,
        reason="father and son",
        actor="steward:a",
        decided_at=NOW,
    )
    decision = add_decision(store / "steward.sqlite", split)
    make_run(store, write_list(tmp_path / "crm.csv"), number=2, accept=True)
    again = write_list(tmp_path / "crm.csv", [*people, *moved])
    make_run(store, again, number=3, accept=True)
    withdrawn = replace(
        split,
        kind=DecisionKind.WITHDRAW,
        record_id=None,
        other_record_id=None,
        value=str(decision),
    )
    add_decision(store / "steward.sqlite", withdrawn)
    make_run(store, again, number=4, accept=True)
    assert [each.sentence for each in verify(store).findings] == []
    undo(
        UndoRequest(
            what="3", store=store, run_id="run-5", now=NOW, actor="test", accept=True
        )
    )
    assert [each.sentence for each in verify(store).findings] == []


def test_an_edited_decision_is_named_with_its_event(tmp_path):
    store = tmp_path / "store"
    make_run(store, write_list(tmp_path / "crm.csv"))
    for one, other in ((1, 2), (3, 4), (4, 5)):
        said = Decision(
            kind=DecisionKind.NO_MATCH,
            record_id=one,
            other_record_id=other,
            reason="two men",
            actor="steward:a",
            decided_at=NOW,
        )
        add_decision(store / "steward.sqlite", said)
    make_run(store, number=2, accept=True)
    for name in ("warehouse.duckdb", "golden.duckdb"):
        spoil(store / name, "update decision set reason = 'one' where decision_id = 2")
    found = [f for f in verify(store).findings if f.row.get("decision_id") == 2]
    (event,) = ask(
        store,
        "select event_id from audit_event where action = 'decision_taken' order by all offset 1 limit 1",
    )[0]
    says = f"decision 2: it is not what event {event} of run 2 tells"
    assert says in {each.sentence for each in found}


def test_a_decision_taken_in_must_stand_in_steward_sqlite(tmp_path):
    path = tmp_path / "steward.sqlite"
    add_decision(
        path,
        Decision(
            kind=DecisionKind.SPLIT,
            record_id=1,
            reason="another firm",
            actor="steward:a",
            decided_at=datetime(2026, 4, 1, tzinfo=UTC),
        ),
    )
    stands = read_decisions(path)
    db = duckdb.connect()
    db.execute("set timezone = 'UTC'")
    db.register("given", stands)
    db.execute("create table decision as select *, 'run-1' as run_id from given")
    assert list(verify_decisions(db, stands)) == []
    (gone,) = verify_decisions(db, stands.clear())
    assert "decision 1, taken in by run run-1, is gone" in gone.sentence
    db.execute("update decision set reason = 'x'")
    (edited,) = verify_decisions(db, stands)
    assert "was edited" in edited.sentence


def test_the_command_says_so_in_its_exit_code(copy):
    runner = CliRunner()
    whole = runner.invoke(app, ["verify", "--store", str(copy), "--json"])
    assert whole.exit_code == 0
    head = json.loads(whole.stdout)["audit_head"]
    held = runner.invoke(app, ["verify", "--store", str(copy), "--head", head[:12]])
    assert held.exit_code == 0
    assert head in held.stdout
    lost = runner.invoke(app, ["verify", "--store", str(copy), "--head", "0" * 64])
    assert lost.exit_code == 1
    assert "no run has the audit head" in lost.stdout
