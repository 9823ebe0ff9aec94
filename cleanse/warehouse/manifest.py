"""manifest.json: what was published last, kept outside the database to notice when it is lost."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cleanse.errors import StoreError
from cleanse.warehouse.files import write_json

FORMAT = 1
"""Version of the store's layout; a newer one is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The state of the store after its last publish."""

    format: int = FORMAT
    run_number: int
    run_id: str
    counts: Mapping[str, int]
    """Rows per published table."""
    audit_head: str
    """Root of the newest run's audit events, hex."""
    golden_sha256: str | None = None
    """SHA-256 of golden.duckdb as it was published, hex; None: an earlier version of cleanse published it."""
    seal: str | None = None
    """Keyed digest of all else, hex; None as before."""

    def sealed(self, key: str) -> Manifest:
        """Return it with the seal that `key` (hex) gives it."""
        told = asdict(replace(self, seal=None))
        text = json.dumps(told, ensure_ascii=False, sort_keys=True)
        seal = hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256)
        return replace(self, seal=seal.hexdigest())


def read_manifest(path: Path) -> Manifest | None:
    """Read the manifest; None when there is none.

    Raises:
        StoreError: It is damaged, or a newer version of cleanse wrote it.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(**values)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        message = f"{path}: damaged. Restore the store from a backup."
        raise StoreError(message) from None
    if manifest.format > FORMAT:
        raise StoreError(
            f"{path}: written by a newer version of cleanse. Upgrade cleanse."
        )
    return manifest


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Replace the manifest."""
    write_json(path, asdict(manifest))
