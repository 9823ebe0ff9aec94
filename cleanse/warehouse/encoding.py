"""What runs have encoded, kept for the next: matching it anew would begin with reading every record.

Files beside the database, each an Arrow file and the SHA-256 of it. The newest run has one; if it
has encoded few records, only these are in it, and the run that has encoded the others keeps its own.
They follow from the records, so they may be deleted at any time, and a run that cannot use them
reads the records instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
import polars as pl
import pyarrow as pa

from cleanse.encoded import SEED, ByKind, Encoded, Texts, Values, arrow_of
from cleanse.grown import Grown, Index
from cleanse.places import Flags, Ints, found
from cleanse.warehouse.paths import StorePaths

_HASH = pl.Series(["cleanse"]).hash(SEED).item()
_MARK: Final = {b"cleanse.encoded": f"8 polars {pl.__version__} {_HASH}".encode()}
"""Form of the file, and whose hashes are in it."""
_OF_RUN, _OF_DIGEST = b"cleanse.of_run", b"cleanse.of_digest"
"""Which file a file of few records goes with."""
_GONE = "gone:record_id"
_DIGEST_BYTES = 32
FEW = 0.1
"""Share of all records up to which a run keeps only what is not as it was kept before."""


class Base(NamedTuple):
    """A file that holds most of the records."""

    run_id: str
    """The run that has kept it."""
    digest: bytes


class Later(NamedTuple):
    """What is not as it is in a file that holds most of the records."""

    base: Base
    since: ByKind
    """The records of each kind that are not in it, or otherwise."""
    gone: Ints
    """Numbers of those in it that do not stand any more, ascending."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The records of each kind as a run has encoded them."""

    records: Grown
    base: Base | None = None
    """The file that holds most of them already; None: none does."""
    gone: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Numbers of those in it that do not stand any more, ascending."""

    def news(self) -> Later | None:
        """Return what alone is worth writing, as so many of the records are kept; None: all are to be written."""
        if self.base is None:
            return None
        told = {kind: self.records.news(kind) for kind in self.records.most}
        since = {kind: part for kind, part in told.items() if part is not None}
        count = sum(each.height for each in since.values()) + len(self.gone)
        whole = sum(each.height for each in self.records.most.values()) + count
        return Later(self.base, since, self.gone) if count <= FEW * whole else None


@dataclass(frozen=True, slots=True)
class Kept:
    """What runs have kept."""

    most: ByKind
    """The records of each kind in the file that holds most of them."""
    later: Later
    index: Mapping[str, Index]
    """Of these, by kind; none: it was not made."""

    def followed(self, given: ByKind, stands: Callable[[Encoded], Flags]) -> Encoding:
        """Lay further records beside those that still stand.

        Args:
            given: The further records of each kind.
            stands: Says of each record whether it still stands.
        """
        base, before, gone_before = self.later
        still, gone = {}, [gone_before[:0]]
        for kind, part in self.most.items():
            is_there = stands(part) & ~found(gone_before, part.record_ids)[1]
            still[kind] = part.filter(is_there)
            gone.append(part.record_ids[~is_there])
        since = {kind: part.filter(stands(part)) for kind, part in before.items()}
        left = np.sort(np.concatenate(gone))
        index = {} if len(left) else self.index
        return Encoding(Grown(still, since, given, index), base, left)


class Laid(NamedTuple):
    """A file that is not yet kept."""

    path: Path
    of_run: str | None
    """The run whose file it goes with; None: it holds all records."""


def lay_encoded(
    encoding: Encoding, index: Mapping[str, Index], path: Path
) -> Laid | None:
    """Write records to a file, column by column, uncompressed: it is read without being copied.

    Args:
        encoding: The records.
        index: Of all of them, by kind; none: it was not made, and one that is kept stays.
        path: Of the file.

    Returns:
        The file; None: the disk is full, or may not be written to.
    """
    news = None if index else encoding.news()
    records = news.since if news else encoding.records.whole()
    arrays = {
        f"{kind}:{name}": array
        for kind, part in records.items()
        for name, array in _arrays(part)
    }
    for kind, held in index.items():
        arrays |= {f"{kind}:index:{name}": arrow_of(a) for name, a in held.items()}
    marks = {**_MARK}
    if news:
        arrays[_GONE] = arrow_of(news.gone)
        marks |= {_OF_RUN: news.base.run_id.encode(), _OF_DIGEST: news.base.digest}
    cells = [
        pa.LargeListArray.from_arrays(arrow_of(np.asarray([0, len(one)])), one)
        for one in arrays.values()
    ]
    table = pa.table(cells, list(arrays)).replace_schema_metadata(marks)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table)
        with pa.memory_map(str(path)) as file:
            digest = _digest_of(file.read_buffer())
        with path.open("ab") as file:
            file.write(digest)
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    return Laid(path, news.base.run_id if news else None)


def _arrays(records: Encoded) -> Iterator[tuple[str, pa.Array]]:
    for column in records.plain.drop("kind").get_columns():
        yield f"plain:{column.name}", column.rechunk().to_arrow()
    for name, texts in records.texts.items():
        yield f"codes:{name}", arrow_of(texts.codes)
        if texts.starts is not None:
            yield f"starts:{name}", arrow_of(texts.starts)
        if texts.marks is not None:
            yield f"marks:{name}", arrow_of(texts.marks)
        values = texts.values.texts.rechunk().to_arrow()
        yield f"values:{name}", values.cast(pa.large_string())
        yield f"hashes:{name}", arrow_of(texts.values.hashes)


def keep_encoded(laid: Laid | None, paths: StorePaths, run_id: str) -> None:
    """Keep what a run has laid down, now that it is published; what nobody reads any more goes."""
    kept = paths.encoded(run_id)
    base = paths.encoded(laid.of_run) if laid and laid.of_run else None
    with suppress(OSError):
        for old in paths.folder.glob(paths.encoded("*").name):
            if old != base:
                old.unlink()
        if laid is not None:
            # Not durably: what a failing machine leaves of it is seen to be no whole file.
            laid.path.replace(kept)


def encoded_by(paths: StorePaths, run_id: str) -> Kept | None:
    """Return the records of each kind that a run has kept; None: nothing that this version can read."""
    newest = _read(paths, run_id)
    if newest is None:
        return None
    if newest.of is None:
        return Kept(newest.records, Later(newest.base, {}, newest.gone), newest.indexes)
    base = _read(paths, newest.of.run_id)
    if base is None or base.of is not None or base.base != newest.of:
        return None
    return Kept(
        base.records, Later(base.base, newest.records, newest.gone), base.indexes
    )


_PART = 1 << 20


def _digest_of(body: pa.Buffer) -> bytes:
    """Return the SHA-256 of the CRC-32 of each megabyte: a third of the time that its SHA-256 takes.

    It tells whether a file is whole, and which one it is; who may write to the store could put
    there what he likes with either.
    """
    parts = (body[at : at + _PART] for at in range(0, body.size, _PART))
    told = b"".join(crc32(part).to_bytes(4, "big") for part in parts)
    return hashlib.sha256(told).digest()


class _File(NamedTuple):
    """What is in a file."""

    base: Base
    """The file itself, as others speak of it."""
    records: ByKind
    of: Base | None
    """The file that it goes with."""
    gone: Ints
    indexes: Mapping[str, Index]


def _read(paths: StorePaths, run_id: str) -> _File | None:
    try:
        with pa.memory_map(str(paths.encoded(run_id))) as file:
            body = file.read_buffer(max(0, file.size() - _DIGEST_BYTES))
            digest = file.read(_DIGEST_BYTES)
            if _digest_of(body) != digest:
                return None
        table = pa.ipc.open_file(pa.BufferReader(body)).read_all()
    except (OSError, pa.ArrowInvalid):
        return None
    marks = table.schema.metadata or {}
    if not _MARK.items() <= marks.items():
        return None
    of = Base(marks[_OF_RUN].decode(), marks[_OF_DIGEST]) if _OF_RUN in marks else None
    parts: dict[str, dict[str, pl.Series]] = {}
    gone = np.zeros(0, dtype=np.int64)
    for column in table.column_names:
        kind, _, name = column.partition(":")
        array = pl.Series(name, table[column].chunk(0).values)
        if column == _GONE:
            gone = array.to_numpy()
        else:
            parts.setdefault(kind, {})[name] = array
    records = {kind: _records(kind, arrays) for kind, arrays in parts.items()}
    indexes = {kind: _index(arrays) for kind, arrays in parts.items()}
    index = {kind: arrays for kind, arrays in indexes.items() if arrays}
    return _File(Base(run_id, digest), records, of, gone, index)


def _index(found: Mapping[str, pl.Series]) -> Index:
    return {
        name.removeprefix("index:"): array.to_numpy()
        for name, array in found.items()
        if name.startswith("index:")
    }


def _records(kind: str, found: Mapping[str, pl.Series]) -> Encoded:
    plain = [
        array.alias(name.partition(":")[2])
        for name, array in found.items()
        if name.startswith("plain:")
    ]
    names = [name.partition(":")[2] for name in found if name.startswith("codes:")]
    return Encoded(
        pl.DataFrame(plain).with_columns(kind=pl.lit(kind)),
        {name: _texts(found, name) for name in names},
    )


def _texts(found: Mapping[str, pl.Series], name: str) -> Texts:
    starts, marks = (found.get(f"{what}:{name}") for what in ("starts", "marks"))
    return Texts(
        found[f"codes:{name}"].to_numpy(),
        Values(found[f"values:{name}"].alias(""), found[f"hashes:{name}"].to_numpy()),
        None if starts is None else starts.to_numpy(),
        None if marks is None else marks.to_numpy(),
    )
