"""Columns that say yes or no to what the customer is: Is a company, 是否企业."""

from __future__ import annotations

import polars as pl

from cleanse.map.fold import fold_words
from cleanse.map.mapping import Mapping
from cleanse.rulebook.fields import FieldRules
from cleanse.schema import present, raw, replaced

_KIND = "kind"
_YES = r"(?i)^(y|yes|true|t|1|x|是|有|√|✓|ja|oui|si|sí|sim)$"
_NO = r"(?i)^(n|no|false|f|0|否|无|×|nein|non|não|nao|nee)$"


def asked_kind(heading: str, rules: FieldRules) -> str:
    """Return the kind that a yes under a heading means, empty where it asks for none.

    >>> from cleanse.rulebook import load_rulebook
    >>> rules = load_rulebook().fields
    >>> asked_kind("Is a company?", rules), asked_kind("IsPersonAccount", rules)
    ('company', 'person')
    """
    key = fold_words(heading).replace(" ", "")
    return next(
        (
            kind
            for kind, headings in rules.words.flags.items()
            if key in {fold_words(h).replace(" ", "") for h in headings}
        ),
        "",
    )


def with_kind_flags(records: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Read yes and no under a heading that asks for one kind as that kind or the other.

    Args:
        records: With ``kind_raw`` where a column fills it.
        mapping: What the columns are; `Column.asks` is the kind that a yes means.
    """
    columns = [c for c in mapping.columns if c.asks and c.field == _KIND]
    asked = columns[0].asks if len(columns) == 1 else ""
    if not asked or raw(_KIND) not in records.columns:
        return records
    other = "person" if asked == "company" else "company"
    cell = pl.col(raw(_KIND)).str.strip_chars()
    said = (
        pl.when(cell.str.contains(_YES))
        .then(pl.lit(asked))
        .when(cell.str.contains(_NO))
        .then(pl.lit(other))
    )
    read = [pl.col(name) for name in present(records, (replaced(_KIND),))]
    return records.with_columns(pl.coalesce(*read, said).alias(replaced(_KIND)))
