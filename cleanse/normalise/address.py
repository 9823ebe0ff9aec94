"""Addresses: one line or many columns into parts, and keys for comparing them.

An address with Han signs is read as a Chinese one, every other as a western one;
each distinct one is read once. The line, or the columns put together, is read
whole; what a column says of a part goes before what the line says.
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.address_chinese import parse_chinese
from cleanse.normalise.address_cn_fill import with_postcode, with_rules
from cleanse.normalise.address_cn_template import (
    NUMBERS,
    with_marks,
    with_numbers,
    with_templates,
)
from cleanse.normalise.address_fill import with_city_alone, with_province
from cleanse.normalise.address_key import Parts, chinese_parts, western_parts
from cleanse.normalise.address_plain import plain_lines
from cleanse.normalise.address_western import parse_western, with_columns_beside
from cleanse.normalise.address_words import words_of
from cleanse.normalise.division import Divisions, divisions_of
from cleanse.normalise.placeholder import typed
from cleanse.normalise.postcode import clean_postcode, is_postcode
from cleanse.normalise.shared import with_shared
from cleanse.normalise.spread import spread
from cleanse.normalise.text import HAN, folded, simplify
from cleanse.rulebook import Rulebook
from cleanse.schema import ADDRESS_FIELDS, raw, valid

COLUMNS = tuple(field for field in ADDRESS_FIELDS if field != "country")
"""Address fields read here; the country column is read by `normalise_country`."""

_DIVISIONS = ("province", "city", "district")
_BESIDE = ("building", "unit", "po_box")
"""Columns that are no part of the line."""
_WITH_STREET = ("house_number", "unit", "po_box", "building")
"""Parts that are often typed into a column of streets."""
_COMPACT_GB = r"GIR0AA|[A-Z]{1,2}\d[A-Z\d]?\d[ABD-HJLNP-UW-Z]{2}"
_COMPACT_CA = r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]\d[ABCEGHJ-NPRSTV-Z]\d"
_PARTS = pl.Schema(dict.fromkeys(Parts._fields, pl.String))
_KEYS = ("address_compare", "street_compare", "address_parts")
_SHOWN = tuple(field for field in Parts._fields if field not in (*_KEYS, "filled"))


def normalise_address(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read the address fields.

    Args:
        records: A record frame; ``country`` (ISO 3166-1 alpha-2) where it is typed,
            ``region`` as a hint.
        rulebook: Vocabulary of divisions, states, street and unit words.

    Returns:
        `records` with ``address`` (as typed, else put together), its parts,
        ``country`` (also where the address leaves no doubt),
        ``postcode_is_valid`` (null where no form is known), ``address_compare``,
        ``street_compare``, ``address_parts`` (Chinese ones only), ``city_compare`` and
        ``postcode_compare``;
        ``postcode_province`` (what a postcode of China says), and ``province_rule``,
        ``city_rule``, ``district_rule`` where a division was filled in.
    """
    fields = [field for field in COLUMNS if raw(field) in records.columns]
    if not fields:
        return records
    cells = pl.DataFrame({field: typed(records, field, rulebook) for field in COLUMNS})
    cells = cells.with_columns(
        _column(records, "country"),
        pl.coalesce(_column(records, "country"), _column(records, "region")).alias(
            "hint"
        ),
    )
    cells = with_city_alone(cells, words_of(rulebook.vocabulary))
    cells = cells.with_columns(_own_line().alias("own"))
    parsed = _parse(cells, rulebook)
    shown = cells.with_columns(_states(cells["province"], rulebook).alias("province"))
    is_han = cells.select(_is_han()).to_series()
    # Names of Chinese divisions are canonical as parsed; others stay as typed.
    merged = {
        field: _either(parsed[field], shown[field], is_han & (field in _DIVISIONS))
        for field in _SHOWN
    }
    merged["street"] = _street_alone(cells, parsed)
    result = pl.DataFrame(merged).with_columns(
        cells.select(_together().alias("address")).to_series(),
        *(parsed[key] for key in _KEYS),
    )
    result = with_rules(result, parsed["filled"], cells)
    result = _with_country(result, rulebook)
    result = result.with_columns(clean_postcode(result["postcode"], result["country"]))
    divisions = divisions_of(rulebook.vocabulary)
    result = with_postcode(result, divisions, rulebook)
    result = with_province(result, rulebook.vocabulary)
    return records.with_columns(_with_keys(result, rulebook))


