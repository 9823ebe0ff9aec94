"""The tables of the store as sql/*.sql writes them, its views and its macros.

Each file is one statement under a head that states the grain. The head becomes the
COMMENT of what it makes and the words after each column its own, so the file is all
there is to read. ``-- include X`` stands for the columns of another file, or for the
standard fields as typed and as normalised.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cleanse.field import FIELDS, raw

_FOLDER = Path(__file__).parent / "sql"
_HEAD = re.compile(r"-- (?P<name>\w+): (?P<comment>.+)")
_COLUMN = re.compile(
    r'\s+"?(?P<name>\w+)"?\s+(?P<type>[^-]+?),?\s+-- (?P<comment>.+)', re.ASCII
)
_VIEW_COLUMN = re.compile(r"^    (\w+),?\s+-- (.+)$", re.ASCII | re.MULTILINE)
_INCLUDE = re.compile(r"\s+-- include (?P<what>.+)")


_AS_THEY_ARE = frozenset("customer_id key value value_as_typed raw clean".split())
"""Texts of the longest tables: to compress them took three times as long as to write them."""
_FILLED = frozenset(
    (
        "name phone email address names phones source_key "
        "given_name family_name given family company postcode birth_on total_amount"
    ).split()
)
"""Texts of which most rows have one, and nearly every row another; their spellings
(``name_raw``, ``name_compare``) too."""
_VARIED = frozenset(
    (
        "alias parent_company contact mobile fax website wechat qq "
        "tax_id national_id passport licence lei note"
    ).split()
)
"""The same of texts that many lists lack: an empty column is small in any way but the one for varied texts."""
_SPELLING = re.compile(
    r"_(raw|replaced|compare|display|latin|core|root|e164|key|as_typed)$"
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: str
    """DuckDB type, with ``not null`` where that holds."""
    comment: str

    @property
    def may_be_null(self) -> bool:
        """Whether a row may lack a value."""
        return not self.type.endswith("not null")

    @property
    def compression(self) -> str | None:
        """How DuckDB is to compress it; None: as it finds best, for which it tries every way.

        Trying all of them on texts took a third of a publish.
        """
        kind = self.type.removesuffix(" not null")
        if kind in ("blob", "varchar[]") or self.name in _AS_THEY_ARE:
            return "uncompressed"
        if kind != "varchar":
            return None
        names = {self.name, _SPELLING.sub("", self.name)}
        if names & _FILLED:
            return "fsst"
        return None if names & _VARIED else "dictionary"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the store."""

    name: str
    comment: str
    """Grain first."""
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Definition:
    """One view or macro of the store: a statement, and what it makes."""

    name: str
    kind: str
    """What DuckDB calls it: view, macro, or macro table."""
    comment: str
    sql: str
    columns: Mapping[str, str]
    """Of a view: name → comment, in order."""


def quoted(name: str) -> str:
    """Quote an identifier.

    >>> quoted('check')
    '"check"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


@cache
def tables() -> dict[str, Table]:
    """Return all tables by name, sorted."""
    return {path.stem: _read_table(path.stem) for path in sorted(_FOLDER.glob("*.sql"))}


@cache
def macros() -> tuple[Definition, ...]:
    """Return all macros, those of values first: those of tables may call them."""
    return tuple(sorted(_definitions("macros"), key=lambda macro: macro.kind))


@cache
def views() -> tuple[Definition, ...]:
    """Return all views."""
    return tuple(_definitions("views"))


@cache
def definitions() -> tuple[Definition, ...]:
    """Return macros and views, each behind those that it needs: macros that views call, views, other macros."""
    texts = [view.sql for view in views()]
    called = [m for m in macros() if any(f"{m.name}(" in text for text in texts)]
    return (*called, *views(), *(macro for macro in macros() if macro not in called))


def create_table_sql(table: Table, virtual: Collection[str] = ()) -> Iterator[str]:
    """Write the statements that create a table with its comments.

    Args:
        table: The table.
        virtual: Columns that are always null and take no space.
    """
    columns = ",\n    ".join(
        _virtual_sql(column) if column.name in virtual else _column_sql(column)
        for column in table.columns
    )
    yield f"create table {table.name} (\n    {columns}\n)"
    yield f"comment on table {table.name} is {literal(table.comment)}"
    for column in table.columns:
        yield comment_sql(table.name, column)


def _column_sql(column: Column) -> str:
    text = f"{quoted(column.name)} {column.type}"
    how = column.compression
    return f"{text} using compression {how}" if how else text


def _virtual_sql(column: Column) -> str:
    return f"{quoted(column.name)} {column.type} generated always as (null::{column.type}) virtual"


def add_column_sql(table: str, column: Column) -> Iterator[str]:
    """Write the statements that add a column with its comment."""
    kind = column.type.removesuffix(" not null")
    yield f"alter table {table} add column {quoted(column.name)} {kind}"
    yield comment_sql(table, column)


def comment_sql(table: str, column: Column) -> str:
    """Write the statement that says what a column holds."""
    return (
        f"comment on column {table}.{quoted(column.name)} is {literal(column.comment)}"
    )


def make_real_sql(table: str, column: Column) -> Iterator[str]:
    """Write the statements that let a virtual column hold values; it becomes the last one."""
    yield f"alter table {table} drop column {quoted(column.name)}"
    yield from add_column_sql(table, column)


def create_sql(made: Definition) -> Iterator[str]:
    """Write the statements that create a macro or a view with its comments."""
    yield made.sql
    yield f"comment on {made.kind} {made.name} is {literal(made.comment)}"
    for name, comment in made.columns.items():
        yield f"comment on column {made.name}.{name} is {literal(comment)}"


def _definitions(folder: str) -> Iterator[Definition]:
    for path in sorted((_FOLDER / folder).glob("*.sql")):
        name, comment, text = _read(path)
        if folder == "views":
            text = _INCLUDE.sub(_named_columns, text)
            columns = dict(_VIEW_COLUMN.findall(text))
            yield Definition(name, "view", comment, text, columns)
        else:
            kind = "macro table" if " as table" in text else "macro"
            yield Definition(name, kind, comment, text, {})


def _named_columns(include: re.Match[str]) -> str:
    columns = _read_table(include["what"]).columns
    return "".join(f"\n    {each.name},  -- {each.comment}" for each in columns)


def _read_table(name: str) -> Table:
    told, comment, text = _read(_FOLDER / f"{name}.sql")
    if told != name:
        raise ValueError(f"{name}.sql does not begin with its head")
    return Table(name, comment, tuple(_columns(text)))


def _read(path: Path) -> tuple[str, str, str]:
    """Return the name of what a file makes, its comment, and all of the file."""
    text = path.read_text(encoding="utf-8")
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"{path.name} does not begin with its head")
    return head["name"], head["comment"], text


def _columns(text: str) -> Iterator[Column]:
    for line in text.splitlines():
        if include := _INCLUDE.fullmatch(line):
            what = include["what"]
            fields = what == "standard fields"
            yield from _standard_fields() if fields else _read_table(what).columns
        elif column := _COLUMN.fullmatch(line):
            yield Column(column["name"], column["type"].strip(), column["comment"])


def _standard_fields() -> Iterator[Column]:
    """Every standard field as typed and as normalised; golden_record.sql says what each holds."""
    golden = {column.name: column for column in _read_table("golden_record").columns}
    for field in FIELDS:
        column = golden[field]
        yield Column(raw(field), "varchar", f"As typed: {column.comment}")
        yield Column(field, column.type, f"Normalised: {column.comment}")
