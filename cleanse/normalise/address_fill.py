"""Parts of an address that another of its cells tells: what else a city's cell holds, the state of a postcode."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from cleanse.normalise.address_tail import take_tail
from cleanse.normalise.address_words import Words, plain
from cleanse.rulebook import Vocabulary
from cleanse.schema import present, rule

BY_POSTCODE = "fill.postcode"
"""The state or province that a postcode lies in."""

_MAY_HOLD_MORE = r"[,\d]|\s[A-Z]{2}\.?$"
_LETTERS_OF_STATE = 2
_PREFIX = 3
"""Digits of a ZIP code that tell its state."""
_WITH_STATES = ("US", "CA", "AU")
_SEVERAL = "several"
_AREA = pl.Schema(
    {"city": pl.String, "alone": pl.String, "state": pl.String, "code": pl.String}
)


def with_city_alone(cells: pl.DataFrame, words: Words) -> pl.DataFrame:
    """Take state and postcode out of a city's cell: "Austin, TX 78701".

    Only where their own cells are empty or say the same.

    Args:
        cells: Columns city, province, postcode and hint (ISO 3166-1 alpha-2).
        words: From the vocabulary.
    """
    city = cells["city"]
    more = city.filter(city.str.contains(_MAY_HOLD_MORE).fill_null(value=False))
    rows = [_city_alone(each, words) for each in sorted(set(more))]
    found = pl.DataFrame([row for row in rows if row], _AREA, orient="row")
    if found.is_empty():
        return cells
    codes = {name: state.code for name, state in words.states.items()}
    typed = pl.col("province")
    known = typed.str.to_lowercase().str.replace_all(".", "", literal=True)
    typed_code = known.replace_strict(codes, default=typed, return_dtype=pl.String)
    agrees = (
        pl.col("alone").is_not_null()
        & (
            typed.is_null()
            | pl.col("state").is_null()
            | (typed_code == pl.col("state"))
        )
        & (
            pl.col("postcode").is_null()
            | pl.col("code").is_null()
            | (pl.col("postcode") == pl.col("code"))
        )
    )
    joined = cells.join(found, on="city", how="left", maintain_order="left")
    return joined.with_columns(
        pl.when(agrees).then("alone").otherwise("city").alias("city"),
        pl.when(agrees).then(pl.coalesce(typed, "state")).otherwise(typed),
        pl.when(agrees)
        .then(pl.coalesce("postcode", "code"))
        .otherwise("postcode")
        .alias("postcode"),
    ).drop("alone", "state", "code")


def _city_alone(
    city: str, words: Words
) -> tuple[str, str, str | None, str | None] | None:
    """Read the cell of a city that may hold more: cell, city, state, postcode."""
    tail = take_tail(city, words, None)
    name = tail.city or tail.rest
    if not (tail.province or tail.postcode) or (tail.city and tail.rest):
        return None
    if any(sign.isdecimal() for sign in name) or "," in name or not name:
        return None
    if not tail.postcode and "," not in city:
        last = city.rsplit(None, 1)[-1].strip(".")
        is_there = tail.province in words.places.get(plain(name), ())
        if not (is_there and len(last) == _LETTERS_OF_STATE and last.isupper()):
            return None
    return city, name, tail.province, tail.postcode


def with_province(result: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Fill in the state a postcode of the US, Canada or Australia lies in.

    Only where no province is known, and where the post serves one state only.

    Args:
        result: Columns province, postcode (as their country writes them), country.
        vocabulary: zip_prefix and postcode_area.

    Returns:
        `result` with ``province`` filled in, and ``province_rule``.

    >>> from cleanse.rulebook import load_rulebook
    >>> rows = [(None, "78701-1234", "US"), (None, "M5V 2T6", "CA"), (None, "0872", "AU"), (None, "78701", None)]
    >>> frame = pl.DataFrame(rows, ["province", "postcode", "country"], orient="row")
    >>> with_province(frame, load_rulebook().vocabulary)["province"].to_list()
    ['TX', 'ON', None, None]
    """
    may_fill = pl.col("province").is_null() & pl.col("country").is_in(_WITH_STATES)
    code, country = (pl.when(may_fill).then(name) for name in ("postcode", "country"))
    zips = dict(vocabulary.mapping("zip_prefix", "state"))
    areas = _areas(vocabulary)

    def state(key: pl.Expr, states: dict[str, str]) -> pl.Expr:
        return key.replace_strict(states, default=None, return_dtype=pl.String)

    zip_code = country + ":" + code.str.head(5)
    is_zip = (country == "US") & code.str.contains(r"^\d{5}(?:-?\d{4})?$")
    area = pl.when(country == "CA").then(code.str.head(1)).otherwise(code)
    is_area = ((country == "AU") & code.str.contains(r"^\d{4}$")) | (
        (country == "CA") & code.str.contains(r"^[A-Z]\d[A-Z] \d[A-Z]\d$")
    )
    by_prefix = state(code.str.head(_PREFIX), zips)
    said = (
        pl.when(is_zip)
        .then(pl.coalesce(state(zip_code, areas), by_prefix))
        .when(is_area)
        .then(state(country + ":" + area, areas))
    )
    told = result.select(said.alias("told")).to_series()
    told = told.set(told == _SEVERAL, None)
    fills = pl.col("province").is_null() & told.is_not_null()
    before = [pl.col(c) for c in present(result, (rule("province"),))]
    by = pl.when(fills).then(pl.lit(BY_POSTCODE))
    return result.with_columns(
        pl.coalesce("province", told).alias("province"),
        pl.coalesce(by, *before).alias(rule("province")),
    )


@lru_cache(maxsize=4)
def _areas(vocabulary: Vocabulary) -> dict[str, str]:
    """Write out the ranges; a row of one code goes before the range it lies in."""
    found: dict[str, str] = {}
    rows = vocabulary.mapping("postcode_area", "state")
    for area, state in sorted(rows.items(), key=lambda row: "-" not in row[0]):
        country, _, codes = area.partition(":")
        first, dash, last = codes.partition("-")
        each = range(int(first), int(last) + 1) if dash else ()
        for key in [f"{country}:{code:04}" for code in each] or [area]:
            found[key] = state
    return found