def _column(records: pl.DataFrame, name: str) -> pl.Series:
    if name in records.columns:
        return records[name]
    return pl.Series(name, [None], pl.String).new_from_index(0, records.height)


def _either(parsed: pl.Series, column: pl.Series, parsed_first: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"parsed": parsed, "column": column, "first": parsed_first})
    either = (
        pl.when("first")
        .then(pl.coalesce("parsed", "column"))
        .otherwise(pl.coalesce("column", "parsed"))
    )
    return frame.select(either).to_series()


def _street_alone(cells: pl.DataFrame, parsed: pl.DataFrame) -> pl.Series:
    """Leave out of a column of streets what else is typed in it: 126 of "126 Foundry Lane"."""
    found = pl.col("street")
    led = pl.col("typed").str.starts_with(pl.col("house_number") + " ")
    beside = led | pl.any_horizontal(
        pl.col(part).is_not_null() & pl.col(f"typed_{part}").is_null()
        for part in _WITH_STREET
    )
    is_part = pl.col("typed").str.contains(found, literal=True)
    alone = pl.when(beside & is_part).then(found).otherwise(pl.col("typed"))
    frame = parsed.with_columns(
        cells["street"].alias("typed"),
        *(cells[part].alias(f"typed_{part}") for part in _WITH_STREET),
    )
    return frame.select(pl.coalesce(alone, found)).to_series()


def _is_han() -> pl.Expr:
    texts = pl.concat_str("own", "city", "province", "district", ignore_nulls=True)
    return texts.str.contains(HAN).fill_null(value=False)


def _own_line() -> pl.Expr:
    """What is read as a line: the one that is typed, led by its own number; else the street."""
    number, street = pl.col("house_number"), pl.col("street")
    unled = number.is_not_null() & ~pl.col("address").str.contains(r"\d")
    led = pl.when(unled).then(number + " " + pl.col("address")).otherwise("address")
    sign = pl.when(number.str.contains(r"\d$")).then(number + "号").otherwise(number)
    parts = (street, number, pl.col("building"), pl.col("unit"))
    chinese = pl.concat_str(street, sign, "building", "unit", ignore_nulls=True)
    lead = pl.when(~street.str.starts_with(number + " ").fill_null(value=False))
    western = pl.concat_str(lead.then(number), street, separator=" ", ignore_nulls=True)
    has_han = pl.concat_str(parts, ignore_nulls=True).str.contains(HAN)
    line = pl.when(has_han).then(chinese).otherwise(western)
    return pl.coalesce(led, pl.when(line != "").then(line))


def _together() -> pl.Expr:
    """The columns put together as a person would write them."""
    unit, box = pl.col("unit"), pl.col("po_box")
    is_bare = unit.str.contains(r"^[\dA-Za-z-]+$")
    western = pl.concat_str(
        pl.col("building"),
        pl.col("own"),
        pl.when(is_bare).then("Unit " + unit).otherwise(unit),
        pl.when(box.str.contains(r"^\d")).then("PO Box " + box).otherwise(box),
        separator=", ",
        ignore_nulls=True,
    )
    shown = pl.when(_is_han()).then(pl.col("own")).otherwise(western)
    return pl.coalesce("address", pl.when(shown != "").then(shown))


