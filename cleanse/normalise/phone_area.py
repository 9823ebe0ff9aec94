"""Area codes for local numbers: the city's, or that of the number beside it.

A number of seven or eight digits is completed only where one code is possible:
the record's place has one (vocabulary phone_area), the other landlines of the
record do not say otherwise, and the numbering plan knows the whole as a landline.
"""

from __future__ import annotations

import phonenumbers
import polars as pl

from cleanse.normalise.phone_plan import read_numbers
from cleanse.rulebook import Rulebook
from cleanse.schema import present

CITY = "phone.area_of_city"
"""Rule: the area code is that of the record's city or state."""
ROW = "phone.area_of_row"
"""Rule: the area code is that of the other landlines of the record."""

_LOCAL = {
    "CN": r"^[2-9]\d{6,7}$",
    "TW": r"^[2-9]\d{6,7}$",
    "US": r"^[2-9]\d{6}$",
    "CA": r"^[2-9]\d{6}$",
    "GB": r"^[2-9]\d{6,7}$",
    "AU": r"^[2-9]\d{7}$",
}
"""Digits of numbers without area code, by region."""
_MAINLAND = r"^(10|2\d|[3-9]\d\d)"
_LANDLINES = ("fixed_line", "fixed_line_or_mobile")
_PLACES = ("district", "city", "province")


def with_area_codes(
    numbers: pl.DataFrame, records: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """Complete local numbers.

    Args:
        numbers: As `read_as_meant` leaves them, with ``row`` (place in `records`).
        records: ``district``, ``city`` and ``province`` as normalised, where present.
        rulebook: Vocabulary phone_area.

    Returns:
        `numbers`, with e164, national, type and way of those that were completed.
    """
    is_local = pl.any_horizontal(
        (pl.col("region") == region) & pl.col("number").str.contains(form)
        for region, form in _LOCAL.items()
    )
    numbers = numbers.with_row_index("at")
    local = numbers.filter(pl.col("e164").is_null() & is_local)
    if local.is_empty():
        return numbers.drop("at")
    areas = local.join(_areas_of_rows(numbers), on="row", how="left").join(
        _areas_of_places(local, records, rulebook), on="at", how="left"
    )
    read = _completed(areas)
    better = numbers.join(read, on="at", how="inner", suffix="_of_area")
    better = better.with_columns(
        pl.col(f"{name}_of_area").alias(name)
        for name in ("e164", "national", "type", "way")
    )
    left = numbers.join(read, on="at", how="anti")
    return pl.concat([left, better.select(left.columns)]).drop("at")


def _areas_of_rows(numbers: pl.DataFrame) -> pl.DataFrame:
    """Row and ``beside``: the area code that all mainland landlines of the row have."""
    lines = numbers.filter(
        pl.col("e164").str.starts_with("+86") & (pl.col("type") == _LANDLINES[0])
    )
    area = pl.col("national").str.extract(_MAINLAND).alias("beside")
    areas = lines.select("row", area).unique()
    return areas.filter(pl.len().over("row") == 1)


def _areas_of_places(
    local: pl.DataFrame, records: pl.DataFrame, rulebook: Rulebook
) -> pl.DataFrame:
    """At and ``placed``: the area code of the record's place."""
    columns = present(records, _PLACES)
    rows = records.select(columns).with_row_index("row")
    places = local.select("at", "row", "region").join(rows, on="row", how="left")
    codes = rulebook.vocabulary.mapping("phone_area", "area")
    keys = [
        pl.concat_str("region", pl.lit(" "), pl.col(name).str.to_lowercase())
        for name in columns
    ]
    known = [key.replace_strict(codes, default=None) for key in keys]
    area = pl.coalesce(known) if known else pl.lit(None)
    return places.select("at", area.cast(pl.String).alias("placed"))


def _completed(areas: pl.DataFrame) -> pl.DataFrame:
    """Read local numbers with the one area code that they can have: at, READ, way."""
    area = pl.coalesce("placed", "beside")
    one = pl.col("placed").ne(pl.col("beside")).fill_null(value=False).not_()
    code = pl.col("region").replace_strict(
        {
            region: f"+{phonenumbers.country_code_for_region(region)}"
            for region in _LOCAL
        }
    )
    tried = areas.filter(one & area.is_not_null()).select(
        "at",
        (code + area + pl.col("number")).alias("number"),
        pl.lit(None, pl.String).alias("region"),
        pl.when(pl.col("placed").is_null())
        .then(pl.lit(ROW))
        .otherwise(pl.lit(CITY))
        .alias("way"),
    )
    read = read_numbers(tried.select("number", "region").unique()).drop("region")
    read = read.filter(pl.col("type").is_in(_LANDLINES))
    return tried.drop("region").join(read, on="number").drop("number")
