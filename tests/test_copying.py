"""Copies of a database file: whole, and brought up by what changed."""

import errno
import hashlib
import os
import random
from concurrent.futures import Future
from pathlib import Path

import duckdb
import pytest

from cleanse.warehouse import copying
from cleanse.warehouse.copying import PART, Copying, Earlier, digest_of, joint

NOTHING = Earlier(Path("nowhere"), [])


def digest(data):
    size = copying.PART
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    joint = b"".join(hashlib.sha256(part).digest() for part in parts)
    return f"{size}:{hashlib.sha256(joint).hexdigest()}"


@pytest.mark.parametrize("size", [0, 1, 4096, PART, PART + 4096, 2 * PART + 5])
@pytest.mark.parametrize("past_cache", [copying._PAST_CACHE, 0])
def test_a_copy_is_what_was_copied_and_says_its_digest(
    tmp_path, monkeypatch, size, past_cache
):
    monkeypatch.setattr(copying, "_PAST_CACHE", past_cache)
    data = random.Random(size).randbytes(size)
    (tmp_path / "one").write_bytes(data)
    (tmp_path / "two").write_bytes(bytes(size + 9))
    told = joint(Copying(tmp_path / "one", tmp_path / "two").bring_up())
    assert (tmp_path / "two").read_bytes() == data
    assert told == digest(data) == digest_of(tmp_path / "two")


def test_a_copy_that_has_no_room_says_so_and_is_whole_once_there_is(
    tmp_path, monkeypatch
):
    def full(*_):
        raise OSError(errno.ENOSPC, "no room")

    (tmp_path / "one").write_bytes(b"some")
    copy = Copying(tmp_path / "one", tmp_path / "two")
    monkeypatch.setattr(os, "pwrite", full)
    copy.begin(NOTHING)
    with pytest.raises(OSError, match="no room"):
        copy.bring_up()
    monkeypatch.undo()
    assert joint(copy.bring_up()) == digest(b"some")
    assert (tmp_path / "two").read_bytes() == b"some"


LAYOUTS = {
    "ours": "storage_version 'v1.2.0'",
    "small blocks": "storage_version 'v1.2.0', block_size 16384",
    "another": "storage_version 'latest'",
}


@pytest.fixture(params=LAYOUTS)
def database(tmp_path, request, monkeypatch):
    """Return a database of a few parts, open, and its file."""
    monkeypatch.setattr(copying, "PART", 1 << 20)
    path = tmp_path / "one.duckdb"
    db = duckdb.connect()
    db.execute(f"attach '{path}' as one ({LAYOUTS[request.param]})")
    db.execute("use one")
    db.execute(
        "create table t as select range i, hash(range) h, md5(range::varchar) m from range(150000)"
    )
    db.execute("checkpoint")
    assert path.stat().st_size > 3 * copying.PART
    yield db, path
    db.close()


CHANGES = {
    "nothing": "select 1",
    "rows more": "insert into t select range, 1, 'more' from range(9)",
    "rows fewer": "delete from t where i > 80000",
    "cells otherwise": "update t set m = 'other' where i in (5, 45000)",
    "a table more": "create table u as select range, md5(range::varchar) from range(40000)",
    "tables gone": "drop table t",
}


FEW = ("nothing", "rows more")
"""Changes of a few blocks."""


@pytest.mark.parametrize("what", CHANGES)
def test_a_copy_begun_early_is_brought_up_by_what_changed(
    database, tmp_path, monkeypatch, what, request
):
    db, path = database
    copy = Copying(path, tmp_path / "two")
    copy.begin(NOTHING)
    copy._wait()
    writes = []
    write = copying._write

    def noted(handle, data, at):
        writes.append(len(data))
        write(handle, data, at)

    monkeypatch.setattr(copying, "_write", noted)
    db.execute(CHANGES[what])
    db.execute("checkpoint")
    told = joint(copy.bring_up())
    data = path.read_bytes()
    assert (tmp_path / "two").read_bytes() == data
    assert told == digest(data)
    is_known = "another" not in request.node.name
    assert not is_known or what not in FEW or sum(writes) < len(data)


def test_what_is_written_while_a_copy_is_made_is_copied_once_more(
    database, tmp_path, monkeypatch
):
    db, path = database
    db.execute("update t set m = m || 'x' where i < 40000")
    read = copying._read
    did = []

    def late(file, at, part):
        count = read(file, at, part)
        if not did:
            did.append(True)
            db.execute("checkpoint")
        return count

    monkeypatch.setattr(copying, "_read", late)
    copy = Copying(path, tmp_path / "two")
    copy.begin(NOTHING)
    told = joint(copy.bring_up())
    assert (tmp_path / "two").read_bytes() == path.read_bytes()
    assert told == digest(path.read_bytes())


def test_a_copy_given_up_is_taken_away(database, tmp_path, monkeypatch):
    _, path = database
    read = copying._read
    given_up = Future()

    def slow(file, at, part):
        given_up.result(timeout=60)
        return read(file, at, part)

    monkeypatch.setattr(copying, "_read", slow)
    copy = Copying(path, tmp_path / "two")
    copy.begin(NOTHING)
    copy._is_given_up = True
    given_up.set_result(None)
    copy.give_up()
    assert not (tmp_path / "two").exists()
    assert copy._digests.count(b"") == len(copy._digests)


@pytest.mark.parametrize("what", CHANGES)
def test_what_the_copy_before_has_too_is_not_hashed_again(
    database, tmp_path, monkeypatch, what, request
):
    db, path = database
    first = Copying(path, tmp_path / "first")
    before = Earlier(tmp_path / "first", first.bring_up())
    db.execute(CHANGES[what])
    db.execute("checkpoint")
    sha256, hashed = hashlib.sha256, []

    def noted(data):
        hashed.append(len(data))
        return sha256(data)

    monkeypatch.setattr(copying.hashlib, "sha256", noted)
    copy = Copying(path, tmp_path / "two")
    copy.begin(before)
    copy._wait()
    monkeypatch.undo()
    data = path.read_bytes()
    is_known = "another" not in request.node.name
    assert not is_known or what not in FEW or sum(hashed) < len(data)
    assert joint(copy.bring_up()) == digest(data)
    assert (tmp_path / "two").read_bytes() == data


def test_what_is_written_before_a_known_part_is_copied_is_hashed_anew(
    database, tmp_path, monkeypatch
):
    db, path = database
    first = Copying(path, tmp_path / "first")
    before = Earlier(tmp_path / "first", first.bring_up())
    db.execute("update t set m = m || 'x' where i < 40000")
    unchanged = copying._unchanged

    def late(*given):
        found = unchanged(*given)
        db.execute("checkpoint")
        return found

    monkeypatch.setattr(copying, "_unchanged", late)
    copy = Copying(path, tmp_path / "two")
    copy.begin(before)
    told = joint(copy.bring_up())
    assert (tmp_path / "two").read_bytes() == path.read_bytes()
    assert told == digest(path.read_bytes())


def test_a_file_that_became_shorter_is_copied_once_more(tmp_path):
    path = tmp_path / "one"
    path.write_bytes(random.Random(1).randbytes(PART + 9))
    marks = copying._marks_of(path)
    os.truncate(path, PART - 9)
    copy = Copying(path, tmp_path / "two")
    with pytest.raises(OSError, match="shorter"):
        copy._copy(marks)
    assert joint(copy.bring_up()) == digest(path.read_bytes())
    assert (tmp_path / "two").read_bytes() == path.read_bytes()
