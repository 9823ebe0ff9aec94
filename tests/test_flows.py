"""The flows run the same pipeline, show each stage, and keep no customer's values."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from pipeline_builders import PEOPLE, ask, customers, write_list

# Prefect and what it brings warn of their own affairs.
pytestmark = [pytest.mark.flow, pytest.mark.filterwarnings("ignore")]

STAGES = "read map normalise validate recall match cluster identify merge publish report".split()


@pytest.fixture(scope="module")
def harness():
    """Run Prefect against a database of its own."""
    from prefect.testing.utilities import prefect_test_harness

    import flows  # noqa: F401 - sets the environment before Prefect is imported

    with prefect_test_harness(server_startup_timeout=240):
        yield


def seen(what):
    """Return what Prefect keeps of one kind, as its pages would get it."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return client.request("POST", f"/{what}/filter", json={}).json()


def test_flows(harness, tmp_path):
    from flows.acquisition import acquisition
    from flows.quarterly import quarterly
    from flows.steps import StageError

    store = tmp_path / "store"
    crm = write_list(tmp_path / "crm.csv")
    run_id = quarterly([str(crm)], store=str(store))
    assert ask(store, "select run_id, actor from run") == [(run_id, "flow:quarterly")]

    rows = [
        ("E1", *PEOPLE[2][1:]),
        ("E2", "Nadia", "Quill", "", "nadia@quill.example", "Rye", ""),
    ]
    bought = write_list(tmp_path / "bought.csv", rows)
    acquisition([str(bought)], source="acme", store=str(store))
    found = customers(store)
    assert found["E1"] == found["A3"]
    assert ask(store, "select distinct source from crosswalk order by 1") == [
        ("acme",),
        ("crm",),
    ]

    tasks, runs, artifacts = map(seen, ("task_runs", "flow_runs", "artifacts"))
    names = [task["name"].rsplit("-", 1)[0] for task in tasks]
    assert sorted(names) == sorted([*STAGES, *STAGES, "overlap", "crosswalk"])
    assert {run["state_type"] for run in runs} == {"COMPLETED"}
    assert {a["type"] for a in artifacts} == {"markdown", "table"}
    kept = json.dumps([tasks, runs, artifacts])
    for person in PEOPLE:
        assert person[2] not in kept
        assert not person[4] or person[4] not in kept

    (store / "golden.duckdb").unlink()
    with pytest.raises(StageError, match="read: unexpected") as caught:
        _fail_in_read(crm, store)
    assert "Hartwell" not in str(caught.value)


def _fail_in_read(crm, store):
    from prefect import flow

    from flows import steps

    def read():
        raise ValueError("Robert Hartwell")

    @flow
    def failing():
        return steps.as_task(read)

    steps.RETRY_AFTER = (0,)
    failing()


@pytest.mark.parametrize("module", ["quarterly", "acquisition", "serve"])
def test_help(module):
    command = [sys.executable, "-m", f"flows.{module}", "--help"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ
    )
    assert "--store" in done.stdout
