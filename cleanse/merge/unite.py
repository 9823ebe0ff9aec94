"""Values that are united: tags and aliases, and the user's own columns in `extra`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from cleanse.merge.survive import ALL_AGREE, ONLY_VALUE, survive
from cleanse.merge.vote import Weighing
from cleanse.rulebook.survivorship import EXTRA_FIELD, Strategy, SurvivorshipRules
from cleanse.schema import EXTRA

SEPARATOR: Final = "; "
"""Stands between united values."""

_BETWEEN: Final = {"tags": r"[\n;,|；，、｜]", "alias": r"[\n;|；｜]"}
_ANY: Final = r"[\n;；]"
_EXTRA_CHAIN: Final = (Strategy.MOST_RECENT, Strategy.MOST_TRUSTED)


def unite(members: pl.DataFrame, field: str) -> pl.DataFrame:
    """Put all values of a field together, each once, sorted.

    Capitals and width make no other value; of several spellings the commonest stands.

    Returns:
        customer_id, value, origin, rule, record_ids, source, record_id, runner_up,
        runner_id. A value that one record alone has, or all have alike, is a record's.
    """
    cells = members.drop_nulls(field).select(
        "customer_id",
        "record_id",
        "source",
        pl.col(field).cast(pl.String).alias("cell"),
    )
    between = _BETWEEN.get(field, _ANY)
    single = (
        cells.with_columns(
            pl.col("cell").str.replace_all(between, "\n").str.split("\n").alias("one")
        )
        .explode("one")
        .with_columns(pl.col("one").str.strip_chars())
        .filter(pl.col("one") != "")
        .with_columns(key=pl.col("one").str.normalize("NFKC").str.to_lowercase())
    )
    spellings = single.group_by("customer_id", "key", "one").agg(times=pl.len())
    values = (
        spellings.sort("times", "one", descending=[True, False])
        .unique(["customer_id", "key"], keep="first", maintain_order=True)
        .group_by("customer_id")
        .agg(value=pl.col("one").sort().str.join(SEPARATOR), ones=pl.len())
    )
    united = single.group_by("customer_id").agg(
        pl.col("record_id").unique().sort().alias("record_ids"),
        pl.col("source").first(),
        pl.col("record_id").first().alias("record_id"),
        pl.struct("record_id", "key").n_unique().alias("pairs"),
    )
    united = united.join(values, on="customer_id")
    several = pl.col("record_ids").list.len() > 1
    agree = pl.col("ones") * pl.col("record_ids").list.len() == pl.col("pairs")
    return united.sort("customer_id").select(
        "customer_id",
        "value",
        pl.when(agree)
        .then(pl.lit("record"))
        .otherwise(pl.lit("aggregate"))
        .alias("origin"),
        pl.when(~several)
        .then(pl.lit(ONLY_VALUE))
        .when(agree)
        .then(pl.lit(ALL_AGREE))
        .otherwise(pl.lit(Strategy.UNITE.value))
        .alias("rule"),
        "record_ids",
        "source",
        "record_id",
        pl.lit(None, pl.String).alias("runner_up"),
        pl.lit(None, pl.Int64).alias("runner_id"),
        pl.lit(1.0, pl.Float32).alias("confidence"),
    )


def unite_extra(
    members: pl.DataFrame, rules: SurvivorshipRules, grouped: Sequence[pl.DataFrame]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Unite the columns that are no standard field; of one heading the newest value stands.

    Args:
        members: The customers' records.
        rules: What votes are worth, and which headings survive in groups.
        grouped: The cells of those headings, with ``field``.

    Returns:
        customer_id and extra (type EXTRA, sorted by key); and the cells, with
        ``field`` (``extra.<heading>``) beside the columns of `survive`.
    """
    pairs = (
        members.select(
            "customer_id", "record_id", "source", "trust", "updated", "extra"
        )
        .explode("extra", empty_as_null=False, keep_nulls=False)
        .unnest("extra")
        .rename({"key": "field"})
        .drop_nulls(["field", "value"])
        .with_columns(pl.col("value").alias("key"))
    )
    if grouped:
        named = pl.lit(EXTRA_FIELD) + pl.col("field")
        pairs = pairs.filter(~named.is_in(list(rules.grouped)))
    by = ("customer_id", "field")
    cells = survive(pairs, _EXTRA_CHAIN, by, Weighing.of("extra", rules))
    cells = cells.with_columns((pl.lit(EXTRA_FIELD) + pl.col("field")).alias("field"))
    cells = pl.concat([cells, *(each.select(cells.columns) for each in grouped)])
    cells = cells.sort(by) if grouped else cells
    entry = pl.struct(
        pl.col("field").str.strip_prefix(EXTRA_FIELD).alias("key"), "value"
    )
    extra = cells.group_by("customer_id", maintain_order=True).agg(entry.alias("extra"))
    return extra.cast({"extra": EXTRA}), cells
