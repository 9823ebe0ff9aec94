"""Cells that hold a name and how to reach it: 张三 13800138000, Ann Lee <ann@x.com>.

The cell stays as typed in both fields; what is to be read as the name stands in
``<field>_replaced``, and normalising finds numbers and addresses in any text.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from cleanse.map.content import Content
from cleanse.map.mapping import Mapping, Use, text
from cleanse.rulebook.fields import FieldRules
from cleanse.schema import VALUE_SEPARATOR, present, raw, replaced

NAMES = ("name", "contact")
REACHED = ("phone", "mobile", "email")

_NUMBER = r"[+(（]?\d[\d ()（）+.-]{5,}\d(?:\s*(?:转|分机|内线|(?i:ext)\.?|[xX#])\s*\d{1,5}(?:/\d{1,5})*)?"
_LABELLED = (
    r"(?:(?:(?i:tel|phone|mobile|mob|cell|fax)|手机|电话|座机|固话|传真|[办宅家][:：])"
    rf"(?:号码?)?[.:：]?\s*)?{_NUMBER}"
)
_MAIL = r"[^\s<>()（）,;:：，；]+@[^\s<>()（）,;，；]+\.[A-Za-z]{2,}"
_ENDS = " \t:：,，/|;；()（）<>-—\"'、"
_LEAST = 0.3
"""Share of a column's values from which it holds both; the others are read as before."""
_LEAST_UNNAMED = 0.7
_LEAST_TOLD = 0.05


def joint_field(
    content: Content,
    field: str | None,
    meant: Collection[str],
    filled: Collection[str],
    rules: FieldRules,
) -> tuple[str, str] | None:
    """Tell which two fields a column fills, None when it fills one.

    Args:
        content: What the column holds.
        field: What it is taken for; None for a column not known.
        meant: Fields that its heading names: 联系人/电话 names two.
        filled: Fields that some column fills.
        rules: For how names look.
    """
    if not content.sampled or field not in (None, *NAMES, *REACHED):
        return None
    shares = {
        to: _share(content, pattern, rules)
        for to, pattern in (("phone", _NUMBER), ("email", _MAIL))
    }
    reached, share = max(shares.items(), key=lambda item: item[1])
    is_told = not {*NAMES}.isdisjoint(meant) and not {*REACHED}.isdisjoint(meant)
    least = _LEAST_TOLD if is_told else _LEAST if field else _LEAST_UNNAMED
    if share < least:
        return None
    if field in NAMES:
        return field, reached
    naming = {"name", "company", "given_name", "family_name"} & set(filled)
    named = "contact" if naming else "name"
    if field in REACHED:
        return field, named
    return (named, reached) if named not in filled else None


def with_joint(
    records: pl.DataFrame, mapping: Mapping, rows: pl.DataFrame
) -> pl.DataFrame:
    """Fill the second field of columns that hold two.

    Args:
        records: With ``<field>_raw``; the rows stand as in `rows`.
        mapping: What the columns are; `Column.also` is the second field.
        rows: The table as read.
    """
    for column in mapping.columns:
        if not column.also or column.use not in (Use.FIELD, Use.FALLBACK):
            continue
        cell = rows.select(text(column.heading).alias("cell"))["cell"]
        name = cell.to_frame().select(_name(pl.col("cell"))).to_series()
        is_joint = (name != "") & (name != cell.str.strip_chars())
        named, reached = (
            (column.field, column.also)
            if column.field in NAMES
            else (column.also, column.field)
        )
        both = pl.DataFrame({"cell": cell, "name": name, "joint": is_joint})
        if column.field in NAMES:
            records = _with_reached(records, str(reached), both)
        records = _with_name(records, str(named), both)
    return records


def _with_reached(
    records: pl.DataFrame, field: str, both: pl.DataFrame
) -> pl.DataFrame:
    found = both.select(pl.when("joint").then("cell").alias("found"))
    frame = pl.concat([records, found], how="horizontal")
    own = [pl.col(c) for c in present(records, (raw(field),))]
    joined = pl.concat_str(
        [*own, "found"], separator=VALUE_SEPARATOR, ignore_nulls=True
    )
    said = pl.when(joined != "").then(joined).alias(raw(field))
    return frame.with_columns(said).drop("found")


def _with_name(records: pl.DataFrame, field: str, both: pl.DataFrame) -> pl.DataFrame:
    frame = pl.concat([records, both], how="horizontal")
    own = [pl.col(c) for c in present(records, (raw(field),))]
    typed = pl.coalesce(*own, pl.when("joint").then("cell"))
    read = [pl.col(c) for c in present(records, (replaced(field),))]
    is_this = (typed == pl.col("cell")) & pl.col("joint")
    return frame.with_columns(
        typed.alias(raw(field)),
        pl.coalesce(*read, pl.when(is_this).then("name")).alias(replaced(field)),
    ).drop("cell", "name", "joint")


def _name(cell: pl.Expr) -> pl.Expr:
    """Take numbers and addresses off a cell, and what stood between."""
    bare = cell.str.replace_all(_MAIL, " ").str.replace_all(_LABELLED, " ")
    return bare.str.strip_chars(_ENDS)


def _share(content: Content, pattern: str, rules: FieldRules) -> float:
    """Return the share of values that are a name and something of `pattern`."""
    names = [
        rules.looks[n].pattern for n in ("person_han", "person") if n in rules.looks
    ]
    name = _name(pl.col("value"))
    is_both = pl.col("value").str.contains(pattern) & pl.any_horizontal(
        name.str.contains(each) for each in names
    )
    weights = content.sample.select(
        pl.col("weight").filter(is_both).sum().alias("both"), pl.col("weight").sum()
    )
    return float(weights["both"][0] / max(weights["weight"][0], 1))
