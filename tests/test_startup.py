"""Starting up: what a command loads, so that a question is not kept waiting by what only a run needs."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from pipeline_builders import customers, make_run, write_list

LOOK = """
import json, sys
from cleanse.cli import main
sys.argv = ["cleanse", *json.loads(sys.argv[1])]
try:
    main()
except SystemExit as stop:
    code = stop.code
else:
    code = 0
sys.stderr.write(json.dumps([code, sorted(sys.modules)]))
"""
RUNS_ONLY = {"numpy", "phonenumbers", "jinja2", "pyarrow", "pypinyin", "xlsxwriter"}
OURS = {"cleanse.rulebook", "cleanse.read", "cleanse.normalise.order", "cleanse.match"}
FRAMES = {"polars", "cleanse.schema"}
SPARED = {
    ("--help",): {*RUNS_ONLY, *OURS, *FRAMES, "duckdb", "rapidfuzz", "rich"},
    ("find", "--help"): {*RUNS_ONLY, *OURS, *FRAMES, "duckdb", "rapidfuzz"},
    ("find", "Hartwell"): {*RUNS_ONLY, *OURS, *FRAMES},
    ("find", "张伟"): {*RUNS_ONLY, *OURS, *FRAMES},
    ("customer", "ID"): {*RUNS_ONLY, *OURS, *FRAMES, "rapidfuzz"},
    ("resolve", "ID"): {*RUNS_ONLY, *OURS, *FRAMES, "rapidfuzz"},
    ("sql", "select 1"): {*RUNS_ONLY, *OURS, "cleanse.schema", "rapidfuzz"},
    ("explain", "ID"): {"cleanse.read", "cleanse.normalise.order", "phonenumbers"},
}
"""By command, what it must not load."""
PACKAGES = "pipeline warehouse identify report normalise".split()


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("startup")
    make_run(folder / "store", write_list(folder / "crm.csv"))
    return folder / "store"


@pytest.mark.parametrize("asked", SPARED, ids=" ".join)
def test_a_command_loads_only_what_it_needs(store, asked):
    number = customers(store)["A1"]
    words = [number if word == "ID" else word for word in asked]
    if "--help" not in asked:
        words += ["--store", str(store)]
    done = subprocess.run(
        [sys.executable, "-c", LOOK, json.dumps(words)], capture_output=True, check=True
    )
    code, loaded = json.loads(done.stderr.decode().splitlines()[-1])
    assert code in {0, None}
    assert SPARED[asked] & set(loaded) == set()


@pytest.mark.parametrize("name", PACKAGES)
def test_every_name_of_a_lazy_package_is_there_and_is_no_module(name):
    package = import_module(f"cleanse.{name}")
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert all(getattr(package, each) is not None for each in package.__all__)
    assert modules.isdisjoint(package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing
