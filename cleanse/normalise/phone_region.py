"""Where a number without country code is to be dialled.

The country of its row, else the default region of its source, else the region of
most of the source's rows, else the one in which most of its numbers are valid.
"""

from __future__ import annotations

import polars as pl

from cleanse.normalise.phone_plan import read_numbers
from cleanse.schema import present

_CANDIDATES = ("CN", "US", "GB", "AU")
"""Regions in which the numbers of a source of unknown region are tried; plans that
let nearly any digits pass (Germany) would always win."""
_SAMPLE = 500
"""Numbers of a source that are tried so."""
_FEWEST = 3
"""Numbers below which nothing follows from them."""
_CONVINCING = 0.5
"""Share of a source's rows or numbers that decides its region."""
_LEAD = 0.1
"""By how much more of them the deciding region must fit than the next."""


def with_region(numbers: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Add ``region`` (ISO 3166-1 alpha-2, or null) to numbers.

    Args:
        numbers: ``row`` (place in `records`) and ``number``, digits with ``+``
            before them when typed so.
        records: ``country``, ``region`` and ``source`` where present.
    """
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
