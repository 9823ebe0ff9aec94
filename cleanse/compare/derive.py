"""Columns that only matching needs, made from the normalised ones."""

from __future__ import annotations

import polars as pl

BETWEEN = "; "
"""Stands between several names in alias_compare."""

DERIVED_FROM = frozenset(
    "kind company_compare company_form company_core name_compare alias_compare".split()
)
"""Columns that `derive` reads."""
_HAN = r"\p{Han}"
_FORM = "(股份)?有限(责任)?公司"
"""Chinese legal forms, wherever in a name they stand."""


def derive(records: pl.DataFrame) -> pl.DataFrame:
    """Add what matching compares and blocks by.

    Args:
        records: The normalised record frame.

    Returns:
        `records` with, where they hold anything,

        - company_bare (String): company_compare without legal form, its signs (Chinese) or
          words (Latin) sorted, so that 中粮（唐山）糖业有限公司 is 中粮唐山糖业有限公司;
        - name_keys (List(String)): name and aliases, the words of each sorted; only where
          there is an alias or an alias of somebody else says the same.
    """
    if "company_compare" in records.columns:
        records = records.with_columns(company_bare=_bare(records))
    if "alias_compare" in records.columns:
        records = records.with_columns(name_keys=_name_keys(records))
    return records


def _bare(records: pl.DataFrame) -> pl.Series:
    form = (
        records["company_form"]
        if "company_form" in records.columns
        else pl.Series("company_form", [None] * records.height, dtype=pl.String)
    )
    frame = pl.DataFrame({"name": records["company_compare"], "form": form})
    distinct = frame.unique().drop_nulls("name")
    signs = pl.col("name").str.replace_all(_FORM, "").str.replace_all(" ", "")
    words = pl.col("name").str.split(" ")
    forms = pl.col("form").fill_null("").str.split(" ")
    bare = (
        pl.when(pl.col("name").str.contains(_HAN))
        .then(signs.str.split("").list.sort().list.join(""))
        .otherwise(words.list.set_difference(forms).list.sort().list.join(" "))
    )
    distinct = distinct.with_columns(
        pl.when(bare != "").then(bare).alias("company_bare")
    )
    found = frame.join(
        distinct,
        on=["name", "form"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return found["company_bare"]


def _name_keys(records: pl.DataFrame) -> pl.Series:
    """Sort the words of name and aliases; keep the keys that some alias gives."""
    own = [name for name in ("name_compare", "company_core") if name in records.columns]
    names: list[pl.Expr]
    if "kind" in records.columns and "company_core" in own:
        # A person's company is the employer's.
        core = pl.when(pl.col("kind") == "company").then("company_core")
        names = [core, *(pl.col(name) for name in own if name != "company_core")]
    else:
        names = [pl.col(name) for name in own]
    rows = records.with_row_index("place")
    alias = rows.select("place", key=pl.col("alias_compare").str.split(BETWEEN))
    alias = alias.drop_nulls().explode("key", empty_as_null=True)
    parts = [alias.with_columns(is_alias=pl.lit(value=True))]
    parts += [
        rows.select("place", key=name, is_alias=pl.lit(value=False)) for name in names
    ]
    words = pl.col("key").str.split(" ").list.sort().list.join(" ")
    keys = pl.concat(parts).drop_nulls("key").with_columns(key=words)
    keys = keys.filter((pl.col("key") != "") & pl.col("is_alias").any().over("key"))
    found = keys.group_by("place").agg(pl.col("key").unique().sort())
    return (
        rows.select("place")
        .join(found, on="place", how="left", maintain_order="left")["key"]
        .alias("name_keys")
    )
