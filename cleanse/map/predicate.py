"""SQL predicates of a source rule over the rows of a list."""

from __future__ import annotations

import polars as pl

from cleanse.errors import RuleError, did_you_mean
from cleanse.schema import FIELDS, raw, with_columns_present


def rows_where(
    records: pl.DataFrame, rows: pl.DataFrame, where: str, place: str
) -> pl.Series:
    """Tell of each row whether a predicate is true; neither false nor unknown counts.

    Args:
        records: The record frame: its ``<field>_raw``, source_key, sheet, row_number.
        rows: The table as read: its columns by heading, where no column of the
            record frame bears that name.
        where: A SQL predicate.
        place: Rule file and key, for the message.

    Raises:
        RuleError: The predicate names what is no column, or compares what cannot be.
    """
    test = pl.sql_expr(where)
    typed = {raw(field): pl.String for field in FIELDS}
    own = rows.select([name for name in rows.columns if name not in records.columns])
    frame = with_columns_present(pl.concat([records, own], how="horizontal"), typed)
    unknown = [c for c in test.meta.root_names() if c not in frame.columns]
    if unknown:
        near = did_you_mean(unknown[0], [*typed, *rows.columns])
        raise RuleError(
            f"{place}: no column {unknown[0]!r} in the list{near}.\n"
            "Name <field>_raw, or a heading in double quotes: \"客户状态\" = '作废'."
        )
    try:
        found = frame.select(test.alias("found"))["found"]
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        raise RuleError(
            f"{place}: {reason}\nCells are text: compare them with text, or cast them."
        ) from None
    if found.dtype != pl.Boolean:
        raise RuleError(f"{place}: not a predicate, it gives no true or false.")
    if len(found) != frame.height:
        found = found.new_from_index(0, frame.height)
    return found.fill_null(value=False)
