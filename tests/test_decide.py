"""Decisions of stewards, from the command line to the published table."""

from __future__ import annotations

import json

import pytest
from pipeline_builders import ask, customers, make_run, together, write_list
from typer.testing import CliRunner

from cleanse.cli import app
from cleanse.errors import CleanseError

RUNNER = CliRunner()


@pytest.fixture
def store(tmp_path):
    """Six records of five people: A1 and A2 (records 1 and 2) are one."""
    make_run(tmp_path / "store", write_list(tmp_path / "0/crm.csv"))
    return tmp_path / "store"


def decide(store, *words, reason="they say so", fails=None):
    args = ["decide", *words, "--store", str(store), "--actor", "steward:li"]
    if words[0] not in {"list", "conflicts"} and reason:
        args += ["--reason", reason]
    found = RUNNER.invoke(
        app,
        [a for a in args if words[0] != "list" or a not in {"--actor", "steward:li"}],
    )
    if fails:
        assert isinstance(found.exception, CleanseError), found.output
        with pytest.raises(fails[0], match=fails[1]):
            raise found.exception
    elif found.exception:
        raise found.exception
    return found.stdout


ALONE = {frozenset({key}) for key in ("A3", "A4", "A5", "A6")}
BEFORE = ALONE | {frozenset({"A1", "A2"})}


def test_a_decision_binds_from_the_next_run_on(store, tmp_path):
    assert together(customers(store)) == BEFORE
    decide(store, "match", "5", "3")
    decide(store, "no-match", "1", "2")
    assert together(customers(store)) == BEFORE
    after = {frozenset({"A3", "A5"})} | {
        frozenset({k}) for k in ("A1", "A2", "A4", "A6")
    }
    for number in (2, 3):
        make_run(store, write_list(tmp_path / "0/crm.csv"), number=number)
        assert together(customers(store)) == after
    bands = ask(
        store, "select band from match_pair where record_id_l = 1 and record_id_r = 2"
    )
    assert bands == [("match",)]


def test_a_decision_is_put_in_force_at_once(store):
    told = json.loads(decide(store, "match", "3", "5", "--apply", "--json"))
    assert told["decision_id"] == 1
    assert told["run"]["status"] == "published"
    assert frozenset({"A3", "A5"}) in together(customers(store))
    listed = json.loads(decide(store, "list", "--json"))
    assert [(row["decision_id"], row["standing"]) for row in listed] == [(1, "binding")]
