"""Whether a record is, as typed, what it was when somebody decided about it.

Case, spaces and punctuation do not count. The digest is of the text alone, with a
named hash, so that it stays what it is from version to version and whatever the rules say.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from typing import Final

import polars as pl

from cleanse.field import ADDRESS_FIELDS, ID_FIELDS, raw

_MATCHING: Final = (
    *"name given_name middle_name family_name alias company contact".split(),
    *"phone mobile email website wechat qq gender birth_on founded_on".split(),
    *ADDRESS_FIELDS,
    *ID_FIELDS,
)
"""Standard fields that matching looks at."""

TYPED = pl.Schema({"record_id": pl.Int64, "typed": pl.String})
"""One row per record: 32 hexadecimal signs."""


def typed_fields(columns: Sequence[str]) -> list[str]:
    """Return which of the columns of a record say, as typed, who it is; sorted."""
    return sorted({raw(field) for field in _MATCHING} & set(columns))


def typed_digests(records: pl.DataFrame) -> pl.DataFrame:
    """Digest what is typed in the matching fields of each record; meant for few records.

    Args:
        records: record_id and ``<field>_raw``; an absent column is empty.

    Returns:
        Schema TYPED, in the order of `records`.
    """
    names = typed_fields(records.columns)
    rows = records.select("record_id", *names).iter_rows(named=True)
    told = [(row.pop("record_id"), _digest(row)) for row in rows]
    return pl.DataFrame(told, TYPED, orient="row")


def _digest(row: dict[str, str | None]) -> str:
    filled = {name: text for name, cell in row.items() if (text := _folded(cell))}
    text = json.dumps(filled, ensure_ascii=True, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _folded(cell: str | None) -> str:
    """Reduce text to its letters and digits; itself where it has none.

    >>> _folded("O'Neill,  LIAM"), _folded("１２-3")
    ('oneillliam', '123')
    """
    if not cell:
        return ""
    text = unicodedata.normalize("NFKC", cell).casefold()
    bare = "".join(sign for sign in text if sign.isalnum())
    return bare or text.strip()
