"""Vocabulary: words that mean something, one CSV each, edited in Excel.

Each file has a head (lines with #, then the names of its columns), one row per word, and a column ``origin`` that says where
the row comes from. The first column is the key: a user's row with the same key
replaces ours, and one whose other cells are all empty takes ours away.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import dropwhile, zip_longest
from pathlib import Path

from cleanse.errors import RuleError, did_you_mean

Row = Mapping[str, str]


class Vocabulary:
    """All vocabulary files by name (``legal_form`` for legal_form.csv)."""

    def __init__(self, tables: Mapping[str, tuple[Row, ...]]) -> None:
        self._tables = dict(tables)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all files, sorted."""
        return tuple(sorted(self._tables))

    def rows(self, name: str) -> tuple[Row, ...]:
        """Return the rows of one file, every cell as text.

        Raises:
            RuleError: There is no such vocabulary.
        """
        if name not in self._tables:
            near = did_you_mean(name, self.names)
            raise RuleError(
                f"no vocabulary {name!r}{near}: rules/vocabulary/{name}.csv"
            )
        return self._tables[name]

    @lru_cache(maxsize=512)  # noqa: B019 - one Vocabulary lives as long as its run
    def words(self, name: str, **where: str) -> frozenset[str]:
        """Return the keys of one file, of the rows whose cells equal `where`."""
        return frozenset(next(iter(row.values())) for row in self._where(name, where))

    @lru_cache(maxsize=512)  # noqa: B019
    def mapping(self, name: str, column: str, **where: str) -> Mapping[str, str]:
        """Return key → `column` of one file, of the rows whose cells equal `where`."""
        rows = self._where(name, where)
        return {next(iter(row.values())): row[column] for row in rows}

    def _where(self, name: str, where: Row) -> Iterable[Row]:
        rows = self.rows(name)
        if not where:
            return rows
        return (row for row in rows if where.items() <= row.items())


def read_vocabulary(
    folders: Iterable[Path], only: Collection[str] | None = None
) -> Vocabulary:
    """Read the vocabulary folders, later ones over earlier ones.

    Args:
        folders: Where the files are.
        only: Names to read; None: all.

    Raises:
        RuleError: A file is not UTF-8, has no head, or a row has too many cells.
    """
    tables: dict[str, dict[str, Row]] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.csv")):
            if only is not None and path.stem not in only:
                continue
            table = tables.setdefault(path.stem, {})
            for row in _read_rows(path):
                key, *rest = row.values()
                if any(rest):
                    table[key] = row
                else:
                    table.pop(key, None)
    return Vocabulary({name: tuple(rows.values()) for name, rows in tables.items()})


def _read_rows(path: Path) -> Iterable[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path}: not UTF-8; save it as 'CSV UTF-8' in Excel."
        raise RuleError(message) from error
    # Only above the head: a word may begin with the sign, as #N/A does.
    lines = dropwhile(
        lambda line: line.startswith("#"), filter(None, text.splitlines())
    )
    rows = filter(None, csv.reader(lines))
    head = next(rows, [])
    for number, cells in enumerate(rows, 1):
        if len(cells) > len(head):
            raise RuleError(f"{path}: row {number} has more cells than the head.")
        told = map(str.strip, cells)
        yield dict(zip_longest(head, told, fillvalue=""))
