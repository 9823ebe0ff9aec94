"""The plainest western lines read together, as columns: 12 Mill Lane, Flat 3, 14 Oak Pl.

They are most of any list. What is read here `parse_western` and `western_parts` read
alike; all others are left to them. tests/test_address.py holds both equal.
"""

from __future__ import annotations

import re

import polars as pl

from cleanse.normalise.address_key import canonical_street
from cleanse.normalise.address_street import HIGHWAYS, QUADRANTS
from cleanse.normalise.address_western import LINKS, LONGEST_DOOR, NUMBER_FIRST
from cleanse.normalise.address_words import Words

# The pattern of `parse_western` without city and compass: what has these is left.
_LINE = (
    r"^(?:([A-Za-z]{2,}) ([0-9]+[A-Za-z]?), )?([0-9]+[A-Za-z]?) "
    r"((?:[NSEW]\.? )?(?:[0-9]{1,3}(?:st|nd|rd|th)|[A-Za-z]{2,}(?: [A-Za-z]{2,}){0,2})"
    r" [A-Za-z]{2,})(\.?)"
    r"(?:,? (?:([A-Za-z]{2,})\.? |#)([0-9]{1,5}[A-Za-z]?|[A-Za-z]))?$"
)
_GROUPS = ("lead", "door", "house_number", "name", "dot", "word", "behind")
_ONLY_WORDS = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")


def plain_lines(lines: pl.DataFrame, words: Words) -> pl.DataFrame:
    """Read the plainest of many western lines.

    Args:
        lines: ``own`` (a tidy line, null where there is more than a line or none) and
            ``hint`` (ISO 3166-1 alpha-2, when another column says it).
        words: From the vocabulary.

    Returns:
        house_number, street, unit, address_compare and street_compare, one row per
        line; all null for lines that are left.

    >>> from cleanse.rulebook import load_rulebook
    >>> from cleanse.normalise.address_words import words_of
    >>> words = words_of(load_rulebook().vocabulary)
    >>> lines = pl.DataFrame({"own": ["Flat 3, 12 Mill Ln.", "1 Oak St. #9B", "The Mill"], "hint": "GB"})
    >>> for row in plain_lines(lines, words).rows():
    ...     row
    ('12', 'Mill Ln', '3', '12 mill lane 3', 'mill lane')
    ('1', 'Oak St.', '9B', '1 oak street 9b', 'oak street')
    (None, None, None, None, None)
    """
    found = pl.col("own").str.extract_groups(_LINE).struct.rename_fields(_GROUPS)
    read = lines.select("hint", found.alias("found")).unnest("found")
    # A dot that ends the line is the line's.
    dot = pl.when(pl.col("behind").is_not_null()).then("dot").otherwise(pl.lit(""))
    read = read.with_columns(
        (pl.col("name") + dot).alias("street"),
        pl.coalesce("door", "behind").alias("unit"),
    )
    street_compare = _compared(read["street"], words)
    sure = read.select(_is_sure(words)).to_series() & street_compare.is_not_null()
    number, unit = pl.col("house_number"), pl.col("unit")
    compare = pl.concat_str(
        number.str.to_lowercase(),
        street_compare,
        unit.str.to_lowercase(),
        separator=" ",
        ignore_nulls=True,
    )
    columns = {
        "house_number": number,
        "street": pl.col("street"),
        "unit": unit,
        "address_compare": compare,
        "street_compare": pl.lit(street_compare),
    }
    return read.select(
        pl.when(sure).then(column).alias(name) for name, column in columns.items()
    )


def _is_sure(words: Words) -> pl.Expr:
    """Tell whether number and door are such, and no postcodes."""
    number, behind = pl.col("house_number"), pl.col("behind")
    is_short = number.str.len_bytes() <= LONGEST_DOOR
    is_first = pl.col("hint").is_null() | pl.col("hint").is_in(
        [country for country in NUMBER_FIRST if country]
    )
    said = pl.coalesce("lead", "word", pl.lit("unit")).str.to_lowercase()
    is_near = behind.str.len_bytes() <= LONGEST_DOOR
    is_one = behind.is_null() | (is_near & pl.col("door").is_null())
    return (is_short | is_first) & said.is_in(sorted(words.units)) & is_one


def _compared(streets: pl.Series, words: Words) -> pl.Series:
    """Write the streets that are a name and a kind one way; null for all others."""
    distinct = streets.drop_nulls().unique()
    compared = [_canonical(street, words) for street in distinct]
    after = pl.Series(compared, dtype=pl.String)
    return streets.replace_strict(distinct, after, default=None, return_dtype=pl.String)


def _canonical(street: str, words: Words) -> str | None:
    *names, kind = street.lower().removesuffix(".").split()
    is_kind = kind in words.strong_types and kind not in HIGHWAYS | QUADRANTS
    is_plain = words.unplain.isdisjoint(names) and LINKS.isdisjoint(names)
    if not (is_kind and is_plain):
        return None
    written = canonical_street(street, words)
    return written if _ONLY_WORDS.fullmatch(written) else None
