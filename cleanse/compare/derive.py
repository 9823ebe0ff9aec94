"""Columns that only matching needs, made of a record by itself: what others have changes nothing of them."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanse.compare.mail import mail_marks
from cleanse.encoded import by_hash
from cleanse.schema import present, with_columns_present
from cleanse.threads import in_threads

DERIVED_FROM = frozenset(
    (
        "kind company_compare company_form company_core name_compare alias_compare"
        " given_compare middle_compare family_compare given_root family_name_raw house_number street_compare"
        " emails name_latin"
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
        - doorstep (String): house and street, which many may share;
        - given_compare, middle_compare, family_compare and given_root put right where they
          were cut as given, middle, family and stand otherwise (see `_straightened`);
        - emails_marks (List(UInt8)): see `mail_marks`.
    """
    if {"given_compare", "family_compare"} <= set(records.columns):
        records = _straightened(records)
    made = {
        "company_compare": _bare,
        "street_compare": _doorstep,
        "emails": mail_marks,
    }
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


def _doorstep(records: pl.DataFrame) -> pl.Series:
    """Put house and street together."""
    parts = present(records, ("house_number", "street_compare"))
    step = pl.concat_str(parts, separator="|", ignore_nulls=True)
    held = pl.when(pl.col("street_compare").is_not_null()).then(step)
    return records.select(doorstep=held)["doorstep"]
