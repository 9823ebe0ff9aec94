"""What Prefect reads from the environment, set before it is imported.

Nothing leaves the machine (telemetry off), files are private (umask 077), and a
server that does not answer is not waited for.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # An embedded server takes 15-20 s on a quiet machine, far longer on a busy one.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "240",
    # Our stages report by themselves; Prefect's own chatter starts at warnings.
    "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
}
"""Settings that hold unless the user set them."""


def prepare() -> None:
    """Set the defaults, make new files private, and drop the address of a dead server."""
    os.umask(0o077)
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    url = os.environ.get("PREFECT_API_URL")
    if url and not answers(url):
        message = f"flows: no Prefect server at PREFECT_API_URL ({url}); using an embedded one."
        print(message, file=sys.stderr)  # noqa: T201 - there is no logger yet
        del os.environ["PREFECT_API_URL"]


def answers(api_url: str, timeout: float = 3.0) -> bool:
    """Return whether a Prefect server answers at an API address."""
    try:
        with urllib.request.urlopen(f"{api_url}/health", timeout=timeout) as reply:  # noqa: S310
            return bool(reply.status < 400)  # noqa: PLR2004 - HTTP: no error
    except (urllib.error.URLError, OSError, ValueError):
        return False
