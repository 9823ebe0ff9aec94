"""Decisions: appended, read back, never altered."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from cleanse.errors import StoreError, UsageError
from cleanse.judgement import Standing, judge
from cleanse.review import (
    DECISION,
    Decision,
    DecisionKind,
    add_decision,
    read_decisions,
    withdraw,
)

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
        {"other_record_id": None},
        {"kind": DecisionKind.SPLIT, "record_id": None},
        {"kind": DecisionKind.KIND, "value": "robot"},
        {"kind": DecisionKind.WITHDRAW, "value": "7"},
        {"kind": DecisionKind.WITHDRAW, "value": "all"},
    ],
    ids=[
        "a record with itself",
        "no reason",
        "no actor",
        "a pin without a field",
        "a match of one record",
        "a split of no record",
        "a kind that there is not",
        "the withdrawal of no decision",
        "the withdrawal of no number",
    ],
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


def decide(path, **changes):
    return add_decision(path, replace(SAME, until_on=None, **changes))


def binding(path, on):
    """Return the decisions that hold on a day."""
    verdicts = judge(read_decisions(path), on).verdicts
    bind = verdicts.filter(standing=Standing.BINDING).select("decision_id")
    told = read_decisions(path).filter(pl.col("kind") != DecisionKind.WITHDRAW)
    return told.join(bind, on="decision_id", maintain_order="left")


def test_the_newest_decision_about_a_pair_is_in_force(path):
    decide(path)
    decide(path, kind=DecisionKind.NO_MATCH)
    decide(path, record_id=5)
    found = binding(path, date(2026, 6, 1))
    assert found.select("decision_id", "kind").rows() == [(2, "no_match"), (3, "match")]


def test_what_is_withdrawn_or_has_lapsed_is_not_in_force(path):
    first = decide(path)
    add_decision(path, replace(SAME, record_id=5))
    decide(path, kind=DecisionKind.WITHDRAW, value=str(first))
    assert binding(path, date(2027, 1, 1))["decision_id"].to_list() == [2]
    assert binding(path, date(2027, 1, 2)).is_empty()


def test_what_is_taken_back_does_not_hold_and_says_why(path):
    first, second = decide(path), decide(path, kind=DecisionKind.NO_MATCH)
    third = withdraw(path, second, "a twin", "steward:li", SAME.decided_at)
    found = binding(path, date(2026, 6, 1))
    assert found["decision_id"].to_list() == [first]
    said = read_decisions(path).filter(decision_id=third)
    assert said.select("kind", "value", "reason", "actor").row(0) == (
        "withdraw",
        "2",
        "a twin",
        "steward:li",
    )
    for wrong in (third, 99):
        with pytest.raises(UsageError):
            withdraw(path, wrong, "never there", "steward:li", SAME.decided_at)


def test_numbers_are_never_used_again(path):
    decide(path)
    with pytest.raises(UsageError):
        decide(path, reason="")
    assert decide(path, kind=DecisionKind.NO_MATCH) == 2


def test_stewards_decide_side_by_side_while_a_run_reads(path):
    decide(path)
    reader = sqlite3.connect(path)
    reader.execute("begin")
    assert reader.execute("select count(*) from decision").fetchone() == (1,)
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda at: decide(path, record_id=100 + at), range(12)))
    assert sorted(ids) == list(range(2, 14))
    assert reader.execute("select count(*) from decision").fetchone() == (1,)
    reader.close()
