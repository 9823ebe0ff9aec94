"""Fill in (补充) divisions of China that follow from others, and what postcodes say of them.

Only an empty cell is filled; the rule stands in ``<field>_rule``. A postcode never
changes a place: it chooses between counties of one name, and a check compares it.
"""

from __future__ import annotations

from collections import Counter

import polars as pl

from cleanse.normalise.division import Divisions
from cleanse.rulebook import Rulebook
from cleanse.schema import rule

BY_DIVISION = "fill.division"
"""Rule: the only division of its name lies in this one, or the only town of the city."""
BY_POSTCODE = "fill.postcode"
"""Rule: in the province of the postcode there is one county of its name."""
POSTCODE_PROVINCE = "postcode_province"
"""Column: the province that a postcode of China belongs to."""
_FIELDS = ("province", "city", "district")


def with_rules(
    result: pl.DataFrame, filled: pl.Series, columns: pl.DataFrame
) -> pl.DataFrame:
    """Say which divisions were filled in: none that a column or the line has.

    Args:
        result: province, city and district.
        filled: Names of the parts that the line does not have, joined by a space.
        columns: The cells of province, city and district as typed.
    """
    frame = pl.DataFrame({"filled": filled.fill_null("")})
    rules = [
        pl.when(
            frame["filled"].str.contains(field, literal=True)
            & columns[field].is_null()
            & result[field].is_not_null()
        )
        .then(pl.lit(BY_DIVISION))
        .otherwise(pl.lit(None, pl.String))
        .alias(rule(field))
        for field in _FIELDS
    ]
    return result.with_columns(rules)


def with_postcode(
    result: pl.DataFrame, divisions: Divisions, rulebook: Rulebook
) -> pl.DataFrame:
    """Add the province of a postcode of China; tell counties of one name apart by it.

    Args:
        result: district, city, province, postcode, country, and the rules of `with_rules`.
        divisions: The counties.
        rulebook: Vocabulary cn_postcode.
    """
    provinces = rulebook.vocabulary.mapping("cn_postcode", "province")
    is_chinese = (pl.col("country") == "CN") | (
        pl.col("country").is_null() & pl.col("district").str.contains(r"[市区县旗]$")
    )
    code = pl.col("postcode").str.extract(r"^(\d{2})\d{4}$")
    told = code.replace_strict(provinces, default=None, return_dtype=pl.String)
    result = result.with_columns(
        pl.when(is_chinese.fill_null(value=False)).then(told).alias(POSTCODE_PROVINCE)
    )
    lacks = pl.col("province").is_null() & pl.col("city").is_null()
    open_rows = result.select((lacks & pl.col(POSTCODE_PROVINCE).is_not_null()).any())
    if not open_rows.item():
        return result
    found = result.select("district", POSTCODE_PROVINCE).join(
        _counties(divisions),
        on=["district", POSTCODE_PROVINCE],
        how="left",
        maintain_order="left",
    )["found_city"]
    fills = lacks & found.is_not_null()
    by = pl.lit(BY_POSTCODE)
    return result.with_columns(
        pl.when(fills).then(POSTCODE_PROVINCE).otherwise("province").alias("province"),
        pl.when(fills).then(found).otherwise("city").alias("city"),
        pl.when(fills).then(by).otherwise(rule("province")).alias(rule("province")),
        pl.when(fills).then(by).otherwise(rule("city")).alias(rule("city")),
    )


def _counties(divisions: Divisions) -> pl.DataFrame:
    """List the counties that are the only ones of their name in their province."""
    levels = divisions.names.counties
    count = Counter((district, province) for province, _, district in levels)
    rows = [
        (district, province, city)
        for province, city, district in levels
        if count[district, province] == 1
    ]
    schema = dict.fromkeys(("district", POSTCODE_PROVINCE, "found_city"), pl.String)
    return pl.DataFrame(rows, schema, orient="row")
