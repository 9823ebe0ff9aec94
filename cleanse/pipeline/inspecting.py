"""Look at lists before anything is read into a store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from cleanse.errors import InputError, UsageError
from cleanse.map.inspection import Inspection, inspect_file
from cleanse.pipeline import intake
from cleanse.rulebook import load_rulebook
from cleanse.warehouse import Known, open_published


def inspect(
    files: Sequence[Path], *, store: Path, rules: Path | None, source: str | None
) -> list[Inspection]:
    """Say what each file is and how it would be mapped; writes nothing.

    Args:
        files: Files or folders.
        store: Folder of the store, whose sources are recognised; need not exist.
        rules: The user's rules.
        source: Source that every file is, when the user says so.
    """
    rulebook = load_rulebook(rules)
    known = _known_sources(store)
    mapped = [
        intake.recognise(raw, known, rulebook, source)
        for raw in intake.read(files, rulebook)
    ]
    return [inspect_file(each.raw, each.choice, each.mappings) for each in mapped]


def _known_sources(store: Path) -> pl.DataFrame | None:
    """Return what the store knows of its sources; None without a store."""
    if not store.is_dir():
        return None
    with open_published(store) as db:
        return Known(db).sources


def write_table(looked: Sequence[Inspection], out: Path) -> None:
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


def write_rules(looked: Sequence[Inspection], rules: Path) -> list[Path]:
    """Save each proposed mapping as a source rule to edit.

    Raises:
        InputError: A rule of that name is there already.
    """
    folder = rules / "sources"
    paths = [folder / f"{each.choice.name}.toml" for each in looked]
    for path in paths:
        if path.exists():
            raise InputError(
                f"{path}: is there already. Edit it, or move it away first."
            )
    folder.mkdir(parents=True, exist_ok=True)
    for path, each in zip(paths, looked, strict=True):
        path.write_text(each.rule_toml(), encoding="utf-8")
    return paths
