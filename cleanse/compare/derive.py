"""Columns that only matching needs, made from the normalised ones."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanse.compare.table import by_hash
from cleanse.schema import present, with_columns_present
from cleanse.threads import in_threads

BETWEEN = "; "
"""Stands between several names in alias_compare."""

DERIVED_FROM = frozenset(
    (
        "kind company_compare company_form company_core name_compare alias_compare"
        " given_compare middle_compare family_compare given_root family_name_raw"
    ).split()
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
        - given_compare, middle_compare, family_compare and given_root put right where they
          were cut as given, middle, family and stand otherwise (see `_straightened`);
        - name_keys (List(String)): name and aliases, the words of each sorted; only where
          there is an alias or an alias of somebody else says the same.
    """
    if {"given_compare", "family_compare"} <= set(records.columns):
        records = _straightened(records)
    made = {"company_compare": _bare, "alias_compare": _name_keys}
    makers = [made[name] for name in made if name in records.columns]
    return records.with_columns(in_threads(lambda make: make(records), makers))


_PATRONYMIC = "(?:ович|евич|ьич|овна|евна|ична|івна|ївна)$"
_INITIAL = r"^[\p{Latin}\p{Cyrillic}\p{Greek}]$"


def _straightened(records: pl.DataFrame) -> pl.DataFrame:
    """Put name parts right that were cut in the order given, middle, family but stand otherwise.

    Two letters after a name are no family name unless their column says so, nor is a
    patronymic after two other names: Иванов П. С., Иванов Пётр Сергеевич.
    """
    parts = ("given_compare", "middle_compare", "family_compare", "given_root")
    records = with_columns_present(records, dict.fromkeys(parts, pl.String))
    given, middle, family, root = map(pl.col, parts)
    is_father = family.str.contains(_PATRONYMIC) & ~middle.str.contains(_PATRONYMIC)
    is_cut = family.str.contains(_INITIAL) & middle.str.contains(_INITIAL)
    is_cut &= given.str.len_chars() > 1
    if "family_name_raw" in records.columns:
        is_cut &= pl.col("family_name_raw").is_null()
    # Most have no middle name: they are not looked at.
    row = pl.int_range(pl.len()).alias("row")
    read = present(records, (*parts, "family_name_raw"))
    rows = records.select(row, *read).filter(middle.is_not_null())
    found = rows.filter(is_father | is_cut)["row"].to_numpy()
    if not len(found):
        return records
    is_turned = np.zeros(records.height, dtype=np.bool_)
    is_turned[found] = True
    turned = pl.lit(pl.Series(is_turned))
    return records.with_columns(
        given_compare=pl.when(turned).then(middle).otherwise(given),
        middle_compare=pl.when(turned).then(family).otherwise(middle),
        family_compare=pl.when(turned).then(given).otherwise(family),
        given_root=pl.when(turned & root.is_not_null()).then(middle).otherwise(root),
    )


def _bare(records: pl.DataFrame) -> pl.Series:
    form = (
        records["company_form"]
        if "company_form" in records.columns
        else pl.Series("company_form", [None] * records.height, dtype=pl.String)
    )
    frame = pl.DataFrame({"name": records["company_compare"], "form": form})
    held = np.flatnonzero(frame["name"].is_not_null().to_numpy())
    codes, first = by_hash(frame.hash_rows().to_numpy()[held])
    distinct = frame[held[first]].with_row_index("code")
    signs = pl.col("name").str.replace_all(_FORM, "").str.replace_all(" ", "")
    words = pl.col("name").str.split(" ")
    forms = pl.col("form").fill_null("").str.split(" ")
    # Apart, as each way is dear and both would be gone for all names.
    is_han = distinct["name"].str.contains(_HAN)
    bare = pl.concat(
        distinct.filter(where).select("code", bare=bare.replace("", None))
        for where, bare in (
            (is_han, signs.str.split("").list.sort().list.join("")),
            (~is_han, words.list.set_difference(forms).list.sort().list.join(" ")),
        )
    ).sort("code")["bare"]
    # The last is that of records without a name.
    of_record = np.full(records.height, len(bare))
    of_record[held] = codes
    found = bare.extend_constant(None, 1).gather(of_record)
    return found.alias("company_bare")


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
    words = pl.col("key").str.split(" ").list.sort().list.join(" ")
    alias = alias.drop_nulls("key").with_columns(key=words).filter(pl.col("key") != "")
    known = alias["key"].unique()
    own_keys = [
        _maybe(rows.select("place", key=name).drop_nulls("key"), known)
        .with_columns(key=words)
        .filter(pl.col("key").is_in(known.implode()))
        for name in names
    ]
    keys = pl.concat([alias, *own_keys])
    found = keys.group_by("place").agg(pl.col("key").unique().sort())
    return (
        rows.select("place")
        .join(found, on="place", how="left", maintain_order="left")["key"]
        .alias("name_keys")
    )


def _maybe(names: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """Leave out names that cheaply show that their words make no known key.

    A key is as long as its name, and holds its first word.
    """
    sizes = known.str.len_bytes().unique().implode()
    words = known.str.split(" ").explode(empty_as_null=True).unique().implode()
    fit = names.filter(pl.col("key").str.len_bytes().is_in(sizes))
    return fit.filter(pl.col("key").str.extract("^([^ ]*)").is_in(words))
