"""Decisions: appended, read back, never altered."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cleanse.errors import StoreError, UsageError
from cleanse.review import DECISION, Decision, add_decision, read_decisions
from cleanse.review.decisions import DecisionKind

SAME = Decision(
    kind=DecisionKind.MATCH,
    record_id=9,
    other_record_id=4,
    reason="same 营业执照",
    actor="steward:wang",
    decided_at=datetime(2026, 5, 1, 8, tzinfo=UTC),
    until_on=date(2027, 1, 1),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "steward.sqlite"


def test_what_was_decided_is_read_back_in_order(path):
    pin = replace(
        SAME,
        kind=DecisionKind.PIN,
        other_record_id=None,
        field="name",
        value="华夏",
        until_on=None,
    )
    assert [add_decision(path, SAME), add_decision(path, pin)] == [1, 2]
    frame = read_decisions(path)
    assert frame.schema == DECISION
    assert frame.row(0) == (
        1,
        "match",
        4,
        9,
        None,
        None,
        SAME.reason,
        SAME.actor,
        SAME.decided_at,
        SAME.until_on,
    )
    assert frame["value"].to_list() == [None, "华夏"]


def test_without_a_file_there_are_no_decisions(path):
    assert read_decisions(path).shape == (0, len(DECISION))
    assert not path.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"other_record_id": 9},
        {"reason": ""},
        {"actor": ""},
        {"kind": DecisionKind.PIN},
    ],
    ids=["a record with itself", "no reason", "no actor", "a pin without a field"],
)
def test_an_incomplete_decision_is_refused(path, wrong):
    with pytest.raises(UsageError):
        add_decision(path, replace(SAME, **wrong))
    assert read_decisions(path).is_empty()


@pytest.mark.parametrize(
    "sql", ["update decision set reason = 'x'", "delete from decision"]
)
def test_decisions_are_append_only(path, sql):
    add_decision(path, SAME)
    db = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        db.execute(sql)
    db.close()
    assert read_decisions(path).height == 1


def test_a_damaged_file_is_said_so(path):
    path.write_bytes(b"not a database at all" * 99)
    with pytest.raises(StoreError, match="cannot be used"):
        read_decisions(path)


def test_only_the_owner_can_read(path):
    add_decision(path, SAME)
    assert path.stat().st_mode & 0o077 == 0
