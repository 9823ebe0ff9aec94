"""What a run has encoded, kept for the next: matching it anew would begin with reading every record.

A file beside the database, of the newest run alone: an Arrow file, and the SHA-256 of it. It
follows from the records, so it may be deleted at any time, and a run that cannot use it reads
the records instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa

from cleanse.encoded import SEED, Encoded, Texts, Values
from cleanse.warehouse.files import move_into_place, sha256_of, unfinished
from cleanse.warehouse.paths import StorePaths

_HASH = pl.Series(["cleanse"]).hash(SEED).item()
_MARK: Final = {b"cleanse.encoded": f"3 polars {pl.__version__} {_HASH}".encode()}
"""Form of the file, and whose hashes are in it."""
_DIGEST_BYTES = 32


def lay_encoded(records: Mapping[str, Encoded], path: Path) -> Path | None:
    """Write records to a file, column by column, uncompressed: it is read without being copied.

    Returns:
        The file; None: the disk is full, or may not be written to.
    """
    arrays = {
        f"{kind}:{name}": array
        for kind, part in records.items()
        for name, array in _arrays(part)
    }
    cells = [
        pa.LargeListArray.from_arrays([0, len(one)], one) for one in arrays.values()
    ]
    table = pa.table(cells, list(arrays)).replace_schema_metadata(_MARK)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table)
        digest = bytes.fromhex(sha256_of(path))
        with path.open("ab") as file:
            file.write(digest)
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    return path


def _arrays(records: Encoded) -> Iterator[tuple[str, pa.Array]]:
    for column in records.plain.drop("kind").get_columns():
        yield f"plain:{column.name}", column.rechunk().to_arrow()
    for name, texts in records.texts.items():
        yield f"codes:{name}", pa.array(texts.codes)
        if texts.starts is not None:
            yield f"starts:{name}", pa.array(texts.starts)
        values = texts.values.texts.rechunk().to_arrow()
        yield f"values:{name}", values.cast(pa.large_string())
        yield f"hashes:{name}", pa.array(texts.values.hashes)


def keep_encoded(laid: Path | None, paths: StorePaths, run_id: str) -> None:
    """Keep what a run has laid down, now that it is published; what earlier ones kept goes."""
    kept = paths.encoded(run_id)
    with suppress(OSError):
        for old in paths.folder.glob(paths.encoded("*").name):
            old.unlink()
        if laid is not None:
            laid.replace(unfinished(kept))
            move_into_place(kept)


def encoded_by(paths: StorePaths, run_id: str) -> dict[str, Encoded] | None:
    """Return the records of each kind that a run has kept; None: nothing that this version can read."""
    try:
        with pa.memory_map(str(paths.encoded(run_id))) as file:
            body = file.read_buffer(max(0, file.size() - _DIGEST_BYTES))
            if hashlib.sha256(body).digest() != file.read(_DIGEST_BYTES):
                return None
        table = pa.ipc.open_file(pa.BufferReader(body)).read_all()
    except (OSError, pa.ArrowInvalid):
        return None
    if table.schema.metadata != _MARK:
        return None
    found: dict[str, dict[str, pl.Series]] = {}
    for column in table.column_names:
        kind, _, name = column.partition(":")
        array = pl.Series(name, table[column].chunk(0).values)
        found.setdefault(kind, {})[name] = array
    return {kind: _records(kind, arrays) for kind, arrays in found.items()}


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
    starts = found.get(f"starts:{name}")
    return Texts(
        found[f"codes:{name}"].to_numpy(),
        Values(found[f"values:{name}"].alias(""), found[f"hashes:{name}"].to_numpy()),
        None if starts is None else starts.to_numpy(),
    )
