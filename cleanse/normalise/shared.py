"""Columns from expressions that have parts in common, each part worked out once.

polars looks for common parts in lazy frames only: an eager `with_columns` works out
`x` anew wherever it stands in an expression.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl


def with_shared(
    frame: pl.DataFrame, *columns: pl.Expr | pl.Series | Iterable[pl.Expr | pl.Series]
) -> pl.DataFrame:
    """Do what `DataFrame.with_columns` does.

    >>> half = pl.col("n") / 2
    >>> with_shared(pl.DataFrame({"n": [4]}), half.alias("h"), (half * half).alias("q")).row(0)
    (4, 2.0, 4.0)
    """
    return frame.lazy().with_columns(*columns).collect(engine="in-memory")


def shared(
    frame: pl.DataFrame, *columns: pl.Expr | pl.Series | Iterable[pl.Expr | pl.Series]
) -> pl.DataFrame:
    """Do what `DataFrame.select` does."""
    return frame.lazy().select(*columns).collect(engine="in-memory")
