"""Columns of the user's own that take part in matching."""

from __future__ import annotations

import polars as pl

from cleanse.normalise.placeholder import is_placeholder
from cleanse.normalise.text import folded
from cleanse.rulebook import Rulebook
from cleanse.schema import EXTRA_PREFIX


def normalise_extra(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Fold the columns whose names begin with EXTRA_PREFIX, in place.

    As typed they stay in ``extra``. Placeholders become null.
    """
    columns = []
    for name, dtype in records.schema.items():
        if name.startswith(EXTRA_PREFIX) and dtype == pl.String:
            text = folded(records[name])
            known = text.set(is_placeholder(text, name, rulebook), None)
            columns.append(known.alias(name))
    return records.with_columns(columns)
