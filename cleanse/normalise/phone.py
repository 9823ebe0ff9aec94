"""Phone, mobile and fax numbers: E.164, validity, type, extension.

A cell is taken apart (`phone_cell`), each number is read in the region of its
row (`phone_region`) by its numbering plan (`phone_plan`), else as it may be meant
(`phone_read`), else with the area code of its place (`phone_area`).
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.phone_area import with_area_codes
from cleanse.normalise.phone_cell import cell_pieces
from cleanse.normalise.phone_read import read_as_meant
from cleanse.normalise.phone_region import with_region
from cleanse.normalise.phone_run import is_whole
from cleanse.normalise.phone_type import with_type
from cleanse.normalise.placeholder import is_placeholder, typed
from cleanse.normalise.text import tidied
from cleanse.rulebook import Rulebook
from cleanse.schema import present, raw, replaced, rule, valid

FIELDS = ("phone", "mobile", "fax")
MATCHED = ("phone", "mobile")
"""Fields whose numbers identify somebody; a fax machine is shared."""
FAX_BESIDE = "phone.fax_beside"
"""Rule: the fax number stands, so labelled, in another field."""

_SHORTEST_KEY = 7
"""Digits that a number must have to be compared when it is not valid."""

_PLAIN = r"^\(?\+?[0-9][0-9 ().-]*$"
_SHORTEST = 4
_SEQUENCE = "0123456789"
"""Typed for form's sake wherever no number is so; some countries have it."""
_PIECE = pl.Schema(
    {
        "cell": pl.String,
        "place": pl.Int64,
        "number": pl.String,
        "typed": pl.String,
        "extension": pl.String,
        "is_lossy": pl.Boolean,
        "label": pl.String,
        "rule": pl.String,
    }
)


