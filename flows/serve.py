"""The ops dashboard and the quarterly schedule: ``python -m flows.serve INPUT… [--store DIR]``.

Starts Prefect's server with its pages on this machine (unless one answers at
PREFECT_API_URL), and keeps the quarterly flow on its schedule until stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.environment import answers
from flows.quarterly import quarterly

QUARTERLY = "0 6 1 1,4,7,10 *"
"""Cron: six in the morning on the first day of each quarter."""
STARTUP_SECONDS = 240
"""How long the server may take to answer."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the quarterly flow until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", nargs="+", help="files or folders, read at each run")
    parser.add_argument("--store", default="store", help="folder that holds the store")
    parser.add_argument("--rules", help="your rules; without it ./rules, if there")
    parser.add_argument("--cron", default=QUARTERLY, help="when (default: %(default)s)")
    parser.add_argument("--timezone", default="UTC", help="of the schedule")
    parser.add_argument("--port", type=int, default=4200, help="of the dashboard")
    given = parser.parse_args(argv)
    with contextlib.suppress(KeyboardInterrupt), server(given.port) as pages:
        sys.stderr.write(f"Dashboard: {pages}\nStop with Ctrl-C.\n")
        # Prefect read the environment when it was imported, before there was a server.
        with temporary_settings({PREFECT_API_URL: f"{pages}/api"}):
            keep_schedule(given)
    return 0


def keep_schedule(given: argparse.Namespace) -> None:
    """Register the quarterly flow with its schedule and run what is due."""
    parameters = {
        "inputs": [str(Path(each).resolve()) for each in given.inputs],
        "store": str(Path(given.store).resolve()),
        "rules": given.rules and str(Path(given.rules).resolve()),
    }
    deployment = quarterly.to_deployment(
        name="quarterly",
        schedule=Cron(given.cron, timezone=given.timezone),
        parameters=parameters,
        # Late and doubled runs happen: the store's own lock and the laws make them harmless.
        concurrency_limit=1,
    )
    if not isinstance(deployment, RunnerDeployment):  # its type admits an awaitable
        raise TypeError
    serve(deployment, pause_on_shutdown=False, print_starting_message=False)


@contextlib.contextmanager
def server(port: int) -> Iterator[str]:
    """Start a server of our own on loopback, unless one is configured and answers.

    Yields:
        The address of the dashboard.

    Raises:
        RuntimeError: It did not answer in time.
    """
    api = os.environ.get("PREFECT_API_URL")
    if api:
        yield api.removesuffix("/api")
        return
    pages = f"http://127.0.0.1:{port}"
    os.environ["PREFECT_API_URL"] = os.environ["PREFECT_UI_API_URL"] = f"{pages}/api"
    command = [sys.executable, "-m", "prefect", "server", "start"]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, fixed words
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + STARTUP_SECONDS
        while not answers(f"{pages}/api"):
            if process.poll() is not None or time.monotonic() > deadline:
                message = (
                    f"Prefect's server did not start on port {port}; is it in use?"
                )
                raise RuntimeError(message)
            time.sleep(0.5)
        yield pages
    finally:
        process.terminate()
        process.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())
