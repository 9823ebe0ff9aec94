"""Opening a store: who may, what is mended, and what is refused."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest
from warehouse_builders import Q1, publication, run

from cleanse.errors import InputError, StoreError
from cleanse.warehouse import (
    customer_card,
    files,
    open_store,
    resolve,
    runs,
    transaction,
)
from cleanse.warehouse.connection import connect

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with one run; copied by whoever damages it."""
    folder = tmp_path_factory.mktemp("made") / "store"
    run(folder, 1)
    return folder


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made, tmp_path / "store")


def golden_run(folder: Path) -> int:
    with duckdb.connect(folder / "golden.duckdb", read_only=True) as db:
        return db.sql("select max(run_number) from run").fetchall()[0][0]


def test_only_the_owner_can_read(folder):
    for path in [folder, *folder.iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_store_in_which_nothing_was_published_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), open_store(tmp_path / "store", actor="test"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_the_users_own_stays(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with open_store(tmp_path, actor="test"):
        pass
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_the_second_process_waits_then_names_the_holder(folder):
    hold = f"""
import sys, time
from pathlib import Path
from cleanse.warehouse import open_store
with open_store(Path({str(folder)!r}), actor="user:li"):
    print("held", flush=True)
    time.sleep(60)
"""
    holder = subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(
            StoreError, match=rf"user:li \(process {holder.pid} on "
        ) as error:
            run(folder, 2)
        assert error.value.exit_code == 1
        assert resolve(folder, "P1")["customer_id"] == "P1"
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    assert run(folder, 2).run_number == 2


def test_a_publish_cut_short_is_finished_by_the_next_command(folder, monkeypatch):
    def cut(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(
        sys.modules["cleanse.warehouse.transaction"], "finish_publish", cut
    )
    with pytest.raises(KeyboardInterrupt):
        run(folder, 2)
    monkeypatch.undo()
    assert golden_run(folder) == 1
    assert runs(folder)["run_number"].to_list() == [2, 1]
    assert golden_run(folder) == 2
    assert json.loads((folder / "manifest.json").read_text())["run_number"] == 2
    assert not (folder / "publishing").exists()


def test_a_manifest_that_was_not_written_is_written(folder):
    before = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").unlink()
    with open_store(folder, actor="test"):
        pass
    assert (folder / "manifest.json").read_bytes() == before


def test_a_lost_or_damaged_copy_is_made_again(folder):
    (folder / "golden.duckdb").write_bytes(b"not a database" * 999)
    with open_store(folder, actor="test"):
        pass
    assert golden_run(folder) == 1


def test_leftovers_are_cleared(folder):
    (folder / "golden.duckdb.tmp").write_bytes(b"half")
    (folder / "golden.duckdb.tmp.wal").write_bytes(b"half")
    (folder / "publishing").write_text("run-2")
    with open_store(folder, actor="test"):
        pass
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "warehouse.duckdb",
        "golden.duckdb",
        "manifest.json",
        "audit.key",
        "lock",
    }


def put_back_an_older_warehouse(folder):
    older = (folder / "warehouse.duckdb").read_bytes()
    run(folder, 2)
    (folder / "warehouse.duckdb").write_bytes(older)


def damage_the_warehouse(folder):
    (folder / "warehouse.duckdb").write_bytes(b"\0" * 9999)


def lose_the_warehouse(folder):
    (folder / "warehouse.duckdb").unlink()


def lose_the_key(folder):
    (folder / "audit.key").unlink()


def damage_the_manifest(folder):
    (folder / "manifest.json").write_text("{")


def come_from_the_future(folder):
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"format": 1', '"format": 99'))


def swap_in_another_store(folder):
    run(folder.parent / "other", 1)
    shutil.copy(folder.parent / "other" / "warehouse.duckdb", folder)


REFUSED = {
    put_back_an_older_warehouse: "older than its manifest",
    damage_the_warehouse: "damaged",
    lose_the_warehouse: "gone",
    lose_the_key: "gone",
    damage_the_manifest: "damaged",
    come_from_the_future: "newer version",
    swap_in_another_store: "not the database",
}


@pytest.mark.parametrize(
    ("harm", "told"), REFUSED.items(), ids=lambda x: getattr(x, "__name__", "")
)
def test_what_cannot_be_trusted_is_refused_and_left_alone(folder, harm, told):
    harm(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(StoreError, match=told) as error:
        run(folder, 2)
    assert "ackup" in str(error.value) or "Upgrade" in str(error.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(("failures", "run_shown"), [(1, 2), (2, 1)])
def test_a_publish_that_needs_more_memory_gets_it_once(
    folder, monkeypatch, failures, run_shown
):
    left = [duckdb.OutOfMemoryException("no room")] * failures
    write_run = transaction._write_run
    limits = []

    def write(db, given):
        limits.append(db.sql("select current_setting('memory_limit')").fetchall()[0][0])
        if left:
            raise left.pop()
        write_run(db, given)

    monkeypatch.setattr(transaction, "_write_run", write)
    if failures == 1:
        run(folder, 2)
    else:
        with pytest.raises(StoreError, match=r"more memory.*nothing was written"):
            run(folder, 2)
    assert len(set(limits)) == 2
    assert golden_run(folder) == run_shown
    assert not (folder / "publishing").exists()


@pytest.mark.parametrize("size", [0, 1, 4096, (8 << 20) + 4096, (16 << 20) + 5])
@pytest.mark.parametrize("past_cache", [files._PAST_CACHE, 0])
@pytest.mark.parametrize("show_now", [files._SHOW_NOW, -1])
def test_a_copy_is_what_was_copied_and_says_its_digest(
    tmp_path, monkeypatch, size, past_cache, show_now
):
    monkeypatch.setattr(files, "_PAST_CACHE", past_cache)
    monkeypatch.setattr(files, "_SHOW_NOW", show_now)
    data = random.Random(size).randbytes(size)
    (tmp_path / "one").write_bytes(data)
    (tmp_path / "two").write_bytes(bytes(size + 9))
    told = files.copied(tmp_path / "one", tmp_path / "two")
    assert told == hashlib.sha256(data).hexdigest()
    assert (tmp_path / "two").read_bytes() == data


def test_a_copy_that_has_no_room_says_so(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(os, "write", full)
    (tmp_path / "one").write_bytes(b"some")
    with pytest.raises(OSError, match="no room"):
        files.copied(tmp_path / "one", tmp_path / "two")


def test_a_published_copy_that_cannot_be_read_is_replaced_all_the_same(
    folder, monkeypatch
):
    plainly = Path.open

    def closed(path, mode="r", *args, **named):
        if path.name == "golden.duckdb" and mode == "rb":
            raise PermissionError(errno.EACCES, "not yours")
        return plainly(path, mode, *args, **named)

    monkeypatch.setattr(Path, "open", closed)
    run(folder, 2)
    assert golden_run(folder) == 2


KILLED = {
    "before the commit": ("transaction", "_write_run", 1),
    "before the checkpoint": ("transaction", "finish_publish", 2),
    "half-way through the copy": ("golden", "copied", 2),
    "before the rename": ("golden", "move_into_place", 2),
    "before the manifest": ("golden", "write_manifest", 2),
    "before the marker goes": ("golden", "remove", 2),
}
"""Where the process dies, and the run that the next command shows."""


CHILD = f"""
import importlib, os, signal, sys
sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
from warehouse_builders import Q1, run

def die(*args, **_):
    if len(args) == 2 and isinstance(args[1], Path):
        args[1].write_bytes(args[0].read_bytes()[:100_000])
    os.kill(os.getpid(), signal.SIGKILL)

target = importlib.import_module("cleanse.warehouse." + sys.argv[2])
setattr(target, sys.argv[3], die)
run(Path(sys.argv[1]), 2, [(*row[:3], "Changed", *row[4:]) for row in Q1])
"""


@pytest.mark.parametrize(("module", "name", "shown"), KILLED.values(), ids=KILLED)
def test_killed_at_any_point_it_holds_the_old_or_the_new(folder, module, name, shown):
    child = subprocess.run(
        [sys.executable, "-c", CHILD, folder, module, name], check=False
    )
    assert child.returncode == -signal.SIGKILL
    at_once = golden_run(folder)
    assert at_once in {1, shown}
    card = customer_card(folder, "P2")["golden_cell"]
    names = {row["value"] for row in card if row["field"] == "name"}
    assert names == ({"Changed"} if shown == 2 else {"William Soto"})
    assert run(folder, shown + 1).run_number == shown + 1
    left = {path.name for path in folder.iterdir()}
    assert left == {
        "warehouse.duckdb",
        "golden.duckdb",
        "manifest.json",
        "audit.key",
        "lock",
    }


def test_no_store_is_said_so(tmp_path):
    with pytest.raises(InputError, match="no published customers here"):
        runs(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_an_unknown_number_is_said_so(folder):
    with pytest.raises(InputError, match="never issued"):
        resolve(folder, "C3XPJVP9U")


def test_a_card_tells_where_each_value_came_from(folder):
    card = customer_card(folder, "P1")
    name = card["golden_cell"][1]
    assert (name["field"], name["file"], name["row_number"]) == ("name", "crm_q.csv", 2)
    assert [row["record_id"] for row in card["record"]] == [1, 2]
    assert card["history"][0]["event"] == "new"


def test_what_were_tables_in_an_earlier_version_become_views(tmp_path):
    folder = tmp_path / "store"
    moved = publication(2, Q1)
    run(folder, 1)
    run(folder, 2, golden_record=moved.golden_record.with_columns(city=pl.lit("York")))
    held = ("golden_cell", "golden_record_history", "golden_record")
    with closing(connect(folder / "warehouse.duckdb")) as db:
        before = [
            sorted(db.execute(f"from {name}").fetchall(), key=repr) for name in held
        ]
        for statement in (
            "create table cells as from golden_cell",
            "create table versions as from golden_record_history",
            "drop view golden_cell",
            "drop view golden_record_history",
            "drop table golden_choice",
            "drop table golden_record_past",
            "alter table cells rename to golden_cell",
            "alter table versions rename to golden_record_history",
            "alter table golden_record drop column valid_from_run",
        ):
            db.execute(statement)
    with open_store(folder, actor="test") as store:
        after = [
            sorted(store.db.execute(f"from {name}").fetchall(), key=repr)
            for name in held
        ]
    assert after == before
