"""Somebody's SQL over the published tables: it sees copies, in a process of its own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cleanse.errors import UsageError
from cleanse.warehouse.published import open_published, published_copy
from cleanse.warehouse.tables import macros

if TYPE_CHECKING:
    import polars as pl

TIMEOUT_S = 60.0
"""Seconds after which a query is given up."""
LIMIT = 1000
"""Rows returned at the most."""

NOT_OPENED = 3
"""Exit code of the child that could not open the published copy."""
_SANDBOX = Path(__file__).parent / "sandbox.py"
_READS = {
    "run_as_of": ["run"],
    "golden_as_of": ["golden_record_history", "run"],
    "golden_values": [],
    "customer_changes": ["customer_id_event", "run"],
    "resolve": ["customer"],
}
"""Tables that a macro reads, but for those that it is given."""
_CALLS = {"golden_as_of": ["run_as_of"], "customer_changes": ["run_as_of"]}
"""Macros that a macro calls."""


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
    golden = str(published_copy(store))
    task = {"golden": golden, "sql": sql, "limit": limit, "macros": _macros()}
    with subprocess.Popen(  # noqa: S603 - our own file under our own interpreter
        [sys.executable, "-P", str(_SANDBOX)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        import polars as pl  # noqa: PLC0415 - while the child loads DuckDB

        try:
            rows, said = child.communicate(json.dumps(task).encode(), timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()
            message = f"the query took longer than {timeout_s:g} s and was given up.\nAsk for less of it."
            raise UsageError(message) from None
        except BaseException:  # Ctrl-C: the child must not live on
            child.kill()
            raise
    if child.returncode == NOT_OPENED:
        with open_published(store):
            pass  # says why
    if child.returncode != 0:
        raise UsageError(
            said.decode(errors="replace").strip()
            or "the query used too much memory.\nAsk for less of it."
        )
    return pl.read_ipc(io.BytesIO(rows))


def _macros() -> dict[str, dict[str, list[str]]]:
    """Gather the macros by name: a name may stand for a table and for a value."""
    return {
        name: {
            "sql": [m.sql for m in macros() if m.name in (name, *_CALLS.get(name, ()))],
            "reads": reads,
        }
        for name, reads in _READS.items()
    }
