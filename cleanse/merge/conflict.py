"""Find where the records of one customer contradict each other.

A field holds one value of a customer's (a birth date, a tax number, a legal name): two
records with different valid ones cannot both be right, or are not one customer. What
merely is written otherwise contradicts nothing: a date known to the year beside the
day, a name in another script or with an initial, a number without its prefix.
"""

from __future__ import annotations

from typing import Final

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from cleanse.merge.fields import (
    COMPARED_AS,
    PRECISION,
    STANDING,
    candidates,
    field_type,
)
from cleanse.merge.survive import stands_alone
from cleanse.rulebook.survivorship import SurvivorshipRules
from cleanse.schema import FIELDS, FieldKind, present, valid, with_columns_present

GOLDEN_CONFLICT: Final = pl.Schema(
    {
        "customer_id": pl.String(),
        "field": pl.String(),
        "severity": pl.String(),
        "value": pl.String(),
        "record_ids": pl.List(pl.Int64()),
        "sources": pl.List(pl.String()),
        "other_value": pl.String(),
        "other_record_ids": pl.List(pl.Int64()),
        "other_sources": pl.List(pl.String()),
    }
)
"""One row per golden value and valid value of other records that contradicts it."""

NAME_COLUMNS: Final = ("name_latin", "given_root", "family_compare")
"""What tells whether two names are spellings of one."""

_SAME_NAME: Final = 80.0
"""Token-set similarity (0 to 100) of two names in Latin letters from which they are
spellings of one: a further word, a slip, another order. By definition, not tuned."""
_NAMES: Final = (FieldKind.PERSON, FieldKind.COMPANY)
_NOW, _BEFORE = 18, 15
"""Signs of Chinese numbers of people and companies, now and as issued before."""
_TAIL: Final = 8
"""Signs that two identifiers share at their ends when one only lacks a prefix."""


def find_conflicts(
    members: pl.DataFrame, cells: pl.DataFrame, rules: SurvivorshipRules
) -> pl.DataFrame:
    """List the contradictions inside customers.

    Args:
        members: The customers' records, as `gather_members` puts them.
        cells: Their golden cells. One that a steward pinned is decided.
        rules: Which fields may not contradict, and how grave it is.

    Returns:
        Schema GOLDEN_CONFLICT, sorted by customer, field and the smallest other record.
    """
    told = {*STANDING, "kind", "customer_kind", *NAME_COLUMNS, *PRECISION.values()}
    for field in rules.conflict:
        told |= {field, valid(field), COMPARED_AS.get(field, field)}
    several = members.select(present(members, sorted(told))).filter(
        ~stands_alone("customer_id")
    )
    found = [GOLDEN_CONFLICT.to_frame()]
    for field, severity in rules.conflict.items():
        if severity == "off" or field not in members.columns:
            continue
        contested = _contested(several, field, rules)
        if contested.is_empty():
            continue
        golden = cells.filter(
            (pl.col("field") == field) & (pl.col("origin") != "pinned")
        )
        pairs = _against_golden(contested, golden)
        pairs = pairs.filter(_contradict(pairs, field))
        found.append(_rows(pairs, field, severity))
    by = ("customer_id", "field", pl.col("other_record_ids").list.first())
    return pl.concat(found).sort(by)


def _contested(
    members: pl.DataFrame, field: str, rules: SurvivorshipRules
) -> pl.DataFrame:
    """Return each value of the customers who have several valid ones, with what tells spellings.

    Returns:
        customer_id, key, value, record_ids, sources, precision and NAME_COLUMNS.
    """
    found = candidates(members, field, rules).filter(
        pl.col("is_valid").fill_null(value=True)
    )
    first = pl.col("key").first().over("customer_id")
    differs = (pl.col("key") != first).any().over("customer_id")
    found = found.filter(differs)
    beside = dict.fromkeys(
        (PRECISION.get(field, "precision"), *NAME_COLUMNS), pl.String
    )
    told = with_columns_present(members, beside).select("record_id", *beside)
    return (
        found.join(told, on="record_id", how="left", maintain_order="left")
        .group_by("customer_id", "key", maintain_order=True)
        .agg(
            _text(field).first().alias("value"),
            pl.col("record_id").sort().alias("record_ids"),
            pl.col("source").unique().sort().alias("sources"),
            pl.col(next(iter(beside))).first().alias("precision"),
            pl.col(*NAME_COLUMNS).first(),
        )
    )


