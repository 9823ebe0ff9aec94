"""Dates and moments: one calendar day, month or year, however it is written.

Whole columns are read at once, form by form; what no form fits goes, once per
distinct value, through python-dateutil with guards. Whether 03/04/2020 is a day
in April or in March is decided per source and field, by evidence over all its
values. What the calendar does not have (30 February) is missing, not moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import polars as pl

from cleanse.normalise.date_words import dateutil_day, plain_digits
from cleanse.normalise.placeholder import typed
from cleanse.normalise.text import folded
from cleanse.rulebook import Rulebook
from cleanse.rulebook.source import DateColumn
from cleanse.schema import FIELDS, FieldKind, raw, valid

Order = Literal["dmy", "mdy"]

PRECISION = {"birth_on": "birth_precision", "founded_on": "founded_precision"}
"""Fields whose precision ("day", "month", "year") has a column."""

MONTH_FIRST = ("US",)
"""Regions that write the month first (CLDR date formats)."""

_PIVOT = {"birth_on": 25}
_USUAL_PIVOT = 68
"""Two-digit years up to the pivot are 20yy, later ones 19yy; POSIX says 68, but
nobody in a customer list is born after the list was made."""

_EXCEL_EPOCH = pl.date(1899, 12, 30)
_EXCEL_DAYS = (10_000, 73_050)
"""Serials read as days: 1927-05-18 to 2099-12-31; smaller ones may be anything."""
_YEARS = (1000, 2199)

_MONTH = r"(?P<m>[a-z]{3,12})\.?"
_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<y>\d{4}|'?\d{2})"
_GAP = r"[-/., ]*(?:(?:of|de|del) )?"


class _Form(NamedTuple):
    """A way to write a date: named groups y, m, d; a, b where order decides."""

    pattern: str
    precision: str = "day"


_FORMS = (
    _Form(
        r"^(?P<y>\d{4})\s?[-/.年\s]\s?(?P<m>\d{1,2})\s?[-/.月\s]\s?(?P<d>\d{1,2})\s?[日号]?$"
    ),
    _Form(r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$"),
    _Form(
        r"^(?P<a>\d{1,2})\s?[-/.\s]\s?(?P<b>\d{1,2})\s?[-/.\s]\s?(?P<y>\d{4}|\d{2})$"
    ),
    _Form(r"^(?P<a>[03]\d|1[0-8]|2[1-9])(?P<b>\d\d)(?P<y>(?:19|20)\d\d)$"),
    _Form(rf"^{_DAY}{_GAP}{_MONTH}{_GAP}{_YEAR}$"),
    _Form(rf"^{_MONTH}{_GAP}{_DAY}[-/., ]+{_YEAR}$"),
    _Form(rf"^(?P<y>\d{{4}}){_GAP}{_MONTH}{_GAP}{_DAY}$"),
    _Form(r"^(?P<y>\d{2})年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?$"),
    _Form(r"^(?P<y>\d{4})\s?[-/.年\s]\s?(?P<m>\d{1,2})月?份?$", "month"),
    _Form(r"^(?P<y>1[5-9]\d\d|20\d\d)(?P<m>0[1-9]|1[0-2])$", "month"),
    _Form(r"^(?P<m>\d{1,2})[-/.](?P<y>\d{4})$", "month"),
    _Form(rf"^{_MONTH}{_GAP}(?P<y>\d{{4}})$", "month"),
    _Form(rf"^(?P<y>\d{{4}}){_GAP}{_MONTH}$", "month"),
    _Form(r"^(?P<y>1\d{3}|20\d\d|21\d\d)年?$", "year"),
)
_CLOCK = (
    r"(?:^|[\st])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)"
    r"(?P<fraction>[.,]\d+)?)?\s*(?P<half>am|pm|上午|下午)?"
    r"\s*(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d)?$"
)


def normalise_date(records: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Read the date and time fields.

    Args:
        records: A record frame; ``source``, ``country`` and ``region`` help to
            decide the order of day and month.
        rulebook: A source rule's formats (strptime) go before everything else.

    Returns:
        `records` with, for each such field F that is there, ``F`` (Date, or
        Datetime in UTC; null when it is no date), ``F_is_valid`` (null when
        nothing is typed), and birth_precision, founded_precision.
    """
    kinds = (FieldKind.DATE, FieldKind.TIME)
    for field, kind in FIELDS.items():
        if kind in kinds and raw(field) in records.columns:
            read = _read_field(records, field, rulebook)
            records = records.with_columns(read)
    return records


