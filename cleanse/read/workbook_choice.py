"""Which sheets and tables of a workbook are lists."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import polars as pl

from cleanse.read.words import Words
from cleanse.schema import RawTable

COVER = "not a list (cover or notes)"
PIVOT = "not a list (a pivot table counts what stands elsewhere)"
FORM = "not a list (a form about one customer)"
BESIDE = "not a list of customers (it has no column of names)"
NOT_NAMED = "not named in [file] sheets"

_FEWEST_COLUMNS = 3
_FEWEST_ROWS = 20
_KNOWN = 0.3
_MOST_FORM_ROWS = 40
_WHO = re.compile(
    r"名|客户|公司|单位|联系人|name|company|customer|client|email|mail|phone|电话|手机",
    re.IGNORECASE,
)
_PIVOT = re.compile(
    r"(?:行标签|列标签|row labels|column labels|(?:求和项|计数项|平均值项|(?:sum|count|average) of\b).*)",
    re.IGNORECASE,
)


def data_tables(
    tables: Sequence[RawTable], words: Words, *, any_list: bool = False
) -> tuple[list[RawTable], dict[str, str]]:
    """Choose the tables that are lists; the others are covers, notes and the like.

    When one has known headings, one without them is a list only if it is as wide, or long
    and under headings of its own. Else every table that is mostly filled counts, and of
    those that are not, the largest.

    Args:
        tables: All tables of the workbook.
        words: Known headings.
        any_list: Of orders, too: whatever has several columns under headings.

    Returns:
        The lists, and by sheet name why the others are none.
    """
    why = {str(table.sheet): _reason(table, words) or COVER for table in tables}
    if any_list:
        headed = [t for t in tables if t.header_row and len(t.headings) > 1]
        lists = [t for t in headed if why[str(t.sheet)] not in {PIVOT, FORM}]
        if lists:
            return lists, why
    possible = [table for table in tables if why[str(table.sheet)] == COVER]
    strong = [
        table
        for table in possible
        if _known(table, words) > _KNOWN and len(table.headings) > 1
    ]
    if strong:
        widths = {len(table.headings) for table in strong}
        return [t for t in possible if t in strong or _is_list(t, widths)], why
    filled = [t for t in possible if t.rows.height and _fill(t) >= 0.5]  # noqa: PLR2004
    return filled or sorted(possible, key=lambda each: -each.row_count)[:1], why


def _reason(table: RawTable, words: Words) -> str | None:
    """Say why a table is no list of customers whatever else is in the workbook."""
    if any(map(_PIVOT.fullmatch, table.headings)):
        return PIVOT
    if _is_form(table, words):
        return FORM
    is_second = " (from " in str(table.sheet)
    if is_second and not any(map(_WHO.search, table.headings)):
        return BESIDE
    return None


def _is_form(table: RawTable, words: Words) -> bool:
    """Tell a form, where every second column is made of headings."""
    columns = table.headings
    if not table.header_row or len(columns) < 2 or len(columns) % 2:  # noqa: PLR2004 - pairs
        return False
    if not 1 < table.rows.height <= _MOST_FORM_ROWS:
        return False
    rows = [columns, *table.rows.select(columns).fill_null("").rows()]
    labels = [cell for row in rows for cell in row[::2] if cell]
    values = [cell for row in rows for cell in row[1::2] if cell]
    are_labels = sum(map(words.is_heading, labels)) >= 0.8 * len(labels)
    return are_labels and sum(map(words.is_heading, values)) <= 0.2 * len(values)


def _known(table: RawTable, words: Words) -> float:
    if not table.header_row:
        return 0.0
    return sum(map(words.is_heading, table.headings)) / max(1, len(table.headings))


def _is_list(table: RawTable, widths: Collection[int]) -> bool:
    columns = len(table.headings)
    if columns < _FEWEST_COLUMNS or _fill(table) < 0.4:  # noqa: PLR2004
        return False
    is_long = bool(table.header_row) and table.rows.height >= _FEWEST_ROWS
    return is_long or columns in widths


def _fill(table: RawTable) -> float:
    """Return the share of cells that hold something."""
    cells = table.rows.height * len(table.headings)
    empty = sum(table.rows.select(pl.col(table.headings).null_count()).row(0))
    return 1 - empty / cells if cells else 0.0
