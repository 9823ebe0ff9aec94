"""Somebody's SQL over the published tables: it sees copies, in a process of its own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import polars as pl

from cleanse.errors import UsageError
from cleanse.warehouse.paths import StorePaths
from cleanse.warehouse.published import open_published
from cleanse.warehouse.tables import macros

TIMEOUT_S = 60.0
"""Seconds after which a query is given up."""
LIMIT = 1000
"""Rows returned at the most."""

_SANDBOX = Path(__file__).parent / "sandbox.py"
_READS = {"golden_as_of": ["golden_record_history", "run"], "resolve": ["customer"]}
"""Tables that a macro reads."""


def query_sql(
    store: Path, sql: str, limit: int = LIMIT, *, timeout_s: float = TIMEOUT_S
) -> pl.DataFrame:
    """Run exactly one SELECT over the published tables.

    The tables it names are copied into memory in a child process that has closed
    the file before the query runs, so no query can touch the store, and one that
    does not end is killed.

    Args:
        store: Folder of the store.
        sql: One SELECT (or FROM …, WITH …); macros golden_as_of and resolve are there.
        limit: Rows returned at the most.
        timeout_s: Seconds until it is killed.

    Raises:
        UsageError: Not exactly one SELECT, an error in it, or it took too long.
    """
    with open_published(store):
        pass
    golden = str(StorePaths(store).golden)
    task = {"golden": golden, "sql": sql, "limit": limit, "macros": _macros()}
    try:
        done = subprocess.run(  # noqa: S603 - our own file under our own interpreter
            [sys.executable, "-P", str(_SANDBOX)],
            input=json.dumps(task).encode(),
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"the query took longer than {timeout_s:g} s and was given up.\nAsk for less of it."
        raise UsageError(message) from None
    if done.returncode != 0:
        raise UsageError(
            done.stderr.decode(errors="replace").strip()
            or "the query used too much memory.\nAsk for less of it."
        )
    return pl.read_ipc(io.BytesIO(done.stdout))


def _macros() -> dict[str, dict[str, list[str]]]:
    """Gather the macros by name: a name may stand for a table and for a value."""
    return {
        name: {"sql": [m.sql for m in macros() if m.name == name], "reads": reads}
        for name, reads in _READS.items()
    }