def _text(field: str) -> pl.Expr:
    if isinstance(field_type(field), pl.Datetime):
        return pl.col("value").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pl.col("value").cast(pl.String)


def _against_golden(contested: pl.DataFrame, golden: pl.DataFrame) -> pl.DataFrame:
    """Lay the golden value beside each other value of the same customer."""
    told = golden.select(
        "customer_id",
        pl.col("value").alias("golden_value"),
        pl.col("record_ids").list.first().alias("record_id"),
    )
    is_golden = pl.col("record_ids").list.contains(pl.col("record_id"))
    both = contested.join(told, on="customer_id", maintain_order="left")
    ours = both.filter(is_golden).drop("record_id", "value")
    others = both.filter(~is_golden).drop("record_id", "golden_value")
    return ours.rename({"golden_value": "value"}).join(
        others, on="customer_id", suffix="_other", maintain_order="left"
    )


def _contradict(pairs: pl.DataFrame, field: str) -> pl.Series:
    """Tell which pairs of values are more than two spellings of one."""
    kind = FIELDS[field]
    if kind in _NAMES:
        return _are_other_names(pairs)
    if kind is FieldKind.DATE:
        return pairs.select(_are_other_days()).to_series()
    if kind is FieldKind.ID:
        return pairs.select(_are_other_numbers(field)).to_series()
    return pairs.select(pl.col("key") != pl.col("key_other")).to_series()


def _are_other_days() -> pl.Expr:
    """Compare two dates as exactly as the less exact one is known."""
    signs = [
        pl.col(precision).replace_strict({"year": 4, "month": 7}, default=10)
        for precision in ("precision", "precision_other")
    ]
    known = pl.min_horizontal(signs)
    day, other = (pl.col(side).str.head(known) for side in ("value", "value_other"))
    return day != other


def _are_other_numbers(field: str) -> pl.Expr:
    """Compare two identifiers; one may lack a prefix, or be the older form of the other."""
    one, other = pl.col("key"), pl.col("key_other")
    long = pl.min_horizontal(one.str.len_chars(), other.str.len_chars()) >= _TAIL
    is_tail = long & (one.str.ends_with(other) | other.str.ends_with(one))
    is_older = (one.str.len_chars() != other.str.len_chars()) & (
        _older_form(one, field) == _older_form(other, field)
    )
    return (one != other) & ~is_tail & ~is_older


def _older_form(number: pl.Expr, field: str) -> pl.Expr:
    """Reduce a Chinese number of 18 signs, and one of 15 as issued before, to what they share.

    GB 11643-1999: the identity number of 15 digits lacks the century and the check
    sign. GB 32100-2015: signs 9 to 17 of the unified credit code are the organisation
    code, with which the old tax registration number ends.
    """
    if field == "national_id":
        newer, older = number.str.slice(0, 6) + number.str.slice(8, 9), number
    elif field == "tax_id":
        newer, older = number.str.slice(8, 9), number.str.slice(6, 9)
    else:
        return number
    by_length = {_NOW: newer, _BEFORE: older}
    signs = number.str.len_chars()
    forms = [pl.when(signs == length).then(form) for length, form in by_length.items()]
    return pl.coalesce(*forms, number)


def _are_other_names(pairs: pl.DataFrame) -> pl.Series:
    """Compare two names in Latin letters, without initials; nicknames are read as the name."""
    latin = [
        pairs.select(
            pl.coalesce(f"name_latin{side}", f"key{side}")
            .str.replace_all(r"\b\w\b", "")
            .alias("latin")
        ).to_series()
        for side in ("", "_other")
    ]
    alike = pl.Series(
        cpdist(*(each.to_list() for each in latin), scorer=fuzz.token_set_ratio)
    )
    same = [
        pl.col(name) == pl.col(f"{name}_other")
        for name in ("given_root", "family_compare")
    ]
    is_nickname = pl.all_horizontal(same).fill_null(value=False)
    return (alike < _SAME_NAME) & ~pairs.select(is_nickname).to_series()


def _rows(pairs: pl.DataFrame, field: str, severity: str) -> pl.DataFrame:
    named = {
        f"{name}_other": f"other_{name}" for name in ("value", "record_ids", "sources")
    }
    return (
        pairs.rename(named)
        .with_columns(pl.lit(field).alias("field"), pl.lit(severity).alias("severity"))
        .select(GOLDEN_CONFLICT.names())
    )
