"""Which files are the input: those named, and the lists inside folders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleanse.errors import InputError

LIST_SUFFIXES = frozenset(
    ".csv .tsv .tab .txt .psv .xlsx .xlsm .xltx .xls .xlsb .ods .et".split()
)
"""What a list is called in a folder; a file that is named is read whatever its name."""

_OUTPUT_FILES = frozenset(("warehouse.duckdb", "golden.duckdb", "manifest.json"))
_SAMPLE = 65_536


@dataclass(frozen=True, slots=True, order=True)
class InputFile:
    """One file to read."""

    file: str
    """Path relative to INPUT, with forward slashes."""
    path: Path


def gather_inputs(inputs: Sequence[Path]) -> list[InputFile]:
    """List the files to read, in the order of the inputs, sorted inside a folder.

    A file that is named twice is read once. Of a folder, hidden files, `~$*`, files
    that are no lists and our own outputs (stores, rejects, reports) are left out.

    Raises:
        InputError: A path is missing, a file is empty, a folder has no list, or
            two inputs would go by one name.
    """
    if not inputs:
        raise InputError("No input. Name a file or a folder of lists.")
    found: dict[Path, InputFile] = {}
    for each in inputs:
        for item in _gather(each):
            found.setdefault(item.path.resolve(), item)
    files = list(found.values())
    _require_distinct_names(files)
    return files


def _gather(given: Path) -> list[InputFile]:
    if given.is_file():
        _require_content(given)
        return [InputFile(given.name, given)]
    if not given.is_dir():
        raise InputError(
            f"{given}: no such file or folder. Check the path (quote it when it holds spaces)."
        )
    files = sorted(
        InputFile(path.relative_to(given).as_posix(), path) for path in _lists(given)
    )
    if not files:
        raise InputError(
            f"{given}: no list in this folder. Expected .csv, .tsv, .txt, .xlsx, .xls, .xlsb or .ods files."
        )
    for item in files:
        _require_content(item.path)
    return files


def _lists(folder: Path) -> Iterable[Path]:
    children = sorted(folder.iterdir())
    if folder_is_ours(child.name for child in children):
        return
    for child in children:
        if child.name.startswith((".", "~$")):
            continue
        if child.is_dir():
            yield from _lists(child)
        elif child.is_file() and _is_list(child):
            yield child


def folder_is_ours(names: Iterable[str]) -> bool:
    """Tell a store or the folder of a run by what is in it.

    >>> folder_is_ours(["warehouse.duckdb", "runs"]), folder_is_ours(["a.csv"])
    (True, False)
    """
    known = set(names)
    return bool(known & _OUTPUT_FILES) or {"report.html", "report.json"} <= known


def _is_list(path: Path) -> bool:
    name = path.name.casefold()
    if name == "rejects.xlsx" or name.startswith("report."):
        return False
    if path.suffix.casefold() not in LIST_SUFFIXES:
        return False
    return path.suffix.casefold() != ".txt" or _looks_like_columns(path)


def _looks_like_columns(path: Path) -> bool:
    """Tell a list from a letter: most of the first lines have a delimiter."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    lines = [line for line in sample.replace(b"\0", b"").splitlines() if line.strip()]
    marks = (b"\t", b";", b"|", b",", "，".encode(), "，".encode("gbk"))
    return not lines or any(
        sum(mark in line for line in lines) * 2 > len(lines) for mark in marks
    )


def _require_content(path: Path) -> None:
    if path.stat().st_size == 0:
        raise InputError(
            f"{path}: the file is empty. Export it again, or leave it out."
        )


def _require_distinct_names(files: Sequence[InputFile]) -> None:
    seen: dict[str, Path] = {}
    for item in files:
        if item.file in seen:
            raise InputError(
                f"{seen[item.file]} and {item.path}: two inputs with the name {item.file}. "
                "Rename one, or give the folder that holds both."
            )
        seen[item.file] = item.path
