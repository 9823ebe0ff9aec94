"""How much a row and a known record of its source speak for being one record changed.

In bits (log2 odds). An equal cell counts as many bits as its value is rare in the
source, a near one half of that; a cell that tells customers apart and differs costs
`RecallRule.differing`, the first one a single bit, since a changed row must differ
somewhere. A list of a
dozen rows cannot show how rare a phone number is, so cells that tell customers
apart are counted as if the list were `_POPULATION` rows longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from cleanse.identify.cells import SPEAKING, cell_names
from cleanse.rulebook.identity import RecallRule
from cleanse.schema import FIELDS, ID_FIELDS, FieldKind

_POPULATION: Final = 1_000
_DIGITS: Final = frozenset((FieldKind.PHONE, FieldKind.DATE, FieldKind.ID))
_HALF_A_NAME: Final = 0.5

WEIGHED: Final = pl.Schema(
    {
        "place": pl.Int64,
        "record_id": pl.Int64,
        "evidence": pl.Float64,
        "is_contradicted": pl.Boolean,
        "is_other": pl.Boolean,
        "tie": pl.Int64,
    }
)
"""One row per candidate pair; see `weigh_pairs`. tie: the smaller is preferred."""

EQUAL: Final = 2
NEAR: Final = 1
DIFFERENT: Final = 0


def weigh_pairs(
    pairs: pl.DataFrame, rows: pl.DataFrame, known: pl.DataFrame, rule: RecallRule
) -> pl.DataFrame:
    """Compare the cells of candidate pairs.

    Args:
        pairs: place, record_id.
        rows: Folded cells and their bits, see `with_bits`, of the rows in `pairs`.
        known: The same of the records.
        rule: Bits and the similarity that is near.

    Returns:
        `pairs` with ``evidence`` (bits), ``is_contradicted`` (name and everything
        else that identifies differ) and ``is_other`` (the name, an identifier or
        the birth date says that this is somebody else).
    """
    fields = cell_names(rows, known)
    wide = pairs.join(rows, on="place", how="left", maintain_order="left").join(
        known,
        on=["record_id", "source"],
        how="left",
        suffix="/r",
        maintain_order="left",
    )
    for field in fields:
        wide = _levelled(wide, field, rule.near)
    return wide.select(
        *pairs.columns,
        _evidence(fields, rule).alias("evidence"),
        _is_contradicted(fields).alias("is_contradicted"),
        _is_other(fields).alias("is_other"),
    )


def _levelled(wide: pl.DataFrame, field: str, near: float) -> pl.DataFrame:
    """Add ``level/<field>`` (EQUAL, NEAR, DIFFERENT, null) and ``alike/<field>``."""
    left, right = f"={field}", f"={field}/r"
    unequal = (
        wide.select(left, right)
        .drop_nulls()
        .filter(pl.col(left) != pl.col(right))
        .unique(maintain_order=True)
    )
    scorer = (
        Levenshtein.normalized_similarity
        if FIELDS.get(field) in _DIGITS
        else fuzz.token_set_ratio
    )
    scale = 1 if FIELDS.get(field) in _DIGITS else 100
    alike = process.cpdist(
        unequal[left].to_list(), unequal[right].to_list(), scorer=scorer
    )
    unequal = unequal.with_columns(
        pl.Series(f"alike/{field}", alike, pl.Float64) / scale
    )
    both = pl.col(left).is_not_null() & pl.col(right).is_not_null()
    level = (
        pl.when(pl.col(left) == pl.col(right))
        .then(EQUAL)
        .when(both & (pl.col(f"alike/{field}") >= near))
        .then(NEAR)
        .when(both)
        .then(DIFFERENT)
    )
    return wide.join(
        unequal, on=[left, right], how="left", maintain_order="left"
    ).with_columns(level.alias(f"level/{field}"))


def with_bits(
    some: pl.DataFrame, rows: pl.DataFrame, known: pl.DataFrame
) -> pl.DataFrame:
    """Add how rare each cell of some rows or records is: ``bits/<field>``.

    Args:
        some: source and cells as typed.
        rows: source and cells of all rows; what is rare is judged by these.
        known: The same of all records of these sources.
    """
    sizes = [frame.group_by("source").len("size") for frame in (rows, known)]
    size = pl.concat(sizes).group_by("source").agg(pl.col("size").max())
    some = some.join(size, on="source", how="left", maintain_order="left")
    for field in cell_names(some, rows, known):
        cell = f"={field}"
        asked = some.select("source", cell).drop_nulls().unique()
        counts = [
            frame.select("source", cell)
            .join(asked, on=["source", cell], how="semi")
            .group_by("source", cell)
            .len("count")
            for frame in (rows, known)
        ]
        count = pl.concat(counts).group_by("source", cell).agg(pl.col("count").max())
        more = _POPULATION if field in SPEAKING else 0
        bits = ((pl.col("size") + more) / pl.col("count")).log(2)
        some = (
            some.join(count, on=["source", cell], how="left", maintain_order="left")
            .with_columns(bits.alias(f"bits/{field}"))
            .drop("count")
        )
    return some.drop("size")


def _evidence(fields: list[str], rule: RecallRule) -> pl.Expr:
    agreeing = [
        pl.min_horizontal(f"bits/{f}", f"bits/{f}/r") * pl.col(f"level/{f}") / EQUAL
        for f in fields
    ]
    # Totals, dates of purchase and the like are expected to change: they cost nothing.
    speaking = [f for f in fields if f in SPEAKING]
    half = _count(speaking, NEAR) + _one_sided(speaking)
    changes = _count(speaking, DIFFERENT) + half / 2
    cost = pl.max_horizontal(
        changes.clip(upper_bound=1), 1 + (changes - 1) * rule.differing
    )
    return pl.sum_horizontal(*agreeing, pl.lit(0.0)) - cost


def _one_sided(fields: Sequence[str]) -> pl.Expr:
    """Count the cells that are filled in the row or in the record only."""
    flags = [
        (pl.col(f"={f}").is_null() != pl.col(f"={f}/r").is_null()).cast(pl.Int32)
        for f in fields
    ]
    return pl.sum_horizontal(*flags, pl.lit(0))


def _count(fields: Sequence[str], level: int) -> pl.Expr:
    """Count the cells of a level."""
    flags = [(pl.col(f"level/{f}") == level).cast(pl.Int32) for f in fields]
    return pl.sum_horizontal(*flags, pl.lit(0))


def _is_contradicted(fields: list[str]) -> pl.Expr:
    """Tell whether a source key has been given to somebody else.

    The name differs, and so do the identifiers or, where there are none to
    compare, everything else that tells customers apart (at least two cells).
    """
    name = [f for f in ("name", "company") if f in fields]
    ids = [f for f in ID_FIELDS if f in fields]
    rest = [f for f in fields if f in SPEAKING and f not in (*name, *ids)]
    other_name = (_count(name, DIFFERENT) > 0) & (_agreeing(name) == 0)
    other_ids = (_count(ids, DIFFERENT) > 0) & (_agreeing(ids) == 0)
    no_ids = (_count(ids, DIFFERENT) == 0) & (_agreeing(ids) == 0)
    other_rest = (_count(rest, DIFFERENT) > 1) & (_agreeing(rest) == 0)
    return other_name & (other_ids | (no_ids & other_rest))


def _is_other(fields: list[str]) -> pl.Expr:
    """Tell whether two rows without a key are two customers, such as of one household.

    Another identifier or birth date says so, and so does another name; but not when
    an identifier is equal, or when a company's name, or half of a Han name (of which
    a slip of the pen leaves no more), is all that differs.
    """
    ids = [f for f in ID_FIELDS if f in fields]
    birth = [f for f in ("birth_on",) if f in fields]
    says_so = [(_count([*ids, *birth], DIFFERENT) > 0)]
    if "name" in fields:
        is_han = pl.col("=name").str.contains(r"^\p{Han}+$")
        slip = is_han & (pl.col("alike/name") >= _HALF_A_NAME)
        says_so.append(_differs_beyond(fields, "name", slip))
    elif "company" in fields:
        says_so.append(_differs_beyond(fields, "company", pl.lit(value=True)))
    return pl.any_horizontal(says_so) & (_count(ids, EQUAL) == 0)


def _differs_beyond(fields: list[str], name: str, forgivable: pl.Expr) -> pl.Expr:
    """Tell whether the name differs and cannot be forgiven, all else being equal."""
    others = [f for f in fields if f in SPEAKING and f != name]
    all_else = (_count(others, DIFFERENT) == 0) & (_count(others, EQUAL) > 1)
    differs = (pl.col(f"level/{name}") == DIFFERENT).fill_null(value=False)
    return differs & ~(forgivable & all_else).fill_null(value=False)


def _agreeing(fields: Sequence[str]) -> pl.Expr:
    return _count(fields, EQUAL) + _count(fields, NEAR)
