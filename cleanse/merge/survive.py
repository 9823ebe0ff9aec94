"""Choose among the values that a customer's records have, and keep why.

Spellings of one value (equal ``key``) stand together: first the value is chosen by
the chain of strategies, then the spelling by the same chain. Ties end at the most
frequent, the most trusted, the most recent and the smallest record_id, so there is
always one answer, whatever the order of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from cleanse.merge.vote import Weighing, share, vote
from cleanse.rulebook.survivorship import Strategy
from cleanse.schema import with_columns_present

ONLY_VALUE: Final = "only_value"
"""Rule of a value that one record has and no other contradicts."""
ALL_AGREE: Final = "all_agree"
"""Rule of a value that all of several records have."""
SMALLEST: Final = "smallest_record_id"
"""Rule of a value that won the last tie."""

_TIES: Final = (Strategy.MOST_FREQUENT, Strategy.MOST_TRUSTED, Strategy.MOST_RECENT)
_ORDERED: Final = {Strategy.EARLIEST, Strategy.LATEST, Strategy.LARGEST}
_OPTIONAL: Final = {
    "trust": pl.Int64,
    "updated": pl.Int64,
    "is_valid": pl.Boolean,
    "completeness": pl.Int64,
    "strictness": pl.Int64,
    "place": pl.Int64,
}
_NEVER: Final = 2**62


_STANDING: Final[Mapping[Strategy, pl.Expr]] = {
    Strategy.VALID: (1 - 2 * pl.col("is_valid").cast(pl.Int64)).fill_null(0),
    Strategy.CUSTOM_ORDER: pl.col("place").fill_null(_NEVER),
    Strategy.MOST_RECENT: -pl.col("updated").fill_null(-_NEVER),
    Strategy.MOST_TRUSTED: pl.col("trust").fill_null(_NEVER),
    Strategy.MOST_COMPLETE: -pl.col("completeness").fill_null(0),
    Strategy.STRICTEST: pl.col("strictness").fill_null(_NEVER),
    Strategy.EARLIEST: pl.col("ordinal"),
    Strategy.LATEST: -pl.col("ordinal"),
    Strategy.LARGEST: -pl.col("ordinal"),
}
"""Per record; what is summed over records is not read off one."""
_SUMMED: Final[Mapping[Strategy, str]] = {
    Strategy.MOST_FREQUENT: "records",
    Strategy.WEIGHTED: "votes",
}
"""The columns of which the largest sum wins."""


def survive(
    candidates: pl.DataFrame,
    chain: Sequence[Strategy],
    by: Sequence[str] = ("customer_id",),
    weighing: Weighing = Weighing(),  # noqa: B008 - frozen
) -> pl.DataFrame:
    """Choose one value per customer.

    Args:
        candidates: One row per record with a value: the columns of `by`, record_id,
            source, ``value`` (any type), ``key`` (equal for spellings of one value)
            and, where the chain asks for them, trust, updated, is_valid,
            completeness (more is better), strictness (less is stricter), place (in a
            list of preference, from 0); the record to be taken among equals first.
        chain: Strategies, the most important first.
        by: What is chosen once.
        weighing: What a record's vote is worth.

    Returns:
        One row per group of `by`: it, ``value``, ``rule``, ``record_ids`` (all that
        have the value, in any spelling; sorted), ``source`` and ``record_id`` of the
        one it was taken from, ``runner_up`` (the best other value), ``runner_id`` and
        ``confidence`` (the share of all votes that the value has).
    """
    asked = [strategy for strategy in chain if strategy is not Strategy.UNITE]
    criteria = list(dict.fromkeys([*asked, *_TIES]))
    # Most customers have one value of one record, and most others one value in one
    # spelling: nothing to rank.
    if len(by) > 1 or not candidates[by[0]].is_sorted():
        candidates = candidates.sort(by, maintain_order=True)
    is_alone, is_agreed = _uncontested(candidates, by)
    unrivalled = _no_runner(candidates)
    single = candidates.filter(is_alone).with_columns(
        pl.lit(ONLY_VALUE).alias("rule"),
        pl.concat_list("record_id").alias("record_ids"),
        **unrivalled,
    )
    alike = candidates.filter(is_agreed).group_by(by, maintain_order=True)
    agreed = alike.agg(
        pl.col("value", "source", "record_id").first(),
        pl.col("record_id").sort().alias("record_ids"),
    ).with_columns(pl.lit(ALL_AGREE).alias("rule"), **unrivalled)
    chosen = [single, agreed]
    rivals = candidates.filter(~is_alone & ~is_agreed)
    if not rivals.is_empty():
        rivals = with_columns_present(rivals, _OPTIONAL)
        spellings = _spellings(rivals, criteria, by, weighing)
        chosen.append(_contested(spellings, criteria, by))
    columns = [*by, *_CHOSEN]
    return pl.concat([each.select(columns) for each in chosen]).sort(by)


def stands_alone(column: str) -> pl.Expr:
    """Tell which rows share a value with no other, in a column in which equal values stand together.

    >>> pl.DataFrame({"a": [1, 2, 2]}).select(stands_alone("a")).to_series().to_list()
    [True, False, False]
    """
    is_next = (pl.col(column) == pl.col(column).shift()).fill_null(value=False)
    return ~(is_next | is_next.shift(-1, fill_value=False))


def _uncontested(
    candidates: pl.DataFrame, by: Sequence[str]
) -> tuple[pl.Series, pl.Series]:
    """Tell which rows are the only one of their group, and which of several that have one value in one spelling.

    The rows of a group stand together, so each is held against the one before.
    """
    if candidates.is_empty():
        nothing = pl.Series(dtype=pl.Boolean)
        return nothing, nothing
    begins, differs = candidates.select(
        pl.any_horizontal(pl.col(each).ne_missing(pl.col(each).shift()) for each in on)
        for on in (by, ("key", "value"))
    )
    starts = np.flatnonzero(begins.to_numpy() | (np.arange(len(begins)) == 0))
    sizes = np.diff(starts, append=len(begins))
    inside = differs.to_numpy().copy()
    inside[starts] = False
    is_split = np.logical_or.reduceat(inside, starts)
    groups = sizes == 1, (sizes > 1) & ~is_split
    alone, agreed = (pl.Series(np.repeat(flags, sizes)) for flags in groups)
    return alone, agreed


def _no_runner(candidates: pl.DataFrame) -> dict[str, pl.Expr]:
    return {
        "runner_up": pl.lit(None, candidates.schema["value"]),
        "runner_id": pl.lit(None, pl.Int64),
        "confidence": pl.lit(1.0, pl.Float32),
    }


_CHOSEN: Final = (
    "value",
    "rule",
    "record_ids",
    "source",
    "record_id",
    "runner_up",
    "runner_id",
    "confidence",
)


def _spellings(
    candidates: pl.DataFrame,
    criteria: Sequence[Strategy],
    by: Sequence[str],
    weighing: Weighing,
) -> pl.DataFrame:
    """Count each spelling and its votes, with its standing in every criterion (smaller is better)."""
    if not _ORDERED.isdisjoint(criteria):
        ordinal = pl.col("value").rank("dense").cast(pl.Int64)
        candidates = candidates.with_columns(ordinal.alias("ordinal"))
    standing = [
        _standing(strategy).min().cast(pl.Int64).alias(strategy)
        for strategy in criteria
        if strategy not in _SUMMED
    ]
    candidates = candidates.with_columns(vote(by, weighing).alias("votes"))
    return candidates.group_by(*by, "key", "value").agg(
        *standing,
        pl.col("votes").sum(),
        pl.len().cast(pl.Int64).alias("records"),
        pl.col("source").first(),
        pl.col("record_id").first(),
        pl.col("record_id").sort().alias("record_ids"),
        pl.col("record_id").min().alias(SMALLEST),
    )


def _standing(strategy: Strategy) -> pl.Expr:
    """Express a strategy as a number per record, of which the smallest wins."""
    return _STANDING.get(strategy, pl.lit(0, pl.Int64))


def _contested(
    spellings: pl.DataFrame, criteria: Sequence[Strategy], by: Sequence[str]
) -> pl.DataFrame:
    """Choose where spellings or values differ."""
    order = [*criteria, SMALLEST]
    ranked = _ranked(spellings, order, by)
    of_key = [*by, "key"]
    own = ranked.group_by(by, maintain_order=True)
    winner = own.first()
    of_winner = ranked.join(winner.select(of_key), on=of_key, how="semi")
    support = of_winner.group_by(by).agg(
        pl.col("record_ids").list.explode().sort().alias("record_ids")
    )
    others = ranked.join(winner.select(of_key), on=of_key, how="anti")
    runner = others.group_by(by, maintain_order=True).first()
    beaten = runner.select(
        *by,
        pl.col("value").alias("runner_up"),
        pl.col("record_id").alias("runner_id"),
        *[pl.col(f"key/{c}").alias(f"runner/{c}") for c in order],
    )
    decided = [
        pl.when(pl.col(f"key/{c}") != pl.col(f"runner/{c}")).then(pl.lit(str(c)))
        for c in order
    ]
    confidence = share(pl.col("key/votes"), pl.col("all/votes"))
    return (
        winner.drop("record_ids")
        .join(support, on=by)
        .join(beaten, on=by, how="left")
        .with_columns(
            pl.coalesce(*decided, pl.lit(ALL_AGREE)).alias("rule"),
            confidence.alias("confidence"),
        )
    )


def _ranked(
    spellings: pl.DataFrame, order: Sequence[str], by: Sequence[str]
) -> pl.DataFrame:
    """Put the best value of each group first, and of each value the best spelling."""
    of_key = [*by, "key"]
    sums = [
        pl.col(name).sum().over(of_key).alias(f"key/{name}")
        for name in _SUMMED.values()
    ]
    least = [
        pl.col(c).min().over(of_key).alias(f"key/{c}")
        for c in order
        if c not in _SUMMED
    ]
    ranked = spellings.with_columns(*sums, *least).with_columns(
        pl.col("votes").sum().over(by).alias("all/votes"),
        *[
            (-pl.col(f"{level}{name}")).alias(f"{level}{c}")
            for c, name in _SUMMED.items()
            for level in ("", "key/")
        ],
    )
    return ranked.sort(*by, *[f"key/{c}" for c in order], "key", *order)
