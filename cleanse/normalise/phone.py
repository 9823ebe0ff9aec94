"""Phone, mobile and fax numbers: E.164, validity, type, extension.

A number without a country code is read in the region of its row: its country,
else the default region of its source, else the region of most of the source's
rows, else the one in which most of its numbers are valid. One that fails there
is tried as if a plus or 00 had been dropped, and as a mainland mobile.
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.phone_cell import cell_pieces
from cleanse.normalise.phone_plan import read_numbers
from cleanse.normalise.placeholder import is_placeholder, typed
from cleanse.rulebook import Rulebook
from cleanse.schema import present, raw, valid

FIELDS = ("phone", "mobile", "fax")
MATCHED = ("phone", "mobile")
"""Fields whose numbers identify somebody; a fax machine is shared."""

_CANDIDATES = ("CN", "US", "GB", "AU")
"""Regions in which the numbers of a source of unknown region are tried; plans that
let nearly any digits pass (Germany) would always win."""
_SAMPLE = 500
"""Numbers of a source that are tried so."""
_FEWEST = 3
"""Numbers below which nothing follows from them."""
_CONVINCING = 0.5
"""Share of a source's rows or numbers that decides its region."""
_SHORTEST_KEY = 7
"""Digits that a number must have to be compared when it is not valid."""

_PLAIN = r"^\(?\+?[0-9][0-9 ().-]*$"
_NOT_PLAIN = r"\.0|^\(?0\d{2,3}[) -]*\d{7,8} *- *\d{1,6}$"
"""Decimals of a spreadsheet, and an extension behind a hyphen, need a closer look."""

_LEAD = 0.1
"""By how much more of them the deciding region must fit than the next."""
_KEY = ["number", "region"]

_PIECE = pl.Schema(
    {
        "cell": pl.String,
        "place": pl.Int64,
        "number": pl.String,
        "typed": pl.String,
        "extension": pl.String,
        "is_lossy": pl.Boolean,
    }
)


