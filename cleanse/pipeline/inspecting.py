"""Look at lists before anything is read into a store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import polars as pl

from cleanse.errors import InputError, UsageError
from cleanse.pipeline import intake
from cleanse.pipeline.inspection import Inspection, inspect_file
from cleanse.read import gather_inputs, read_file, read_sample, write_parquet
from cleanse.rulebook import load_rulebook
from cleanse.warehouse import Known, open_published


def inspect(
    files: Sequence[Path],
    *,
    store: Path,
    rules: Path | None,
    source: str | None,
    table: Path | None = None,
) -> list[Inspection]:
    """Say what each file is and how it would be mapped.

    What the columns of a large list are is told from an even sample of its records.

    Args:
        files: Files or folders.
        store: Folder of the store, whose sources are recognised; need not exist.
        rules: The user's rules.
        source: Source that every file is, when the user says so.
        table: Where to write the one table of the one file as read: .parquet, else CSV.

    Raises:
        UsageError: There are several files or tables to write.
    """
    rulebook = load_rulebook(rules)
    known = _known_sources(store)
    mapped = [
        intake.recognise(raw, known, rulebook, source)
        for raw in intake.read(files, rulebook, _reader(files, table))
    ]
    looked = [inspect_file(each.raw, each.choice, each.mappings) for each in mapped]
    if table and not _is_parquet(table):
        _write_csv(looked, table)
    return looked


def _is_parquet(table: Path) -> bool:
    return table.suffix.casefold() == ".parquet"


def _reader(files: Sequence[Path], table: Path | None) -> intake.Reader:
    """Choose how files are read: whole for CSV, else no more than a sample in memory."""
    if table is None:
        return read_sample
    if not _is_parquet(table):
        return read_file
    if len(gather_inputs(files)) != 1:
        raise UsageError("--table writes one table; here are several files. Name one.")
    return partial(write_parquet, table)


def _known_sources(store: Path) -> pl.DataFrame | None:
    """Return what the store knows of its sources; None without a store."""
    if not store.is_dir():
        return None
    with open_published(store) as db:
        return Known(db).sources


def _write_csv(looked: Sequence[Inspection], out: Path) -> None:
    """Write the one table of the one file as read: UTF-8 CSV with one heading row.

    Raises:
        UsageError: There are several files or tables.
    """
    tables = [table for each in looked for table in each.raw.tables]
    if len(tables) != 1:
        found = f"{len(looked)} file(s) with {len(tables)} table(s)"
        raise UsageError(f"--table writes one table; here are {found}. Name one file.")
    rows = tables[0].rows.drop("row_number", "line_number")
    part = out.with_name(f".{out.name}.part")
    rows.write_csv(part, null_value="")
    part.replace(out)


def write_rules(
    looked: Sequence[Inspection], rules: Path, *, overwrite: bool = False
) -> list[Path]:
    """Save each proposed mapping as a source rule to edit.

    Args:
        looked: Files of different sources.
        rules: Folder of the user's rules; made when it is not there.
        overwrite: Write over a rule that says something else.

    Raises:
        InputError: A rule of that name is there already, and says something else.
        UsageError: Two of the files are one source.
    """
    folder = rules / "sources"
    texts = {folder / f"{each.choice.name}.toml": each.rule_toml() for each in looked}
    if len(texts) < len(looked):
        raise UsageError(
            "--write saves one rule per source, and several of the files are one source.\n"
            "Name one file of each."
        )
    for path, text in texts.items():
        if path.exists() and not overwrite and _text_of(path) != text:
            raise InputError(
                f"{path}: is there already, and says something else. "
                "Edit it, move it away, or say --overwrite."
            )
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        part = path.with_name(f".{path.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    return list(texts)


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
