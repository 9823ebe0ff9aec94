"""Postcodes: written one way, and checked against the form of their country."""

from __future__ import annotations

import polars as pl

from cleanse.rulebook import Rulebook

_SPACED = {"GB": 3, "CA": 3, "NL": 2}
"""Countries that write a space before the last signs."""
_DIGITS = {"US": 5, "AU": 4}
"""Countries whose postcodes a spreadsheet shortens: a zero in front is put back."""


def clean_postcode(codes: pl.Series, countries: pl.Series) -> pl.Series:
    """Write postcodes the way their country does.

    >>> codes = pl.Series("postcode", ["eh76na", "2139", "80000.0", "l4 w1"])
    >>> clean_postcode(codes, pl.Series(["GB", "US", None, None])).to_list()
    ['EH7 6NA', '02139', '80000', 'L4 W1']
    """
    code, country = pl.col("code"), pl.col("country")
    compact = code.str.replace_all(r"[\s-]", "")
    spaced = [
        pl.when(country == name).then(
            compact.str.head(-last) + " " + compact.str.tail(last)
        )
        for name, last in _SPACED.items()
    ]
    lengthened = [
        pl.when((country == name) & code.str.contains(rf"^\d{{{digits - 1}}}$")).then(
            "0" + code
        )
        for name, digits in _DIGITS.items()
    ]
    written = pl.coalesce(*spaced, *lengthened, code)
    frame = pl.DataFrame({"code": codes, "country": countries}).with_columns(
        code.str.to_uppercase().str.replace(r"^(\d+)\.0$", "$1")
    )
    return frame.select(written.alias("postcode")).to_series()


def is_postcode(
    codes: pl.Series, countries: pl.Series, rulebook: Rulebook
) -> pl.Series:
    """Check postcodes against the form of their country; null where none is known."""
    forms = rulebook.vocabulary.mapping("postcode_form", "pattern")
    code, country = pl.col("code"), pl.col("country")
    known = sorted(set(countries.drop_nulls().unique()) & set(forms))
    checks = [
        pl.when(country == name).then(code.str.contains(f"^(?:{forms[name]})$"))
        for name in known
    ]
    frame = pl.DataFrame({"code": codes, "country": countries})
    checked = pl.coalesce(pl.lit(None, pl.Boolean), *checks).alias("checked")
    return frame.with_columns(checked)["checked"]
