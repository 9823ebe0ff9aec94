"""The command line of the flows: the same arguments for each."""

from __future__ import annotations

import argparse
import atexit
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cleanse.errors import CleanseError
from cleanse.pipeline import RunRequest, RunSummary


def request_of(
    inputs: Sequence[Path],
    store: str,
    rules: str | None,
    source: str | None,
    actor: str,
) -> RunRequest:
    """Make the request of a flow run; the only place that reads the clock."""
    now = datetime.now(UTC)
    here = Path("rules")
    return RunRequest(
        inputs=tuple(inputs),
        store=Path(store),
        rules=Path(rules) if rules else here if here.is_dir() else None,
        source=source,
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        now=now,
        actor=actor,
    )


def say(summary: RunSummary) -> None:
    """Tell on stderr what a run did."""
    sys.stderr.write(summary.sentence() + "\n")


def parse(
    flow: Callable[..., Any],
    doc: str | None,
    *,
    source_required: bool = False,
    argv: Sequence[str] | None = None,
) -> int:
    """Run a flow from the command line.

    Returns:
        The exit code: 0, or that of the error (cleanse.errors).
    """
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("inputs", nargs="+", help="files or folders")
    parser.add_argument("--store", default="store", help="folder that holds the store")
    parser.add_argument("--rules", help="your rules; without it ./rules, if there")
    parser.add_argument("--source", required=source_required, help="name of the source")
    parser.add_argument("--actor", help="who does it, for the audit trail")
    given = {k: v for k, v in vars(parser.parse_args(argv)).items() if v is not None}
    atexit.register(end_quietly)
    try:
        flow(**given)
    except CleanseError as error:
        sys.stderr.write(f"cleanse: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def end_quietly() -> None:
    """Close stderr before Python ends.

    Prefect's threads keep DuckDB's types alive until then, of which DuckDB would
    tell in sixty lines that help nobody.
    """
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
