"""What kind of line a number is, from the numbering plan and the words beside it."""

from __future__ import annotations

import polars as pl

from cleanse.normalise.shared import with_shared
from cleanse.rulebook import Rulebook

FAX, LANDLINE, MOBILE = "fax", "landline", "mobile"
_EITHER = "landline_or_mobile"
_NAMES = {"fixed_line": LANDLINE, "fixed_line_or_mobile": _EITHER}
"""Our names of the library's types; the others are good names already."""


def with_type(numbers: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Rename and refine ``type`` of numbers, by ``label`` and the plan.

    landline, mobile, landline_or_mobile (North America, where the digits do not
    tell and nothing beside them does), fax (said beside it), 400 and 800
    (mainland hotlines), toll_free, shared_cost, premium_rate, voip, pager, uan,
    personal_number, voicemail; null when the number is not valid.
    """
    said = rulebook.vocabulary.mapping("phone_label", "type")
    label = pl.col("label").replace_strict(said, default=None, return_dtype=pl.String)
    named = pl.col("type").replace(_NAMES)
    hotline = pl.col("e164").str.extract(r"^\+86([48]00)\d{7}$")
    kind = (
        pl.when(label == FAX)
        .then(pl.lit(FAX))
        .when((named == _EITHER) & label.is_in([LANDLINE, MOBILE]))
        .then(label)
        .otherwise(pl.coalesce(hotline, named))
    )
    is_fax = (label == FAX).fill_null(value=False)
    return with_shared(
        numbers,
        pl.when(pl.col("e164").is_not_null()).then(kind).alias("type"),
        is_fax.alias("is_fax"),
    )