def normalise_phone(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read the phone fields; each distinct number is read once.

    Args:
        records: A record frame; ``country`` (ISO 3166-1 alpha-2), ``region`` and
            ``source`` help where present, and ``district``, ``city`` and
            ``province`` for numbers without area code.
        rulebook: Vocabulary of placeholders, phone_area and phone_label.

    Returns:
        `records` with, for each phone field F that is there, ``F`` (E.164 when
        valid, else as typed; null when lost), ``F_is_valid`` (null when nothing
        says where it could be dialled), ``F_is_lossy``, ``F_rule`` (null for the
        usual one); ``phone_e164``, ``phone_type`` (see `with_type`),
        ``phone_extension``; and ``phones``: the distinct numbers of phone and
        mobile, "+E164" when valid, else national digits. A number that is
        labelled a fax is the ``fax`` where that field says nothing.
    """
    fields = [field for field in FIELDS if raw(field) in records.columns]
    if not fields:
        return records
    numbers = pl.concat([_numbers(records, field, rulebook) for field in fields])
    numbers = read_as_meant(with_region(numbers, records))
    numbers = numbers.filter(
        (pl.col("number") != _SEQUENCE) | pl.col("e164").is_not_null()
    )
    numbers = with_area_codes(numbers, records, rulebook)
    numbers = _with_faxes(with_type(numbers, rulebook))
    if numbers.filter(pl.col("field") == "fax").height:
        fields = [*dict.fromkeys([*fields, "fax"])]
    records = records.with_row_index("row")
    for field in fields:
        of_field = _primary(numbers.filter(pl.col("field") == field), field)
        records = records.join(of_field, on="row", how="left", maintain_order="left")
    keys = _keys(numbers.filter(pl.col("field").is_in(MATCHED) & ~pl.col("is_fax")))
    return records.join(keys, on="row", how="left", maintain_order="left").drop("row")


def _numbers(records: pl.DataFrame, field: str, rulebook: Rulebook) -> pl.DataFrame:
    """One row per number typed in a field: row, field, place and Piece."""
    cells = typed(records, field, rulebook).alias("cell").to_frame()
    cells = cells.with_columns(pl.coalesce("cell", _sequence(records, field)))
    cells = cells.with_row_index("row").drop_nulls("cell")
    lookup = _pieces(cells["cell"].unique())
    bad = is_placeholder(lookup["number"].replace("", None), field, rulebook)
    is_bad = bad.fill_null(value=False) & (lookup["number"] != _SEQUENCE)
    lookup = lookup.filter(~is_bad)
    numbers = cells.join(lookup, on="cell").drop("cell")
    return numbers.with_columns(pl.lit(field).alias("field"))


def _sequence(records: pl.DataFrame, field: str) -> pl.Series:
    """Return the cells of a field that hold the digits in order and nothing else."""
    said = records.select(pl.coalesce(present(records, (replaced(field), raw(field)))))
    cells = said.to_series().cast(pl.String)
    found = (cells.str.len_chars() >= len(_SEQUENCE)) & cells.str.contains(r"[9９]\D*$")
    found &= cells.str.contains(r"^\D*[0０]\D*[1１]\D*[2２]")
    cells = tidied(cells.set(~found, None))
    return cells.set(cells.str.replace_all(r"\D", "") != _SEQUENCE, None)


def _pieces(cells: pl.Series) -> pl.DataFrame:
    """Take distinct cells apart (schema _PIECE); those of one plain number as columns."""
    digits = cells.str.extract(r"^\(?(\+?)") + cells.str.replace_all("[^0-9]", "")
    plain = cells.str.contains(_PLAIN) & ~cells.str.contains(".0", literal=True)
    plain &= digits.str.strip_prefix("+").str.len_chars() >= _SHORTEST
    plain &= is_whole(cells, digits)
    quick = pl.DataFrame({"cell": cells, "number": digits, "typed": cells})
    quick = quick.filter(plain).with_columns(
        pl.lit(0, pl.Int64).alias("place"),
        pl.lit(value=False).alias("is_lossy"),
        *(pl.lit(None, pl.String).alias(c) for c in ("extension", "label", "rule")),
    )
    rows = [
        (cell, place, *piece)
        for cell in cells.filter(~plain)
        for place, piece in enumerate(cell_pieces(cell))
    ]
    columns = zip(*rows, strict=True) if rows else ([] for _ in _PIECE)
    slow = pl.DataFrame(dict(zip(_PIECE, columns, strict=True)), _PIECE)
    return pl.concat([quick.select(list(_PIECE)), slow])


def _with_faxes(numbers: pl.DataFrame) -> pl.DataFrame:
    """Add the numbers labelled a fax in other fields as fax, in rows without one."""
    have = numbers.filter(pl.col("field") == "fax").select("row").unique()
    beside = numbers.filter(pl.col("is_fax") & (pl.col("field") != "fax"))
    beside = beside.join(have, on="row", how="anti").with_columns(
        pl.lit("fax").alias("field"), pl.lit(FAX_BESIDE).alias("rule")
    )
    return pl.concat([numbers, beside])


def _primary(numbers: pl.DataFrame, field: str) -> pl.DataFrame:
    """Choose each row's number of a field: the first valid, else the first; a fax last."""
    is_valid = pl.col("e164").is_not_null()
    unknown = pl.col("region").is_null() & ~pl.col("number").str.starts_with("+")
    lossy = pl.col("is_lossy")
    is_stray = pl.col("is_fax") & (field != "fax")
    first = (
        numbers.sort("row", lossy, is_stray, ~is_valid, "place")
        .unique("row", keep="first", maintain_order=True)
        .select(
            "row",
            pl.when(~lossy).then(pl.coalesce("e164", "typed")).alias(field),
            pl.when(is_valid | ~unknown | lossy).then(is_valid).alias(valid(field)),
            lossy.alias(f"{field}_is_lossy"),
            pl.coalesce("rule", "way").alias(rule(field)),
            pl.col("e164").alias("phone_e164"),
            pl.col("type").alias("phone_type"),
            pl.col("extension").alias("phone_extension"),
        )
    )
    return first if field == "phone" else first.drop("^phone_(e164|type|extension)$")


def _keys(numbers: pl.DataFrame) -> pl.DataFrame:
    """Gather the numbers of each row as keys for matching."""
    digits = pl.col("national")
    long_enough = digits.str.len_chars() >= _SHORTEST_KEY
    key = pl.coalesce("e164", pl.when(long_enough).then(digits)).alias("phones")
    by_place = numbers.with_columns(key).drop_nulls("phones")
    return (
        by_place.sort("row", pl.col("field") != FIELDS[0], "place")
        .group_by("row", maintain_order=True)
        .agg(pl.col("phones").unique(maintain_order=True))
    )