def _read_field(records: pl.DataFrame, field: str, rulebook: Rulebook) -> pl.DataFrame:
    text = typed(records, field, rulebook).str.to_lowercase().alias("text")
    rows = records.select(text, _source(records))
    distinct = rows.drop_nulls("text").unique()
    orders = _orders(records, text)
    order = dict(orders.select("source", "order").iter_rows())
    parts = [
        _read(part, field, order[part["source"][0]], rulebook)
        for part in distinct.partition_by("source")
    ]
    empty = _read(distinct.head(0), field, "dmy", rulebook)
    joined = rows.join(
        pl.concat([empty, *parts]),
        on=["text", "source"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    checked = pl.when(pl.col("text").is_not_null()).then(pl.col(field).is_not_null())
    columns = [field, *([PRECISION[field]] if field in PRECISION else [])]
    return joined.select(*columns, checked.alias(valid(field)))


def column_orders(
    records: pl.DataFrame, field: str, rulebook: Rulebook
) -> pl.DataFrame:
    """Decide for each source whether a field is written day first or month first.

    A value with a number above 12 shows it; where none does, or as many show the
    one as the other, the regions of the source's rows decide.

    Returns:
        source, day_first and month_first (how many values show it), order
        ("dmy" or "mdy"); one row per source.
    """
    return _orders(records, typed(records, field, rulebook).str.to_lowercase())


def _orders(records: pl.DataFrame, text: pl.Series) -> pl.DataFrame:
    """Do what `column_orders` does to a field that is already tidy, in small letters."""
    text = text.alias("text")
    parts = pl.col("text").str.extract_groups(_FORMS[2].pattern).struct
    first = parts.field("a").cast(pl.Int32)
    second = parts.field("b").cast(pl.Int32)
    longest = 12
    shown = records.select(text, _source(records), _month_first(records)).select(
        "source",
        ((first > longest) & (second <= longest)).alias("day_first"),
        ((second > longest) & (first <= longest)).alias("month_first"),
        "in_month_first_region",
    )
    counts = shown.group_by("source").agg(
        pl.col("day_first", "month_first").sum(),
        (pl.col("in_month_first_region").mean() > 0.5).alias("usual"),  # noqa: PLR2004
    )
    months = pl.col("month_first") > pl.col("day_first")
    tie = pl.col("month_first") == pl.col("day_first")
    is_mdy = months | (tie & pl.col("usual").fill_null(value=False))
    order = pl.when(is_mdy).then(pl.lit("mdy")).otherwise(pl.lit("dmy")).alias("order")
    return counts.with_columns(order).sort("source").drop("usual")


def _source(records: pl.DataFrame) -> pl.Expr:
    return (
        pl.col("source") if "source" in records.columns else pl.lit("").alias("source")
    )


def _month_first(records: pl.DataFrame) -> pl.Expr:
    known = [pl.col(name) for name in ("country", "region") if name in records.columns]
    region = pl.coalesce(known) if known else pl.lit(None, pl.String)
    return region.is_in(list(MONTH_FIRST)).alias("in_month_first_region")


def _formats(rulebook: Rulebook, part: pl.DataFrame, field: str) -> tuple[str, ...]:
    source = None if part.is_empty() else part["source"][0]
    column = source is not None and rulebook.source(source).columns.get(field)
    return column.formats if isinstance(column, DateColumn) else ()


def _read(
    part: pl.DataFrame, field: str, order: Order, rulebook: Rulebook
) -> pl.DataFrame:
    """Read the distinct texts of one source: text, source, the field, its precision."""
    text = part["text"]
    read = read_days(text, order, _PIVOT.get(field, _USUAL_PIVOT), _months(rulebook))
    formats = _formats(rulebook, part, field)
    if formats:
        by_rule = [text.str.strptime(pl.Date, form, strict=False) for form in formats]
        read = read.select(
            pl.coalesce(*by_rule, "day").alias("day"),
            pl.when(pl.coalesce(by_rule).is_null())
            .then("precision")
            .otherwise(pl.lit("day"))
            .alias("precision"),
        )
    if FIELDS[field] is FieldKind.TIME:
        moment = read["day"].cast(pl.Datetime("us")) + _clock(text)
        return part.with_columns(moment.dt.replace_time_zone("UTC").alias(field))
    day = read["day"].alias(field)
    return part.with_columns(day, read["precision"].alias(_precision(field)))


def _months(rulebook: Rulebook) -> dict[str, int]:
    named = rulebook.vocabulary.mapping("month_word", "month")
    return {word: int(number) for word, number in named.items()}


def read_days(
    values: pl.Series, order: Order, pivot: int, months: Mapping[str, int]
) -> pl.DataFrame:
    """Read dates.

    Args:
        values: Distinct texts, tidy and lower case.
        order: Whether 03/04/2020 is in April (dmy) or in March (mdy).
        pivot: The last two-digit year of this century.
        months: Number of each month by its folded name.

    Returns:
        ``day`` (Date) and ``precision`` ("day", "month", "year"), one row per
        value, both null when it is no date.

    >>> texts = pl.Series(["1/16/18", "2013年5月22日", "二〇二三年", "2001-02-30", "43831"])
    >>> read_days(texts, "mdy", 68, {"may": 5}).rows()[:3]
    [(datetime.date(2018, 1, 16), 'day'), (datetime.date(2013, 5, 22), 'day'), (datetime.date(2023, 1, 1), 'year')]
    >>> read_days(texts, "mdy", 68, {"may": 5}).rows()[3:]
    [(None, None), (datetime.date(2020, 1, 1), 'day')]
    """
    text = plain_digits(folded(values)).str.replace(_CLOCK, "").str.strip_chars(" ,t")
    rows = text.alias("text").to_frame().with_row_index("row")
    found = [_serials(rows)]
    left = rows.join(found[0], on="row", how="anti")
    for form in _FORMS:
        if left.is_empty():
            break
        read = _read_form(left, form, order, pivot, months)
        found.append(read.drop_nulls("day"))
        left = left.join(found[-1], on="row", how="anti")
    slow = [(row, dateutil_day(text, order)) for row, text in left.drop_nulls().rows()]
    by_words = pl.DataFrame(slow, {"row": pl.UInt32, "day": pl.Date}, orient="row")
    found.append(by_words.drop_nulls().with_columns(precision=pl.lit("day")))
    read = pl.concat(found).unique("row", keep="first", maintain_order=True)
    return rows.join(read, on="row", how="left", maintain_order="left").select(
        "day", "precision"
    )


def _read_form(
    rows: pl.DataFrame,
    form: _Form,
    order: Order,
    pivot: int,
    months: Mapping[str, int],
) -> pl.DataFrame:
    """Read the rows that are written in one form: row, day (null: impossible), precision."""
    groups = pl.col("text").str.extract_groups(form.pattern)
    read = rows.select("row", groups.alias("part")).unnest("part").drop_nulls("y")
    if "a" in read.columns:
        day, month = ("a", "b") if order == "dmy" else ("b", "a")
        # One value may contradict its column (13/25/2020 cannot be helped).
        turned = pl.col(month).cast(pl.Int32) > 12  # noqa: PLR2004 - months of a year
        read = read.with_columns(
            pl.when(turned).then(day).otherwise(month).alias("m"),
            pl.when(turned).then(month).otherwise(day).alias("d"),
        )
    year = _full_year(pl.col("y").str.strip_prefix("'"), pivot)
    month_ = pl.col("m") if "m" in read.columns else pl.lit("1")
    if "[a-z]" in form.pattern:
        month_ = month_.replace_strict(months, default=None, return_dtype=pl.Int32)
    day_ = pl.col("d") if "d" in read.columns else pl.lit("1")
    text = pl.format("{}-{}-{}", year, month_, day_)
    on = pl.when(year.is_between(*_YEARS)).then(
        text.str.to_date("%Y-%m-%d", strict=False)
    )
    return read.select(
        "row",
        on.alias("day"),
        pl.when(on.is_not_null()).then(pl.lit(form.precision)).alias("precision"),
    )


def _full_year(year: pl.Expr, pivot: int) -> pl.Expr:
    number = year.cast(pl.Int32)
    century = pl.when(number <= pivot).then(2000).otherwise(1900)
    return pl.when(year.str.len_chars() == 2).then(century + number).otherwise(number)  # noqa: PLR2004


def _serials(rows: pl.DataFrame) -> pl.DataFrame:
    """Read Excel's day numbers (1900 system)."""
    number = pl.col("text").str.extract(r"^(\d{5})(?:\.\d+)?$").cast(pl.Int32)
    serials = rows.select("row", number.alias("number")).filter(
        pl.col("number").is_between(*_EXCEL_DAYS)
    )
    return serials.select(
        "row",
        (_EXCEL_EPOCH + pl.duration(days="number")).alias("day"),
        pl.lit("day").alias("precision"),
    )


def _clock(values: pl.Series) -> pl.Series:
    """Time since midnight UTC of the day that is typed; zero when there is none."""
    part = values.str.extract_groups(_CLOCK).struct.unnest()
    hour, minute, second = (
        pl.col(name).cast(pl.Int64).fill_null(0)
        for name in ("hour", "minute", "second")
    )
    afternoon = pl.col("half").is_in(["pm", "下午"]).fill_null(value=False)
    hour = (
        pl.when(pl.col("half").is_null())
        .then(hour)
        .otherwise(hour % 12 + 12 * afternoon)
    )
    fraction = ("0." + pl.col("fraction").str.slice(1)).cast(pl.Float64).fill_null(0)
    zone = pl.col("zone").str.replace(":", "")
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    offset = zone.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + zone.str.slice(
        3, 2
    ).cast(pl.Int64, strict=False)
    clock = pl.duration(
        hours=hour,
        minutes=minute - (sign * offset).fill_null(0),
        seconds=second,
        microseconds=(fraction * 1_000_000).round().cast(pl.Int64),
    )
    return part.select(clock.alias("clock")).to_series()


def _precision(field: str) -> str:
    return PRECISION.get(field, "precision")
