"""The whole of a verification, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from cleanse.errors import InputError, StoreError
from cleanse.warehouse.connection import Connection, connect
from cleanse.warehouse.lock import hold_lock
from cleanse.warehouse.manifest import Manifest, read_manifest
from cleanse.warehouse.paths import StorePaths
from cleanse.warehouse.verify.chain import verify_chain
from cleanse.warehouse.verify.copies import verify_copy, verify_manifest
from cleanse.warehouse.verify.finding import Finding
from cleanse.warehouse.verify.follows import verify_follows
from cleanse.warehouse.verify.values import verify_values

_LOCK_WAIT_S = 2.0

More = Callable[[Connection], Iterator[Finding]]
"""A check from elsewhere, of the newest database."""


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What a verification found."""

    events: int = 0
    """Audit events looked at."""
    runs: int = 0
    audit_head: str | None = None
    """Root of the newest run, hex."""
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be looked at."""

    @property
    def is_whole(self) -> bool:
        """Nothing is wrong."""
        return not self.findings


def verify_store(
    folder: Path, head: str | None = None, more: More | None = None
) -> Verdict:
    """Look a store through, read-only.

    The published copy is looked at without a lock; the working database is held only
    while it is compared with it, and not at all while a run is at work.

    Args:
        folder: The store.
        head: An audit head kept elsewhere, hex, or its first 8 signs and more; it must be
            the root of some run.
        more: A further check of the newest database.

    Raises:
        InputError: There is no store, or nothing was ever published in it.
        StoreError: The audit key is gone, or no database can be opened.
    """
    paths = StorePaths(folder)
    if not paths.warehouse.exists() and not paths.golden.exists():
        raise InputError(
            f"{folder}: no store here.\nName the store with --store, or make one with: cleanse run INPUT --store DIR"
        )
    key = _key(paths)
    verdict = Verdict()
    manifest = _manifest(paths, verdict)
    asked = _Asked(paths=paths, key=key, manifest=manifest, head=head, more=more)
    if paths.golden.exists():
        _of_file(paths.golden, asked, verdict)
    else:
        verdict.findings.append(
            _file(
                "golden.duckdb",
                "is missing: run any command on the store to publish it again",
            )
        )
    _of_warehouse(asked, verdict)
    return verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a verification holds databases against."""

    paths: StorePaths
    key: str
    """The audit key, hex."""
    manifest: Manifest | None
    head: str | None
    more: More | None


def _key(paths: StorePaths) -> str:
    try:
        return paths.audit_key.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        message = f"{paths.audit_key}: gone; without it nothing can be verified.\nRestore it from a backup."
        raise StoreError(message) from None


def _manifest(paths: StorePaths, verdict: Verdict) -> Manifest | None:
    try:
        manifest = read_manifest(paths.manifest)
    except StoreError:
        verdict.findings.append(_file("manifest.json", "is damaged"))
        return None
    if manifest is not None and manifest.seal is None:
        verdict.notes.append("manifest.json has no seal: an earlier version wrote it.")
    return manifest


def _of_file(path: Path, asked: _Asked, verdict: Verdict) -> None:
    """Check one database by itself, and the manifest against it."""
    try:
        with closing(connect(path, read_only=True)) as db:
            found = [
                *verify_manifest(asked.manifest, asked.key, db, asked.paths),
                *_inside(db, asked),
                *_elsewhere(db, asked.head),
            ]
            told = db.execute(
                "select count(*), max(root), arg_max(root, run_number) from audit_root"
            ).fetchall()[0]
            events = db.execute("select count(*) from audit_event").fetchall()[0][0]
    except (duckdb.Error, StoreError) as error:
        found = [_unreadable(path, error)]
    else:
        verdict.runs, verdict.audit_head = told[0], told[2]
        verdict.events = events
    verdict.findings += [replace(each, file=path.name) for each in found]


def _inside(db: Connection, asked: _Asked) -> Iterator[Finding]:
    manifest = asked.manifest
    yield from verify_chain(db, asked.key, manifest.audit_head if manifest else None)
    yield from verify_values(db, asked.key)
    yield from verify_follows(db)
    if asked.more is not None:
        yield from asked.more(db)


def _elsewhere(db: Connection, head: str | None) -> Iterator[Finding]:
    known = "select run_number from audit_root where starts_with(root, ?)"
    if head is not None and not db.execute(known, [head.lower()]).fetchall():
        yield Finding(
            table="audit_root", sentence="no run has the audit head that was given"
        )


def _of_warehouse(asked: _Asked, verdict: Verdict) -> None:
    """Compare the working database with the published copy; look it through where they differ."""
    paths = asked.paths
    if not paths.warehouse.exists():
        verdict.findings.append(_file("warehouse.duckdb", "is missing"))
        return
    try:
        with hold_lock(paths.lock, actor="cleanse verify", wait_s=_LOCK_WAIT_S):
            if paths.publishing.exists():
                verdict.findings.append(
                    _file(
                        "warehouse.duckdb",
                        "holds a run whose publish was cut short: run any command on the store to finish it",
                    )
                )
            found = _differences(paths)
            verdict.findings += found
            if found or not paths.golden.exists():
                _of_file(paths.warehouse, asked, verdict)
    except StoreError as error:
        why = str(error).splitlines()[0]
        verdict.notes.append(f"warehouse.duckdb was not looked at: {why}")


def _differences(paths: StorePaths) -> list[Finding]:
    if not paths.golden.exists():
        return []
    try:
        with closing(connect(paths.warehouse, read_only=True)) as db:
            return list(verify_copy(db, paths.golden))
    except duckdb.Error as error:
        return [_unreadable(paths.warehouse, error)]


def _unreadable(path: Path, error: Exception) -> Finding:
    what = f"cannot be read through ({type(error).__name__}): it is damaged"
    return _file(path.name, what)


def _file(name: str, what: str) -> Finding:
    return Finding(table=name, sentence=f"{name} {what}", file=name)