def _parse(cells: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read each distinct address once: columns of Parts, one row per row of `cells`."""
    # A western line is read by itself; a Chinese one goes on where its columns end.
    above = pl.when(_is_han()).then(pl.concat_str(*_DIVISIONS, ignore_nulls=True))
    basis = with_templates(cells.select("own", above.alias("above")))
    # Nothing else is asked of a Chinese line: 500 houses of a street are one template.
    is_western = basis["above"].is_null()
    basis = basis.with_columns(
        pl.when(is_western).then(cells[name]).alias(name) for name in ("hint", *_BESIDE)
    )
    asked = pl.col("own", "above", "hint", *_BESIDE)
    is_template = pl.col(NUMBERS[0]).is_not_null().alias("is_template")
    key = pl.concat_str(asked.fill_null(""), separator="\n").alias("key")
    basis = basis.select(key, asked, is_template, *NUMBERS)
    distinct = basis.drop(NUMBERS).unique("key", maintain_order=True)
    parsed = _parsed(distinct, rulebook)
    joined = basis.select("key").join(
        parsed, on="key", how="left", maintain_order="left"
    )
    return with_numbers(joined.drop("key"), basis.select(NUMBERS))


def _parsed(distinct: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read distinct addresses, the plainest as columns: key and columns of Parts."""
    is_alone = pl.all_horizontal(pl.col("above", *_BESIDE).is_null())
    lines = distinct.select(pl.when(is_alone).then("own").alias("own"), "hint")
    plain = plain_lines(lines, words_of(rulebook.vocabulary))
    is_read = plain["street"].is_not_null()
    left = distinct.filter(~is_read)
    slow = spread(_parse_distinct, left.drop("is_template"), rulebook)
    slow = with_marks(slow, left["is_template"]).with_columns(left["key"])
    quick = plain.with_columns(distinct["key"]).filter(is_read)
    return pl.concat([slow, quick], how="diagonal")


def _parse_distinct(distinct: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read addresses, one by one: columns of Parts."""
    divisions, words = divisions_of(rulebook.vocabulary), words_of(rulebook.vocabulary)
    rows: list[Parts] = []
    for _, own, up, hint, building, unit, box in distinct.iter_rows():
        if up is not None:
            rows.append(_read_chinese(own or "", up, divisions))
        elif own or building or unit or box:
            found = parse_western(own or "", words, hint)
            if building or unit or box:
                found = with_columns_beside(found, building, unit, box, words)
            rows.append(western_parts(own or "", found, words))
        else:
            rows.append(Parts())
    columns = zip(*rows, strict=True) if rows else ([] for _ in _PARTS)
    return pl.DataFrame(dict(zip(_PARTS, columns, strict=True)), _PARTS)


def _read_chinese(line: str, above: str, divisions: Divisions) -> Parts:
    """Read a line as it goes on from its columns; where they contradict, by itself."""
    own = simplify(line)
    text = simplify(above) + own
    found = parse_chinese(text, divisions)
    if above and divisions.find(text[found.place.end :]).typed:
        text = own
        found = parse_chinese(text, divisions)
    return chinese_parts(text, found)


def _states(values: pl.Series, rulebook: Rulebook) -> pl.Series:
    """Write states as their code (Victoria: VIC); what is none stays as typed."""
    states = words_of(rulebook.vocabulary).states
    codes = {name: state.code for name, state in states.items()}
    names = folded(values).str.replace_all(".", "", literal=True)
    return names.replace_strict(codes, default=values, return_dtype=pl.String)


def _with_country(result: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Add the country where state and postcode, in columns of their own, leave no doubt."""
    typed_code = pl.when(pl.col("country").is_null()).then("postcode")
    code = typed_code.str.to_uppercase().str.replace_all(r"\s", "")
    has = {
        country: pl.col("province").is_in(_codes_of(country, rulebook))
        for country in ("US", "AU", "CA")
    }
    sure = (
        pl.when(code.str.contains(rf"^(?:{_COMPACT_GB})$"))
        .then(pl.lit("GB"))
        .when(code.str.contains(rf"^(?:{_COMPACT_CA})$"))
        .then(pl.lit("CA"))
        .when(has["US"] & ~has["CA"] & code.str.contains(r"^\d{5}(?:-?\d{4})?$"))
        .then(pl.lit("US"))
        .when(has["AU"] & code.str.contains(r"^\d{4}$"))
        .then(pl.lit("AU"))
    )
    return with_shared(result, pl.coalesce("country", sure).alias("country"))


def _codes_of(country: str, rulebook: Rulebook) -> list[str]:
    states = words_of(rulebook.vocabulary).states.values()
    return sorted({state.code for state in states if country in state.countries})


def _with_keys(result: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    city = folded(result["city"]).str.replace_all(r"[^\p{L}\p{N}]+", " ")
    city = city.str.replace(r"^st ", "saint ").str.replace(rf"({HAN}{HAN})市$", "$1")
    postcode = result["postcode"].str.replace_all(r"[\s-]", "")
    checked = is_postcode(result["postcode"], result["country"], rulebook)
    zip_plus = postcode.str.contains(r"^\d{9}$") & (
        result["country"] == "US"
    ).fill_null(False)
    return result.with_columns(
        city.str.strip_chars(" ").alias("city_compare"),
        pl.when(zip_plus)
        .then(postcode.str.head(5))
        .otherwise(postcode)
        .alias("postcode_compare"),
        checked.alias(valid("postcode")),
    )