def normalise_phone(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read the phone fields; each distinct number is read once.

    Args:
        records: A record frame; ``country`` (ISO 3166-1 alpha-2), ``region`` and
            ``source`` help where present.
        rulebook: Vocabulary of placeholders.

    Returns:
        `records` with, for each phone field F that is there, ``F`` (E.164 when
        valid, else as typed; null when lost), ``F_is_valid`` (null when nothing
        says where it could be dialled), ``F_is_lossy``; ``phone_e164``,
        ``phone_type``, ``phone_extension``; and ``phones``: the distinct numbers
        of phone and mobile, "+E164" when valid, else national digits.
    """
    fields = [field for field in FIELDS if raw(field) in records.columns]
    if not fields:
        return records
    numbers = pl.concat([_numbers(records, field, rulebook) for field in fields])
    numbers = _read(_with_region(numbers, records))
    records = records.with_row_index("row")
    for field in fields:
        of_field = _primary(numbers.filter(pl.col("field") == field), field)
        records = records.join(of_field, on="row", how="left", maintain_order="left")
    keys = _keys(numbers.filter(pl.col("field").is_in(MATCHED)))
    return records.join(keys, on="row", how="left", maintain_order="left").drop("row")


def _numbers(records: pl.DataFrame, field: str, rulebook: Rulebook) -> pl.DataFrame:
    """One row per number typed in a field: row, field, place and Piece."""
    cells = pl.DataFrame({"cell": typed(records, field, rulebook)})
    cells = cells.with_row_index("row").drop_nulls("cell")
    lookup = _pieces(cells["cell"].unique())
    bad = is_placeholder(lookup["number"].replace("", None), field, rulebook)
    lookup = lookup.filter(~bad.fill_null(value=False))
    numbers = cells.join(lookup, on="cell").drop("cell")
    return numbers.with_columns(pl.lit(field).alias("field"))


def _pieces(cells: pl.Series) -> pl.DataFrame:
    """Take distinct cells apart (schema _PIECE); those of one plain number as columns."""
    plain = cells.str.contains(_PLAIN) & ~cells.str.contains(_NOT_PLAIN)
    digits = cells.str.replace_all("[^0-9]", "")
    plain &= digits.str.len_chars().is_between(5, 15)
    sign = cells.str.extract(r"^\(?(\+?)")
    quick = pl.DataFrame({"cell": cells, "number": sign + digits, "typed": cells})
    quick = quick.filter(plain).with_columns(
        pl.lit(0, pl.Int64).alias("place"),
        pl.lit(None, pl.String).alias("extension"),
        pl.lit(value=False).alias("is_lossy"),
    )
    rows = [
        (cell, place, *piece)
        for cell in cells.filter(~plain)
        for place, piece in enumerate(cell_pieces(cell))
    ]
    columns = zip(*rows, strict=True) if rows else ([] for _ in _PIECE)
    slow = pl.DataFrame(dict(zip(_PIECE, columns, strict=True)), _PIECE)
    return pl.concat([quick.select(list(_PIECE)), slow])


def _with_region(numbers: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Add ``region``: where a number without country code is to be dialled."""
    where = present(records, ("country", "region", "source"))
    rows = records.select(where).with_row_index("row")
    known = [pl.col(name) for name in where if name != "source"]
    own = pl.coalesce(known) if known else pl.lit(None, pl.String)
    rows = rows.with_columns(
        own.alias("own"),
        (pl.col("source") if "source" in where else pl.lit(None, pl.String))
        .fill_null("")
        .alias("source"),
    ).select("row", "source", "own")
    numbers = numbers.join(rows, on="row", how="left")
    of_source = _source_regions(rows, numbers)
    region = pl.coalesce(
        "own", pl.col("source").replace_strict(of_source, default=None)
    )
    return numbers.with_columns(region.cast(pl.String).alias("region"))


def _source_regions(rows: pl.DataFrame, numbers: pl.DataFrame) -> dict[str, str | None]:
    """Decide the region of each source whose rows do not all name one."""
    counts = rows.drop_nulls("own").group_by("source", "own").len()
    share = pl.col("len") / pl.col("len").sum().over("source")
    most = counts.filter(share > _CONVINCING)
    known = dict(most.select("source", "own").iter_rows())
    open_sources = numbers.filter(pl.col("own").is_null()).select("source", "number")
    left = open_sources.filter(~pl.col("source").is_in(list(known)))
    return known | _tried_regions(left)


def _tried_regions(numbers: pl.DataFrame) -> dict[str, str | None]:
    """Find for each source the region in which most of its numbers are valid.

    None where another region would do nearly as well: 020 7946 0101 may be
    dialled in London and in Guangzhou, and what is not known is not guessed.
    """
    local = numbers.filter(pl.col("number").str.contains(r"^\d{9,}$")).unique()
    place, size = pl.int_range(pl.len()).over("source"), pl.len().over("source")
    sample = local.sort("source", "number").filter(
        (size >= _FEWEST) & (place % (size // _SAMPLE).clip(1) == 0)
    )
    tried = sample.join(pl.DataFrame({"region": _CANDIDATES}), how="cross")
    read = read_numbers(tried.select("number", "region").unique())
    counts = tried.join(read, on=["number", "region"]).group_by("source", "region")
    shares = counts.agg((pl.col("e164").count() / pl.len()).alias("share"))
    second = pl.col("share").sort(descending=True).get(1, null_on_oob=True)
    lead = pl.col("share") - second.over("source").fill_null(0.0)
    best = (
        shares.filter((pl.col("share") > _CONVINCING) & (lead >= _LEAD))
        .sort("source", pl.col("share"), "region", descending=[False, True, False])
        .unique("source", keep="first", maintain_order=True)
    )
    return dict(best.select("source", "region").iter_rows())


def _read(numbers: pl.DataFrame) -> pl.DataFrame:
    """Add the columns of READ, trying a number in the ways that it may be meant."""
    read = _attempt(
        numbers.select("number", "region").unique(), pl.col("number"), pl.col("region")
    )
    digits = pl.col("number")
    dropped_plus = pl.lit("+") + digits.str.strip_prefix("00")
    nowhere = pl.lit(None, pl.String)
    for may_be, number, region in (
        (digits.str.contains(r"^00|^[1-9]\d{10,}$"), dropped_plus, nowhere),
        (digits.str.contains(r"^1[3-9]\d{9}$"), digits, pl.lit("CN")),
    ):
        is_open = pl.col("e164").is_null() & may_be
        again = _attempt(read.filter(is_open).select(_KEY), number, region)
        better = again.drop_nulls("e164")
        read = pl.concat(
            [read.join(better, on=_KEY, how="anti", nulls_equal=True), better]
        )
    return numbers.join(read, on=_KEY, how="left", nulls_equal=True)


def _attempt(keys: pl.DataFrame, number: pl.Expr, region: pl.Expr) -> pl.DataFrame:
    """Read keys (number, region) as `number` in `region`."""
    tried = keys.with_columns(number.alias("tried"), region.alias("tried_in"))
    ways = tried.select(
        pl.col("tried").alias("number"), pl.col("tried_in").alias("region")
    )
    read = read_numbers(ways.unique()).rename({"number": "tried", "region": "tried_in"})
    both = ["tried", "tried_in"]
    return tried.join(read, on=both, how="left", nulls_equal=True).drop(both)


def _primary(numbers: pl.DataFrame, field: str) -> pl.DataFrame:
    """Choose each row's number of a field: the first valid, else the first."""
    is_valid = pl.col("e164").is_not_null()
    unknown = pl.col("region").is_null() & ~pl.col("number").str.starts_with("+")
    lossy = pl.col("is_lossy")
    first = (
        numbers.sort("row", lossy, ~is_valid, "place")
        .unique("row", keep="first", maintain_order=True)
        .select(
            "row",
            pl.when(~lossy).then(pl.coalesce("e164", "typed")).alias(field),
            pl.when(is_valid | ~unknown | lossy).then(is_valid).alias(valid(field)),
            lossy.alias(f"{field}_is_lossy"),
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
